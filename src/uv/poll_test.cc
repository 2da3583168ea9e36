#include "uv/poll.h"

#include <fcntl.h>
#include <unistd.h>

#include <memory>

#include "os/files.h"
#include "support/loop_fixture.h"

namespace gaffer::uv {
namespace {

class PollTest : public test::LoopTest {
 protected:
  PollTest() { EXPECT_EQ(1, ::write(pipe_.write.get(), "x", 1)); }

  Poll poll() { return std::move(Poll::create(loop_, pipe_.read.get()).value()); }

  os::Pipe pipe_ = std::move(os::make_pipe().value());  // NOLINT
};

TEST_F(PollTest, TellsThatThereIsSomethingToRead) {
  bool readable = false;
  Poll watched = poll();
  (void)watched.start([&] {
    readable = true;
    watched.stop();
  });
  EXPECT_TRUE(run_until([&] { return readable; }));
}

TEST_F(PollTest, TellsThatTheOtherEndIsGone) {
  bool told = false;
  char byte = 0;
  ASSERT_EQ(1, ::read(pipe_.read.get(), &byte, 1));
  pipe_.write.reset();
  Poll watched = poll();
  (void)watched.start([&] {
    told = true;
    watched.stop();
  });
  EXPECT_TRUE(run_until([&] { return told; }));
}

TEST_F(PollTest, RefusesARegularFile) {
  const os::UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(Errc::PermissionDenied, Poll::create(loop_, file.get()).error().code);
}

TEST_F(PollTest, PromiseA_ADestroyedOwnerIsNeverCalled) {
  (void)poll().start([] { FAIL(); });
  run_some_turns();
}

TEST_F(PollTest, PromiseB_TheClosureOutlivesItsOwnRun) {
  auto watched = std::make_unique<Poll>(poll());
  auto witness = std::make_shared<int>(7);
  bool alive_after_destruction = false;
  (void)watched->start([&, held = std::move(witness)] {
    watched.reset();
    alive_after_destruction = *held == 7;
  });
  EXPECT_TRUE(run_until([&] { return alive_after_destruction; }));
}

TEST_F(PollTest, PromiseC_ItMayBeStartedAnewFromItsOwnCallback) {
  int calls = 0;
  Poll watched = poll();
  (void)watched.start([&] {
    ++calls;
    (void)watched.start([&] {
      ++calls;
      watched.stop();
    });
  });
  EXPECT_TRUE(run_until([&] { return calls == 2; }));
}

}  // namespace
}  // namespace gaffer::uv
