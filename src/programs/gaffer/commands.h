#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gaffer/info.h"
#include "gaffer/result.h"
#include "programs/setup/directories.h"
#include "programs/setup/load.h"

/// \file
/// The commands of gaffer, one file each. Each returns the status to exit with.

namespace gaffer::programs {

// What the shell is told.
constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kNotFound = 3;
constexpr int kNoDaemon = 4;

struct UpOptions {
  ProcfileSource procfile;
  std::vector<std::string> names;   ///< None: all.
  std::vector<std::string> scales;  ///< `web=2`.
};

/// Runs a Procfile in the foreground until Ctrl-C, with no daemon.
int run_up(const UpOptions& options);

/// Says what is wrong with Procfiles, env files and ini files. None: those that are here.
int run_check(const ProcfileSource& procfile, const std::vector<std::string>& paths);

/// Shows the processes of a daemon.
int run_ps(const std::string& socket, const std::vector<std::string>& targets, bool as_json);

/// Says of every process what it does, why, and what comes next.
int run_why(const std::string& socket, const std::vector<std::string>& targets);

/// Starts, stops, restarts, reloads or signals: `verb` is that of client::Daemon::act.
int run_control(const std::string& socket, const std::string& verb,
                const std::vector<std::string>& targets);

/// Changes the numbers of processes: `web=3`, `web=+1`, `web+1`, `web-1`.
int run_scale(const std::string& socket, const std::vector<std::string>& scales);

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

struct TokenOptions {
  std::string name;
  std::vector<std::string> scopes = {"read"};
  std::vector<std::string> targets;  ///< None: everything.
};
/// Makes a token for the API over TCP and prints its secret.
int run_token_create(const std::string& socket, const TokenOptions& options);
int run_token_list(const std::string& socket);
int run_token_revoke(const std::string& socket, const std::string& name);

/// The templates of a daemon that targets name.
Result<std::vector<TemplateInfo>> chosen(const std::string& socket,
                                         const std::vector<std::string>& targets);

/// One item of a scale command.
struct Scale {
  std::string name;
  std::string expression;
};
/// ERRORS: InvalidArgument.
Result<Scale> parse_scale(const std::string& text);

/// Prints `gaffer: message` to standard error and returns the status that fits.
int report(const Error& error);

}  // namespace gaffer::programs
