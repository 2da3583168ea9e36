#include "programs/top/model.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "programs/top/cells.h"

namespace gaffer::programs::top {
namespace {

using enum Key::Kind;
using Page = Model::Page;
using What = Request::What;

std::size_t place_of(const std::vector<const Row*>& rows, const std::string& target) {
  const auto found =
      std::ranges::find_if(rows, [&](const Row* row) { return row->target == target; });
  return static_cast<std::size_t>(found - rows.begin());
}

void select(Model& model, const std::string& target) {
  if (model.selected == target) return;
  model.selected = target;
  model.log.clear();
  model.scrolled = 0;
}

void select_place(Model& model, std::size_t place) {
  const auto rows = shown_rows(model);
  select(model, rows.empty() ? "" : rows[std::min(place, rows.size() - 1)]->target);
}

std::size_t half_page(const Model& model) {
  return static_cast<std::size_t>(std::max(2, model.size.rows)) / 2;
}

/// Up, with a negative number.
void move(Model& model, std::ptrdiff_t rows) {
  const auto shown = shown_rows(model);
  const auto place = static_cast<std::ptrdiff_t>(place_of(shown, model.selected)) + rows;
  select_place(model, static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, place)));
}

/// How far up the log can be scrolled: its first lines fill the screen then.
std::size_t most_scrolled(const Model& model) {
  constexpr std::size_t kOthers = 3;  // The first line, the title, the last line.
  const auto height = static_cast<std::size_t>(std::max(1, model.size.rows));
  const auto width = static_cast<std::size_t>(std::max(1, model.size.columns));
  const std::size_t room = height - std::min(height, kOthers);
  std::size_t used = 0;
  std::size_t count = 0;
  for (const std::string& line : model.log) {
    used += wrapped(line, width, Colours::Dropped, room).size();
    if (used > room && count > 0) break;
    ++count;
  }
  return model.log.size() - count;
}

/// Into the past, with a negative number.
void scroll(Model& model, std::ptrdiff_t lines) {
  const auto last = static_cast<std::ptrdiff_t>(most_scrolled(model));
  const auto scrolled = static_cast<std::ptrdiff_t>(model.scrolled) - lines;
  model.scrolled = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(scrolled, 0, last));
}

void set_filter(Model& model, std::string filter) {
  model.filter = std::move(filter);
  if (selected_row(model) == nullptr) select_place(model, 0);
}

/// Whether it was a key that moves.
bool has_moved(Model& model, const Key& key) {
  const auto page = static_cast<std::ptrdiff_t>(half_page(model));
  const auto all = static_cast<std::ptrdiff_t>(std::max(model.rows.size(), kMostLines));
  const std::array<std::pair<Key, std::ptrdiff_t>, 8> moves = {{{Key{Up}, -1},
                                                                {Key{Down}, 1},
                                                                {Key{Character, "k"}, -1},
                                                                {Key{Character, "j"}, 1},
                                                                {Key{PageUp}, -page},
                                                                {Key{PageDown}, page},
                                                                {Key{Home}, -all},
                                                                {Key{End}, all}}};
  const auto* const found = std::ranges::find(moves, key, &std::pair<Key, std::ptrdiff_t>::first);
  if (found == moves.end()) return false;
  const auto act = model.page == Page::Log ? scroll : move;
  act(model, found->second);
  return true;
}

void type(Model& model, const Key& key) {
  if (key.kind == Character) return set_filter(model, model.filter + key.text);
  if (key.kind == Up) return move(model, -1);
  if (key.kind == Down) return move(model, 1);
  if (key.kind == Enter || key.kind == Escape) model.is_typing = false;
  if (key.kind == Escape) return set_filter(model, "");
  if (key.kind != Backspace || model.filter.empty()) return;
  std::string shorter = model.filter;
  while (!shorter.empty() && (static_cast<unsigned char>(shorter.back()) & 0xc0U) == 0x80U)
    shorter.pop_back();
  if (!shorter.empty()) shorter.pop_back();
  set_filter(model, std::move(shorter));
}

void toggle(Model& model, Page page) {
  model.page = model.page == page ? Page::Table : page;
  model.scrolled = 0;
}

std::optional<Request> request_of(const Model& model, const std::string& letter) {
  using Verb = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Verb, 6> kVerbs = {
      {{"s", "stop"}, {"S", "start"}, {"r", "restart"}, {"R", "reload"}, {"+", "+1"}, {"-", "-1"}}};
  const Row* row = selected_row(model);
  const auto* const found = std::ranges::find(kVerbs, letter, &Verb::first);
  if (row == nullptr || found == kVerbs.end()) return std::nullopt;
  const bool is_scale = letter == "+" || letter == "-";
  return Request{is_scale ? What::Scale : What::Act, is_scale ? row->template_name : row->target,
                 std::string(found->second)};
}

}  // namespace

std::vector<const Row*> shown_rows(const Model& model) {
  std::vector<const Row*> shown;
  for (const Row& row : model.rows) {
    if (row.name.find(model.filter) != std::string::npos) shown.push_back(&row);
  }
  return shown;
}

const Row* selected_row(const Model& model) {
  const auto rows = shown_rows(model);
  const std::size_t place = place_of(rows, model.selected);
  return place < rows.size() ? rows[place] : nullptr;
}

void set_rows(Model& model, std::vector<Row> rows) {
  const std::size_t place = place_of(shown_rows(model), model.selected);
  model.rows = std::move(rows);
  if (selected_row(model) == nullptr) select_place(model, place);
}

void add_log_line(Model& model, std::string line) {
  model.log.push_back(std::move(line));
  if (model.scrolled > 0) ++model.scrolled;  // What is being read stays where it is.
  if (model.log.size() > kMostLines) model.log.pop_front();
  model.scrolled = std::min(model.scrolled, model.log.size() - 1);
}

void extend_log_line(Model& model, std::string_view text) {
  constexpr std::size_t kLongest = 8192;
  if (model.log.empty()) return add_log_line(model, std::string(text));
  if (model.log.back().size() + text.size() <= kLongest) model.log.back() += text;
}

std::optional<Request> press(Model& model, const Key& key) {
  model.answer.clear();
  if (key.kind == Interrupt) return Request{What::Quit};
  if (key.kind == Redraw) return Request{What::Redraw};
  const bool leaves_log = key.kind == Escape && model.page == Page::Log;
  if (model.is_typing) {
    type(model, key);
  } else if (model.page == Page::Help || key == Key{Character, "?"}) {
    toggle(model, Page::Help);
  } else if (key.kind == Enter || key == Key{Character, "l"} || leaves_log) {
    toggle(model, Page::Log);
  } else if (key.kind == Escape) {
    set_filter(model, "");
  } else if (key == Key{Character, "/"}) {
    model.page = Page::Table;
    model.is_typing = true;
  } else if (key == Key{Character, "q"}) {
    return Request{What::Quit};
  } else if (!has_moved(model, key)) {
    return request_of(model, key.text);
  }
  return std::nullopt;
}

}  // namespace gaffer::programs::top
