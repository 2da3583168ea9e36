#pragma once

#include <sys/resource.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/process_template.h"
#include "gaffer/result.h"

namespace gaffer::os {

/// The RLIMIT_… number of one of `kResourceNames`.
/// ERRORS: InvalidArgument: `unknown limit nofiles (did you mean nofile?)`.
Result<int> resource_number(std::string_view name);

/// A limit as prlimit(2) takes it.
struct NumberedLimit {
  int resource = 0;
  rlimit limit{};
};

/// ERRORS: as `resource_number`.
Result<std::vector<NumberedLimit>> numbered(const std::map<std::string, ResourceLimit>& limits);

/// `1024`, `1024, at most 4096`, `unlimited`.
std::string describe(const ResourceLimit& limit);

}  // namespace gaffer::os
