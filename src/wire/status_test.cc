#include "wire/status.h"

#include <csignal>

#include <gtest/gtest.h>

namespace gaffer::wire {
namespace {

using std::chrono::milliseconds;

TemplateInfo sample() {
  return {.process_template = {.name = "web",
                               .cmd = "serve",
                               .env = {{"TOKEN", "planted-secret"}},
                               .numprocesses = 2},
          .is_wanted = true,
          .processes = {
              {.name = "web",
               .slot = 1,
               .pid = 7,
               .os_pid = 4711,
               .state = ProcessState::Running,
               .restarts = 1,
               .uptime = milliseconds(12500),
               .last_exit = LastExit{{.signal = SIGKILL}, std::chrono::system_clock::time_point{}}},
              {.name = "web",
               .slot = 2,
               .state = ProcessState::Waiting,
               .reason = "exit code 1",
               .next_start = milliseconds(800)}}};
}

TEST(StatusDocument, ReadsBackAsItWasWritten) {
  const auto read = parse_status_document(status_document({sample()}));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const TemplateInfo& info = read->at(0);
  EXPECT_EQ("web", info.process_template.name);
  EXPECT_EQ(2, info.process_template.numprocesses);
  EXPECT_TRUE(info.is_wanted);
  EXPECT_EQ(4711, info.processes.at(0).os_pid);
  EXPECT_EQ(milliseconds(12500), info.processes.at(0).uptime);
  EXPECT_EQ((ExitStatus{.signal = SIGKILL}), info.processes.at(0).last_exit->status);
  EXPECT_EQ(ProcessState::Waiting, info.processes.at(1).state);
  EXPECT_EQ(milliseconds(800), info.processes.at(1).next_start);
  EXPECT_EQ(std::nullopt, info.processes.at(1).uptime);
  EXPECT_EQ("exit code 1", info.processes.at(1).reason);
}

TEST(StatusDocument, NeverHoldsTheValueOfAVariable) {
  EXPECT_EQ(std::string::npos, status_document({sample()}).find("planted-secret"));
}

TEST(StatusDocument, StaysReadableWhateverTheBytes) {
  TemplateInfo info = sample();
  info.process_template.cmd = "echo \xff";
  EXPECT_TRUE(parse_status_document(status_document({info})).has_value());
}

TEST(StatusDocument, RefusesWhatIsNone) {
  EXPECT_EQ(Errc::Protocol, parse_status_document("").error().code);
  EXPECT_EQ(Errc::Protocol, parse_status_document("{}").error().code);
  EXPECT_EQ(Errc::Protocol, parse_status_document(R"({"templates": [{"name": 7}]})").error().code);
}

TEST(ErrorDocument, CarriesItsReason) {
  EXPECT_EQ("no template \"x\"", reason_of(error_document("not_found", "no template \"x\"")));
  EXPECT_EQ("plain text", reason_of("plain text"));
}

}  // namespace
}  // namespace gaffer::wire
