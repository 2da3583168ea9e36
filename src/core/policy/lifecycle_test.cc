#include "core/policy/lifecycle.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "support/source_tree.h"

namespace gaffer::policy {
namespace {

using enum ProcessState;
using enum Action;

TEST(Lifecycle, AProcessThatEndsIsStartedAgain) {
  EXPECT_EQ((Transition{Waiting, Pause}), next(Running, Input::Exited));
  EXPECT_EQ((Transition{Starting, Spawn}), next(Waiting, Input::TimeCame));
}

TEST(Lifecycle, AProcessThatWasAskedToStopStaysStopped) {
  EXPECT_EQ((Transition{Stopping, AskToStop}), next(Running, Input::Stop));
  EXPECT_EQ((Transition{Stopped, Rest}), next(Stopping, Input::Exited));
}

TEST(Lifecycle, AStopDuringARestartWinsAndAStartDuringAStopWinsOverThat) {
  EXPECT_EQ((Transition{Stopping, None}), next(Restarting, Input::Stop));
  EXPECT_EQ((Transition{Restarting, None}), next(Stopping, Input::Start));
}

TEST(Lifecycle, AStopEndsThePause) {
  EXPECT_EQ((Transition{Stopped, Rest}), next(Waiting, Input::Stop));
}

TEST(Lifecycle, EverybodysWishIsPossibleInEveryStateThatLasts) {
  for (const ProcessState state :
       {Stopped, Running, Waiting, Stopping, Restarting, Reloading, Failed}) {
    for (const Input wish :
         {Input::Start, Input::Stop, Input::Restart, Input::Reload, Input::Hold, Input::GiveUp}) {
      EXPECT_NE(Impossible, next(state, wish).action) << state_name(state);
    }
  }
}

TEST(Lifecycle, AProcessIsMadeExactlyOnTheWayIntoStarting) {
  for (const auto& row : kLifecycle) {
    for (const Transition& transition : row) {
      if (transition.action == Impossible) continue;
      EXPECT_EQ(transition.action == Spawn, transition.next == Starting);
    }
  }
}

TEST(Lifecycle, WhatTheTableDoesNotSayIsImpossibleInEveryState) {
  for (const ProcessState state : {Stopped, Waiting, Stopping, Restarting, Failed}) {
    EXPECT_EQ(Impossible, next(state, Input::Spawned).action) << state_name(state);
    EXPECT_EQ(Impossible, next(state, Input::Proved).action) << state_name(state);
  }
}

TEST(Lifecycle, TheDocumentShowsThisTable) {
  EXPECT_NE(std::string::npos,
            test::source_file("docs/design/lifecycle.md").find(lifecycle_table()))
      << lifecycle_table();
}

}  // namespace
}  // namespace gaffer::policy
