#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "gaffer/stats.h"
#include "os/process_files.h"

namespace gaffer::stats {

/// A process that is to be looked at.
struct Subject {
  pid_t os_pid = 0;
  std::uint64_t pid = 0;  ///< gaffer's own.
  int slot = 0;
  std::string cgroup;  ///< The directory of its own; empty without one.
};

/// What one look at many processes needs to know of the machine.
class Surroundings {
 public:
  Surroundings();

  /// A look begins.
  void begin(Moment now);

  [[nodiscard]] Moment now() const { return now_; }
  [[nodiscard]] double percent_of_memory(std::uint64_t bytes) const;
  /// Its name, else its number. Blocks the first time: the user database may be on the network.
  const std::string& name_of(uid_t user);
  /// The children of `parent` that are of the session of `leader`, and not he himself: those that a
  /// descendant of his has left behind, where `parent` is a subreaper.
  const std::vector<pid_t>& left_behind(pid_t parent, pid_t leader);
  [[nodiscard]] std::span<char> room() { return room_; }

 private:
  struct Children {
    std::vector<pid_t> all;
    std::unordered_map<pid_t, std::vector<pid_t>> by_session;  // Without the sessions' leaders.
    bool is_new = true;                                        // In this look.
  };

  Moment now_{};
  const std::uint64_t memory_bytes_;
  std::unordered_map<uid_t, std::string> users_;
  std::unordered_map<pid_t, Children> children_;  // By parent.
  std::array<char, 16384> room_{};
};

/// One process, and what was seen of it the last time.
class ProcessSampler {
 public:
  ProcessSampler(pid_t os_pid, StatsSettings settings) : files_(os_pid), settings_(settings) {}

  [[nodiscard]] pid_t os_pid() const { return files_.pid(); }
  [[nodiscard]] pid_t parent() const { return parent_; }

  /// Fills in what can be read of the process itself. False when it has ended.
  bool sample(Surroundings& world, ProcessStats& into);
  /// Those it has now, according to the last sample.
  void append_children(Surroundings& world, std::vector<pid_t>& into);

 private:
  void read_identity(Surroundings& world, const os::ProcessUse& use, ProcessStats& into);

  struct Before {
    std::chrono::nanoseconds cpu_time;
    Moment at;
  };

  os::ProcessFiles files_;
  StatsSettings settings_;
  pid_t parent_ = 0;
  int threads_ = 1;
  int identities_read_ = 0;
  std::string command_;
  std::optional<Before> before_;
};

/// One process that gaffer has started, with all below it.
class TreeSampler {
 public:
  TreeSampler(const Subject& subject, StatsSettings settings)
      : settings_(settings), leader_(subject.os_pid, settings), cgroup_(subject.cgroup) {}

  /// At most so many of those below are looked at.
  static constexpr std::size_t kMaxBelow = 4096;

  [[nodiscard]] pid_t os_pid() const { return leader_.os_pid(); }
  /// False when it has ended.
  bool sample(Surroundings& world, ProcessStats& into);

 private:
  struct Member {
    ProcessSampler sampler;
    ProcessStats stats;
  };

  [[nodiscard]] bool is_alone(Surroundings& world);
  void find_children_of(ProcessSampler& parent, Surroundings& world);
  void find_lost(Surroundings& world);
  void take(pid_t pid, Surroundings& world);
  [[nodiscard]] std::vector<ProcessStats> nested() const;

  StatsSettings settings_;
  ProcessSampler leader_;
  std::string cgroup_;
  os::KeptFile cgroup_procs_;
  std::vector<pid_t> in_cgroup_;
  std::unordered_map<pid_t, std::unique_ptr<Member>> known_;  // Of the sample before.
  std::unordered_map<pid_t, std::unique_ptr<Member>> seen_;   // Of this one.
  std::vector<Member*> below_;  // In the order in which they were found.
  std::vector<pid_t> found_;
};

/// The processes of one template.
class TemplateSampler {
 public:
  explicit TemplateSampler(StatsSettings settings) : settings_(settings) {}

  /// Brings what was found the last time up to date. REQUIRES: always the same `stats`.
  void sample(Surroundings& world, std::span<const Subject> subjects, TemplateStats& stats);

 private:
  StatsSettings settings_;
  std::vector<TreeSampler> samplers_;  // One for each of the processes.
};

}  // namespace gaffer::stats
