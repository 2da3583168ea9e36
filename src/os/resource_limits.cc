#include "os/resource_limits.h"

#include <array>
#include <optional>
#include <utility>

#include "base/resource_names.h"
#include "base/strings.h"

namespace gaffer::os {
namespace {

constexpr std::array<std::pair<std::string_view, int>, kResourceNames.size()> kNumbers = {
    {{"as", RLIMIT_AS},
     {"core", RLIMIT_CORE},
     {"cpu", RLIMIT_CPU},
     {"data", RLIMIT_DATA},
     {"fsize", RLIMIT_FSIZE},
     {"locks", RLIMIT_LOCKS},
     {"memlock", RLIMIT_MEMLOCK},
     {"msgqueue", RLIMIT_MSGQUEUE},
     {"nice", RLIMIT_NICE},
     {"nofile", RLIMIT_NOFILE},
     {"nproc", RLIMIT_NPROC},
     {"rss", RLIMIT_RSS},
     {"rtprio", RLIMIT_RTPRIO},
     {"rttime", RLIMIT_RTTIME},
     {"sigpending", RLIMIT_SIGPENDING},
     {"stack", RLIMIT_STACK}}};

std::string describe(std::optional<std::uint64_t> bound) {
  return bound ? std::to_string(*bound) : "unlimited";
}

}  // namespace

Result<int> resource_number(std::string_view name) {
  for (const auto& [known, number] : kNumbers) {
    if (known == name) return number;
  }
  return Error{Errc::InvalidArgument, 0,
               "unknown limit " + std::string(name) + did_you_mean(name, kResourceNames)};
}

Result<std::vector<NumberedLimit>> numbered(const std::map<std::string, ResourceLimit>& limits) {
  std::vector<NumberedLimit> all;
  for (const auto& [name, limit] : limits) {
    GAFFER_TRY(const int number, resource_number(name));
    all.push_back(
        {number, {limit.soft.value_or(RLIM_INFINITY), limit.hard.value_or(RLIM_INFINITY)}});
  }
  return all;
}

std::string describe(const ResourceLimit& limit) {
  if (limit.soft == limit.hard) return describe(limit.soft);
  return describe(limit.soft) + ", at most " + describe(limit.hard);
}

}  // namespace gaffer::os
