#include "core/stream/compressed.h"

#include <algorithm>
#include <array>

#include <zstd.h>

#include "os/files.h"
#include "os/log_file.h"

namespace gaffer::stream {
namespace {

constexpr std::size_t kFrame = std::size_t{1} << 20;
constexpr int kLevel = 3;
constexpr std::size_t kLongestHead = 18;  // ZSTD_FRAMEHEADERSIZE_MAX

Error broken(const std::string& path) {
  return {Errc::Protocol, 0, "cannot read " + path + ": it is no log that was compressed here"};
}

Result<void> copy_compressed(int from, int to) {
  std::string plain(kFrame, '\0');
  std::string packed(ZSTD_compressBound(kFrame), '\0');
  for (std::uint64_t offset = 0, at = 0;;) {
    GAFFER_TRY(const std::size_t got, os::read_at(from, offset, plain));
    if (got == 0) return {};
    const std::size_t size = ZSTD_compress(packed.data(), packed.size(), plain.data(), got, kLevel);
    GAFFER_TRY(os::write_at(to, at, std::string_view(packed).substr(0, size)));
    offset += got;
    at += size;
  }
}

}  // namespace

Result<void> compress_file(const std::string& from, const std::string& to) {
  GAFFER_TRY(const os::UniqueFd source, os::open_to_read(from));
  const std::string temporary = to + ".new";
  os::remove_file(temporary);
  GAFFER_TRY(const os::UniqueFd target, os::open_beside_log(temporary));
  auto done = copy_compressed(source.get(), target.get());
  if (done) done = os::rename_file(temporary, to);
  if (!done) os::remove_file(temporary);
  return done;
}

Result<std::uint64_t> compressed_size(const std::string& path) {
  GAFFER_TRY(const CompressedFile file, CompressedFile::open(path));
  return file.size();
}

Result<CompressedFile> CompressedFile::open(const std::string& path) {
  CompressedFile file;
  GAFFER_TRY(file.file_, os::open_to_read(path));
  GAFFER_TRY(const std::uint64_t length, os::file_size(file.file_.get()));
  std::string frame(ZSTD_compressBound(kFrame), '\0');
  for (std::uint64_t at = 0, begin = 0; at < length;) {
    GAFFER_TRY(const std::size_t got, os::read_at(file.file_.get(), at, frame));
    const auto plain = ZSTD_getFrameContentSize(frame.data(), std::min(got, kLongestHead));
    const std::size_t packed = ZSTD_findFrameCompressedSize(frame.data(), got);
    if (plain > kFrame || ZSTD_isError(packed) != 0) return broken(path);
    file.frames_.push_back({.at = at, .length = packed, .begin = begin, .end = begin + plain});
    at += packed;
    begin += plain;
  }
  return file;
}

Result<void> CompressedFile::load(const Frame& frame) {
  std::string packed(frame.length, '\0');
  GAFFER_TRY(const std::size_t got, os::read_at(file_.get(), frame.at, packed));
  loaded_.resize(frame.end - frame.begin);
  const std::size_t size = ZSTD_decompress(loaded_.data(), loaded_.size(), packed.data(), got);
  if (size != loaded_.size()) {
    loaded_.clear();
    return broken("a compressed log");
  }
  loaded_from_ = frame.begin;
  return {};
}

Result<std::size_t> CompressedFile::read(std::uint64_t offset, std::span<char> into) {
  const auto frame = std::ranges::upper_bound(frames_, offset, {}, &Frame::end);
  if (frame == frames_.end()) return std::size_t{0};
  if (loaded_.empty() || loaded_from_ != frame->begin) GAFFER_TRY(load(*frame));
  const std::string_view rest = std::string_view(loaded_).substr(offset - frame->begin);
  const std::size_t count = std::min(rest.size(), into.size());
  std::ranges::copy(rest.substr(0, count), into.begin());
  return count;
}

}  // namespace gaffer::stream
