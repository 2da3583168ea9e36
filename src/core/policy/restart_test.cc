#include "core/policy/restart.h"

#include <csignal>

#include <gtest/gtest.h>

namespace gaffer::policy {
namespace {

constexpr ExitStatus kSuccess{.code = 0};
constexpr ExitStatus kFailure{.code = 3};
constexpr ExitStatus kKilled{.signal = SIGTERM};

TEST(Restart, AlwaysMeansAlsoAfterASuccess) {
  const ProcessTemplate web{.name = "web", .cmd = "serve"};
  EXPECT_TRUE(is_restarted(web, kSuccess));
  EXPECT_TRUE(is_restarted(web, kFailure));
}

TEST(Restart, OnFailureMeansNotAfterASuccess) {
  const ProcessTemplate job{.name = "job", .cmd = "work", .restart = Restart::OnFailure};
  EXPECT_FALSE(is_restarted(job, kSuccess));
  EXPECT_TRUE(is_restarted(job, kFailure));
  EXPECT_TRUE(is_restarted(job, kKilled));
  EXPECT_TRUE(is_restarted(job, {.is_known = false}));
}

TEST(Restart, NeverMeansNever) {
  const ProcessTemplate job{.name = "job", .cmd = "work", .restart = Restart::Never};
  EXPECT_FALSE(is_restarted(job, kFailure));
  EXPECT_FALSE(is_restarted(job, kKilled));
}

TEST(Restart, WhatIsASuccessIsForTheTemplateToSay) {
  const ProcessTemplate job{
      .name = "job", .cmd = "work", .restart = Restart::OnFailure, .success_exit_codes = {3}};
  EXPECT_FALSE(is_restarted(job, kFailure));
  EXPECT_TRUE(is_restarted(job, kSuccess));
}

}  // namespace
}  // namespace gaffer::policy
