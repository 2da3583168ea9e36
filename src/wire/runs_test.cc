#include "wire/runs.h"

#include <gtest/gtest.h>

namespace gaffer::wire {
namespace {

using std::chrono::system_clock;

TEST(RunsDocument, IsReadBackAsItWasWritten) {
  const system_clock::time_point began(std::chrono::milliseconds(1'795'597'676'130));
  const wire::Run running{.pid = 9, .name = "web", .slot = 2, .os_pid = 4712, .started = began};
  wire::Run crashed{.pid = 7, .name = "web", .slot = 1, .os_pid = 4711, .started = began};
  crashed.ended = began + std::chrono::milliseconds(1500);
  crashed.status = {.signal = 11};
  crashed.reason = "killed by SIGSEGV";
  wire::Run unheard = crashed;
  unheard.status = {.is_known = false};
  const auto read = parse_runs_document(runs_document({running, crashed, unheard}));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(3U, read->size());
  EXPECT_EQ(9U, read->at(0).pid);
  EXPECT_EQ(2, read->at(0).slot);
  EXPECT_FALSE(read->at(0).ended);
  EXPECT_EQ(4711, read->at(1).os_pid);
  EXPECT_EQ(11, read->at(1).status.signal);
  EXPECT_EQ("killed by SIGSEGV", read->at(1).reason);
  EXPECT_EQ(std::chrono::milliseconds(1500), std::chrono::round<std::chrono::milliseconds>(
                                                 *read->at(1).ended - read->at(1).started));
  EXPECT_FALSE(read->at(2).status.is_known);
}

TEST(RunsDocument, OfAnotherShapeIsRefused) {
  for (const char* text : {"", "{", "[7]", R"([{"pid": "x"}])", R"([{"pid": 7}])"})
    EXPECT_EQ(Errc::Protocol, parse_runs_document(text).error().code) << text;
}

}  // namespace
}  // namespace gaffer::wire
