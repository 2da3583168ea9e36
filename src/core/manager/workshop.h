#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/manager/outputs.h"
#include "core/policy/start_budget.h"
#include "core/process/launcher.h"
#include "gaffer/event.h"
#include "gaffer/info.h"
#include "uv/loop.h"
#include "uv/turn_line.h"

namespace gaffer {

class Job;

/// What all jobs of a manager and their slots work with.
struct Workshop {
  uv::Loop& loop;
  const Clock& clock;
  Launcher& launcher;

  OutputShop outputs;
  std::vector<std::string> environment;  ///< NAME=value; what processes have below their own.
  std::optional<rlim_t> descriptor_limit;
  std::string cgroup_directory;  ///< Where processes get cgroups of their own; empty: nowhere.

  /// Queues it: a step is never interrupted by what hears of it.
  std::function<void(Event)> on_event;
  /// There is something for Job::sweep at the end of the turn.
  std::function<void(Job&)> on_touched;
  std::function<void(const OutputId&, stream::Output&)> on_grown;

  uv::TurnLine line{loop, clock, std::chrono::milliseconds(20)};  ///< Of starts.
  policy::StartBudget budget{};
  std::uint64_t last_pid = 0;  ///< gaffer's own ids: 1, 2, 3 …, never reused.
  std::minstd_rand random{std::random_device{}()};
  /// What os::kTreeVariable begins with in all processes of this manager, and in no other.
  std::string tree;
};

}  // namespace gaffer
