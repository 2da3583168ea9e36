/// As many processes as there are descriptors for, 10,000 at most; a bare loop would need more of
/// them.

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "limits/cases.h"
#include "limits/gaffer_keeper.h"
#include "limits/table.h"
#include "os/proc_fs.h"
#include "support/programs.h"

namespace gaffer::bench {
namespace {

constexpr double kPatienceMs = 30'000;
constexpr double kLongestStallMs = 100;

/// The longest time in which a loop did not come to a timer of 1 ms.
class Pulse {
 public:
  explicit Pulse(uv::Loop& loop) : timer_(loop), last_(now()) { wait(); }
  [[nodiscard]] double longest_ms() const { return longest_ / 1000; }

 private:
  void wait() {
    timer_.start(std::chrono::milliseconds(1), [this] {
      longest_ = std::max(longest_, now() - last_);
      last_ = now();
      wait();
    });
  }
  uv::Timer timer_;
  double last_;
  double longest_ = 0;
};

/// Many processes of a Manager, none of which is started again.
class Many {
 public:
  Many() {
    ProcessTemplate sample{.cmd = test::program("bench_child") + " sleep"};
    sample.restart = Restart::Never;
    sample.start = false;
    keeper_.add(count_, sample);
  }

  /// Prints how long something took, and for how long it held the loop at most.
  void time(const std::string& what, double limit_ms, std::optional<double> stall_limit_ms,
            const std::function<void()>& work) {
    const Pulse pulse(keeper_.loop());
    const double begin = now();
    work();
    table::print_figure(std::to_string(count_) + " " + what + " (ms)", (now() - begin) / 1000,
                        limit_ms);
    table::print_figure("  longest stall of the loop (ms)", pulse.longest_ms(), stall_limit_ms);
  }

  void start() {
    (void)keeper_.manager().start("*");
    keeper_.run_until_settled();
  }

  /// All of them end at the same time, by another's hand; until each end has been told.
  void end_all() {
    const Subscription exits = keeper_.manager().subscribe([this](const Event& event) {
      if (event.kind == Event::Kind::Exit) ++told_[event.pid];
    });
    std::vector<pid_t> pids;
    for (const auto& [pid, info] : keeper_.manager().running())
      pids.push_back(info.os_pid);
    std::thread other([pids] {
      for (const pid_t pid : pids)
        ::kill(pid, SIGKILL);
    });
    keeper_.run_until([this] { return told_.size() >= count_; });
    other.join();
    keeper_.run_until_settled();
  }
  [[nodiscard]] double told_more_than_once() const {
    return static_cast<double>(
        std::ranges::count_if(told_, [](const auto& one) { return one.second > 1; }));
  }

  void kill() {
    (void)keeper_.manager().stop("*");
    keeper_.manager().kill_all();
    keeper_.run_until_settled();
  }

  void stop() { keeper_.stop(); }

 private:
  static std::size_t as_many_as_fit() {
    constexpr std::size_t kMost = 10'000;
    constexpr std::size_t kOthers = 200;
    rlimit descriptors{};
    ::getrlimit(RLIMIT_NOFILE, &descriptors);
    return std::min<std::size_t>(kMost, (descriptors.rlim_cur - kOthers) / 2);  // Pidfd and pipe.
  }

  const std::size_t count_ = as_many_as_fit();
  Stamps stamps_;
  GafferKeeper keeper_{"", usual_environment(), stamps_};
  std::map<std::uint64_t, int> told_;
};

}  // namespace

void measure_many(const Effort& /*effort*/) {
  constexpr double kAllTold = 5000;
  constexpr double kMegabyte = 1e6;
  Many many;
  many.time("started", kPatienceMs, kLongestStallMs, [&] { many.start(); });
  const auto usage = os::read_proc_usage(::getpid());
  table::print_figure("  resident (MB)",
                      static_cast<double>(usage ? usage->resident_bytes : 0) / kMegabyte, 40);
  many.time("ended in the same second, all told", kAllTold, kLongestStallMs,
            [&] { many.end_all(); });
  table::print_figure("  of them told more than once", many.told_more_than_once(), 0);
}

void measure_many_ended(const Effort& /*effort*/) {
  {
    Many many;
    many.start();
    many.time("stopped", kPatienceMs, std::nullopt, [&] { many.stop(); });
  }
  Many others;
  others.start();
  others.time("killed", kPatienceMs, std::nullopt, [&] { others.kill(); });
}

}  // namespace gaffer::bench
