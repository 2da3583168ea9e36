#include "base/signal_names.h"

#include <csignal>

#include <gtest/gtest.h>

#include "gaffer/exit_status.h"

namespace gaffer {
namespace {

TEST(SignalNames, AreReadInEveryUsualSpelling) {
  EXPECT_EQ(SIGTERM, signal_number("TERM"));
  EXPECT_EQ(SIGTERM, signal_number("sigterm"));
  EXPECT_EQ(SIGTERM, signal_number("15"));
  EXPECT_EQ(std::nullopt, signal_number("SIGNOPE"));
  EXPECT_EQ(std::nullopt, signal_number("0"));
  EXPECT_EQ(std::nullopt, signal_number("-9"));
}

TEST(SignalNames, EveryNumberHasSomethingToPrint) {
  EXPECT_EQ("SIGKILL", signal_name(SIGKILL));
  EXPECT_EQ("signal 64", signal_name(64));
}

TEST(ExitStatus, TellsCodeFromSignal) {
  EXPECT_EQ("exit code 3", describe({.code = 3}));
  EXPECT_EQ("killed by SIGSEGV (core dumped)", describe({.signal = SIGSEGV, .dumped_core = true}));
  EXPECT_EQ("ended, exit status unknown", describe({.is_known = false}));
  EXPECT_TRUE(ExitStatus{}.is_success());
  EXPECT_FALSE((ExitStatus{.signal = SIGTERM}).is_success());
}

}  // namespace
}  // namespace gaffer
