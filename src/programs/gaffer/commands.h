#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/daemon.h"
#include "gaffer/info.h"
#include "gaffer/result.h"
#include "programs/command_line/command.h"
#include "programs/setup/directories.h"
#include "programs/setup/load.h"

/// \file
/// The commands of gaffer, one file each: a row of the command table with what it does, and the few
/// things that several of them need.

namespace gaffer::programs {

// What the shell is told.
constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kNotFound = 3;  ///< Or, of status, not running.
constexpr int kNoDaemon = 4;
constexpr int kTimeout = 5;

/// What may stand at every command.
struct Globals {
  std::string dir;              ///< Of the daemon.
  std::string colour = "auto";  ///< `always`, `never`.
};

/// \name Without a daemon.
/// @{
Command up_command(const Globals& globals);
Command run_command();
Command check_command();
Command export_command();
/// @}

/// \name With a daemon.
/// @{
Command ps_command(const Globals& globals);
Command status_command(const Globals& globals);
Command stats_command(const Globals& globals);
Command top_command(const Globals& globals);
Command why_command(const Globals& globals);
Command runs_command(const Globals& globals);
Command wait_command(const Globals& globals);
std::vector<Command> control_commands(const Globals& globals);  ///< start, stop, restart, reload.
std::vector<Command> signal_commands(const Globals& globals);   ///< signal, kill, hup, pause …
Command scale_command(const Globals& globals);
Command once_command(const Globals& globals);
Command logs_command(const Globals& globals);
Command events_command(const Globals& globals);
Command send_command(const Globals& globals);
Command attach_command(const Globals& globals);
Command load_command(const Globals& globals);
Command unload_command(const Globals& globals);
std::vector<Command> daemon_commands(const Globals& globals);
std::vector<Command> token_commands(const Globals& globals);
/// @}

/// \name About gaffer.
/// @{
/// LIFETIME: the program outlives its command.
Command completion_command(const std::string& program);
Command complete_command(const Program& program);
Command manual_command(const Program& program);
Command version_command();
/// @}

/// Runs a Procfile in the foreground until Ctrl-C, with no daemon.
struct UpOptions {
  ProcfileSource procfile;
  std::vector<std::string> names;   ///< None: all.
  std::vector<std::string> scales;  ///< `web=2`.
  bool no_restart = false;
  bool exit_on_failure = false;
  bool any_can_die = false;
};
int run_up(const UpOptions& options, const Globals& globals);

struct LogsOptions {
  std::vector<std::string> targets;  ///< None: all.
  /// \name As the parameters of `GET /logs`, apps/http_api/log_request.h; empty: not given.
  /// @{
  std::string lines;
  std::string since;
  std::string until;
  std::string run;
  std::string label;
  std::string grep;
  std::string find;
  std::string context;
  /// @}
  bool follow = false;
  std::string time_form;  ///< Of strftime(3); empty: no time.
  bool as_json = false;
  bool is_raw = false;  ///< As it was written, also to a terminal.
  bool no_color = false;
  bool reopen = false;  ///< Instead of printing: as SIGUSR1.
};
/// Prints what processes of a daemon have written; of one that does not run, from its directory.
int run_logs(const Directories& directories, const LogsOptions& options);

/// -f, -e and -p.
std::vector<Argument> procfile_arguments(ProcfileSource& procfile);

/// Changes numbers of processes: `web=2`, `worker-1`, and `all=1` of those that are not named.
/// ERRORS: NotFound, InvalidArgument.
Result<void> scale_templates(std::vector<ProcessTemplate>& templates,
                             const std::vector<std::string>& scales, const std::string& file);

/// The templates of a Procfile or an ini file, which the name tells.
config::Loaded load_application(const ProcfileSource& source);

/// The places of the daemon are handed to `run`; an error is reported.
int at_directories(const Globals& globals,
                   const std::function<int(const Directories& directories)>& run);

/// The socket of the daemon is handed to `run`; an error is reported.
int at_socket(const Globals& globals, const std::function<int(const std::string& socket)>& run);

/// TARGET... and, where nothing may be meant by saying nothing, --all.
Argument target_argument(std::vector<std::string>& targets, const Globals& globals);

/// What targets mean to the daemon: `web`, `web.2`, `shop:web`, a number or `#7` and `*` as they
/// are; `shop:` is its group; `wor*` and `web.?` are what they fit.
/// ERRORS: NotFound when a pattern fits nothing; what the daemon says.
Result<std::vector<std::string>> resolve(const std::string& socket,
                                         const std::vector<std::string>& targets);

/// The templates of a daemon that targets name; none: all.
Result<std::vector<TemplateInfo>> chosen(const std::string& socket,
                                         const std::vector<std::string>& targets);

/// The one process of a target that runs, `web.1`.
/// ERRORS: NotRunning when there is none, InvalidArgument when there are several.
Result<std::string> single_process(const client::Daemon& daemon, const std::string& target);

/// One item of a scale command.
struct Scale {
  std::string name;
  std::string expression;
};
/// ERRORS: InvalidArgument.
Result<Scale> parse_scale(const std::string& text);

/// Prints `gaffer: message` to standard error and returns the status that fits.
int report(const Error& error);

/// Prints to standard output; kDone, or what `report` says.
int print(std::string_view text);

/// Whether what is printed to standard output is to be coloured: as --color says; else as
/// FORCE_COLOR and NO_COLOR say; else on a terminal that is not dumb.
bool is_coloured(const Globals& globals);

}  // namespace gaffer::programs
