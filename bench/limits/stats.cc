/// What a look at 1,000 processes costs, beside reading the same files again and doing nothing with
/// what is read.

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "core/stats/sampler.h"
#include "limits/cases.h"
#include "limits/table.h"
#include "os/unique_fd.h"

namespace gaffer::bench {
namespace {

constexpr std::size_t kThousand = 1000;

[[noreturn]] void wait_for_the_end() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (true)
    ::pause();
}

/// Processes that do nothing, each leading a session, and with a child if that is wanted. They are
/// killed in the end.
class Sleepers {
 public:
  Sleepers(std::size_t count, bool have_children) {
    std::array<int, 2> ready{};
    if (::pipe2(ready.data(), O_CLOEXEC) != 0) ::abort();
    for (std::size_t at = 0; at < count; ++at) {
      leaders_.push_back(::fork());
      if (leaders_.back() != 0) continue;
      ::setsid();
      pid_t child = 0;
      if (have_children) {
        child = ::fork();
        if (child == 0) wait_for_the_end();
      }
      if (::write(ready[1], &child, sizeof(child)) < 0) ::abort();
      wait_for_the_end();
    }
    for (std::size_t at = 0; at < count; ++at) {
      pid_t child = 0;
      if (::read(ready[0], &child, sizeof(child)) < 0) ::abort();
      if (child != 0) children_.push_back(child);
    }
    ::close(ready[0]);
    ::close(ready[1]);
  }
  Sleepers(const Sleepers&) = delete;
  Sleepers& operator=(const Sleepers&) = delete;
  ~Sleepers() {
    for (const pid_t leader : leaders_) {
      ::kill(-leader, SIGKILL);
      ::waitpid(leader, nullptr, 0);
    }
  }

  [[nodiscard]] const std::vector<pid_t>& leaders() const { return leaders_; }
  [[nodiscard]] std::vector<pid_t> all() const {
    std::vector<pid_t> both = leaders_;
    both.insert(both.end(), children_.begin(), children_.end());
    return both;
  }

 private:
  std::vector<pid_t> leaders_;
  std::vector<pid_t> children_;
};

/// Reads files again and again.
class BareReader {
 public:
  BareReader(const std::vector<pid_t>& pids, bool with_children) {
    for (const pid_t pid : pids) {
      const std::string place = "/proc/" + std::to_string(pid);
      add(place + "/stat");
      if (with_children) add(place + "/task/" + std::to_string(pid) + "/children");
    }
  }
  double read() {
    const double begin = now();
    for (const os::UniqueFd& file : files_) {
      if (::pread(file.get(), room_.data(), room_.size(), 0) < 0) ::abort();
    }
    return now() - begin;
  }

 private:
  void add(const std::string& path) {
    files_.emplace_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!files_.back().is_open()) ::abort();
  }

  std::vector<os::UniqueFd> files_;
  std::array<char, 16384> room_{};
};

class Sampler {
 public:
  explicit Sampler(const std::vector<pid_t>& pids) {
    for (const pid_t pid : pids)
      subjects_.push_back({.os_pid = pid, .pid = static_cast<std::uint64_t>(pid), .slot = 1});
  }
  double sample() {
    const double begin = now();
    world_.begin(std::chrono::steady_clock::now());
    sampler_.sample(world_, subjects_, stats_);
    return now() - begin;
  }

 private:
  std::vector<stats::Subject> subjects_;
  stats::Surroundings world_;
  stats::TemplateSampler sampler_{StatsSettings{}};
  TemplateStats stats_;
};

void measure(const std::string& what, bool have_children, double limit, const Effort& effort) {
  const Sleepers sleepers(have_children ? kThousand / 2 : kThousand, have_children);
  BareReader bare(sleepers.all(), true);
  Sampler sampler(sleepers.leaders());
  const auto samples =
      alternate(effort.kills, {[&] { return bare.read(); }, [&] { return sampler.sample(); }});
  table::print_pair(what, samples[0], samples[1], limit);
}

}  // namespace

void measure_stats(const Effort& effort) {
  const double limit = 1.2;
  const double limit_with_children = 1.5;
  measure("a look at 1,000 processes (us)", false, limit, effort);
  measure("a look at 500, each with a child (us)", true, limit_with_children, effort);
}

}  // namespace gaffer::bench
