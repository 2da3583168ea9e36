#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gaffer::keeper {

/// A line on standard error, `gaffer-keeper: …`, built without a heap and written in one call when
/// it goes out of scope. What does not fit is cut.
class Report {
 public:
  Report() { *this << "gaffer-keeper: "; }
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;
  ~Report();

  Report& operator<<(std::string_view text);
  Report& operator<<(std::uint64_t number);

 private:
  std::array<char, 256> line_{};
  std::size_t length_ = 0;
};

}  // namespace gaffer::keeper
