#include "limits/daemon.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "limits/cases.h"
#include "os/files.h"
#include "support/programs.h"

namespace gaffer::bench {
namespace {

constexpr int kPatienceMs = 15'000;

std::string configuration(std::size_t processes) {
  std::string text;
  for (std::size_t number = 1; number <= processes; ++number) {
    text += "[process:p" + std::to_string(number) + "]\ncmd = " + test::program("bench_child") +
            " sleep\n";
  }
  return text;
}

/// Reads what it says until it says that it is ready.
Result<void> wait_until_ready(int pipe) {
  std::string said;
  while (said.find("gafferd: ready") == std::string::npos) {
    pollfd readable{.fd = pipe, .events = POLLIN, .revents = 0};
    std::array<char, 4096> bytes{};
    const ssize_t got = ::poll(&readable, 1, kPatienceMs) == 1
                            ? ::read(pipe, bytes.data(), bytes.size())
                            : ssize_t{0};
    if (got <= 0) return Error{Errc::Io, 0, "gafferd does not get ready, it says: " + said};
    said.append(bytes.data(), static_cast<std::size_t>(got));
  }
  return {};
}

/// The sum of the numbers behind `key` in a file of /proc, such as "Rss:". `within` is how the
/// head of the part begins that counts, where a file has several parts.
std::int64_t sum_of(const std::string& path, const std::string& key,
                    const std::string& within = "") {
  std::ifstream file(path);
  std::int64_t sum = 0;
  bool is_counted = within.empty();
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (!within.empty() && word.find('-') != std::string::npos)
      is_counted = line.find(within) != std::string::npos;
    std::int64_t number = 0;
    if (is_counted && word == key && words >> number) sum += number;
  }
  return sum;
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::start(std::size_t processes) {
  auto directory = std::make_unique<test::TempDir>();
  GAFFER_TRY(os::Spawner spawner, os::Spawner::create());
  GAFFER_TRY(os::Pipe output, os::make_pipe());
  os::SpawnPlan plan{.argv = {test::program("gafferd"), "--dir", directory->path()},
                     .environment = usual_environment(),
                     .stdio = {-1, output.write.get(), output.write.get()}};
  if (processes > 0) {
    plan.argv.emplace_back("-c");
    plan.argv.push_back(directory->write("thousand.ini", configuration(processes)));
  }
  GAFFER_TRY(os::Child child, spawner.spawn(plan));
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(directory), std::move(child)));
  output.write.reset();
  GAFFER_TRY(wait_until_ready(output.read.get()));
  return daemon;
}

Daemon::~Daemon() {
  (void)child_.signal_group(SIGTERM);
  pollfd exit{.fd = child_.exit_fd(), .events = POLLIN, .revents = 0};
  ::poll(&exit, 1, kPatienceMs);  // Otherwise it is killed.
}

Memory memory_of(pid_t pid) {
  const std::string proc = "/proc/" + std::to_string(pid);
  return {.resident = sum_of(proc + "/smaps_rollup", "Rss:"),
          .proportional = sum_of(proc + "/smaps_rollup", "Pss:"),
          .private_dirty = sum_of(proc + "/smaps_rollup", "Private_Dirty:"),
          .heap = sum_of(proc + "/smaps", "Private_Dirty:", "[heap]")};
}

Activity activity_of(pid_t pid) {
  Activity activity;
  std::error_code gone;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, gone)) {
    const std::string path = task.path().string();
    activity.wake_ups += sum_of(path + "/status", "voluntary_ctxt_switches:") +
                         sum_of(path + "/status", "nonvoluntary_ctxt_switches:");
    double nanoseconds = 0;
    std::ifstream(path + "/schedstat") >> nanoseconds;
    activity.cpu_microseconds += nanoseconds / 1000;
  }
  return activity;
}

}  // namespace gaffer::bench
