#include "wire/log_record.h"

#include <array>
#include <cstdio>

#include <time.h>

#include "base/moment_text.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "wire/json_writer.h"

namespace gaffer::wire {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view part = bytes.substr(at, 3);
    unsigned bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < part.size() ? static_cast<unsigned char>(part[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      encoded += i <= part.size() ? kDigits[bits >> (18 - 6 * i) & 0x3f] : '=';
  }
  return encoded;
}

}  // namespace

void append_record(std::string& to, const LogRecord& record) {
  to.append(record.source) += '\t';
  to.append(record.label) += '\t';
  to.append(std::to_string(record.run)) += '\t';
  to.append(std::to_string(record.wall_ns)) += '\t';
  to.append(std::to_string(record.offset)) += '\t';
  to.append(std::to_string(record.gap)) += '\t';
  if (record.is_partial) to += 'p';
  if (record.is_context) to += 'c';
  if (!record.is_partial && !record.is_context) to += '-';
  (to += '\t').append(record.text) += '\n';
}

std::optional<LogRecord> parse_record(std::string_view line) {
  constexpr std::size_t kColumns = 7;
  std::array<std::string_view, kColumns> columns;
  for (std::string_view& column : columns) {
    const auto tab = line.find('\t');
    if (tab == std::string_view::npos) return std::nullopt;
    column = line.substr(0, tab);
    line.remove_prefix(tab + 1);
  }
  const auto run = parse_number<std::uint64_t>(columns[2]);
  const auto time = parse_number<std::int64_t>(columns[3]);
  const auto offset = parse_number<std::uint64_t>(columns[4]);
  const auto gap = parse_number<std::uint64_t>(columns[5]);
  if (!run || !time || !offset || !gap) return std::nullopt;
  const auto has = [flags = columns[6]](char flag) {
    return flags.find(flag) != std::string_view::npos;
  };
  return LogRecord{.source = columns[0],
                   .label = columns[1],
                   .run = *run,
                   .wall_ns = *time,
                   .offset = *offset,
                   .gap = *gap,
                   .is_partial = has('p'),
                   .is_context = has('c'),
                   .text = line};
}

void append_json_record(std::string& to, const LogRecord& record) {
  JsonWriter json;
  json.object().key("source").text(record.source).key("label").text(record.label);
  json.key("pid").number(record.run).key("offset").number(record.offset);
  if (record.wall_ns != 0) json.key("time").text(utc_text(record.wall_ns));
  if (record.gap != 0) json.key("gap").number(record.gap);
  if (record.is_partial) json.key("partial").boolean(true);
  if (record.is_context) json.key("context").boolean(true);
  if (is_utf8(record.text)) {
    json.key("text").text(record.text);
  } else {
    json.key("base64").text(base64(record.text));
  }
  to += json.end_object().take() += '\n';
}

std::string utc_text(std::int64_t wall_ns) {
  const auto [seconds, nanoseconds] = seconds_of(wall_ns);
  tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 40> text{};
  const std::size_t length = ::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text.data() + length, text.size() - length, ".%06ldZ",
                static_cast<long>(nanoseconds / 1000));
  return text.data();
}

}  // namespace gaffer::wire
