#include "wire/events.h"

#include <gtest/gtest.h>

namespace gaffer::wire {
namespace {

TEST(EventDocument, SaysHowAProcessEnded) {
  EXPECT_EQ(
      R"({"event":"exit","revision":7,"time":1.5,"name":"web","slot":1,"pid":3,"os_pid":42,)"
      R"("once":false,"detached":false,"exit_status":1,"term_signal":0,"reason":"exit code 1"})",
      event_document(
          {.kind = Event::Kind::Exit,
           .name = "web",
           .slot = 1,
           .pid = 3,
           .os_pid = 42,
           .status = ExitStatus{.code = 1},
           .reason = "exit code 1",
           .revision = 7,
           .time = std::chrono::system_clock::time_point(std::chrono::milliseconds(1500))}));
}

TEST(EventDocument, LeavesOutWhatATemplateHasNot) {
  EXPECT_EQ(R"({"event":"create","revision":1,"time":0,"name":"web"})",
            event_document({.kind = Event::Kind::Create, .name = "web", .revision = 1}));
}

TEST(EventDocument, ReadsBackAsItWasWritten) {
  const Event event{.kind = Event::Kind::Exit,
                    .name = "web",
                    .slot = 1,
                    .pid = 3,
                    .os_pid = 42,
                    .is_once = true,
                    .status = ExitStatus{.code = 0, .signal = 9},
                    .reason = "killed by SIGKILL",
                    .revision = 7,
                    .time = std::chrono::system_clock::time_point(std::chrono::seconds(5))};
  const auto read = parse_event_document(event_document(event));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(event_document(event), event_document(*read));
  EXPECT_EQ(event.status, read->status);
}

TEST(EventDocument, RefusesWhatIsNone) {
  for (const char* text : {"", "{}", R"({"event":"dance","name":"web","revision":1,"time":0})",
                           R"({"event":"gap","from":8,"to":12})",
                           R"({"event":"exit","name":7,"revision":1,"time":0})"})
    EXPECT_EQ(Errc::Protocol, parse_event_document(text).error().code) << text;
}

TEST(GapDocument, ReadsBackAsItWasWritten) {
  EXPECT_EQ((Gap{8, 12}), parse_gap_document(gap_document(8, 12)));
  EXPECT_EQ(std::nullopt, parse_gap_document(R"({"event":"exit","from":8,"to":12})"));
  EXPECT_EQ(std::nullopt, parse_gap_document(R"({"event":"gap","from":-8,"to":12})"));
  EXPECT_EQ(std::nullopt, parse_gap_document("gap"));
}

TEST(Topic, IsAnEventOrATemplateOrBoth) {
  const Event event{.kind = Event::Kind::Exit, .name = "web"};
  for (const char* topic : {"", ".", "exit", "proc", "proc.web", "proc.web.exit"})
    EXPECT_TRUE(is_of_topic(event, topic)) << topic;
  for (const char* topic :
       {"spawn", "exi", "proc.we", "proc.web.", "proc.web.exi", "proc.web.exit.x"})
    EXPECT_FALSE(is_of_topic(event, topic)) << topic;
}

}  // namespace
}  // namespace gaffer::wire
