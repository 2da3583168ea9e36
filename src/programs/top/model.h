#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/process_template.h"
#include "programs/top/keys.h"

/// \file
/// What `gaffer top` knows, and what a key changes in it. It has no terminal and no daemon.

namespace gaffer::programs::top {

enum class Tone { Plain, Good, Uneasy, Bad };

/// A process, or a template that has none. All texts are terminal_safe.
struct Row {
  std::string target;         ///< What the daemon calls it; no other row has the same.
  std::string template_name;  ///< What is scaled.
  std::string name;
  std::string state;
  Tone tone = Tone::Plain;
  std::string os_pid = "-";
  std::string uptime = "-";
  std::string restarts = "-";
  std::string cpu = "-";
  std::string memory = "-";
  std::string why = {};  ///< It does not run.
};

/// What is known, and what the person has chosen.
struct Model {
  enum class Page { Table, Log, Help };

  std::string daemon;   ///< Who it is.
  std::string load;     ///< Of the machine, and what all processes use of it.
  std::string trouble;  ///< Why there is no news; empty as long as there is some.
  std::vector<Row> rows;
  std::deque<std::string> log;   ///< Of the selected one, terminal_safe, at most kMostLines.
  bool is_log_too_fast = false;  ///< It is looked at now and then.
  std::string answer;            ///< Of the daemon, or what it is asked; until the next key.

  TerminalSize size{.rows = 24, .columns = 80};
  bool is_coloured = true;

  std::string selected;  ///< The target of a row.
  std::string filter;    ///< Rows whose name holds it are shown.
  bool is_typing = false;
  Page page = Page::Table;
  std::size_t scrolled = 0;  ///< How many lines of the log came behind those that are shown.
};

constexpr std::size_t kMostLines = 1000;

/// The rows that the filter leaves.
std::vector<const Row*> shown_rows(const Model& model);

/// The selected row; null if none is shown.
const Row* selected_row(const Model& model);

/// Takes new rows. Who was selected stays so; if he is gone, who has come to his place.
void set_rows(Model& model, std::vector<Row> rows);

/// One line more of the log; the oldest goes where there are too many.
void add_log_line(Model& model, std::string line);

/// What belongs to the last line too, as long as that is not too long.
void extend_log_line(Model& model, std::string_view text);

/// What a key asks of others.
struct Request {
  enum class What { Quit, Redraw, Act, Scale };
  What what{};
  std::string target = {};
  std::string verb = {};  ///< Of Act start, stop, restart, reload; of Scale `+1`, `-1`.

  bool operator==(const Request&) const = default;
};
std::optional<Request> press(Model& model, const Key& key);

}  // namespace gaffer::programs::top
