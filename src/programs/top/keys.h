#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gaffer::programs::top {

/// A key that was pressed.
struct Key {
  enum class Kind {
    Character,  ///< `text` is it.
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Escape,
    Backspace,
    Interrupt,  ///< Ctrl-C.
    Redraw,     ///< Ctrl-L.
  };
  Kind kind = Kind::Character;
  std::string text = {};  ///< One character of UTF-8.

  bool operator==(const Key&) const = default;
};

/// Makes keys of the bytes that a raw terminal sends, which may cut a key in two. What it does not
/// know is no key.
class KeyReader {
 public:
  std::vector<Key> take(std::string_view bytes);

  /// Whether a key has begun: the rest comes at once, or Escape alone was pressed.
  [[nodiscard]] bool has_begun() const { return !pending_.empty(); }
  /// The rest has not come.
  std::vector<Key> give_up();

 private:
  std::string pending_;  // At most kLongest bytes.
};

}  // namespace gaffer::programs::top
