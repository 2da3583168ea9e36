#include <errno.h>
#include <sys/wait.h>

#include "keeper/server/keeper.h"
#include "keeper/server/kernel.h"
#include "keeper/server/report.h"
#include "keeper/server/text.h"

// gafferd, from its start to its end.

namespace gaffer::keeper {
namespace {

constexpr int kSocketOfBrain = 3;
constexpr int kCannotExecute = 127;
constexpr int kKilledBySignal = 128;
// So long a child between clone and its Started may keep the socket of a gafferd that is gone.
constexpr std::uint64_t kPatience = 2 * kSecond;

/// Which program a process executes, as kernel::identity_of.
long program_of(pid_t pid) {
  const Text<64> path{"/proc/", Decimal(static_cast<std::uint64_t>(pid)).text(), "/exe"};
  return kernel::identity_of(path.c_str());
}

}  // namespace

void Keeper::start_brain() {
  state_.start_at_ns = 0;
  int ends[2] = {-1, -1};
  if (kernel::socket_pair(ends) < 0) {
    // What is missing now may be there later.
    state_.start_at_ns = kernel::now() + kLongestPause;
    return;
  }
  kernel::ask_for_senders(ends[0]);
  const long pid = kernel::fork();
  if (pid == 0) become_brain(ends[1]);
  kernel::close(ends[1]);
  if (pid < 0) {
    kernel::close(ends[0]);
    state_.start_at_ns = kernel::now() + kLongestPause;
    return;
  }
  state_.brain = {.pid = static_cast<pid_t>(pid),
                  .socket = ends[0],
                  .incarnation = state_.brain.incarnation + 1,
                  .started_ns = kernel::now()};
  is_socket_full_ = false;
}

// A session of its own: what a terminal sends reaches us alone, and gafferd once, through us.
void Keeper::become_brain(int socket) const {
  kernel::begin_session();
  kernel::duplicate_to(socket, kSocketOfBrain);  // What had that number here is not needed there.
  kernel::close_from(kSocketOfBrain + 1);
  kernel::limit_descriptors(state_.limit_at_start);
  kernel::block_only(0);
  kernel::execute(settings_.brain_arguments[0], settings_.brain_arguments,
                  settings_.brain_environment);
  Report() << "cannot execute " << settings_.brain_arguments[0];
  kernel::exit(kCannotExecute);
}

void Keeper::brain_ended(const siginfo_t& ended) {
  // Before it is reaped: until then its number is its own, and tells its letters from others.
  if (!read_to_end()) {
    kill_half_made();
    read_to_end();
  }
  siginfo_t info{};
  rusage used{};
  kernel::wait_for_end(ended.si_pid, kernel::Reap::Yes, info, used);
  Brain& brain = state_.brain;
  kernel::close(brain.socket);
  brain.socket = -1;
  brain.pid = 0;
  brain.answer_by_ns = 0;
  drop_reserved();
  const bool has_exited = ended.si_code == CLD_EXITED;
  if (brain.does_quit) return finish(static_cast<int>(brain.exit_code));
  if (!state_.was_ever_ready)
    return finish(has_exited ? ended.si_status : kKilledBySignal + ended.si_status);
  plan_restart(ended);
  brain.is_ready = false;
  brain.telling = Telling::Nothing;
}

void Keeper::plan_restart(const siginfo_t& ended) {
  const bool has_exited = ended.si_code == CLD_EXITED;
  const Brain& brain = state_.brain;
  const std::uint64_t now = kernel::now();
  state_.last_end = {.code = has_exited ? ended.si_status : 0,
                     .signal = has_exited ? 0 : ended.si_status,
                     .ended_ns = now};
  state_.last_was_hung = brain.is_hung;
  const std::uint64_t pause = pause_after(
      state_.pace, {.was_ready = brain.is_ready,
                    .was_killed = !has_exited && ended.si_status == SIGKILL && !brain.is_hung,
                    .lived_ns = now - brain.started_ns});
  state_.start_at_ns = now + pause;
  Report() << (has_exited ? "gafferd has ended with code " : "gafferd was killed by signal ")
           << static_cast<std::uint64_t>(ended.si_status) << " and is started again in "
           << pause / kMillisecond << " ms" << (state_.pace.is_safe_mode() ? ", in safe mode" : "");
}

// gafferd was this program when it said hello, and its children are until they execute theirs.
void Keeper::remember_program() { state_.brain.program = program_of(state_.brain.pid); }

// The end of the socket is the proof that no child that was begun can still announce itself.
bool Keeper::read_to_end() {
  const std::uint64_t until = kernel::now() + kPatience;
  Letter letter;
  while (true) {
    const Received received = receive(state_.brain.socket, letter);
    if (received == Received::End) return true;
    if (received == Received::Letter) {
      handle(letter);
      letter.close_rest();
      continue;
    }
    const std::uint64_t now = kernel::now();
    if (now >= until) return false;
    std::array<pollfd, 1> wanted{pollfd{state_.brain.socket, POLLIN, 0}};
    kernel::poll(wanted, static_cast<std::int64_t>(until - now));
  }
}

// Children that have neither announced themselves nor executed their program: they still are what
// gafferd was. Orphans are something else, and stay.
void Keeper::kill_half_made() {
  std::array<char, 4096> text{};
  const long file = kernel::open_for_reading("/proc/thread-self/children");
  if (file < 0) return;
  pid_t pid = 0;
  long got = 0;
  while ((got = kernel::read(static_cast<int>(file), text)) > 0) {
    for (const char c : std::span(text).first(static_cast<std::size_t>(got))) {
      if (c >= '0' && c <= '9') {
        pid = pid * 10 + (c - '0');
        continue;
      }
      const bool is_ours = pid == state_.brain.pid || state_.table.find_running(pid) != nullptr;
      if (pid > 0 && !is_ours && state_.brain.program >= 0 &&
          program_of(pid) == state_.brain.program) {
        kernel::kill(pid, SIGKILL);
      }
      pid = 0;
    }
  }
  kernel::close(static_cast<int>(file));
}

void Keeper::drop_reserved() {
  std::uint32_t at = 0;
  while (Row* row = state_.table.next_from(at)) {
    if (row->state == RowState::Reserved) drop(*row);
  }
}

}  // namespace gaffer::keeper
