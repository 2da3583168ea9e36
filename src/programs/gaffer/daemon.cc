#include "client/daemon.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/terminal_text.h"
#include "os/host.h"
#include "os/proc_fs.h"
#include "programs/gaffer/commands.h"
#include "programs/gaffer/start_daemon.h"

namespace gaffer::programs {
namespace {

constexpr auto kHeading = "The daemon";

int start(const Globals& globals, const std::vector<std::string>& options) {
  return at_directories(globals, [&](const Directories& directories) {
    if (const auto there = client::Daemon(directories.socket()).facts(); there)
      return print("gafferd runs already, pid " + std::to_string(there->pid) + "\n");
    const auto started = start_daemon(directories, globals, options);
    return started ? kDone : report(started.error());
  });
}

std::size_t count_running(const std::vector<TemplateInfo>& templates) {
  std::size_t running = 0;
  for (const TemplateInfo& info : templates) {
    running += static_cast<std::size_t>(std::ranges::count_if(
        info.processes, [](const ProcessInfo& process) { return process.os_pid != 0; }));
  }
  return running;
}

/// Also where nobody reaps it, as in a container, and when its number is another's by now.
bool has_ended(const os::ProcStat& process) {
  const auto now = os::read_proc_stat(process.pid);
  return !now || now->state == 'Z' || now->start_ticks != process.start_ticks;
}

/// Waits, and says every now and then for what.
void wait_for_end(const client::Daemon& daemon, const os::ProcStat& process) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kPace{10};
  constexpr std::chrono::seconds kTell{2};
  for (auto told = Clock::now(); !has_ended(process); os::pause(kPace)) {
    if (Clock::now() - told < kTell) continue;
    told = Clock::now();
    const auto templates = daemon.status("*");
    const std::string count = templates ? std::to_string(count_running(*templates)) : "some";
    print_problems("gaffer", {"gafferd stops its processes; " + count + " still run"});
  }
}

int stop(const Globals& globals) {
  return at_socket(globals, [&](const std::string& socket) {
    const client::Daemon daemon(socket);
    const auto facts = daemon.facts();
    if (!facts) return report(facts.error());
    const auto process = os::read_proc_stat(facts->pid);
    if (!process) return report(process.error());
    if (const auto sent = os::signal_process(facts->pid, SIGTERM); !sent)
      return report(sent.error());
    wait_for_end(daemon, *process);
    return kDone;
  });
}

int reload(const Globals& globals) {
  return at_directories(globals, [&](const Directories& directories) {
    const auto facts = client::Daemon(directories.socket()).facts();
    if (!facts) return report(facts.error());
    const auto sent = os::signal_process(facts->pid, SIGHUP);
    return sent ? kDone : report(sent.error());
  });
}

int show_status(const Globals& globals) {
  return at_directories(globals, [&](const Directories& directories) {
    const client::Daemon daemon(directories.socket());
    const auto facts = daemon.facts();
    const auto templates = daemon.status("*");
    if (!facts || !templates) return report(facts ? templates.error() : facts.error());
    return print("gafferd " + terminal_safe(facts->version) + ", pid " +
                 std::to_string(facts->pid) + "\nsocket " + directories.socket() + "\nlogs   " +
                 directories.logs + "\ntemplates " + std::to_string(templates->size()) +
                 ", running processes " + std::to_string(count_running(*templates)) + "\n");
  });
}

Command command(const std::string& name, const std::string& summary, const std::string& example,
                std::function<int()> run) {
  return {.name = "daemon " + name,
          .heading = kHeading,
          .summary = summary,
          .arguments = {},
          .examples = {{"gaffer daemon " + name, example}},
          .run = std::move(run)};
}

}  // namespace

std::vector<Command> daemon_commands(const Globals& globals) {
  const auto options = std::make_shared<std::vector<std::string>>();
  Command start_command =
      command("start", "Start a gafferd in the background.", "yours, with nothing loaded yet",
              [options, &globals] { return start(globals, *options); });
  start_command.arguments = {
      {.names = "OPTION", .text = "of gafferd(8), behind --", .into = options.get()}};
  start_command.examples.push_back(
      {"gaffer daemon start -- -c ~/gaffer.ini", "with templates from a file"});
  start_command.details =
      "Returns when it answers. What it says stands in gafferd.log beside its state. For one that "
      "outlives a login or a reboot use systemd: packaging/ has units.";
  return {
      start_command,
      command("stop", "End the gafferd and all its processes, and wait until it has ended.",
              "in its own order, each process as its template says",
              [&globals] { return stop(globals); }),
      command("status", "Say which gafferd answers, and where it keeps what.",
              "4 is the exit status where none does", [&globals] { return show_status(globals); }),
      command("reload", "Let the gafferd read its files again: SIGHUP.",
              "what has changed in them counts; its log says what that was",
              [&globals] { return reload(globals); })};
}

}  // namespace gaffer::programs
