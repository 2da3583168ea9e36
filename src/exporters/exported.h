#pragma once

/// \file
/// What templates come to in the files of another tool.

#include <string>
#include <string_view>
#include <vector>

#include "gaffer/process_template.h"

namespace gaffer::exporters {

/// A file that was made, by its name within the folder it goes to.
struct File {
  std::string name;
  std::string content;
};

struct Exported {
  std::vector<File> files;

  /// What the other tool has no word for, a sentence for each.
  std::vector<std::string> warnings;
};

/// One process as it would be launched: nothing is left to be looked up.
struct Launch {
  ProcessTemplate process_template;
  int slot = 1;
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< NAME=value; those of its own.
  std::string directory;                 ///< Empty: wherever the other tool runs.
};

/// An ini file of ours, `gaffer.ini`; core/config/ini_templates.h reads it back as the same
/// templates. A value that no ini file can hold, because it begins or ends with blanks or has more
/// than one line, is left out with a warning.
Exported to_ini(const std::vector<ProcessTemplate>& templates);

/// `Procfile`, and `.env` with the variables that all have in common.
Exported to_procfile(const std::vector<ProcessTemplate>& templates);

/// `APP.target` with a `APP-NAME.SLOT.service` for each process.
Exported to_systemd(const std::string& app, const std::vector<Launch>& launches);

/// `APP.conf` with a program for each process, in the group APP.
Exported to_supervisord(const std::string& app, const std::vector<Launch>& launches);

}  // namespace gaffer::exporters
