#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace gaffer::programs {

/// Hands on each whole line of what comes in pieces.
class LineSplitter {
 public:
  /// Without its newline. Returns whether more is wanted.
  using OnLine = std::function<bool(std::string_view line)>;

  explicit LineSplitter(OnLine on_line) : on_line_(std::move(on_line)) {}

  /// Returns what `on_line` says.
  bool take(std::string_view bytes) {
    if (!pending_.empty()) {
      const auto end = bytes.find('\n');
      pending_ += bytes.substr(0, end);
      if (end == std::string_view::npos) return true;
      if (!on_line_(std::exchange(pending_, {}))) return false;
      bytes.remove_prefix(end + 1);
    }
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      if (!on_line_(bytes.substr(0, end))) return false;
      bytes.remove_prefix(end + 1);
    }
    pending_ = bytes;
    return true;
  }

 private:
  OnLine on_line_;
  std::string pending_;
};

}  // namespace gaffer::programs
