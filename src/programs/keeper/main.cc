/// gaffer-keeper: the parent of gafferd and of its processes. gafferd starts it.

#include <signal.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "keeper/server/keeper.h"
#include "keeper/server/kernel.h"
#include "keeper/server/report.h"
#include "programs/keeper/start.h"

namespace {

using gaffer::keeper::Keeper;
using gaffer::keeper::kSecond;
using gaffer::keeper::NamedDescriptor;
using gaffer::keeper::Report;
using gaffer::keeper::Settings;
using gaffer::keeper::State;
namespace kernel = gaffer::keeper::kernel;

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr std::uint64_t kWatchdogSeconds = 10;
constexpr std::uint64_t kMostSeconds = 86'400;

constexpr std::string_view kHelp =
    "gaffer-keeper [--watchdog=SECONDS] [--hold=FD:NAME...] -- PROGRAM [ARGUMENT...]\n"
    "Starts gafferd, PROGRAM, and starts it again when it ends; holds its processes meanwhile.\n"
    "gafferd does this by itself. Speaks with it on descriptor 3: docs/formats/keeper.md.\n"
    "  --watchdog=SECONDS  how long it may leave a question unanswered (10); 0: for ever\n"
    "  --hold=FD:NAME      hold this descriptor for it, as if it had put it here\n";

constexpr std::string_view kWatchdog = "--watchdog=";
constexpr std::string_view kHold = "--hold=";
constexpr const char* kSocketVariable = "GAFFER_KEEPER_FD=3";

/// What gafferd inherits: our environment, and where to find us.
std::array<const char*, 16'384> brain_environment;

struct Options {
  std::uint64_t watchdog_seconds = kWatchdogSeconds;
  std::uint64_t resume = 0;
  const char* const* program = nullptr;
  std::array<NamedDescriptor, gaffer::keeper::kNamedDescriptors> held;
  std::size_t held_count = 0;
};

/// The number behind an option, decimal and up to `most`; false if the word is not that.
bool read_number(std::string_view text, std::string_view option, std::uint64_t most,
                 std::uint64_t& number) {
  if (!text.starts_with(option)) return false;
  text.remove_prefix(option.size());
  number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || number > most) return false;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return !text.empty() && number <= most;
}

/// `--hold=FD:NAME`; false if the word is not that, or there are too many.
bool read_held(std::string_view word, Options& options) {
  std::size_t colon = 0;
  while (colon < word.size() && word[colon] != ':')
    ++colon;
  std::uint64_t fd = 0;
  if (colon == word.size() || options.held_count == options.held.size() ||
      !read_number({word.data(), colon}, kHold, INT32_MAX, fd)) {
    return false;
  }
  NamedDescriptor& held = options.held[options.held_count++];
  held.fd = static_cast<int>(fd);
  held.is_used = true;
  word.remove_prefix(colon + 1);
  return gaffer::keeper::put_text(word, held.name);
}

bool fill_environment(const char* const* environment) {
  std::size_t count = 0;
  for (; *environment; ++environment) {
    if (std::string_view(*environment).starts_with("GAFFER_KEEPER_FD=")) continue;
    if (count + 2 >= brain_environment.size()) return false;
    brain_environment[count++] = *environment;
  }
  brain_environment[count++] = kSocketVariable;
  brain_environment[count] = nullptr;
  return true;
}

/// False, and the reason is said, if the words are wrong.
bool read_options(const char* const* words, Options& options) {
  for (const char* const* at = words + 1; *at; ++at) {
    const std::string_view word = *at;
    if (word == "--") {
      options.program = at + 1;
      break;
    }
    const bool is_known = read_number(word, kWatchdog, kMostSeconds, options.watchdog_seconds) ||
                          read_number(word, gaffer::keeper::kResume, INT32_MAX, options.resume) ||
                          read_held(word, options);
    if (is_known) continue;
    Report() << "unknown option or bad number " << word << "; see gaffer-keeper --help";
    return false;
  }
  if (options.program && *options.program) return true;
  Report() << "which program? see gaffer-keeper --help";
  return false;
}

void prepare(State& state, const Options& options) {
  constexpr std::array kForwarded{SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2};
  kernel::Signals signals = kernel::bit_of(SIGCHLD);
  for (const int signal : kForwarded)
    signals |= kernel::bit_of(signal);
  state.magic = State::kMagic;
  state.bytes = sizeof(State);
  state.brain = {};
  state.start_at_ns = kernel::now();
  state.signals = static_cast<int>(kernel::signal_file(signals));
  kernel::descriptor_limit(state.limit_at_start);
  rlimit raised = state.limit_at_start;
  raised.rlim_cur = raised.rlim_max;
  kernel::limit_descriptors(raised);
  state.named = options.held;
}

/// Where the state lies: a new file, or what the keeper before has left.
State* open_state(const Options& options, int& file) {
  const long opened = options.resume != 0 ? static_cast<long>(options.resume)
                                          : kernel::memory_file("gaffer-keeper", sizeof(State));
  if (opened < 0) return nullptr;
  file = static_cast<int>(opened);
  return static_cast<State*>(kernel::map(file, sizeof(State)));
}

int keep(const Options& options, Settings settings) {
  State* state = open_state(options, settings.state_file);
  if (!state) {
    Report() << "cannot get memory for the table";
    return kFailed;
  }
  if (options.resume == 0) {
    prepare(*state, options);
  } else if (state->program != 0) {
    kernel::close(state->program);
    state->program = 0;
  }
  settings.watchdog_ns = options.watchdog_seconds * kSecond;
  return Keeper(*state, settings).run();
}

}  // namespace

int gaffer::keeper::start(const char* const* words, const char* const* environment) {
  const std::string_view first = words[0] && words[1] ? words[1] : "";
  if (first.starts_with(kCanResume)) {
    std::uint64_t bytes = 0;
    const bool is_ours = read_number(first, kCanResume, INT64_MAX, bytes) && bytes == sizeof(State);
    return is_ours ? 0 : kFailed;
  }
  if (first == "--help" || first == "--version") {
    kernel::write(1, first == "--help" ? kHelp : "gaffer-keeper " GAFFER_VERSION "\n");
    return 0;
  }
  // All but those that stop a process, which a person at a terminal may want.
  constexpr kernel::Signals kStops =
      kernel::bit_of(SIGTSTP) | kernel::bit_of(SIGTTIN) | kernel::bit_of(SIGTTOU);
  kernel::block_only(~kStops);
  kernel::do_not_ignore(SIGCHLD);  // Else the kernel would forget how children ended.
  kernel::adopt_orphans();
  Options options;
  if (!words[0] || !read_options(words, options)) return kUsage;
  if (!fill_environment(environment)) {
    Report() << "the environment has too many variables";
    return kFailed;
  }
  return keep(options, {.brain_arguments = options.program,
                        .brain_environment = brain_environment.data(),
                        .own_arguments = words,
                        .own_environment = environment});
}
