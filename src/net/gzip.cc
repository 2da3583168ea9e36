#include "net/gzip.h"

#include <algorithm>

#include <zlib.h>

#include "base/assert.h"
#include "base/strings.h"

namespace gaffer::net {
namespace {

// `q=0`, also `q=0.0`.
bool is_refused(std::string_view parameter) {
  return parameter.starts_with("q=0") &&
         parameter.find_first_not_of("0.", 2) == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(const Request& request) {
  const std::string* accepted = request.header("Accept-Encoding");
  if (accepted == nullptr) return false;
  for (const std::string_view coding : split(*accepted, ',')) {
    const auto parts = split(coding, ';');
    if (!equals_ignoring_case(trim(parts.front()), "gzip")) continue;
    return parts.size() == 1 || !is_refused(trim(parts[1]));
  }
  return false;
}

std::string gzip(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;
  constexpr int kMemory = 8;
  z_stream stream{};
  int status =
      deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY);
  GAFFER_ASSERT(status == Z_OK, "there is memory");
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  std::string input(bytes);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  status = deflate(&stream, Z_FINISH);
  GAFFER_ASSERT(status == Z_STREAM_END, "the bound is one");
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace gaffer::net
