#include "core/config/ini_endpoints.h"

#include <algorithm>
#include <utility>

namespace gaffer::config {

void EndpointSections::choose(const IniEntry& names) {
  wanted_ = comma_list(names.value);
  wanted_line_ = names.line;
}

void EndpointSections::load_endpoint(const IniSection& section, std::string_view name,
                                     std::string_view directory) {
  EndpointConfig endpoint{.name = std::string(name)};
  const std::size_t before = problems_.size();
  for (const IniEntry& entry : section.entries) {
    if (auto wrong = set_endpoint_key(endpoint, entry.key, entry.value, directory))
      problems_.push_back({entry.line, *std::move(wrong)});
  }
  if (problems_.size() == before) {
    if (auto wrong = wrong_with_endpoint(endpoint))
      problems_.push_back({section.line, *std::move(wrong)});
  }
  endpoints_.push_back(std::move(endpoint));
}

std::vector<EndpointConfig> EndpointSections::finish(std::vector<LineProblem>& problems) {
  std::vector<EndpointConfig> chosen;
  for (const std::string& name : wanted_.value_or(std::vector<std::string>())) {
    const auto found = std::ranges::find(endpoints_, name, &EndpointConfig::name);
    if (found != endpoints_.end()) {
      chosen.push_back(*found);
    } else if (name != "local") {
      problems_.push_back({wanted_line_, "no section [endpoint:" + name + "] in this file"});
    }
  }
  problems.insert(problems.end(), problems_.begin(), problems_.end());
  return wanted_ ? chosen : endpoints_;
}

}  // namespace gaffer::config
