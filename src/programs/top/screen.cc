#include "programs/top/screen.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "base/terminal_text.h"
#include "programs/top/cells.h"

namespace gaffer::programs::top {
namespace {

constexpr std::string_view kKeys =
    "q quit  ? help  s stop  S start  r restart  R reload  + - scale  / search  l log";

constexpr std::array<std::string_view, 20> kHelp = {
    "Keys",
    "",
    "  up, down, k, j   select a process; in the log: scroll",
    "  PgUp, PgDn       half a screen; Home, End: the first, the last",
    "  s  S             stop, start the selected process",
    "  r  R             restart it; reload it: the new one before the old one goes",
    "  +  -             one process more, one less of its template",
    "  Enter, l         its log on the whole screen, and back",
    "  /                show those whose name holds what is typed; Esc: all again",
    "  Ctrl-L           draw everything anew",
    "  q, Ctrl-C        quit; the processes run on",
    "",
    "CPU% is the share of one processor: 400 where four work all the time. It and",
    "MEM are about a process with all below it. What is not known is a dash.",
    "",
    "When the daemon is gone, the first line says so, what was last known stays,",
    "and it is asked again every second.",
    "",
    "Text is marked and copied with the mouse as in any terminal.",
    "Any key goes back."};

std::size_t width_of(const Model& model) {
  return static_cast<std::size_t>(std::max(1, model.size.columns));
}
std::size_t height_of(const Model& model) {
  return static_cast<std::size_t>(std::max(1, model.size.rows));
}

std::string styled(const Model& model, std::string_view style, std::string text) {
  if (!model.is_coloured || style.empty()) return text;
  return std::string(style) + text + "\x1b[0m";
}

/// A whole line that stands out.
std::string bar(const Model& model, const std::string& text) {
  return styled(model, "\x1b[7m", cell(text, width_of(model)));
}

std::string header(const Model& model) {
  if (!model.trouble.empty())
    return styled(model, "\x1b[1;31m", cell(model.trouble, width_of(model)));
  std::vector<std::pair<std::string, std::size_t>> counts;
  std::size_t processes = 0;
  for (const Row& row : model.rows) {
    if (row.state == "-") continue;
    ++processes;
    const auto found =
        std::ranges::find(counts, row.state, &std::pair<std::string, std::size_t>::first);
    if (found == counts.end()) {
      counts.emplace_back(row.state, 1);
    } else {
      ++found->second;
    }
  }
  std::string text = model.daemon + "  " + std::to_string(processes) +
                     (processes == 1 ? " process" : " processes");
  for (std::size_t at = 0; at < counts.size(); ++at)
    text += (at == 0 ? ": " : ", ") + std::to_string(counts[at].second) + " " + counts[at].first;
  if (!model.load.empty()) text += "  " + model.load;
  return styled(model, "\x1b[1m", cell(text, width_of(model)));
}

struct Column {
  std::string_view title;
  std::string Row::*text;
  Side side;
  std::size_t least;  ///< So that it does not move with every figure.
};
constexpr std::array<Column, 7> kColumns = {{{"NAME", &Row::name, Side::Left, 0},
                                             {"STATE", &Row::state, Side::Left, 7},
                                             {"OS_PID", &Row::os_pid, Side::Right, 0},
                                             {"UPTIME", &Row::uptime, Side::Right, 6},
                                             {"RESTARTS", &Row::restarts, Side::Right, 0},
                                             {"CPU%", &Row::cpu, Side::Right, 5},
                                             {"MEM", &Row::memory, Side::Right, 5}}};
constexpr std::size_t kState = 1;

/// 0: it is not shown.
using Widths = std::array<std::size_t, kColumns.size()>;

Widths widths_of(const std::vector<const Row*>& rows, std::size_t terminal) {
  constexpr std::size_t kRoomForWhy = 11;
  // Who has to go first when it is narrow: restarts and the pid also for the room that the reason
  // wants, then the uptime, memory, processor.
  constexpr std::array<std::pair<std::size_t, std::size_t>, 5> kDispensable = {
      {{4, kRoomForWhy}, {2, kRoomForWhy}, {3, 0}, {6, 0}, {5, 0}}};
  constexpr std::size_t kMark = 2;
  Widths widths{};
  for (std::size_t at = 0; at < kColumns.size(); ++at) {
    widths.at(at) = std::max(kColumns.at(at).title.size(), kColumns.at(at).least);
    for (const Row* row : rows)
      widths.at(at) = std::max(widths.at(at), columns_of(row->*kColumns.at(at).text));
  }
  for (const auto& [column, room] : kDispensable) {
    std::size_t sum = kMark;
    for (const std::size_t width : widths)
      sum += width > 0 ? width + 2 : 0;
    constexpr std::size_t kGap = 2;  // Behind the last one.
    if (sum + room <= terminal + kGap) break;
    widths.at(column) = 0;
  }
  return widths;
}

std::string_view style_of(Tone tone) {
  switch (tone) {
    case Tone::Good:
      return "\x1b[32m";
    case Tone::Uneasy:
      return "\x1b[33m";
    case Tone::Bad:
      return "\x1b[31m";
    case Tone::Plain:
      break;
  }
  return "";
}

std::string heads(const Model& model, const Widths& widths) {
  std::string text = "  ";
  for (std::size_t at = 0; at < kColumns.size(); ++at) {
    if (widths.at(at) > 0)
      text += cell(kColumns.at(at).title, widths.at(at), kColumns.at(at).side) + "  ";
  }
  return bar(model, text + "WHY");
}

std::string row_line(const Model& model, const Row& row, const Widths& widths) {
  const bool is_selected = row.target == model.selected;
  std::string text = is_selected ? "> " : "  ";
  for (std::size_t at = 0; at < kColumns.size(); ++at) {
    if (widths.at(at) == 0) continue;
    const std::string one = cell(row.*kColumns.at(at).text, widths.at(at), kColumns.at(at).side);
    text += (at == kState && !is_selected ? styled(model, style_of(row.tone), one) : one) + "  ";
  }
  text += row.why;
  if (is_selected) return bar(model, text);
  return wrapped(text, width_of(model), Colours::Kept, 1).front();
}

/// The table in so many lines, with its heads. The selected row is among them.
void add_table(std::vector<std::string>& lines, const Model& model, std::size_t height) {
  const auto rows = shown_rows(model);
  const Widths widths = widths_of(rows, width_of(model));
  lines.push_back(heads(model, widths));
  const std::size_t room = height - 1;
  const Row* selected = selected_row(model);
  const std::ptrdiff_t found =
      selected == nullptr ? 0 : std::ranges::find(rows, selected) - rows.begin();
  const auto place = static_cast<std::size_t>(found);
  const std::size_t most = rows.size() > room ? rows.size() - room : 0;
  std::size_t at = std::min(place > room / 2 ? place - room / 2 : 0, most);
  for (std::size_t left = std::min(room, rows.size()); left > 0; --left)
    lines.push_back(row_line(model, *rows[at++], widths));
  if (rows.empty() && room > 0) {
    lines.push_back(cell(model.rows.empty()
                             ? "  no processes: gaffer load brings some"
                             : "  no name holds \"" + terminal_safe(model.filter) + "\"",
                         width_of(model)));
  }
}

/// The end of the log, in so many lines; each line of it takes at most `most`.
void add_log(std::vector<std::string>& lines, const Model& model, std::size_t height,
             std::size_t most) {
  const Row* row = selected_row(model);
  std::string title = row == nullptr ? "" : "log of " + row->name;
  if (model.is_log_too_fast) title += ", too fast to follow: its end every second";
  if (model.scrolled > 0) title += ", " + std::to_string(model.scrolled) + " lines further up";
  lines.push_back(bar(model, title));
  const std::size_t room = height - 1;
  const Colours colours = model.is_coloured ? Colours::Kept : Colours::Dropped;
  std::deque<std::string> shown;
  const std::size_t end = model.log.size() - std::min(model.scrolled, model.log.size());
  for (std::size_t at = end; at > 0 && shown.size() < room; --at) {
    const auto pieces = wrapped(model.log[at - 1], width_of(model), colours, most);
    for (auto piece = pieces.rbegin(); piece != pieces.rend() && shown.size() < room; ++piece)
      shown.push_front(*piece);
  }
  lines.insert(lines.end(), shown.begin(), shown.end());
}

std::string bottom(const Model& model) {
  const std::size_t width = width_of(model);
  if (model.is_typing) return cell("/" + terminal_safe(model.filter) + "_", width);
  if (!model.answer.empty()) return styled(model, "\x1b[1m", cell(model.answer, width));
  const std::string filter =
      model.filter.empty() ? "" : "/" + terminal_safe(model.filter) + " (Esc: all)  ";
  return cell(filter + std::string(kKeys), width);
}

void add_table_and_log(std::vector<std::string>& lines, const Model& model, std::size_t height) {
  // With heads and title. The log gets what the table leaves, and at least half of it.
  const std::size_t wanted = std::max<std::size_t>(1, shown_rows(model).size()) + 1;
  constexpr std::size_t kLeast = 3;
  const std::size_t table = std::min(wanted, std::max(kLeast, height / 2));
  if (height < kLeast + 2) return add_table(lines, model, height);
  add_table(lines, model, table);
  add_log(lines, model, height - table, 1);
}

}  // namespace

std::vector<std::string> screen(const Model& model) {
  const std::size_t height = height_of(model);
  constexpr std::size_t kHeaderAndBottom = 2;
  std::vector<std::string> lines = {header(model)};
  if (height > kHeaderAndBottom + 1) {
    const std::size_t room = height - kHeaderAndBottom;
    switch (model.page) {
      case Model::Page::Table:
        add_table_and_log(lines, model, room);
        break;
      case Model::Page::Log:
        add_log(lines, model, room, room);
        break;
      case Model::Page::Help:
        for (const std::string_view line : kHelp)
          lines.push_back(cell(line, width_of(model)));
        break;
    }
  }
  lines.resize(height > 1 ? height - 1 : 0);
  lines.push_back(bottom(model));
  return lines;
}

std::string changes(const std::vector<std::string>& before, const std::vector<std::string>& now) {
  const bool is_anew = before.size() != now.size();
  std::string text = is_anew ? "\x1b[2J" : "";
  for (std::size_t at = 0; at < now.size(); ++at) {
    if (!is_anew && before[at] == now[at]) continue;
    // Emptied first: behind a line that ends at the edge its last column would be emptied.
    text += "\x1b[" + std::to_string(at + 1) + ";1H\x1b[2K" + now[at];
  }
  return text;
}

}  // namespace gaffer::programs::top
