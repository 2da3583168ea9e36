#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/manager/manager.h"
#include "core/stream/lines.h"

namespace gaffer::apps {

/// Prints what processes write and what happens to them, each line whole and behind the name of its
/// process: `web.1    | listening on 5000`.
class Console {
 public:
  enum class Style { Plain, Coloured };
  /// Takes a text, always, and tells whether there is room for more.
  using Print = std::function<bool(std::string_view text)>;

  /// A coloured console is a terminal: control sequences in the output are shown, not obeyed. A
  /// plain one passes every byte. `width` is that of the longest name to come, for the alignment.
  /// CALLS: `print` with whole lines, from within the loop's turns. After it had no room nothing is
  /// printed until `resume`: the output waits where it is kept, what happens meanwhile is counted.
  Console(Manager& manager, Style style, std::size_t width, Print print);

  /// Goes on after there was no room.
  void resume();

  /// Prints a line of our own.
  void say(std::string_view text);

  /// Prints what processes have written and not ended with a newline; the line stays open for what
  /// comes next of the same process, and is closed by what comes of another.
  void show_parts();

  /// The same for the end: every line is closed.
  void flush();

 private:
  void heard(const Event& event);
  /// How far an output has been printed.
  struct Reader {
    stream::LogReader log;
    stream::LineCursor cursor;
  };

  Reader& reader_of(const OutputId& source, const stream::Output& output);
  void print_lines(const OutputId& source, const stream::Output& output);
  void print_line(const OutputId& source, const stream::Line& line);
  void print_rest(const OutputId& source);
  void print_rests(const std::string& name, int slot);
  [[nodiscard]] std::string begin_line(const OutputId* source = nullptr);
  [[nodiscard]] std::string prefix(const std::string& name, int slot) const;

  Manager& manager_;
  Style style_;
  std::size_t width_;
  Print print_;
  bool has_room_ = true;
  std::size_t untold_ = 0;  // Events while there was no room.
  std::map<OutputId, Reader> readers_;
  std::optional<OutputId> open_;  // Whose line has no end yet.
  bool leaves_open_ = false;      // What is printed now may be the part of a line.
  Subscription events_;
  Subscription growth_;
};

}  // namespace gaffer::apps
