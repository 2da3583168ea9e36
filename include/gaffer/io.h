#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gaffer {

/// Bytes that a process has written to one of its output streams: Manager::monitor_io.
struct IoEvent {
  std::string name;          ///< Of the template.
  int slot = 0;              ///< 0: a one-off run.
  std::uint64_t pid = 0;     ///< gaffer's own; 0 where that is not kept.
  std::string label;         ///< Of the stream.
  std::string_view data;     ///< At most 64 KiB, cut anywhere. As long as the call.
  std::uint64_t offset = 0;  ///< Of the first of them in all that the slot has written there.
  std::uint64_t gap = 0;     ///< Bytes right before them that are not kept any more.
};

}  // namespace gaffer
