#include "core/stream/segments.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/strings.h"
#include "core/stream/compressed.h"
#include "os/files.h"

namespace gaffer::stream {
namespace {

constexpr std::size_t kDigits = 15;
constexpr std::string_view kCompressed = ".zst";
constexpr std::size_t kMaxList = std::size_t{4} << 20;

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// Of a segment as it is, or compressed.
Result<os::FileFacts> facts_of(const Segment& segment) {
  auto facts = os::file_facts(segment.path);
  return facts ? facts : os::file_facts(segment.path + std::string(kCompressed));
}

bool is_there(const Segment& segment) { return facts_of(segment).has_value(); }

std::uint64_t end_of(const Segment& segment) {
  const auto size = segment_size(segment);
  return segment.base + (size ? *size : 0);
}

/// A line of the list: `BASE PATH`.
std::optional<Segment> parse_segment(std::string_view line) {
  const auto blank = line.find(' ');
  const auto base = parse_number<std::uint64_t>(line.substr(0, blank));
  if (!base || blank == std::string_view::npos) return std::nullopt;
  return Segment{.base = *base, .path = std::string(line.substr(blank + 1))};
}

/// A line of the list before them: `owner USER GROUP`, in numbers.
std::optional<os::LogOwner> parse_owner(std::string_view line) {
  const auto words = split(line, ' ');
  if (words.size() != 3 || words[0] != "owner") return std::nullopt;
  const auto user = parse_number<uid_t>(words[1]);
  const auto group = parse_number<gid_t>(words[2]);
  if (!user || !group) return std::nullopt;
  return os::LogOwner{.user = *user, .group = *group};
}

struct List {
  std::vector<Segment> segments;
  std::optional<os::LogOwner> owner;
};

std::optional<List> read_list(const std::string& path) {
  const auto text = os::read_file(path, kMaxList);
  if (!text) return std::nullopt;
  List list;
  for (const std::string_view line : split(*text, '\n')) {
    if (auto segment = parse_segment(line)) list.segments.push_back(*std::move(segment));
    if (const auto owner = parse_owner(line)) list.owner = owner;
  }
  if (list.segments.empty()) return std::nullopt;
  std::ranges::stable_sort(list.segments, {}, &Segment::base);
  return list;
}

/// The closed segments beside the log, by their names: for when the list is lost.
std::vector<Segment> look_beside(const std::string& path) {
  std::vector<Segment> segments;
  const auto names = os::names_in(directory_of(path));
  if (!names) return segments;
  const std::string prefix = std::string(name_of(path)) + ".";
  for (const std::string& name : *names) {
    if (!name.starts_with(prefix)) continue;
    std::string_view digits = std::string_view(name).substr(prefix.size());
    if (digits.ends_with(kCompressed)) digits.remove_suffix(kCompressed.size());
    const auto base = digits.size() == kDigits ? parse_number<std::uint64_t>(digits) : std::nullopt;
    if (base) segments.push_back({.base = *base, .path = closed_name(path, *base)});
  }
  std::ranges::sort(segments, {}, &Segment::base);
  return segments;
}

/// The segments as the list has them, with what a switch had done before it was written.
std::vector<Segment> listed_segments(const LogPlace& place, std::vector<Segment> listed) {
  Segment last = std::move(listed.back());
  listed.pop_back();
  const std::string path = place.path.empty() ? last.path : place.path;
  std::erase_if(listed, [](const Segment& segment) { return !is_there(segment); });
  bool was_renamed = false;
  // Each of several that ended, or failed, before they wrote the list has left a closed one.
  while (true) {
    const Segment closed{.base = last.base, .path = closed_name(last.path, last.base)};
    const std::uint64_t end = end_of(closed);
    if (end == closed.base) break;
    listed.push_back(closed);
    last = {.base = end, .path = path};
    was_renamed = true;
  }
  if (!was_renamed && last.path != path) {  // The log has another place now.
    const std::uint64_t end = end_of(last);
    if (is_there(last)) listed.push_back(std::move(last));
    last = {.base = end, .path = path};
  }
  listed.push_back(std::move(last));
  return listed;
}

// Renames the file that was written to its closed name, or takes it off the list.
Result<void> close_written(const LogPlace& place, std::vector<Segment>& segments) {
  Segment& written = segments.back();
  if (written.path != place.path) return {};
  const auto size = segment_size(written);
  if (size && *size == 0) {
    segments.pop_back();  // There is nothing to close.
    return {};
  }
  const std::string closed = closed_name(written.path, written.base);
  const os::RightsOf rights(place.owner);
  const auto renamed = os::rename_file(written.path, closed);
  if (!renamed && renamed.error().code != Errc::NotFound) return renamed.error();
  written.path = closed;
  if (!renamed) segments.pop_back();  // Somebody else has taken it away.
  return {};
}

// From the newest closed one back; from the first that has to go on, all older ones go too.
void remove_old(const LogPlace& place, std::vector<Segment>& segments, const Retention& retention) {
  const auto now = std::chrono::system_clock::now();
  int kept = 0;
  std::size_t gone = 0;
  for (std::size_t at = segments.size() - 1; at-- > 0 && gone == 0; ++kept) {
    const auto facts = facts_of(segments[at]);
    if (!facts) continue;
    const bool is_old = retention.max_age && now - facts->changed > *retention.max_age;
    if (kept == retention.keep || is_old) gone = at + 1;
  }
  const os::RightsOf rights(place.owner);
  for (std::size_t at = 0; at < gone; ++at) {
    os::remove_file(segments[at].path);
    os::remove_file(segments[at].path + std::string(kCompressed));
  }
  segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(gone));
}

}  // namespace

