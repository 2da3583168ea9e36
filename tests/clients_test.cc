#include <sys/socket.h>

#include <filesystem>
#include <string>
#include <vector>

#include "net/response_parser.h"
#include "os/sockets.h"
#include "support/daemon.h"
#include "support/numbered_lines.h"

namespace gaffer {
namespace {

using test::Ended;
using test::Program;
using test::section;

class Clients : public test::ProgramsTest {
 protected:
  [[nodiscard]] os::UniqueFd connect() const {
    return std::move(os::connect_unix(dir_.path("gaffer/gaffer.sock")).value());
  }
  /// Sends a request and reads on until the answer's head is there.
  os::UniqueFd begin(const std::string& request_line, net::ResponseParser& parser) const {
    os::UniqueFd socket = connect();
    EXPECT_TRUE(
        os::send_all(socket.get(), request_line + " HTTP/1.1\r\nHost: x\r\n\r\n").has_value());
    while (!parser.head()) {
      const auto bytes = os::receive(socket.get());
      if (!bytes || bytes->empty() || !parser.feed(*bytes)) {
        ADD_FAILURE() << "no answer to " << request_line;
        break;
      }
    }
    return socket;
  }
  /// A whole answer, without the headers that are the server's.
  net::Response answer(const std::string& request_line) const {
    using Body = net::ResponseParser::Body;
    net::ResponseParser parser(request_line.starts_with("HEAD") ? Body::None : Body::Expected);
    const os::UniqueFd socket = begin(request_line, parser);
    net::Response response = *parser.head();
    response.body = parser.take_body();
    while (!parser.is_complete()) {
      const auto bytes = os::receive(socket.get());
      if (!bytes || bytes->empty() || !parser.feed(*bytes)) {
        ADD_FAILURE() << "half an answer to " << request_line;
        break;
      }
      response.body += parser.take_body();
    }
    return response;
  }
  /// `404 {"error":…`
  std::string said_to(const std::string& request_line) const {
    const net::Response response = answer(request_line);
    return std::to_string(response.status) + " " + response.body;
  }
  [[nodiscard]] std::size_t descriptors() const {
    const std::filesystem::path folder = "/proc/" + std::to_string(gafferd_->pid()) + "/fd";
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }
  [[nodiscard]] std::uint64_t resident_bytes() const {
    return os::read_proc_usage(gafferd_->pid()).value().resident_bytes;
  }
};

TEST_F(Clients, OneThatNeverReadsSlowsNobodyAndCostsLittle) {
  start_gafferd_with(section("chatty", "spam 64MB print done sleep", "numprocesses = 0"));
  std::vector<os::UniqueFd> lazy_ones;
  for (int number = 0; number < 3; ++number) {
    net::ResponseParser parser;
    lazy_ones.push_back(begin("GET /logs?follow=true", parser));
  }
  const std::uint64_t before = resident_bytes();
  EXPECT_EQ("chatty: 1 running\n", gaffer({"scale", "chatty=1"}).out);
  EXPECT_TRUE(test::eventually([this] { return gaffer({"logs", "-n", "1"}).out == "done\n"; }));
  // ThreadSanitizer keeps four bytes of its own for each.
  constexpr std::uint64_t kBound = std::uint64_t{test::kHasSanitizer ? 80 : 16} << 20;
  EXPECT_LT(resident_bytes(), before + kBound);
}

TEST_F(Clients, OneThatFallsBehindLearnsHowMuchItHasMissed) {
  start_gafferd_with(section("chatty", "spam 32MB print done sleep",
                             "numprocesses = 0\nlog_max_size = 1M\nlog_keep = 3"));
  net::ResponseParser parser;
  const os::UniqueFd socket = begin("GET /logs?follow=true", parser);
  EXPECT_EQ("chatty: 1 running\n", gaffer({"scale", "chatty=1"}).out);
  EXPECT_TRUE(test::eventually([this] { return gaffer({"logs", "-n", "1"}).out == "done\n"; }));
  std::string seen;
  while (seen.find("chatty.1\tdone\n") == std::string::npos) {
    const auto bytes = os::receive(socket.get());
    ASSERT_TRUE(bytes && !bytes->empty() && parser.feed(*bytes));
    seen += parser.take_body();
  }
  EXPECT_NE(std::string::npos, seen.find("bytes before this are no longer kept]\n"));
}

TEST_F(Clients, ThoseWhoLeaveInTheMiddleLeaveNothing) {
  start_gafferd_with(section("web", "print hello sleep"));
  ASSERT_TRUE(wait_until_logged("web", "hello"));
  const std::size_t before = descriptors();
  for (int time = 0; time < 200; ++time) {
    net::ResponseParser parser;
    const os::UniqueFd socket = begin("GET /logs?follow=true", parser);
    EXPECT_EQ(200, parser.head()->status) << time;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_TRUE(test::eventually([&] { return descriptors() <= before; }))
      << before << " descriptors became " << descriptors();
}

TEST_F(Clients, ThoseWhoLeaveInTheMiddleOfAFloodLeaveNothing) {
  start_gafferd_with(section("chatty", "spam 512KB print done sleep"));
  EXPECT_TRUE(test::eventually([this] { return gaffer({"logs", "-n", "1"}).out == "done\n"; }));
  const std::size_t before = descriptors();
  for (int time = 0; time < 70; ++time) {
    net::ResponseParser parser;
    const os::UniqueFd socket = begin("GET /logs?lines=100000", parser);
    EXPECT_EQ(200, parser.head()->status) << time;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_TRUE(test::eventually([&] { return descriptors() <= before; }))
      << before << " descriptors became " << descriptors();
}

TEST_F(Clients, TooManyReadersOfLogsAreRefusedAndTheOthersServed) {
  start_gafferd_with(section("web", "print hello sleep"));
  std::vector<os::UniqueFd> readers;
  for (int number = 0; number < 64; ++number) {
    net::ResponseParser parser;
    readers.push_back(begin("GET /logs?follow=true", parser));
    ASSERT_EQ(200, parser.head()->status);
  }
  const Ended logs = gaffer({"logs"});
  EXPECT_EQ("gaffer: more than 64 readers of logs\n", logs.err);
  EXPECT_EQ(1, logs.status);
  EXPECT_EQ(ProcessState::Running, process("web").state);
  readers.clear();
  EXPECT_TRUE(test::eventually([this] { return gaffer({"logs"}).out == "hello\n"; }));
}

TEST_F(Clients, AStopOutlivesTheOneWhoAskedForIt) {
  start_gafferd_with(section("web", "clean-up-on-term 100 print ready sleep"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  {
    const os::UniqueFd socket = connect();
    ASSERT_TRUE(
        os::send_all(socket.get(), "POST /processes/web/_stop HTTP/1.1\r\nHost: x\r\n\r\n"));
    EXPECT_TRUE(test::eventually([this] { return process("web").state != ProcessState::Running; }));
  }
  EXPECT_TRUE(test::eventually([this] { return process("web").state == ProcessState::Stopped; }));
}

TEST_F(Clients, WhatIsNotThereIsSaidInJson) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ("404 {\"error\":\"not_found\",\"reason\":\"there is nothing at this path\"}\n",
            said_to("GET /nothing"));
  EXPECT_EQ("404 {\"error\":\"not_found\",\"reason\":\"no template wbe\"}",
            said_to("GET /status/wbe"));
  EXPECT_EQ("404 {\"error\":\"not_found\",\"reason\":\"no template wbe\"}",
            said_to("POST /processes/wbe/_stop"));
  EXPECT_EQ("404 {\"error\":\"not_found\",\"reason\":\"no template wbe\"}",
            said_to("GET /logs?name=wbe"));
}

TEST_F(Clients, AWrongMethodIsToldTheRightOnes) {
  start_gafferd_with(section("web", "sleep"));
  const net::Response response = answer("DELETE /status");
  EXPECT_EQ(405, response.status);
  const std::string* allow = net::find_header(response.headers, "Allow");
  ASSERT_NE(nullptr, allow);
  EXPECT_EQ("GET, HEAD, OPTIONS", *allow);
  EXPECT_EQ(405, answer("GET /processes/web/_stop").status);
  EXPECT_EQ(ProcessState::Running, process("web").state);
}

TEST_F(Clients, AHeadHasNoBody) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ("200 ", said_to("HEAD /status"));
  EXPECT_EQ("200 ", said_to("HEAD /logs?follow=true"));
  EXPECT_EQ("404 ", said_to("HEAD /nothing"));
  EXPECT_EQ("200 OK", said_to("GET /ping"));
}

TEST_F(Clients, AWrongParameterIsNamed) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ(
      "400 {\"error\":\"bad_value\",\"reason\":\"bad value \\\"many\\\" of lines: use a number, or "
      "all\"}",
      said_to("GET /logs?lines=many"));
  EXPECT_EQ(
      "400 {\"error\":\"bad_value\",\"reason\":\"bad value \\\"yes\\\" of follow: use true or "
      "false\"}",
      said_to("GET /logs?follow=yes"));
  EXPECT_EQ(
      "400 {\"error\":\"bad_value\",\"reason\":\"unknown parameter \\\"line\\\": use name, label, "
      "lines, since, until, run, grep, find, context, offset, follow, format\"}",
      said_to("GET /logs?line=3"));
  EXPECT_EQ(
      "400 {\"error\":\"bad_value\",\"reason\":\"cannot scale to \\\"many\\\": use N, +N or -N, N "
      "up to 10000\"}",
      said_to("POST /processes/web/_scale/many"));
}

TEST_F(Clients, RubbishOnTheSocketEndsOnlyItsOwnConnection) {
  start_gafferd_with(section("web", "sleep"));
  const std::size_t before = descriptors();
  const std::string everything_else("\x16\x03\x01\0\xff\r\n\r\n", 9);
  for (const std::string& rubbish : {std::string("hello\r\n\r\n"), everything_else,
                                     "GET / HTTP/1.1\r\n" + std::string(100000, 'x')}) {
    const os::UniqueFd socket = connect();
    (void)os::send_all(socket.get(), rubbish);  // It may be refused before all is sent.
    ::shutdown(socket.get(), SHUT_WR);
    for (auto bytes = os::receive(socket.get()); bytes && !bytes->empty();)
      bytes = os::receive(socket.get());
  }
  EXPECT_EQ(ProcessState::Running, process("web").state);
  EXPECT_TRUE(test::eventually([&] { return descriptors() <= before; }));
}

class Logs : public Clients {};

TEST_F(Logs, HaveExactlyTheLinesThatWereAskedFor) {
  start_gafferd_with(section("web", "print a print b print c print-partial d sleep"));
  EXPECT_TRUE(test::eventually([this] { return gaffer({"logs"}).out == "a\nb\nc\nd\n"; }));
  EXPECT_EQ("", gaffer({"logs", "-n", "0"}).out);
  EXPECT_EQ("d\n", gaffer({"logs", "-n", "1"}).out);
  EXPECT_EQ("c\nd\n", gaffer({"logs", "-n", "2", "web"}).out);
  EXPECT_EQ("a\nb\nc\nd\n", gaffer({"logs", "-n", "4"}).out);
  EXPECT_EQ("a\nb\nc\nd\n", gaffer({"logs", "-n", "5"}).out);
}

TEST_F(Logs, AreTenLinesOfEachUnlessToldOtherwise) {
  start_gafferd_with(section("web", "spam 1200 print end sleep"));
  EXPECT_TRUE(test::eventually([this] {
    const std::string out = gaffer({"logs"}).out;
    return std::ranges::count(out, '\n') == 10 && out.ends_with("\nend\n");
  }));
}

TEST_F(Logs, OfSeveralHaveTheRightNameBeforeEachLine) {
  start_gafferd_with(section("web", "print-env GAFFER_SLOT sleep", "numprocesses = 2") +
                     section("worker", "print working sleep") + section("db", "print no sleep"));
  ASSERT_TRUE(wait_until_logged("worker", "working"));
  EXPECT_TRUE(test::eventually([this] {
    return gaffer({"logs", "web", "worker"}).out ==
           "web.1    | GAFFER_SLOT=1\nweb.2    | GAFFER_SLOT=2\nworker.1 | working\n";
  })) << gaffer({"logs", "web", "worker"}).out;
}

TEST_F(Logs, HoldEveryByteAsItWas) {
  start_gafferd_with(section("web", "print-all-bytes sleep"));
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte)
    bytes += static_cast<char>(byte);
  EXPECT_TRUE(test::eventually([&] { return gaffer({"logs"}).out == bytes + "\n"; }));
}

TEST_F(Logs, OnATerminalShowControlSequences) {
  start_gafferd_with(section("web", "print '\x1b[2Jboo\x07' sleep"));
  ASSERT_TRUE(wait_until_logged("web", "\x1b[2Jboo\x07"));
  test::Command command = this->command("gaffer", {"logs", "-n", "1"});
  command.output = test::Command::Output::Terminal;
  EXPECT_NE(std::string::npos, run(command).out.find("^[[2Jboo^G"));
}

TEST_F(Logs, AreFollowedOverTheEndOfAProcess) {
  start_gafferd_with(section("web", "print-env GAFFER_PID sleep"));
  ASSERT_TRUE(wait_until_logged("web", "GAFFER_PID=1"));
  Program logs(command("gaffer", {"logs", "-f", "web"}));
  EXPECT_TRUE(logs.wait_until_said("GAFFER_PID=1\n"));
  EXPECT_EQ("web: 1 running\n", gaffer({"restart", "web"}).out);
  EXPECT_TRUE(logs.wait_until_said("GAFFER_PID=2\n"));
  EXPECT_EQ("GAFFER_PID=1\nGAFFER_PID=2\n", logs.out());
}

TEST_F(Logs, AreFollowedIntoSlotsThatAreNew) {
  start_gafferd_with(section("web", "print-env GAFFER_SLOT sleep"));
  Program logs(command("gaffer", {"logs", "-f", "web"}));
  EXPECT_TRUE(logs.wait_until_said("GAFFER_SLOT=1\n"));
  EXPECT_EQ("web: 2 running\n", gaffer({"scale", "web=2"}).out);
  EXPECT_TRUE(logs.wait_until_said("GAFFER_SLOT=2\n"));
}

TEST_F(Logs, FollowingEndsWhenNobodyReadsAnyMore) {
  start_gafferd_with(section("web", "spam 4MB sleep"));
  Program logs(command("gaffer", {"logs", "-n", "100000", "-f"}));
  EXPECT_TRUE(logs.wait_until_said("\n"));
  logs.close_output();
  const Ended ended = logs.wait_for_end();
  EXPECT_EQ(0, ended.status);
  EXPECT_EQ("", ended.err);
}

TEST_F(Logs, FollowingEndsWithTheDaemon) {
  start_gafferd_with(section("web", "print hello sleep"));
  Program logs(command("gaffer", {"logs", "-f"}));
  EXPECT_TRUE(logs.wait_until_said("hello\n"));
  end_gafferd();
  EXPECT_NE(-1, logs.wait_for_end().status);
}

}  // namespace
}  // namespace gaffer
