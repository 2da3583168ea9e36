#include "programs/gaffer/log_printer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include <time.h>

#include "base/moment_text.h"
#include "base/strings.h"
#include "base/terminal_text.h"

namespace gaffer::programs {
namespace {

constexpr std::size_t kMostPending = std::size_t{64} << 10;
constexpr std::string_view kReset = "\x1b[0m";
constexpr std::array<std::string_view, 6> kColours = {"\x1b[36m", "\x1b[33m", "\x1b[32m",
                                                      "\x1b[35m", "\x1b[34m", "\x1b[31m"};

// The same template has the same colour in every command.
std::string_view colour_of(std::string_view source) {
  const std::string name(source.substr(0, source.rfind('.')));
  return kColours.at(std::hash<std::string>{}(name) % kColours.size());
}

}  // namespace

std::string time_text(const std::string& form, std::int64_t wall_ns) {
  const auto [seconds, nanoseconds] = seconds_of(wall_ns);
  tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 8> milliseconds{};
  std::snprintf(milliseconds.data(), milliseconds.size(), "%03d",
                static_cast<int>(nanoseconds / 1'000'000));
  std::string with_milliseconds = form;
  replace_all(with_milliseconds, "%L", milliseconds.data());
  std::array<char, 256> text{};
  const std::size_t length =
      ::strftime(text.data(), text.size(), with_milliseconds.c_str(), &local);
  return {text.data(), length};
}

bool LogPrinter::print(const wire::LogRecord& record) {
  const bool goes_on = !open_line_of_.empty() && open_line_of_ == record.source && record.gap == 0;
  if (!open_line_of_.empty() && !goes_on) pending_ += '\n';
  if (!goes_on) begin_line(record);
  if (style_.is_safe) {
    pending_ += terminal_safe(record.text);
    if (record.text.find('\x1b') != std::string_view::npos) pending_ += kReset;
  } else {
    pending_ += record.text;
  }
  open_line_of_ = record.is_partial ? std::string(record.source) : "";
  if (!record.is_partial) pending_ += '\n';
  return pending_.size() < kMostPending || flush();
}

void LogPrinter::begin_line(const wire::LogRecord& record) {
  std::string prefix;
  if (!style_.time_form.empty() && record.wall_ns != 0)
    prefix = time_text(style_.time_form, record.wall_ns) + " ";
  if (has_names_) {
    std::string name(record.source);
    name.resize(std::max(width_, name.size()), ' ');
    prefix += style_.is_coloured
                  ? std::string(colour_of(record.source)) + name + " | " + std::string(kReset)
                  : name + " | ";
  }
  if (record.gap > 0) {
    pending_ += prefix + "[gaffer: " + std::to_string(record.gap) +
                " bytes before this are no longer kept]\n";
  }
  pending_ += prefix;
}

bool LogPrinter::flush() { return pending_.empty() || print_(std::exchange(pending_, {})); }

void LogPrinter::finish() {
  if (!std::exchange(open_line_of_, {}).empty()) pending_ += '\n';
  (void)flush();  // Whoever reads has enough.
}

}  // namespace gaffer::programs
