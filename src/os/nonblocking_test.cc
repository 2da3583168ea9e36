#include "os/nonblocking.h"

#include <errno.h>
#include <signal.h>

#include <string>

#include <gtest/gtest.h>

#include "os/files.h"

namespace gaffer::os {
namespace {

TEST(NonBlocking, WritesWhatFitsAndThenSaysThatNothingDoes) {
  const Pipe pipe = make_input_pipe().value();
  const std::string much(std::size_t{1} << 20, 'x');
  const auto written = write_some(pipe.write.get(), much);
  ASSERT_TRUE(written.has_value());
  EXPECT_LT(0U, *written);
  EXPECT_GT(much.size(), *written);
  EXPECT_EQ(Errc::Busy, write_some(pipe.write.get(), much).error().code);
}

// The default action of SIGPIPE, which is what a host may have, would end this program.
TEST(NonBlocking, WhereNobodyReadsItIsAnErrorAndNoSignal) {
  Pipe pipe = make_input_pipe().value();
  EXPECT_FALSE(has_hung_up(pipe.write.get()));
  pipe.read.reset();
  EXPECT_TRUE(has_hung_up(pipe.write.get()));
  ASSERT_NE(SIG_ERR, ::signal(SIGPIPE, SIG_DFL));
  EXPECT_EQ(EPIPE, write_some(pipe.write.get(), "x").error().os);
  sigset_t pending;
  ASSERT_EQ(0, ::sigpending(&pending));
  EXPECT_EQ(0, ::sigismember(&pending, SIGPIPE));
}

}  // namespace
}  // namespace gaffer::os
