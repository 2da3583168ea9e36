/// gaffer: runs a Procfile in the foreground, or drives a gafferd.

#include <algorithm>
#include <iterator>

#include "os/host.h"
#include "programs/command_line/command.h"
#include "programs/gaffer/commands.h"
#include "programs/gaffer/manual.h"

namespace {

using namespace gaffer::programs;  // NOLINT(google-build-using-namespace): this file is the table
                                   // of its commands

void add(std::vector<Command>& commands, std::vector<Command> more) {
  std::ranges::move(more, std::back_inserter(commands));
}

std::vector<Command> commands_of(const Program& program, const Globals& globals) {
  std::vector<Command> commands = {up_command(globals), run_command(), check_command(),
                                   export_command()};
  add(commands, {ps_command(globals), top_command(globals), stats_command(globals),
                 status_command(globals), why_command(globals), runs_command(globals),
                 logs_command(globals), events_command(globals), wait_command(globals)});
  add(commands, control_commands(globals));
  add(commands, {scale_command(globals), once_command(globals), load_command(globals),
                 unload_command(globals)});
  add(commands, {send_command(globals), attach_command(globals)});
  add(commands, signal_commands(globals));
  add(commands, daemon_commands(globals));
  add(commands, token_commands(globals));
  add(commands, {completion_command(program.name), version_command(), complete_command(program),
                 manual_command(program)});
  return commands;
}

Program program_of(Globals& globals) {
  return {.name = "gaffer",
          .version = GAFFER_VERSION,
          .summary = "Runs a Procfile in the foreground, or drives a gafferd.",
          .arguments =
              {{.names = "--dir",
                .value = "DIR",
                .text = "folder of the daemon (or $GAFFER_DIR)",
                .into = &globals.dir,
                .candidates = {.files = true}},
               {.names = "--color",
                .value = "WHEN",
                .text = "auto (on a terminal), always, never; NO_COLOR and FORCE_COLOR "
                        "are heard too",
                .into = &globals.colour,
                .candidates = {.words =
                                   [] {
                                     return std::vector<std::string>{"auto", "always", "never"};
                                   }}}},
          .examples = {{"gaffer up", "run the Procfile of this folder until Ctrl-C"},
                       {"gaffer ps", "what the daemon keeps alive"},
                       {"gaffer restart web", "all processes of web"},
                       {"gaffer logs -f web", "what web writes, as it comes"}},
          .sections = manual_sections()};
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): only running out of memory throws, and ends it
int main(int count, char** words) {
  gaffer::os::open_missing_standard_descriptors();
  gaffer::os::settle_signals();
  Globals globals;
  Program program = program_of(globals);
  program.commands = commands_of(program, globals);
  const Parsed parsed = parse(program, count, words);
  if (parsed.status) {
    if (!parsed.out.empty()) return print(parsed.out);
    (void)gaffer::os::write_standard(2, parsed.err);
    return *parsed.status;
  }
  if (globals.colour != "auto" && globals.colour != "always" && globals.colour != "never")
    return report({gaffer::Errc::InvalidArgument, 0,
                   "--color is \"" + globals.colour + "\": it must be auto, always or never"});
  return parsed.command->run();
}
