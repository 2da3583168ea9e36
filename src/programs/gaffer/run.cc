#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/shell_words.h"
#include "core/manager/launch_plan.h"
#include "os/files.h"
#include "os/host.h"
#include "os/replace.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {
namespace {

struct RunOptions {
  ProcfileSource procfile;
  std::vector<std::string> words;
};

/// The entry that is meant, with further words behind its command; else a command of its own with
/// the environment that all entries have.
ProcessTemplate template_of(const RunOptions& options, std::vector<ProcessTemplate> templates) {
  const auto entry = std::ranges::find(templates, options.words.front(), &ProcessTemplate::name);
  if (entry != templates.end()) {
    entry->args.insert(entry->args.end(), options.words.begin() + 1, options.words.end());
    return *entry;
  }
  const ProcessTemplate& first = templates.front();
  return {.name = "run",
          .cmd = quote_shell_word(options.words.front()),
          .args = {options.words.begin() + 1, options.words.end()},
          .env = first.raw ? first.env : std::map<std::string, std::string>{},
          .raw = true,
          .port = first.port};
}

/// Becomes the program, so that terminal, signals and exit status are its own. Returns only when
/// that was not possible.
int run(const RunOptions& options) {
  constexpr int kCannotExecute = 126;
  constexpr int kNoProgram = 127;
  config::Loaded loaded = load_application(options.procfile);
  if (!loaded.problems.empty()) {
    print_problems("gaffer", loaded.problems);
    return kUsage;
  }
  const ProcessTemplate wanted = template_of(options, std::move(loaded.templates));
  auto outer = outer_variables(wanted);
  if (!outer) return report(outer.error());
  const std::vector<std::string> base = os::environment();
  const auto plan = launch_plan(wanted, base, *std::move(outer), {.slot = 1, .pid = 0, .tree = ""});
  if (!plan) return report(plan.error());
  const Error error = os::replace_program(plan->argv, plan->environment, plan->directory);
  (void)report(error);
  return error.code == Errc::NotFound ? kNoProgram : kCannotExecute;
}

}  // namespace

Command run_command() {
  const auto options = std::make_shared<RunOptions>();
  std::vector<Argument> arguments = {
      {.names = "NAME or CMD",
       .text = "an entry of the Procfile, or any command; what stands behind it is handed on",
       .into = &options->words,
       .is_required = true,
       .candidates = {.words = [options] {
         std::vector<std::string> names;
         for (const ProcessTemplate& one : load_application(options->procfile).templates)
           names.push_back(one.name);
         return names;
       }}}};
  std::ranges::move(procfile_arguments(options->procfile), std::back_inserter(arguments));
  return {.name = "run",
          .heading = "Without a daemon",
          .summary = "Run one command in the foreground, with the application's environment.",
          .arguments = std::move(arguments),
          .examples = {{"gaffer run release", "the entry release, once"},
                       {"gaffer run python3 manage.py shell", "any command, here, with .env"},
                       {"gaffer run -e test.env make check", "with another env file"}},
          .run = [options] { return run(*options); },
          .details =
              "The terminal is the command's, and so is the exit status; 127 if there is no "
              "such program. An entry runs in the folder of its Procfile, a command of your "
              "own in this one.",
          .takes_the_rest = true};
}

}  // namespace gaffer::programs
