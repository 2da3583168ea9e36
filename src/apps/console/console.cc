#include "apps/console/console.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/duration_text.h"
#include "base/terminal_text.h"

namespace gaffer::apps {
namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kFaint = "\x1b[2m";
// SGR foreground colours that can be read on dark and on light ground.
constexpr std::array<std::string_view, 6> kColours = {"\x1b[36m", "\x1b[33m", "\x1b[32m",
                                                      "\x1b[35m", "\x1b[34m", "\x1b[31m"};

// What comes after an end. The event tells only that it ended: the rest is the slot's present
// state.
std::string next_start(const Manager& manager, const Event& event) {
  const auto info = manager.info(event.name);
  if (!info) return {};
  for (const ProcessInfo& process : info->processes) {
    if (process.slot != event.slot || !process.next_start) continue;
    return ", next start in " + duration_text(*process.next_start);
  }
  return {};
}

std::string sentence(const Manager& manager, const Event& event) {
  switch (event.kind) {
    case Event::Kind::Spawn:
      return "started, process " + std::to_string(event.os_pid);
    case Event::Kind::Exit:
      return "ended: " + event.reason + next_start(manager, event);
    case Event::Kind::Flap:
    case Event::Kind::Fail:
      return event.reason + next_start(manager, event);
    default:
      return {};
  }
}

}  // namespace

Console::Console(Manager& manager, Style style, std::size_t width, Print print)
    : manager_(manager), style_(style), width_(width), print_(std::move(print)) {
  events_ = manager_.subscribe([this](const Event& event) { heard(event); });
  growth_ = manager_.subscribe_output(
      [this](const Manager::Growth& growth) { print_lines(growth.id, growth.output); });
}

void Console::heard(const Event& event) {
  const std::string text = sentence(manager_, event);
  if (text.empty()) return;
  if (!has_room_) {
    ++untold_;
    return;
  }
  if (event.kind == Event::Kind::Exit) print_rests(event.name, event.slot);
  const std::string line =
      style_ == Style::Coloured ? std::string(kFaint) + text + std::string(kReset) : text;
  has_room_ = print_(begin_line() + prefix(event.name, event.slot) + line + "\n");
}

Console::Reader& Console::reader_of(const OutputId& source, const stream::Output& output) {
  const auto found = readers_.find(source);
  if (found != readers_.end() && found->second.log.reads(output.view())) {
    found->second.log.refresh(output.view());
    return found->second;
  }
  stream::LogReader log(output.view());
  stream::LineCursor cursor(log.begin());
  return readers_.insert_or_assign(source, Reader{std::move(log), std::move(cursor)}).first->second;
}

// What cannot be read is no longer kept, and is told by the gap before what can.
void Console::print_lines(const OutputId& source, const stream::Output& output) {
  auto& [log, cursor] = reader_of(source, output);
  stream::Line line;
  while (has_room_ && cursor.next(log, line).value_or(false))
    print_line(source, line);
}

void Console::print_rest(const OutputId& source) {
  const stream::Output* output = manager_.output(source);
  if (!output || !has_room_) return;
  auto& [log, cursor] = reader_of(source, *output);
  stream::Line line;
  if (cursor.rest(log, line).value_or(false)) print_line(source, line);
}

void Console::print_rests(const std::string& name, int slot) {
  for (const auto& [source, reader] : readers_) {
    if (source.name == name && source.slot == slot) print_rest(source);
  }
}

void Console::print_line(const OutputId& source, const stream::Line& line) {
  std::string text = begin_line(&source);
  if (line.gap > 0)
    text += "[gaffer: " + std::to_string(line.gap) + " bytes before this are no longer kept] ";
  if (style_ == Style::Coloured) {
    text.append(terminal_safe(line.text)).append(kReset);
  } else {
    text.append(line.text);
  }
  if (leaves_open_) {
    open_ = source;
  } else {
    text += "\n";
  }
  has_room_ = print_(text);
}

// What stands before a text of this process; nothing where it goes on.
std::string Console::begin_line(const OutputId* source) {
  const auto open = std::exchange(open_, std::nullopt);
  if (source != nullptr && open == *source) return {};
  return (open ? "\n" : "") + (source != nullptr ? prefix(source->name, source->slot) : "");
}

void Console::resume() {
  has_room_ = true;
  if (untold_ > 0)
    say(std::to_string(std::exchange(untold_, 0)) +
        " starts and ends not shown: the output was blocked");
  for (const auto& [source, reader] : readers_) {
    if (stream::Output* output = manager_.output(source)) print_lines(source, *output);
  }
}

void Console::show_parts() {
  leaves_open_ = true;
  for (const auto& [source, reader] : readers_) {
    if (has_room_) print_rest(source);
  }
  leaves_open_ = false;
}

void Console::flush() {
  for (const auto& [source, reader] : readers_)
    print_rest(source);
  if (open_) has_room_ = print_(begin_line());
}

void Console::say(std::string_view text) {
  std::string label = "gaffer";
  label.resize(std::max(width_, label.size()), ' ');
  has_room_ = print_(begin_line() + label + " | " + std::string(text) + "\n");
}

std::string Console::prefix(const std::string& name, int slot) const {
  std::string label = name;
  if (slot > 0) label += "." + std::to_string(slot);
  label.resize(std::max(width_, label.size()), ' ');
  label += " | ";
  if (style_ == Style::Plain) return label;
  // The same name has the same colour in every run.
  const std::size_t number = std::hash<std::string>{}(name) % kColours.size();
  return std::string(kColours.at(number)) + label + std::string(kReset);
}

}  // namespace gaffer::apps
