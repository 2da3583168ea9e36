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
  Start,          ///< Somebody wants it to run.
  Stop,           ///< Somebody wants it not to run.
  Restart,        ///< Somebody wants a new one instead of this one.
  Reload,         ///< Somebody wants a new one to take over from this one.
  Hold,           ///< Its template keeps failing and waits.
  GiveUp,         ///< Its template has failed.
  Spawned,        ///< The process was made.
  SpawnFailed,    ///< It could not be made.
  Postponed,      ///< So many are made just now that it waits for its turn.
  Exited,         ///< It is gone, with its tree, and is to be started again.
  Finished,       ///< It is gone, and is not to be.
  TimeCame,       ///< The pause before the next start is over.
  Proved,         ///< The process that is to take over has lived long enough.
  SuccessorGone,  ///< It has not, or could not be made.
};

enum class Action {
  Impossible,  ///< A bug of ours if it happens. The first, so that it is what nobody has said.
  None,
  Spawn,           ///< Make a process now; whatever pause was running is over.
  AskToStop,       ///< Begin the ladder from the stop signal to SIGKILL.
  Pause,           ///< Ask the pace how long to wait, then start.
  LineUp,          ///< Wait behind those who are to be started before.
  Rest,            ///< Nothing is left to do; whatever pause was running is over.
  SpawnSuccessor,  ///< Make a process beside the one that runs, instead of one made before.
  TakeOver,        ///< The successor is the process now; the other is asked to stop.
};

struct Transition {
  ProcessState next = ProcessState::Stopped;
  Action action = Action::Impossible;

  bool operator==(const Transition&) const = default;
};

constexpr std::size_t kStates = 8;
constexpr std::size_t kInputs = 14;

using Lifecycle = std::array<std::array<Transition, kInputs>, kStates>;

constexpr Lifecycle kLifecycle = [] {
  using enum ProcessState;
  using enum Action;
  using enum Input;
  Lifecycle table{};  // What is not said is impossible.
  const auto in = [&table](ProcessState state, Input input, Transition transition) {
    table[static_cast<std::size_t>(state)][static_cast<std::size_t>(input)] = transition;
  };
  // clang-format off
  in(Stopped,    Start,         {Starting,   Spawn});
  in(Stopped,    Stop,          {Stopped,    None});
  in(Stopped,    Restart,       {Starting,   Spawn});
  in(Stopped,    Reload,        {Starting,   Spawn});
  in(Stopped,    Hold,          {Waiting,    None});
  in(Stopped,    GiveUp,        {Failed,     None});

  in(Starting,   Spawned,       {Running,    None});
  in(Starting,   SpawnFailed,   {Waiting,    Pause});
  in(Starting,   Postponed,     {Waiting,    LineUp});

  in(Running,    Start,         {Running,    None});
  in(Running,    Stop,          {Stopping,   AskToStop});
  in(Running,    Restart,       {Restarting, AskToStop});
  in(Running,    Reload,        {Reloading,  SpawnSuccessor});
  in(Running,    Hold,          {Stopping,   AskToStop});
  in(Running,    GiveUp,        {Stopping,   AskToStop});
  in(Running,    Exited,        {Waiting,    Pause});
  in(Running,    Finished,      {Stopped,    Rest});

  in(Waiting,    Start,         {Starting,   Spawn});
  in(Waiting,    Stop,          {Stopped,    Rest});
  in(Waiting,    Restart,       {Starting,   Spawn});
  in(Waiting,    Reload,        {Starting,   Spawn});
  in(Waiting,    Hold,          {Waiting,    Rest});
  in(Waiting,    GiveUp,        {Failed,     Rest});
  in(Waiting,    TimeCame,      {Starting,   Spawn});

  in(Stopping,   Start,         {Restarting, None});
  in(Stopping,   Stop,          {Stopping,   None});
  in(Stopping,   Restart,       {Restarting, None});
  in(Stopping,   Reload,        {Restarting, None});
  in(Stopping,   Hold,          {Stopping,   None});
  in(Stopping,   GiveUp,        {Stopping,   None});
  in(Stopping,   Exited,        {Stopped,    Rest});

  in(Restarting, Start,         {Restarting, None});
  in(Restarting, Stop,          {Stopping,   None});
  in(Restarting, Restart,       {Restarting, None});
  in(Restarting, Reload,        {Restarting, None});
  in(Restarting, Hold,          {Stopping,   None});
  in(Restarting, GiveUp,        {Stopping,   None});
  in(Restarting, Exited,        {Starting,   Spawn});

  in(Reloading,  Start,         {Reloading,  None});
  in(Reloading,  Stop,          {Stopping,   AskToStop});
  in(Reloading,  Restart,       {Restarting, AskToStop});
  in(Reloading,  Reload,        {Reloading,  SpawnSuccessor});
  in(Reloading,  Hold,          {Stopping,   AskToStop});
  in(Reloading,  GiveUp,        {Stopping,   AskToStop});
  in(Reloading,  Exited,        {Running,    TakeOver});
  in(Reloading,  Proved,        {Running,    TakeOver});
  in(Reloading,  SuccessorGone, {Running,    None});

  in(Failed,     Start,         {Starting,   Spawn});
  in(Failed,     Stop,          {Stopped,    Rest});
  in(Failed,     Restart,       {Starting,   Spawn});
  in(Failed,     Reload,        {Starting,   Spawn});
  in(Failed,     Hold,          {Waiting,    None});
  in(Failed,     GiveUp,        {Failed,     None});
  // clang-format on
  return table;
}();

constexpr Transition next(ProcessState state, Input input) {
  return kLifecycle[static_cast<std::size_t>(state)][static_cast<std::size_t>(input)];
}

/// The whole table in Markdown, as it stands in docs/design/lifecycle.md.
std::string lifecycle_table();

}  // namespace gaffer::policy