std::string closed_name(const std::string& path, std::uint64_t base) {
  std::string digits = std::to_string(base);
  digits.insert(0, kDigits - std::min(kDigits, digits.size()), '0');
  return path + "." + digits;
}

std::vector<Segment> find_segments(const LogPlace& place) {
  if (auto listed = read_list(place.segments))
    return listed_segments(place, std::move(listed->segments));
  const auto facts = os::file_facts(place.path);
  // A log with a record of times and no list has never had a second segment, or is about to.
  const bool is_known = os::file_exists(place.times);
  if (is_known || !facts) return listed_segments(place, {{.base = 0, .path = place.path}});
  std::vector<Segment> segments = look_beside(place.path);
  const std::uint64_t base = segments.empty() ? 0 : end_of(segments.back());
  segments.push_back({.base = base, .path = place.path});
  return segments;
}

Result<std::uint64_t> segment_size(const Segment& segment) {
  if (const auto facts = os::file_facts(segment.path)) return facts->size;
  return compressed_size(segment.path + std::string(kCompressed));
}

Result<OpenLog> open_log_files(const LogPlace& place) {
  OpenLog open;
  GAFFER_TRY(open.file, os::open_log(place.path, place.owner));
  GAFFER_TRY(open.size, os::file_size(open.file.get()));
  open.segments = find_segments(place);
  // Nobody would find it by the name of the list.
  if (directory_of(place.path) != directory_of(place.segments))
    GAFFER_TRY(save_segments(place, open.segments));
  if (place.times.empty()) return open;
  // Without the times of its bytes a log is still a log.
  if (auto times = os::open_beside_log(place.times)) open.times = *std::move(times);
  return open;
}

Result<OpenLog> switch_segment(const LogPlace& place, std::vector<Segment> segments,
                               std::uint64_t end, const Retention& retention) {
  GAFFER_TRY(close_written(place, segments));
  OpenLog open;
  GAFFER_TRY(open.file, os::open_log(place.path, place.owner));
  GAFFER_TRY(open.size, os::file_size(open.file.get()));
  segments.push_back({.base = end, .path = place.path});
  remove_old(place, segments, retention);
  GAFFER_TRY(save_segments(place, segments));
  open.segments = std::move(segments);
  if (place.times.empty()) return open;
  if (auto times = os::open_beside_log(place.times)) open.times = *std::move(times);
  return open;
}

Result<void> save_segments(const LogPlace& place, const std::vector<Segment>& segments) {
  if (place.segments.empty()) return {};
  std::string text;
  if (place.owner) {
    text = "owner " + std::to_string(place.owner->user) + " " + std::to_string(place.owner->group) +
           "\n";
  }
  for (const Segment& segment : segments)
    text += std::to_string(segment.base) + " " + segment.path + "\n";
  return os::replace_file(place.segments, text);
}

Result<void> compress_segment(const LogPlace& place, const Segment& segment) {
  const os::RightsOf rights(place.owner);
  const std::string compressed = segment.path + std::string(kCompressed);
  GAFFER_TRY(compress_file(segment.path, compressed));
  os::remove_file(segment.path);
  return {};
}

void keep_within(const std::string& directory, const std::string& prefix, std::uint64_t limit) {
  struct Closed {
    std::string path;
    os::FileFacts facts;
    std::optional<os::LogOwner> owner;
  };
  std::vector<Closed> all;
  std::uint64_t bytes = 0;
  const auto names = os::names_in(directory);
  if (!names) return;
  for (const std::string& name : *names) {
    if (!name.starts_with(prefix) || !name.ends_with(".segments")) continue;
    auto list = read_list(std::string(directory).append("/").append(name));
    if (!list) continue;
    list->segments.pop_back();
    for (const Segment& segment : list->segments) {
      for (std::string path : {segment.path, segment.path + std::string(kCompressed)}) {
        const auto facts = os::file_facts(path);
        if (!facts) continue;
        bytes += facts->size;
        all.push_back({.path = std::move(path), .facts = *facts, .owner = list->owner});
      }
    }
  }
  std::ranges::sort(all, {}, [](const Closed& closed) { return closed.facts.changed; });
  for (const Closed& oldest : all) {
    if (bytes <= limit) break;
    const os::RightsOf rights(oldest.owner);
    os::remove_file(oldest.path);
    bytes -= oldest.facts.size;
  }
}

}  // namespace gaffer::stream
