// Any bytes are one of the keeper's records in its full length, which then comes back as it was, or
// none.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.h"
#include "keeper/protocol/records.h"

namespace gaffer::keeper {
namespace {

/// Returns whether it was one of these.
template <typename... Records>
bool is_one_of(std::span<const std::byte> message) {
  const auto comes_back = [message](auto record) {
    const auto decoded = decode<decltype(record)>(message);
    if (!decoded) return 0;
    GAFFER_ASSERT(std::ranges::equal(encode(*decoded), message), "a record comes back as it was");
    return 1;
  };
  const int found = (comes_back(Records{}) + ...);
  GAFFER_ASSERT(found <= 1, "a message is not two records");
  return found == 1;
}

}  // namespace
}  // namespace gaffer::keeper

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaffer::keeper;
  const auto message = std::as_bytes(std::span(data, size));
  const bool is_known = is_one_of<Hello, Reserve, Started, Acknowledge, Drop, Change, Release,
                                  Signal, Put, Remove, Alive, Ready, Quit, Upgrade, Welcome, Entry,
                                  Named, End, Exit, Orphan, Refused, Ping>(message);
  GAFFER_ASSERT(is_known == (kind_of(message) != Kind::None), "every kind has its record");
  if (const auto reserve = decode<Reserve>(message)) {
    GAFFER_ASSERT(text_in(reserve->note).size() <= kNoteBytes, "a text ends with its field");
  }
  return 0;
}
