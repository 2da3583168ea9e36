/// What a process costs, from the call to the end of the shortest program there is.

#include "os/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <functional>

#include "base/assert.h"
#include "limits/bare.h"
#include "limits/cases.h"
#include "limits/table.h"
#include "os/files.h"
#include "os/proc_fs.h"
#include "support/programs.h"

namespace gaffer::bench {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

/// Memory that is really there, in pages of 4 KiB: what a copy of the address space has to walk.
class Ballast {
 public:
  explicit Ballast(std::size_t bytes)
      : bytes_(bytes),
        memory_(
            ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    GAFFER_ASSERT(memory_ != MAP_FAILED, "there is memory");
    ::madvise(memory_, bytes, MADV_NOHUGEPAGE);
    for (std::size_t at = 0; at < bytes; at += 4096)
      static_cast<volatile char*>(memory_)[at] = 1;
  }
  Ballast(const Ballast&) = delete;
  Ballast& operator=(const Ballast&) = delete;
  ~Ballast() { ::munmap(memory_, bytes_); }

 private:
  std::size_t bytes_;
  void* memory_;
};

/// Both sides of a spawn, with one pipe for the output of all.
class Contest {
 public:
  Contest() {
    plan.argv = {test::program("bench_child")};
    plan.environment = usual_environment();
    plan.stdio = {-1, pipe_.write.get(), pipe_.write.get()};
  }

  double bare(const Extras& extras, Samples* calls = nullptr) {
    const double begin = now();
    const BareProcess process = bare_.spawn(plan.argv, plan.environment, pipe_.write.get(), extras);
    if (calls) calls->add(now() - begin);
    BareSpawner::reap(process);
    return now() - begin;
  }

  double gaffer(const os::SpawnPlan& what, Samples* calls = nullptr) {
    const double begin = now();
    {
      const auto child = spawner_.spawn(what);
      GAFFER_ASSERT(child.has_value(), "the child runs");
      if (calls) calls->add(now() - begin);
      pollfd exit{.fd = child->exit_fd(), .events = POLLIN, .revents = 0};
      ::poll(&exit, 1, -1);
      const auto status = child->exit_status();
      GAFFER_ASSERT(status && *status && (*status)->code == 0, "the child ended well");
    }
    return now() - begin;
  }

  os::SpawnPlan plan;

 private:
  BareSpawner bare_;
  os::Spawner spawner_ = std::move(os::Spawner::create().value());  // NOLINT
  os::Pipe pipe_ = std::move(os::make_pipe().value());              // NOLINT
};

std::string resident_megabytes() {
  const auto usage = os::read_proc_usage(::getpid());
  return std::to_string(usage ? usage->resident_bytes / kMegabyte : 0) + " MB";
}

void measure_at_this_size(const Effort& effort) {
  Contest contest;
  Samples bare_calls;
  Samples gaffer_calls;
  const auto samples =
      alternate(effort.spawns, {[&] { return contest.bare({}, &bare_calls); },
                                [&] { return contest.gaffer(contest.plan, &gaffer_calls); }});
  const std::string parent = ", parent of " + resident_megabytes();
  table::print_pair("spawn and wait" + parent + " (us)", samples[0], samples[1], 1.15);
  table::print_pair("  of it, in the call (us)", bare_calls, gaffer_calls);
}

}  // namespace

void measure_spawn(const Effort& effort) {
  measure_at_this_size(effort);
  const Ballast ballast(500 * kMegabyte);
  measure_at_this_size(effort);
}

namespace {

struct Variant {
  std::string name;
  std::function<double()> run;
};

void print_variants(const std::string& title, const Effort& effort,
                    const std::vector<Variant>& variants) {
  std::vector<std::function<double()>> contestants;
  contestants.reserve(variants.size());
  for (const Variant& variant : variants)
    contestants.push_back(variant.run);
  const auto samples = alternate(effort.spawns, contestants);
  table::print_variants_head(title);
  for (std::size_t i = 0; i < variants.size(); ++i)
    table::print_variant(variants[i].name, samples[i], samples[0]);
}

}  // namespace

void measure_steps(const Effort& effort) {
  Contest contest;
  os::SpawnPlan with_limit = contest.plan;
  with_limit.descriptor_limit = 1024;
  os::SpawnPlan without_environment = contest.plan;
  without_environment.environment.clear();
  print_variants(
      "spawn and wait (us)", effort,
      {{"bare", [&] { return contest.bare({}); }},
       {"bare, without 64 rt_sigaction", [&] { return contest.bare({.signal_actions = 0}); }},
       {"bare, and 2 prlimit", [&] { return contest.bare({.limits = 2}); }},
       {"bare, and 5 programs that are not there",
        [&] { return contest.bare({.failing_programs = 5}); }},
       {"bare, and a copy of all descriptors",
        [&] { return contest.bare({.copies_descriptors = true}); }},
       {"gaffer", [&] { return contest.gaffer(contest.plan); }},
       {"gaffer, and a descriptor limit", [&] { return contest.gaffer(with_limit); }},
       {"gaffer, without an environment", [&] { return contest.gaffer(without_environment); }}});

  std::vector<os::UniqueFd> descriptors(2000);
  for (os::UniqueFd& descriptor : descriptors)
    descriptor.reset(::fcntl(0, F_DUPFD_CLOEXEC, 3));
  print_variants("the same with 2,000 descriptors open (us)", effort,
                 {{"bare", [&] { return contest.bare({}); }},
                  {"bare, and a copy of all descriptors",
                   [&] { return contest.bare({.copies_descriptors = true}); }},
                  {"gaffer", [&] { return contest.gaffer(contest.plan); }}});
}

}  // namespace gaffer::bench
