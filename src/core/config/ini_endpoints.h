#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/endpoint.h"
#include "core/config/ini.h"

namespace gaffer::config {

/// Turns the sections of one file that are about endpoints into those that are to be opened.
///
///     [gaffer]
///     # Which of them; without the key all. `local`, gafferd's own socket, is always there.
///     http_endpoints = local, public
///
///     [endpoint:public]
///     # The keys are those of EndpointConfig.
///     bind = 127.0.0.1:5000
class EndpointSections {
 public:
  void choose(const IniEntry& names);
  /// Files are relative to `directory`.
  void load_endpoint(const IniSection& section, std::string_view name, std::string_view directory);

  /// The endpoints in the order of the list or else of the file; what is wrong is added to
  /// `problems`.
  /// REQUIRES: every section has been loaded.
  std::vector<EndpointConfig> finish(std::vector<LineProblem>& problems);

 private:
  std::vector<EndpointConfig> endpoints_;
  std::optional<std::vector<std::string>> wanted_;
  int wanted_line_ = 0;
  std::vector<LineProblem> problems_;
};

}  // namespace gaffer::config
