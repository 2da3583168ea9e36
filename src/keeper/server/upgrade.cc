#include <errno.h>
#include <sys/wait.h>

#include "keeper/server/keeper.h"
#include "keeper/server/kernel.h"
#include "keeper/server/text.h"

// The keeper becomes another program, with the same children and the same state.

namespace gaffer::keeper {
namespace {

constexpr std::size_t kMostArguments = 4096;
constexpr int kNo = 1;
constexpr std::uint64_t kPatience = 2 * kSecond;

}  // namespace

// Asks the program itself, in a child: once we have become it there is no way back.
bool Keeper::can_take_over(int program) const {
  const Text<64> question{kCanResume, Decimal(sizeof(State)).text()};
  const std::array<const char*, 3> arguments{"gaffer-keeper", question.c_str(), nullptr};
  const long child = kernel::fork();
  if (child == 0) {
    kernel::execute(program, arguments.data(), settings_.own_environment);
    kernel::exit(kNo);
  }
  if (child < 0) return false;
  const auto pid = static_cast<pid_t>(child);
  const long pidfd = kernel::pidfd_of(pid);
  std::array<pollfd, 1> ended{pollfd{static_cast<int>(pidfd), POLLIN, 0}};
  if (pidfd < 0 || kernel::poll(ended, static_cast<std::int64_t>(kPatience)) != 1) {
    kernel::kill(pid, SIGKILL);
    if (pidfd >= 0) kernel::poll(ended, -1);
  }
  if (pidfd >= 0) kernel::close(static_cast<int>(pidfd));
  siginfo_t info{};
  rusage used{};
  while (kernel::wait_for_end(pid, kernel::Reap::Yes, info, used) >= 0 && info.si_pid == 0) {
  }
  return info.si_code == CLD_EXITED && info.si_status == 0;
}

void Keeper::upgrade(Letter& letter) {
  if (letter.descriptor_count != 1) return refuse(Kind::Upgrade, 0, EINVAL);
  const int program = letter.take(0);
  if (!can_take_over(program)) {
    kernel::close(program);
    return refuse(Kind::Upgrade, 0, ENOEXEC);
  }
  // As we were started, but for where the state is. No descriptor of ours is closed by that.
  static std::array<const char*, kMostArguments> arguments;
  const Text<64> resume{kResume, Decimal(static_cast<std::uint64_t>(settings_.state_file)).text()};
  std::size_t count = 0;
  arguments[count++] = settings_.own_arguments[0];
  arguments[count++] = resume.c_str();
  const char* const* rest = settings_.own_arguments + 1;
  if (*rest && std::string_view(*rest).starts_with(kResume)) ++rest;
  while (*rest && count + 1 < arguments.size())
    arguments[count++] = *rest++;
  arguments[count] = nullptr;
  state_.program = program;
  const long failure =
      *rest ? -E2BIG : kernel::execute(program, arguments.data(), settings_.own_environment);
  state_.program = 0;
  kernel::close(program);
  refuse(Kind::Upgrade, 0, static_cast<int>(-failure));
}

}  // namespace gaffer::keeper
