#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "gaffer/info.h"

/// \file
/// The life of a slot as data: in which state what does which input lead to. Nothing is decided
/// anywhere else. `docs/design/lifecycle.md` is printed from this table.

namespace gaffer::policy {

enum class Input {
  Start,        ///< Somebody wants it to run.
  Stop,         ///< Somebody wants it not to run.
  Restart,      ///< Somebody wants a new one.
  Spawned,      ///< The process was made.
  SpawnFailed,  ///< It could not be made.
  Exited,       ///< It is gone, with its group, and is to be started again.
  Finished,     ///< It is gone, and is not to be.
  TimeCame,     ///< The pause before the next start is over.
};

enum class Action {
  None,
  Spawn,       ///< Make a process now; whatever pause was running is over.
  AskToStop,   ///< Begin the ladder from the stop signal to SIGKILL.
  Pause,       ///< Ask the pace how long to wait, then start.
  Rest,        ///< Nothing is left to do; whatever pause was running is over.
  Impossible,  ///< A bug of ours if it happens.
};

struct Transition {
  ProcessState next;
  Action action;

  bool operator==(const Transition&) const = default;
};

constexpr std::size_t kStates = 6;
constexpr std::size_t kInputs = 8;

constexpr std::array<std::array<Transition, kInputs>, kStates> kLifecycle = [] {
  using enum ProcessState;
  using enum Action;
  const auto no = [](ProcessState state) { return Transition{state, Impossible}; };
  return std::array<std::array<Transition, kInputs>, kStates>{{
      // clang-format off
      //                Start               Stop                   Restart                  Spawned          SpawnFailed       Exited             Finished           TimeCame
      /* Stopped */    {{{Starting, Spawn},  {Stopped, None},       {Starting, Spawn},       no(Stopped),     no(Stopped),      no(Stopped),       no(Stopped),       no(Stopped)}},
      /* Starting */   {{no(Starting),       no(Starting),          no(Starting),            {Running, None}, {Waiting, Pause}, no(Starting),      no(Starting),      no(Starting)}},
      /* Running */    {{{Running, None},    {Stopping, AskToStop}, {Restarting, AskToStop}, no(Running),     no(Running),      {Waiting, Pause},  {Stopped, Rest},   no(Running)}},
      /* Waiting */    {{{Starting, Spawn},  {Stopped, Rest},       {Starting, Spawn},       no(Waiting),     no(Waiting),      no(Waiting),       no(Waiting),       {Starting, Spawn}}},
      /* Stopping */   {{{Restarting, None}, {Stopping, None},      {Restarting, None},      no(Stopping),    no(Stopping),     {Stopped, Rest},   {Stopped, Rest},   no(Stopping)}},
      /* Restarting */ {{{Restarting, None}, {Stopping, None},      {Restarting, None},      no(Restarting),  no(Restarting),   {Starting, Spawn}, {Starting, Spawn}, no(Restarting)}},
      // clang-format on
  }};
}();

constexpr Transition next(ProcessState state, Input input) {
  return kLifecycle[static_cast<std::size_t>(state)][static_cast<std::size_t>(input)];
}

/// The whole table in Markdown, as it stands in docs/design/lifecycle.md.
std::string lifecycle_table();

}  // namespace gaffer::policy
