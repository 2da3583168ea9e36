// Whatever stands in the files of a log, in the list of segments, the record of times, a compressed
// segment, it is read to its end, each byte once and at an offset behind the last.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/assert.h"
#include "core/stream/compressed.h"
#include "core/stream/log_reader.h"
#include "os/files.h"

namespace {

using namespace gaffer;

/// The files of one log, in a directory that is there as long as the fuzzer.
class Files {
 public:
  Files()
      : directory_(std::filesystem::temp_directory_path() /
                   ("gaffer-fuzz-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(directory_);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() { std::filesystem::remove_all(directory_); }

  [[nodiscard]] stream::LogPlace place() const {
    return {.path = path("log"), .segments = path("segments"), .times = path("times")};
  }
  void write(const std::string& name, const std::string& bytes) const {
    GAFFER_ASSERT(os::write_file_atomically(path(name), bytes, 0600).has_value(), "there is space");
  }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }

 private:
  std::filesystem::path directory_;
};

void read_to_the_end(const stream::LogPlace& place) {
  stream::LogReader log(stream::LogView{.place = place});
  std::string block(1 << 12, '\0');
  std::uint64_t offset = 0;
  for (int pieces = 0;; ++pieces) {
    GAFFER_ASSERT(pieces < 10'000, "a short log has an end");
    const auto piece = log.read(offset, block);
    if (!piece || piece->size == 0) break;
    GAFFER_ASSERT(piece->offset >= offset && piece->size <= block.size(), "forward");
    (void)log.times().at(piece->offset);
    offset = piece->offset + piece->size;
  }
  (void)log.times().runs();
  (void)log.times().offset_at(stream::WallTime(std::chrono::seconds(1'700'000'000)));
  for (std::uint64_t end = log.end(); end > 0;) {
    const auto stretch = log.stretch_before(end);
    GAFFER_ASSERT(stretch.begin <= stretch.end && stretch.end <= end, "backward");
    if (stretch.begin == stretch.end) break;
    end = stretch.begin;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Files files;
  if (size == 0) return 0;
  std::string rest(data + 1, data + size);
  const std::string list =
      "0 " + files.path("log") + ".000000000000000\n5 " + files.path("log") + "\n";
  files.write("log", "behind\n");
  files.write("log.000000000000000", "12345");
  files.write("segments", list);
  files.write("times", "");
  switch (data[0] % 3) {
    case 0:
      // Paths in it are those of the log, wherever it says `@`.
      for (auto at = rest.find('@'); at != std::string::npos; at = rest.find('@', at + 1))
        rest.replace(at, 1, files.path("log"));
      files.write("segments", rest);
      break;
    case 1:
      files.write("times", rest);
      break;
    default:
      os::remove_file(files.path("log.000000000000000"));
      files.write("log.000000000000000.zst", rest);
  }
  read_to_the_end(files.place());
  os::remove_file(files.path("log.000000000000000.zst"));
  return 0;
}
