#pragma once

namespace gaffer {

/// Prints `file:line: broken invariant: sentence` to standard error and aborts.
[[noreturn]] void assertion_failed(const char* file, int line, const char* sentence) noexcept;

}  // namespace gaffer

/// For bugs of ours only, in every build: config, network, a child or the file system never trip
/// it. `sentence` tells what should have been true.
#define GAFFER_ASSERT(condition, sentence) \
  ((condition) ? void(0) : ::gaffer::assertion_failed(__FILE__, __LINE__, sentence))
