#pragma once

#include <array>
#include <string_view>

namespace gaffer {

/// What setrlimit(2) of Linux limits, as RLIMIT_… in lower case: the keys of
/// `ProcessTemplate::rlimits`.
constexpr std::array<std::string_view, 16> kResourceNames = {
    "as",   "core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue",
    "nice", "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack"};

}  // namespace gaffer
