#include "core/stats/sampler.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "os/proc_fs.h"
#include "os/users.h"

namespace gaffer::stats {
namespace {

constexpr double kPercent = 100;

void add_up(TemplateStats& stats) {
  stats.cpu = stats.max_cpu = stats.min_cpu = 0;
  stats.mem = stats.max_mem = stats.min_mem = 0;
  bool is_first = true;
  for (const ProcessStats& process : stats.processes) {
    const TreeUsage usage = tree_usage(process);
    stats.cpu += usage.cpu;
    stats.mem += usage.mem;
    stats.max_cpu = std::max(stats.max_cpu, usage.cpu);
    stats.max_mem = std::max(stats.max_mem, usage.mem);
    stats.min_cpu = is_first ? usage.cpu : std::min(stats.min_cpu, usage.cpu);
    stats.min_mem = is_first ? usage.mem : std::min(stats.min_mem, usage.mem);
    is_first = false;
  }
}

}  // namespace

Surroundings::Surroundings() : memory_bytes_(os::memory_bytes()) {}

void Surroundings::begin(Moment now) {
  now_ = now;
  for (auto& [parent, children] : children_)
    children.is_new = true;
}

double Surroundings::percent_of_memory(std::uint64_t bytes) const {
  return kPercent * static_cast<double>(bytes) / static_cast<double>(memory_bytes_);
}

const std::string& Surroundings::name_of(uid_t user) {
  const auto known = users_.find(user);
  if (known != users_.end()) return known->second;
  const auto found = os::find_user(std::to_string(user));
  return users_.emplace(user, found ? found->name : std::to_string(user)).first->second;
}

const std::vector<pid_t>& Surroundings::left_behind(pid_t parent, pid_t leader) {
  static const std::vector<pid_t> nobody;
  Children& children = children_[parent];
  if (std::exchange(children.is_new, false)) {
    auto all = os::children_of(parent);
    // Mostly they are those of the look before, and a system call for each is saved.
    if (all != children.all) {
      children.by_session.clear();
      for (const pid_t child : all) {
        const pid_t session = os::session_of(child);
        if (session != child && session != 0) children.by_session[session].push_back(child);
      }
      children.all = std::move(all);
    }
  }
  const auto found = children.by_session.find(leader);
  return found == children.by_session.end() ? nobody : found->second;
}

bool ProcessSampler::sample(Surroundings& world, ProcessStats& into) {
  into.os_pid = os_pid();
  const auto use = files_.use(world.room());
  if (!use && use.error().code == Errc::NotFound) return false;
  if (!use) return true;  // It is there, and nobody says more.
  if (use->state == 'Z' || use->state == 'X') return false;
  parent_ = use->parent;
  threads_ = use->threads;
  into.mem_info1 = use->resident_bytes;
  into.mem_info2 = use->virtual_bytes;
  into.mem = world.percent_of_memory(use->resident_bytes);
  into.ctime = use->cpu_time;
  into.ended_ctime = use->ended_cpu_time;
  into.nice = use->nice;
  into.threads = use->threads;
  into.cpu.reset();
  if (before_ && world.now() > before_->at) {
    const std::chrono::duration<double> used = use->cpu_time - before_->cpu_time;
    const std::chrono::duration<double> elapsed = world.now() - before_->at;
    into.cpu = std::max(0.0, kPercent * used / elapsed);
  }
  before_ = {use->cpu_time, world.now()};
  // Another program, or a process that was seen between fork and exec or before it gave up its
  // rights, has other words and another user.
  if (settings_.identity && (identities_read_ < 2 || command_ != use->command))
    read_identity(world, *use, into);
  if (settings_.io) {
    const auto io = files_.io(world.room());
    into.read_bytes = io ? std::optional(io->read_bytes) : std::nullopt;
    into.written_bytes = io ? std::optional(io->written_bytes) : std::nullopt;
    into.open_files = files_.open_files();
  }
  if (settings_.pss) into.pss = files_.proportional_bytes();
  return true;
}

void ProcessSampler::read_identity(Surroundings& world, const os::ProcessUse& use,
                                   ProcessStats& into) {
  ++identities_read_;
  command_ = use.command;
  into.cmdline = files_.command_line();
  const auto user = files_.user();
  into.username = user ? std::optional(world.name_of(*user)) : std::nullopt;
}

void ProcessSampler::append_children(Surroundings& world, std::vector<pid_t>& into) {
  files_.append_children(threads_, world.room(), into);
}

bool TreeSampler::sample(Surroundings& world, ProcessStats& into) {
  if (!leader_.sample(world, into)) return false;
  if (is_alone(world)) {
    known_.clear();
    into.children.clear();
    return true;
  }
  below_.clear();
  seen_.clear();
  find_children_of(leader_, world);
  std::size_t asked = 0;  // For their children, who are asked behind them.
  while (asked < below_.size())
    find_children_of(below_[asked++]->sampler, world);
  find_lost(world);
  while (asked < below_.size())
    find_children_of(below_[asked++]->sampler, world);
  into.children = nested();
  std::swap(known_, seen_);
  return true;
}

// A cgroup knows it with one look. Without one those are asked who are there, below.
bool TreeSampler::is_alone(Surroundings& world) {
  in_cgroup_.clear();
  if (cgroup_.empty()) return false;
  in_cgroup_ = os::members_of_cgroup(cgroup_procs_, cgroup_, world.room());
  return in_cgroup_.size() == 1 && in_cgroup_.front() == os_pid();
}

void TreeSampler::find_children_of(ProcessSampler& parent, Surroundings& world) {
  found_.clear();
  parent.append_children(world, found_);
  for (const pid_t pid : found_)
    take(pid, world);
}

void TreeSampler::find_lost(Surroundings& world) {
  for (const pid_t pid : in_cgroup_) {
    if (pid != os_pid()) take(pid, world);
  }
  if (!cgroup_.empty()) return;
  for (const pid_t pid : world.left_behind(leader_.parent(), os_pid()))
    take(pid, world);
}

void TreeSampler::take(pid_t pid, Surroundings& world) {
  if (seen_.contains(pid) || below_.size() == kMaxBelow) return;
  const auto known = known_.find(pid);
  auto member = known != known_.end()
                    ? std::move(known->second)
                    : std::make_unique<Member>(Member{ProcessSampler(pid, settings_), {}});
  if (known != known_.end()) known_.erase(known);
  if (!member->sampler.sample(world, member->stats)) return;
  below_.push_back(member.get());
  seen_.emplace(pid, std::move(member));
}

// Each below its parent; below the leader who has none among them.
std::vector<ProcessStats> TreeSampler::nested() const {
  std::unordered_map<pid_t, std::vector<const Member*>> by_parent;
  for (const Member* member : below_) {
    const pid_t parent = member->sampler.parent();
    by_parent[seen_.contains(parent) ? parent : os_pid()].push_back(member);
  }
  const std::function<std::vector<ProcessStats>(pid_t)> below = [&](pid_t parent) {
    std::vector<ProcessStats> children;
    const auto found = by_parent.find(parent);
    if (found == by_parent.end()) return children;
    children.reserve(found->second.size());
    for (const Member* member : found->second) {
      children.push_back(member->stats);
      children.back().children = below(member->stats.os_pid);
    }
    return children;
  };
  return below(os_pid());
}

void TemplateSampler::sample(Surroundings& world, std::span<const Subject> subjects,
                             TemplateStats& stats) {
  std::vector<ProcessStats>& processes = stats.processes;
  std::size_t at = 0;  // So many have been sampled; behind them stand those of the sample before.
  for (const Subject& subject : subjects) {
    // Mostly they are those of the sample before, in the same order.
    std::size_t known = at;
    while (known < samplers_.size() && processes[known].pid != subject.pid)
      ++known;
    if (known == samplers_.size()) {
      samplers_.emplace_back(subject, settings_);
      processes.push_back({.pid = subject.pid, .slot = subject.slot});
    }
    if (known != at) {
      std::swap(samplers_[at], samplers_[known]);
      std::swap(processes[at], processes[known]);
    }
    if (samplers_[at].sample(world, processes[at])) {
      ++at;
    } else {
      samplers_.erase(samplers_.begin() + static_cast<std::ptrdiff_t>(at));
      processes.erase(processes.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  samplers_.erase(samplers_.begin() + static_cast<std::ptrdiff_t>(at), samplers_.end());
  processes.resize(at);
  add_up(stats);
}

}  // namespace gaffer::stats
