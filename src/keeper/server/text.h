#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gaffer::keeper {

/// A number as text, without a heap.
class Decimal {
 public:
  explicit Decimal(std::uint64_t number) {
    do {
      digits_[--first_] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
  }

  /// Valid as long as this object.
  [[nodiscard]] std::string_view text() const {
    return {digits_.data() + first_, digits_.size() - first_};
  }

 private:
  std::array<char, 20> digits_{};  // 2^64 - 1 has 20.
  std::size_t first_ = 20;
};

/// Parts put together, as the system wants a text: with a NUL behind it. What is too long is cut.
template <std::size_t kBytes>
class Text {
 public:
  Text(std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) {
      for (const char c : part) {
        if (length_ + 1 < kBytes) text_[length_++] = c;
      }
    }
  }
  [[nodiscard]] const char* c_str() const { return text_.data(); }

 private:
  std::array<char, kBytes> text_{};
  std::size_t length_ = 0;
};

}  // namespace gaffer::keeper
