#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "support/daemon.h"
#include "support/http.h"

namespace gaffer {
namespace {

using test::section;

/// A client that hears an answer as it comes.
class Listener {
 public:
  Listener(const std::string& socket_path, const std::string& request_line,
           const std::string& headers = "")
      : socket_(os::connect_unix(socket_path).value()) {
    const timeval patience{.tv_sec = test::kPatience.count(), .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    (void)os::send_all(socket_.get(), request_line + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
    while (parser_.head() == nullptr && hear()) {
    }
  }
  /// What has been heard when it holds `text`; or everything until the end, or in time.
  std::string until(const std::string& text) {
    while (heard_.find(text) == std::string::npos && !parser_.is_complete() && hear()) {
    }
    return heard_;
  }
  std::string to_end() {
    while (!parser_.is_complete() && hear()) {
    }
    return parser_.is_complete() ? heard_ : heard_ + "[no end]";
  }
  [[nodiscard]] const net::Response& head() const { return *parser_.head(); }

 private:
  bool hear() {
    const auto bytes = os::receive(socket_.get());
    if (!bytes || bytes->empty() || !parser_.feed(*bytes)) return false;
    heard_ += parser_.take_body();
    return true;
  }

  os::UniqueFd socket_;
  net::ResponseParser parser_;
  std::string heard_;
};

class Feeds : public test::ProgramsTest {
 protected:
  [[nodiscard]] std::string socket() const { return dir_.path("gaffer/gaffer.sock"); }
  [[nodiscard]] Listener listen(const std::string& target, const std::string& headers = "") const {
    return {socket(), "GET " + target, headers};
  }
  [[nodiscard]] net::Response ask(const std::string& request_line) const {
    return test::http(os::connect_unix(socket()).value(), request_line);
  }
  [[nodiscard]] int write_to(const std::string& name, const std::string& bytes) const {
    return test::http(os::connect_unix(socket()).value(), "POST /streams/" + name + "/stdin",
                      {.headers = {{"Content-Type", "application/octet-stream"}}, .body = bytes})
        .status;
  }
  /// The lines' events in their order: `create start spawn`.
  static std::string kinds(const std::string& lines) {
    constexpr std::string_view kKey = R"({"event":")";
    std::string all;
    for (auto at = lines.find(kKey); at != std::string::npos; at = lines.find(kKey, at + 1)) {
      const auto begin = at + kKey.size();
      all += (all.empty() ? "" : " ") + lines.substr(begin, lines.find('"', begin) - begin);
    }
    return all;
  }
};

TEST_F(Feeds, ALongPollTellsThePastAndEnds) {
  start_gafferd_with(section("web", "sleep"));
  const std::string lines = listen("/events?since=0").to_end();
  EXPECT_EQ("create start spawn", kinds(lines));
  EXPECT_NE(std::string::npos, lines.find(R"("event":"spawn","revision":3,)")) << lines;
  EXPECT_EQ("spawn", kinds(listen("/events?since=2").to_end()));
}

TEST_F(Feeds, ALongPollWaitsForWhatComes) {
  start_gafferd_with(section("web", "sleep"));
  Listener waiting = listen("/watch/proc/web/exit");
  EXPECT_EQ(200, ask("POST /processes/web/_stop").status);
  EXPECT_EQ("exit", kinds(waiting.to_end()));
}

TEST_F(Feeds, AContinuousOneGoesOnInOrder) {
  start_gafferd_with(section("web", "sleep"));
  Listener listening = listen("/events?feed=continuous&since=0&topic=proc.web");
  EXPECT_EQ(200, ask("POST /processes/web/_restart").status);
  EXPECT_EQ(200, ask("DELETE /processes/web").status);
  EXPECT_EQ("create start spawn restart stop_pid exit spawn stop stop_pid exit delete",
            kinds(listening.until("\"delete\"")));
}

TEST_F(Feeds, ABrowserGoesOnWhereItHasLost) {
  start_gafferd_with(section("web", "sleep"));
  Listener first = listen("/events?feed=eventsource&since=0");
  EXPECT_EQ("text/event-stream", *net::find_header(first.head().headers, "Content-Type"));
  const std::string heard = first.until("event: spawn");
  EXPECT_TRUE(heard.starts_with("id: 1\nevent: create\ndata: {\"event\":\"create\",")) << heard;
  EXPECT_NE(std::string::npos, heard.find("}\n\nid: 2\nevent: start\n")) << heard;
  Listener again = listen("/events?feed=eventsource&since=0", "Last-Event-ID: 2\r\n");
  EXPECT_TRUE(again.until("\n\n").starts_with("id: 3\nevent: spawn\n"));
}

TEST_F(Feeds, WhatIsNoLongerKeptIsAGap) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ("{\"event\":\"gap\",\"from\":1000,\"to\":3}\r\n", listen("/events?since=999").to_end());
}

TEST_F(Feeds, ALineThatSaysNothingShowsThatItLives) {
  start_gafferd_with(section("web", "sleep"));
  EXPECT_EQ("\n", listen("/events?feed=continuous&heartbeat=1").until("\n"));
  EXPECT_EQ(":\n\n", listen("/events?feed=eventsource&heartbeat=1").until("\n"));
}

TEST_F(Feeds, AWrongParameterIsNamed) {
  start_gafferd({});
  for (const char* query : {"feed=sse", "since=-1", "since=x", "heartbeat=x", "heartbeat=-1",
                            "heartbeat=86401", "sinc=1"}) {
    const net::Response refused = ask(std::string("GET /events?") + query);
    EXPECT_EQ(400, refused.status) << query;
    EXPECT_EQ(0U, refused.body.find("{\"error\":\"bad_value\"")) << refused.body;
  }
}

TEST_F(Feeds, ThoseWhoLeaveLeaveNothing) {
  start_gafferd_with(section("web", "sleep"));
  const std::filesystem::path folder = "/proc/" + std::to_string(gafferd_->pid()) + "/fd";
  const auto descriptors = [&] {
    return std::distance(std::filesystem::directory_iterator(folder), {});
  };
  const auto before = descriptors();
  for (int time = 0; time < 100; ++time)
    EXPECT_EQ(200, listen("/events?feed=eventsource&since=0").head().status);
  EXPECT_TRUE(test::eventually([&] { return descriptors() == before; }));
}

TEST_F(Feeds, EndProperlyWithTheDaemon) {
  start_gafferd_with(section("web", "sleep"));
  Listener listening = listen("/events?feed=continuous");
  end_gafferd();
  EXPECT_EQ("stop stop_pid exit", kinds(listening.to_end()));
  EXPECT_EQ(std::string::npos, listening.to_end().find("[no end]"));
}

TEST_F(Feeds, MetricsAndHealthTellWhatWasGivenUp) {
  start_gafferd_with(
      section("web", "sleep") +
      section("bad", "exit 1", "flapping = attempts=2, window=60, retry_in=50ms, max_retry=1"));
  EXPECT_TRUE(test::eventually([this] { return ask("GET /health").status == 503; }));
  EXPECT_EQ("{\"failed\":[\"bad.1\"],\"ok\":false}", ask("GET /health").body);
  const std::string metrics = ask("GET /metrics").body;
  EXPECT_NE(std::string::npos,
            metrics.find("\ngaffer_process_up{template=\"web\",slot=\"1\"} 1\n"));
  EXPECT_NE(std::string::npos,
            metrics.find("\ngaffer_process_failed{template=\"bad\",slot=\"1\"} 1\n"));
  EXPECT_EQ(200, ask("DELETE /processes/bad").status);
  EXPECT_EQ(200, ask("GET /health").status);
}

TEST_F(Feeds, AStreamIsFollowedByteByByte) {
  start_gafferd_with(section("cat", "echo-stdin", "redirect_input = true"));
  Listener listening = listen("/streams/cat/output?feed=continuous");
  EXPECT_EQ("application/octet-stream",
            *net::find_header(listening.head().headers, "Content-Type"));
  EXPECT_EQ(200, write_to("cat", "one\ntwo"));
  EXPECT_EQ("one\ntwo", listening.until("two"));
  EXPECT_EQ(200, write_to("cat", "\n\xff\n"));
  EXPECT_EQ("one\ntwo\n\xff\n", listening.until("\xff\n"));
}

TEST_F(Feeds, AStreamBeginsWhereOneWants) {
  start_gafferd_with(section("a", "print one print two print three sleep"));
  EXPECT_TRUE(wait_until_logged("a", "three"));
  EXPECT_EQ("two\nthree\n", listen("/streams/a/output?lines=2&follow=false").to_end());
  EXPECT_EQ("o\nthree\n", listen("/streams/a/output?offset=6&follow=false").to_end());
  EXPECT_EQ("one\ntwo\nthree\n", listen("/streams/a.1/output?lines=all&follow=false").to_end());
  EXPECT_EQ("", listen("/streams/1/output?follow=false").to_end());
}

TEST_F(Feeds, ALongPollOfAStreamIsTheNextBytes) {
  start_gafferd_with(section("a", "print one sleep"));
  EXPECT_TRUE(wait_until_logged("a", "one"));
  EXPECT_EQ("one\n", listen("/streams/a/output?offset=0").to_end());
  Listener waiting = listen("/streams/a/output");
  EXPECT_EQ(200, ask("POST /processes/a/_restart").status);
  EXPECT_EQ("one\n", waiting.to_end());
}

TEST_F(Feeds, ABrowserGoesOnWithAStreamWhereItHasLost) {
  start_gafferd_with(section("a", "print one echo-stdin", "redirect_input = true"));
  EXPECT_TRUE(wait_until_logged("a", "one"));
  EXPECT_EQ(200, write_to("a", "a\rbc\n"));
  const std::string heard = listen("/streams/a/output?feed=eventsource&lines=all").until("id: 9");
  EXPECT_EQ("id: 4\nevent: output\ndata: one\n\nid: 9\nevent: output\ndata: a\ndata: bc\n\n",
            heard);
  Listener again = listen("/streams/a/output?feed=eventsource&lines=all", "Last-Event-ID: 4\r\n");
  EXPECT_TRUE(again.until("\n\n").starts_with("id: 9\n"));
}

TEST_F(Feeds, WhatAStreamNoLongerHasIsAGap) {
  start_gafferd_with(section("a", "spam 1MB print end sleep", "log_max_size = 64K\nlog_keep = 1"));
  EXPECT_TRUE(wait_until_logged("a", "end"));
  const std::string heard = listen("/streams/a/output?feed=eventsource&offset=0").until("\n\n");
  EXPECT_TRUE(heard.starts_with("event: gap\ndata: ")) << heard;
  EXPECT_LT(500'000, std::stoi(heard.substr(heard.find("data: ") + 6)));
  const std::string record =
      listen("/streams/a/output?feed=continuous&format=json&offset=0").until("\n");
  EXPECT_NE(std::string::npos, record.substr(0, record.find('\n')).find("\"gap\":")) << record;
}

TEST_F(Feeds, EventsOfSeveralLogsHaveNoOffset) {
  start_gafferd_with(section("a", "print one sleep", "numprocesses = 2"));
  EXPECT_EQ(std::string::npos,
            listen("/streams/a/output?feed=eventsource&lines=1").until("data: one").find("id: "));
}

TEST_F(Feeds, AStreamThatIsNotThereIsNamed) {
  start_gafferd_with(section("a", "sleep", "redirect_output = out, err"));
  const net::Response none = ask("GET /streams/a/output");
  EXPECT_EQ(404, none.status);
  EXPECT_NE(std::string::npos, none.body.find("no stream output: there is err, out")) << none.body;
  EXPECT_EQ(404, ask("GET /streams/b/out").status);
  for (const char* query :
       {"feed=x", "offset=-1", "lines=x", "format=xml", "follow=maybe", "heartbeat=x", "label=x"})
    EXPECT_EQ(400, ask(std::string("GET /streams/a/out?") + query).status) << query;
}

TEST_F(Feeds, AQuietStreamShowsThatItLives) {
  start_gafferd_with(section("a", "sleep"));
  EXPECT_EQ(":\n\n", listen("/streams/a/output?feed=eventsource&heartbeat=1").until("\n\n"));
}

}  // namespace
}  // namespace gaffer
