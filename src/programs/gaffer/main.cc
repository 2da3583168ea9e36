/// gaffer: runs a Procfile in the foreground, or drives a gafferd.

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/signal_names.h"
#include "base/strings.h"
#include "os/files.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "programs/setup/directories.h"

namespace {

using namespace gaffer::programs;  // NOLINT(google-build-using-namespace): this file is the table
                                   // of its commands

/// Everything a command line can say. One command of it runs.
struct CommandLine {
  std::string dir;
  UpOptions up;
  LogsOptions logs;
  TokenOptions token;
  std::vector<std::string> targets;
  std::string signal;
  std::vector<std::string> scales;
  bool all = false;
  bool as_json = false;
  std::function<int(const std::string& socket)> run;            ///< The chosen command …
  std::function<int(const Directories& directories)> run_with;  ///< … or this.
};

void add_procfile_options(CLI::App& command, ProcfileSource& procfile) {
  command.add_option("-f,--procfile", procfile.path, "the Procfile")
      ->capture_default_str()
      ->type_name("FILE");
  command
      .add_option("-e,--env", procfile.env_files,
                  "env file instead of .env beside the Procfile; later ones win")
      ->delimiter(',')
      ->type_name("FILE");
  command
      .add_option("-p,--port", procfile.base_port,
                  "$PORT of the first entry (5000); each further one has 100 more")
      ->type_name("PORT");
}

void add_up(CLI::App& app, CommandLine& line) {
  CLI::App* up =
      app.add_subcommand("up", "Run a Procfile in the foreground, with no daemon; Ctrl-C ends it");
  up->add_option("NAME", line.up.names, "only these entries");
  add_procfile_options(*up, line.up.procfile);
  up->add_option("-c,--concurrency", line.up.scales, "numbers of processes: web=2,worker=0")
      ->delimiter(',')
      ->type_name("NAME=N");
  up->callback([&line] { line.run = [&line](const std::string&) { return run_up(line.up); }; });
}

void add_check(CLI::App& app, CommandLine& line) {
  CLI::App* check = app.add_subcommand(
      "check", "Say what is wrong with a Procfile, an env file or an ini file, with every line");
  check->add_option("FILE", line.targets,
                    "these; otherwise those of Procfile, gaffer.ini and .env that are here");
  add_procfile_options(*check, line.up.procfile);
  check->callback([&line] {
    line.run = [&line](const std::string&) { return run_check(line.up.procfile, line.targets); };
  });
}

std::vector<std::string> targets_or_all(const CommandLine& line) {
  return line.targets.empty() ? std::vector<std::string>{"*"} : line.targets;
}

void add_ps(CLI::App& app, CommandLine& line) {
  CLI::App* ps = app.add_subcommand("ps", "Show the processes of the daemon");
  ps->add_option("TARGET", line.targets, "only these: web, web.2, a pid, group:*");
  ps->add_flag("--json", line.as_json, "as one JSON document");
  ps->callback([&line] {
    line.run = [&line](const std::string& socket) {
      return run_ps(socket, targets_or_all(line), line.as_json);
    };
  });
}

void add_why(CLI::App& app, CommandLine& line) {
  CLI::App* why =
      app.add_subcommand("why", "Say what each process does, for what reason, and what comes next");
  why->add_option("TARGET", line.targets, "only these: web, web.2, a pid, group:*");
  why->callback([&line] {
    line.run = [&line](const std::string& socket) { return run_why(socket, targets_or_all(line)); };
  });
}

// The original's habit: `start` without names, in a folder with a Procfile, runs it.
int start(const CommandLine& line, const std::string& socket) {
  if (!line.targets.empty() || line.all) return run_control(socket, "start", targets_or_all(line));
  if (gaffer::os::file_exists(line.up.procfile.path)) return run_up(line.up);
  return report(
      {gaffer::Errc::InvalidArgument, 0,
       "nothing to start: give names or --all for the daemon, or have a Procfile here to run it"});
}

int control(const CommandLine& line, const std::string& socket, const std::string& verb) {
  if (!line.targets.empty() || line.all) return run_control(socket, verb, targets_or_all(line));
  return report({gaffer::Errc::InvalidArgument, 0, "which ones? Give names, or --all"});
}

void add_control(CLI::App& app, CommandLine& line) {
  const auto add = [&](const std::string& name, const std::string& text,
                       const std::function<int(const std::string&)>& run) {
    CLI::App* command = app.add_subcommand(name, text);
    if (name == "signal") {
      command->add_option("SIGNAL", line.signal, "HUP, USR1, 15 …")->required();
    }
    auto* targets =
        command->add_option("TARGET", line.targets, "of the daemon: web, web.2, a pid, group:*");
    command->add_flag("--all", line.all, "every template")->excludes(targets);
    command->callback([&line, run] { line.run = run; });
  };
  const auto add_verb = [&](const std::string& verb, const std::string& text) {
    add(verb, text,
        [&line, verb](const std::string& socket) { return control(line, socket, verb); });
  };
  add("start", "Start templates of the daemon; without names, run the Procfile here as `up` does",
      [&line](const std::string& socket) { return start(line, socket); });
  add_verb("stop", "Stop templates of the daemon and wait until they have");
  add_verb("restart", "Stop templates of the daemon and start them again");
  add_verb("reload", "Replace processes one by one, each new one before the old one goes");
  add("signal", "Signal processes of the daemon, with their groups",
      [&line](const std::string& socket) {
        const auto number = gaffer::signal_number(line.signal);
        if (number) return control(line, socket, "signal/" + std::to_string(*number));
        return report({gaffer::Errc::InvalidArgument, 0,
                       "no signal " + line.signal + ": give a name such as HUP, or a number"});
      });
}

void add_scale(CLI::App& app, CommandLine& line) {
  CLI::App* scale =
      app.add_subcommand("scale", "Change numbers of processes: web=3, web=+1, web-1");
  scale->add_option("NAME=N", line.scales, "NAME=N, NAME+N or NAME-N")->required()->delimiter(',');
  scale->callback([&line] {
    line.run = [&line](const std::string& socket) { return run_scale(socket, line.scales); };
  });
}

void add_logs(CLI::App& app, CommandLine& line) {
  CLI::App* logs = app.add_subcommand(
      "logs",
      "Show what processes have written, in the order in which it came; without a daemon, "
      "what those of the last one have");
  LogsOptions& options = line.logs;
  logs->add_option("TARGET", options.targets, "only these: web, web.2, a pid, group:*");
  logs->add_flag("-f,--follow", options.follow, "go on with what comes");
  logs->add_option("-n,--lines", options.lines,
                   "lines of the past, for each process (10; all with --since, --run or --grep)")
      ->check([](const std::string& text) {
        const bool is_right = text == "all" || gaffer::parse_number<std::size_t>(text).has_value();
        return is_right ? "" : "\"" + text + "\" is no number of lines";
      })
      ->type_name("N|all");
  logs->add_option("--since", options.since, "what came then or later: 10m (ago), 2026-11-24 23:41")
      ->type_name("TIME");
  logs->add_option("--until", options.until, "what came before")->type_name("TIME");
  logs->add_option("--run", options.run, "what one process wrote: 0 is the last, -1 the one before")
      ->check([](const std::string& text) {
        const auto number = gaffer::parse_number<int>(text);
        return number && *number <= 0 ? "" : "\"" + text + "\" is no run: say 0, -1, -2 ...";
      })
      ->type_name("-N");
  logs->add_option("--label", options.label, "one stream: output, or a label of redirect_output");
  auto* grep = logs->add_option("-g,--grep", options.grep, "lines that match an expression (RE2)")
                   ->type_name("RE");
  logs->add_option("-F,--find", options.find, "lines that hold a text")
      ->type_name("TEXT")
      ->excludes(grep);
  logs->add_option("-C,--context", options.context, "so many lines before and behind each of them")
      ->check([](const std::string& text) {
        const bool is_number = gaffer::parse_number<std::size_t>(text).has_value();
        return is_number ? "" : "\"" + text + "\" is no number of lines";
      })
      ->type_name("N");
  logs->add_option("--time", options.time_form,
                   "put the time before each line, in a form of strftime (%H:%M:%S.%L)")
      ->expected(0, 1)
      ->default_str("%H:%M:%S.%L")
      ->type_name("FORM");
  auto* json = logs->add_flag("--json", options.as_json, "a JSON object for each line");
  logs->add_flag("--raw", options.is_raw, "just as it was written, also to a terminal")
      ->excludes(json);
  logs->add_flag("--no-color", options.no_color, "names without colours");
  logs->add_flag("--reopen", options.reopen,
                 "print nothing: log files that were moved away are made anew, for log rotators");
  logs->callback([&line] {
    line.run_with = [&line](const Directories& directories) {
      return run_logs(directories, line.logs);
    };
  });
}

void add_token(CLI::App& app, CommandLine& line) {
  CLI::App* token = app.add_subcommand("token", "Tokens that let clients in over TCP");
  token->require_subcommand(1);
  CLI::App* create = token->add_subcommand("create", "Make one and print its secret, this once");
  create->add_option("NAME", line.token.name, "what to call it")->required();
  create->add_option("-s,--scope", line.token.scopes, "read, logs, write, admin")
      ->delimiter(',')
      ->capture_default_str();
  create->add_option("-t,--target", line.token.targets, "only for web, or for all of shop:*")
      ->delimiter(',');
  create->callback([&line] {
    line.run = [&line](const std::string& socket) { return run_token_create(socket, line.token); };
  });
  token->add_subcommand("list", "Show them, without their secrets")->callback([&line] {
    line.run = [](const std::string& socket) { return run_token_list(socket); };
  });
  CLI::App* revoke = token->add_subcommand("revoke", "Let nobody in with it any more");
  revoke->add_option("NAME", line.token.name, "its name or id")->required();
  revoke->callback([&line] {
    line.run = [&line](const std::string& socket) {
      return run_token_revoke(socket, line.token.name);
    };
  });
}

/// The first word that is neither an option nor the folder of one: the command that was meant.
std::string command_of(int count, char** words) {
  for (int at = 1; at < count; ++at) {
    std::string word = words[at];
    if (word == "--dir") {
      ++at;
    } else if (word[0] != '-') {
      return word;
    }
  }
  return {};
}

/// What is wrong with a command line, in one line.
std::string complaint(const CLI::App& app, const CLI::ParseError& error,
                      const std::string& command) {
  std::vector<std::string> names;
  for (const CLI::App* known : app.get_subcommands({}))
    names.push_back(known->get_name());
  if (command.empty() || std::ranges::find(names, command) != names.end()) return error.what();
  const std::vector<std::string_view> known(names.begin(), names.end());
  return "no command " + command + gaffer::did_you_mean(command, known);
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): only running out of memory throws, and ends it
int main(int count, char** words) {
  gaffer::os::open_missing_standard_descriptors();
  gaffer::os::settle_signals();
  CommandLine line;
  CLI::App app("Runs a Procfile in the foreground, or drives a gafferd.", "gaffer");
  app.add_option("--dir", line.dir, "folder of the daemon (or $GAFFER_DIR)")->type_name("DIR");
  app.set_version_flag("--version", "gaffer " GAFFER_VERSION);
  app.require_subcommand(1);
  app.fallthrough();  // --dir may stand behind the command too.
  add_up(app, line);
  add_check(app, line);
  add_ps(app, line);
  add_why(app, line);
  add_control(app, line);
  add_scale(app, line);
  add_logs(app, line);
  add_token(app, line);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    if (count == 1) {
      (void)gaffer::os::write_standard(2, app.help());
      return kUsage;
    }
    print_problems("gaffer",
                   {complaint(app, error, command_of(count, words)) + "; see gaffer --help"});
    return kUsage;
  }
  const auto directories = find_directories(line.dir);
  if (!directories) return report(directories.error());
  return line.run_with ? line.run_with(*directories) : line.run(directories->socket());
}
