#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/terminal_text.h"
#include "os/files.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "programs/gaffer/outcome.h"

namespace gaffer::programs {
namespace {

/// What a command acts on.
struct Choice {
  std::vector<std::string> targets;
  bool all = false;

  [[nodiscard]] bool is_empty() const { return targets.empty() && !all; }
};

std::vector<Argument> arguments_of(Choice& choice, const Globals& globals) {
  return {target_argument(choice.targets, globals),
          {.names = "--all", .text = "every template", .into = &choice.all}};
}

int act(const Globals& globals, const Choice& choice, const std::string& verb) {
  if (choice.is_empty())
    return report({Errc::InvalidArgument, 0, "which ones? Give names, or --all"});
  if (choice.all && !choice.targets.empty())
    return report({Errc::InvalidArgument, 0, "either names or --all, not both"});
  return at_socket(globals, [&](const std::string& socket) {
    return act_and_show(socket, choice.all ? std::vector<std::string>{"*"} : choice.targets, verb);
  });
}

// The original's habit: `start` without names, in a folder with a Procfile, runs it.
int start(const Globals& globals, const Choice& choice) {
  const UpOptions up;
  if (!choice.is_empty()) return act(globals, choice, "start");
  if (os::file_exists(up.procfile.path)) return run_up(up, globals);
  return report(
      {Errc::InvalidArgument, 0,
       "nothing to start: give names or --all for the daemon, or have a Procfile here to run it"});
}

Command verb_command(const Globals& globals, const std::string& verb, const std::string& summary,
                     std::vector<Example> examples) {
  const auto choice = std::make_shared<Choice>();
  return {.name = verb,
          .heading = "Acting",
          .summary = summary,
          .arguments = arguments_of(*choice, globals),
          .examples = std::move(examples),
          .run = [choice, verb, &globals] { return act(globals, *choice, verb); }};
}

}  // namespace

std::vector<Command> control_commands(const Globals& globals) {
  const auto choice = std::make_shared<Choice>();
  Command start_command{
      .name = "start",
      .heading = "Acting",
      .summary = "Start templates, or single processes of them.",
      .arguments = arguments_of(*choice, globals),
      .examples = {{"gaffer start web", "all processes of web"},
                   {"gaffer start --all", "whatever is loaded"},
                   {"gaffer start", "in a folder with a Procfile: what gaffer up does"}},
      .run = [choice, &globals] { return start(globals, *choice); },
      .details =
          "Returns when they run. If one cannot be started or ended at once, its reason and "
          "its last lines are shown and the status is 1."};
  std::vector<Command> commands;
  commands.push_back(std::move(start_command));
  commands.push_back(
      verb_command(globals, "stop", "Stop them, and wait until they have stopped.",
                   {{"gaffer stop web.2", "one process; it stays so until it is started"},
                    {"gaffer stop shop:", "a group"},
                    {"gaffer stop --all", "everything"}}));
  commands.push_back(verb_command(globals, "restart", "Stop them and start them again.",
                                  {{"gaffer restart web worker", "both, side by side"}}));
  commands.push_back(verb_command(
      globals, "reload", "Replace processes one by one, each new one before the old one goes.",
      {{"gaffer reload web", "web serves all the while"}}));
  return commands;
}

Command once_command(const Globals& globals) {
  const auto names = std::make_shared<std::vector<std::string>>();
  Argument name = target_argument(*names, globals);
  name.names = "NAME";
  name.text = "a template";
  name.is_required = true;
  return {.name = "once",
          .heading = "Acting",
          .summary = "Start one process that is not started again when it ends.",
          .arguments = {std::move(name)},
          .examples = {{"gaffer once backup", "a template that is stopped otherwise"}},
          .run =
              [names, &globals] {
                return at_socket(globals, [&](const std::string& socket) {
                  int status = kDone;
                  for (const std::string& one : *names) {
                    const auto pid = client::Daemon(socket).run_once(one);
                    const int done = pid ? print(terminal_safe(one) + ": #" + std::to_string(*pid) +
                                                 " runs once\n")
                                         : report(pid.error());
                    if (done != kDone) status = done;
                  }
                  return status;
                });
              },
          .details =
              "It has no slot and is not counted: beside those that run it is one more. Its number "
              "is a name for it: gaffer stop '#7'."};
}

std::vector<Command> signal_commands(const Globals& globals) {
  const auto choice = std::make_shared<Choice>();
  const auto signal = std::make_shared<std::string>();
  std::vector<Argument> arguments = arguments_of(*choice, globals);
  arguments.insert(arguments.begin(), {.names = "SIGNAL",
                                       .text = "HUP, USR1, 15 and so on",
                                       .into = signal.get(),
                                       .is_required = true,
                                       .candidates = {.words = signal_words}});
  std::vector<Command> commands;
  commands.push_back({.name = "signal",
                      .heading = "Signals",
                      .summary = "Signal processes, with their groups.",
                      .arguments = std::move(arguments),
                      .examples = {{"gaffer signal USR1 web", "all processes of web"}},
                      .run = [choice, signal, &globals] {
                        const auto number = signal_number_of(*signal);
                        if (!number) return report(number.error());
                        return act(globals, *choice, "signal/" + std::to_string(*number));
                      }});
  struct Row {
    const char* name;
    const char* signal;
    const char* summary;
  };
  for (const Row& row :
       {Row{"kill", "KILL", "Kill them at once: SIGKILL. They are started again."},
        Row{"term", "TERM", "Send SIGTERM."}, Row{"hup", "HUP", "Send SIGHUP."},
        Row{"interrupt", "INT", "Send SIGINT."}, Row{"quit", "QUIT", "Send SIGQUIT."},
        Row{"alarm", "ALRM", "Send SIGALRM."}, Row{"usr1", "USR1", "Send SIGUSR1."},
        Row{"usr2", "USR2", "Send SIGUSR2."}, Row{"pause", "STOP", "Freeze them: SIGSTOP."},
        Row{"cont", "CONT", "Let frozen ones go on: SIGCONT."}}) {
    const auto chosen_ones = std::make_shared<Choice>();
    commands.push_back({.name = row.name,
                        .heading = "Signals",
                        .summary = row.summary,
                        .arguments = arguments_of(*chosen_ones, globals),
                        .examples = {{std::string("gaffer ") + row.name + " web", "all of web"}},
                        .run = [chosen_ones, row, &globals] {
                          return act(globals, *chosen_ones,
                                     "signal/" + std::to_string(*signal_number_of(row.signal)));
                        }});
  }
  return commands;
}

Command scale_command(const Globals& globals) {
  const auto scales = std::make_shared<std::vector<std::string>>();
  return {.name = "scale",
          .heading = "Acting",
          .summary = "Change numbers of processes.",
          .arguments = {{.names = "NAME=N",
                         .text = "web=3, web+1, web-1",
                         .into = scales.get(),
                         .is_required = true,
                         .takes_lists = true}},
          .examples = {{"gaffer scale web=3 worker+1", "three of web, one more worker"}},
          .run = [scales, &globals] {
            return at_socket(globals, [&](const std::string& socket) {
              const client::Daemon daemon(socket);
              int status = kDone;
              for (const std::string& text : *scales) {
                const auto scale = parse_scale(text);
                const int one = scale ? show(socket, daemon.scale(scale->name, scale->expression))
                                      : report(scale.error());
                if (one != kDone) status = one;
              }
              return status;
            });
          }};
}

}  // namespace gaffer::programs
