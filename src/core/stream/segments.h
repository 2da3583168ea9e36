#pragma once

/// \file
/// A log on disk is a row of files, its segments: the one that is written, at a fixed place, and
/// those before it, beside it. Everything here may wait for the disk and is called on threads beside
/// the loop, or by a program that reads the logs of a daemon that is not there.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gaffer/result.h"
#include "os/log_file.h"
#include "os/unique_fd.h"

namespace gaffer::stream {

/// Where a log and what is known of it lie. docs/formats/logs.md describes the three.
struct LogPlace {
  std::string path;      ///< The file that is written; empty: as the list says, to read.
  std::string segments;  ///< The list of segments, once there are several.
  std::string times;     ///< The record of times.
  std::optional<os::LogOwner> owner;  ///< With whose rights files are opened and named.

  bool operator==(const LogPlace&) const = default;
};

/// A file of a log. Its bytes have the offsets from `base` on.
struct Segment {
  std::uint64_t base = 0;
  std::string path;

  bool operator==(const Segment&) const = default;
};

/// When a log goes on in a new file, and how many of the old ones are kept.
struct Retention {
  std::uint64_t max_size = std::uint64_t{10} << 20;  ///< Bytes of a file; 0: any number.
  int keep = 5;                                      ///< Files besides the one that is written.
  std::optional<std::chrono::seconds> max_age;       ///< Older files go.
  std::optional<std::uint64_t> total;  ///< Bytes of such files of all logs of the template.
  bool compress = false;               ///< Those files become `.zst`.

  bool operator==(const Retention&) const = default;
};

/// What a closed segment is called: the path and the offset of its first byte, in 15 digits, so
/// that `cat LOG.* LOG` is everything in order.
std::string closed_name(const std::string& path, std::uint64_t base);

/// The segments of a log, the oldest first and the one that is written last, as they are on disk
/// whatever was under way when the one who wrote them ended. At least one; the last file need not
/// be there.
std::vector<Segment> find_segments(const LogPlace& place);

/// The number of bytes that a segment stands for, also when it is compressed.
/// ERRORS: NotFound …
Result<std::uint64_t> segment_size(const Segment& segment);

/// A log that can be written to.
struct OpenLog {
  os::UniqueFd file;
  os::UniqueFd times;      ///< Not open where there is no record of times, or it cannot be had.
  std::uint64_t size = 0;  ///< Of the file.
  std::vector<Segment> segments;  ///< The last is `file`.
};

/// ERRORS: os::open_log.
Result<OpenLog> open_log_files(const LogPlace& place);

/// Goes on in a new file at `place.path`, with the offset `end`, and removes what is not to be kept.
/// `segments` is what was there before, the last one being the file that was written.
/// ERRORS: as open_log_files; then `open_log_files` finds what there is.
Result<OpenLog> switch_segment(const LogPlace& place, std::vector<Segment> segments,
                               std::uint64_t end, const Retention& retention);

/// Writes the list of segments anew.
Result<void> save_segments(const LogPlace& place, const std::vector<Segment>& segments);

/// Compresses a closed segment and removes the original. ERRORS: what the disk says; then the
/// original stays.
Result<void> compress_segment(const LogPlace& place, const Segment& segment);

/// Removes the oldest closed segments of all logs whose list of segments is in `directory` and has a
/// name that begins with `prefix`, until no more than `limit` bytes are left of them.
void keep_within(const std::string& directory, const std::string& prefix, std::uint64_t limit);

}  // namespace gaffer::stream
