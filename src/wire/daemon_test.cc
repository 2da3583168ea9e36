#include "wire/daemon.h"

#include <gtest/gtest.h>

namespace gaffer::wire {
namespace {

TEST(DaemonDocument, ReadsBackAsItWasWritten) {
  const DaemonFacts facts{"0.1.0", 4711, 7};
  EXPECT_EQ(R"({"version":"0.1.0","pid":4711,"revision":7})", daemon_document(facts));
  EXPECT_EQ(facts, parse_daemon_document(daemon_document(facts)));
}

TEST(DaemonDocument, RefusesWhatIsNone) {
  EXPECT_EQ(Errc::Protocol, parse_daemon_document("{}").error().code);
  EXPECT_EQ(Errc::Protocol, parse_daemon_document("<html>").error().code);
}

TEST(StartedDocument, SaysWhoWasStarted) {
  EXPECT_EQ(7U, parse_started_document(R"({"ok":true,"pid":7})"));
  EXPECT_EQ(Errc::Protocol, parse_started_document(R"({"ok":true})").error().code);
}

TEST(UpdateDocument, ReadsBackAsItWasWritten) {
  const Update update{Update::Way::Reload, {"cmd", "env"}};
  EXPECT_EQ(R"({"ok":true,"way":"reload","changed":["cmd","env"]})", update_document(update));
  EXPECT_EQ(update, parse_update_document(update_document(update)));
}

TEST(UpdateDocument, RefusesAWayThatNobodyKnows) {
  EXPECT_EQ(Errc::Protocol,
            parse_update_document(R"({"way":"sideways","changed":[]})").error().code);
}

}  // namespace
}  // namespace gaffer::wire
