#include "net/web_socket.h"

#include <algorithm>
#include <csignal>
#include <optional>

#include "net/http_server.h"
#include "os/sockets.h"
#include "support/loop_fixture.h"
#include "support/temp_dir.h"
#include "support/web_socket.h"

// NOLINTBEGIN(readability-function-cognitive-complexity): it counts what the macros expand to.
namespace gaffer::net {
namespace {

using test::close_payload;
using test::Frame;
using test::frame;
using test::upgrade_request;
using Kind = WebSocketMessage::Kind;
using std::chrono::milliseconds;

/// The other end, on the same loop.
struct Client {
  explicit Client(uv::Stream its_stream) : stream(std::move(its_stream)) { read(); }

  void read() {
    stream.read([this](std::string_view bytes) { heard += bytes; },
                [this](const Error* /*error*/) { has_ended = true; });
  }
  /// Takes what it has heard apart, behind the answer to its request.
  [[nodiscard]] std::vector<Frame> frames() const {
    std::vector<Frame> all;
    const auto head = heard.find("\r\n\r\n");
    if (head == std::string::npos) return all;
    std::string rest = heard.substr(head + 4);
    while (auto next = test::take_frame(rest))
      all.push_back(*std::move(next));
    return all;
  }
  [[nodiscard]] bool has(const Frame& wanted) const {
    const auto all = frames();
    return std::find(all.begin(), all.end(), wanted) != all.end();
  }

  std::string heard;
  bool has_ended = false;
  uv::Stream stream;
};

class WebSocketTest : public test::LoopTest {
 protected:
  WebSocketTest() { signal(SIGPIPE, SIG_IGN); }

  /// Takes the socket of each client, and then calls `then`.
  void serve(const std::function<void()>& then = nullptr, HttpServer::Settings settings = {}) {
    os::UniqueFd listening = std::move(os::listen_unix(dir_.path("socket")).value());
    const auto handler = [this, then](Exchange exchange) {
      if (const auto refusal = wrong_with_upgrade(exchange.request()))
        return exchange.reply(*refusal);
      socket_ = exchange.upgrade();
      socket_.listen(
          {.on_message = [this](const WebSocketMessage& message) { on_message(message); },
           .on_drained = [this] { ++drained_; },
           .on_closed = [this] { ++closed_; }});
      if (then) then();
    };
    server_ = std::move(HttpServer::create(loop_, uv::Transport::Pipe, std::move(listening),
                                           std::move(settings), handler)
                            .value());
  }
  virtual void on_message(const WebSocketMessage& message) {
    heard_.push_back(message);
    socket_.send(message.kind, message.bytes);
  }
  std::unique_ptr<Client> client(const std::string& bytes) {
    auto client = std::make_unique<Client>(
        uv::Stream::adopt(loop_, uv::Transport::Pipe,
                          std::move(os::connect_unix(dir_.path("socket")).value()))
            .value());
    client->stream.write(bytes);
    return client;
  }
  std::string head_of_answer(const std::string& request) {
    const auto asking = client(request);
    EXPECT_TRUE(run_until([&] { return asking->heard.find("\r\n\r\n") != std::string::npos; }));
    return asking->heard.substr(0, asking->heard.find("\r\n\r\n") + 2);
  }

  // NOLINTBEGIN
  test::TempDir dir_;
  std::vector<WebSocketMessage> heard_;
  int drained_ = 0;
  int closed_ = 0;
  WebSocket socket_;
  std::unique_ptr<HttpServer> server_;
  // NOLINTEND
};

TEST_F(WebSocketTest, AgreesOnItAsTheStandardShows) {
  serve();
  EXPECT_EQ(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
      "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nConnection: Upgrade\r\n",
      head_of_answer(upgrade_request("/")));
}

TEST_F(WebSocketTest, ChoosesItsSubprotocolAmongOthers) {
  serve();
  EXPECT_NE(std::string::npos,
            head_of_answer(upgrade_request("/", "Sec-WebSocket-Protocol: chat, gaffer\r\n"))
                .find("\r\nSec-WebSocket-Protocol: gaffer\r\n"));
}

TEST_F(WebSocketTest, WhatDoesNotAskForItIsToldWhatIsSpoken) {
  serve();
  const std::string old = "GET / HTTP/1.0\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  const std::string version8 =
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n";
  for (const std::string& request :
       {old, version8, std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n")}) {
    const std::string answer = head_of_answer(request);
    EXPECT_EQ(0U, answer.find("HTTP/1.1 426 Upgrade Required\r\n")) << answer;
    EXPECT_NE(std::string::npos, answer.find("\r\nSec-WebSocket-Version: 13\r\n")) << answer;
  }
}

TEST_F(WebSocketTest, AKeyOfAnotherSizeIsRefused) {
  serve();
  EXPECT_EQ(0U, head_of_answer("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: "
                               "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n"
                               "Sec-WebSocket-Version: 13\r\n\r\n")
                    .find("HTTP/1.1 400 "));
}

TEST_F(WebSocketTest, SpeaksBothWays) {
  serve([this] { socket_.send(Kind::Text, "hello"); });
  const auto talking = client(upgrade_request("/"));
  EXPECT_TRUE(run_until([&] { return talking->has({test::kText, "hello"}); }));
  talking->stream.write(frame(test::kText, "one") + frame(test::kBinary, "two"));
  EXPECT_TRUE(run_until([&] { return talking->has({test::kBinary, "two"}); }));
  EXPECT_EQ((std::vector<WebSocketMessage>{{Kind::Text, "one"}, {Kind::Binary, "two"}}), heard_);
  EXPECT_LT(0, drained_);
}

TEST_F(WebSocketTest, HearsWhatCameWithTheRequest) {
  serve();
  const auto talking = client(upgrade_request("/") + frame(test::kText, "early"));
  EXPECT_TRUE(run_until([&] { return talking->has({test::kText, "early"}); }));
}

TEST_F(WebSocketTest, AClientThatClosesIsAnsweredAndGone) {
  serve();
  const auto talking = client(upgrade_request("/") + frame(test::kClose, close_payload(1000)));
  EXPECT_TRUE(run_until([&] { return talking->has_ended; }));
  EXPECT_TRUE(talking->has({test::kClose, close_payload(1000)}));
  EXPECT_EQ(1, closed_);
  EXPECT_FALSE(socket_.is_open());
  EXPECT_EQ(0U, server_->connection_count());
}

TEST_F(WebSocketTest, AClientThatBreaksOffIsTold) {
  serve();
  auto talking = client(upgrade_request("/"));
  EXPECT_TRUE(run_until([&] { return socket_.is_open(); }));
  talking.reset();
  EXPECT_TRUE(run_until([&] { return closed_ == 1; }));
  EXPECT_FALSE(socket_.is_open());
}

TEST_F(WebSocketTest, OneThatBreaksTheProtocolHearsWhy) {
  serve();
  const auto talking = client(upgrade_request("/") + "\x81\x02hi");
  EXPECT_TRUE(run_until([&] { return closed_ == 1 && !talking->frames().empty(); }));
  EXPECT_EQ(1002, talking->frames().back().code());
  EXPECT_TRUE(run_until([&] { return talking->has_ended; }));
}

TEST_F(WebSocketTest, AMessageThatIsTooLongIsRefused) {
  serve(nullptr, {.limits = {.body_bytes = 1'000}});
  const auto talking = client(upgrade_request("/") + frame(test::kText, std::string(1'001, 'x')));
  EXPECT_TRUE(run_until([&] { return closed_ == 1 && !talking->frames().empty(); }));
  EXPECT_EQ(1009, talking->frames().back().code());
}

TEST_F(WebSocketTest, ClosesWhenItsOwnerWantsIt) {
  serve([this] {
    socket_.send(Kind::Text, "last");
    socket_.close(CloseCode::Normal, "done");
  });
  const auto talking = client(upgrade_request("/"));
  EXPECT_TRUE(run_until([&] { return talking->frames().size() == 2; }));
  EXPECT_EQ((Frame{test::kText, "last"}), talking->frames()[0]);
  EXPECT_EQ((Frame{test::kClose, close_payload(1000, "done")}), talking->frames()[1]);
  talking->stream.write(frame(test::kClose, close_payload(1000)));
  EXPECT_TRUE(run_until([&] { return talking->has_ended; }));
  EXPECT_EQ(0, closed_);
}

TEST_F(WebSocketTest, DestroyedItGoesAway) {
  serve([this] { socket_ = {}; });
  const auto talking = client(upgrade_request("/"));
  EXPECT_TRUE(run_until([&] { return talking->has_ended; }));  // Though nothing agrees to it.
  EXPECT_EQ(1001, talking->frames().at(0).code());
}

TEST_F(WebSocketTest, MayOutliveTheServer) {
  serve();
  const auto talking = client(upgrade_request("/"));
  EXPECT_TRUE(run_until([&] { return socket_.is_open(); }));
  server_.reset();
  EXPECT_FALSE(socket_.is_open());
  socket_.send(Kind::Text, "nobody");
  socket_.close(CloseCode::Normal);
  EXPECT_EQ(0U, socket_.queued_bytes());
}

TEST_F(WebSocketTest, OneThatDoesNotAnswerAPingIsGivenUp) {
  serve(nullptr, {.ping_interval = milliseconds(20)});
  const auto silent = client(upgrade_request("/"));
  EXPECT_TRUE(run_until([&] { return closed_ == 1; }));
  EXPECT_TRUE(run_until([&] { return silent->has_ended; }));
  EXPECT_TRUE(silent->has({test::kPing, ""}));
}

TEST_F(WebSocketTest, OneThatDoesIsKept) {
  serve(nullptr, {.ping_interval = milliseconds(500)});
  const auto talking = client(upgrade_request("/"));
  std::size_t answered = 0;
  EXPECT_TRUE(run_until([&] {
    if (talking->frames().size() > answered) {
      ++answered;
      talking->stream.write(frame(test::kPong, ""));
    }
    return answered == 3;
  }));
  EXPECT_EQ(0, closed_);
}

TEST_F(WebSocketTest, AClientThatTakesNothingIsNotReadFrom) {
  serve();
  const auto slow = client(upgrade_request("/"));
  EXPECT_TRUE(run_until([&] { return !slow->heard.empty(); }));
  slow->stream.stop_reading();
  constexpr std::size_t kSize = 500'000;
  for (int message = 0; message < 20; ++message)
    slow->stream.write(frame(test::kBinary, std::string(kSize, 'x')));
  EXPECT_TRUE(run_until([&] { return socket_.queued_bytes() > 65'536; }));
  run_some_turns();
  const std::size_t waiting = socket_.queued_bytes();
  EXPECT_GT(3 * kSize, waiting);
  EXPECT_GT(20U, heard_.size());
  slow->read();
  EXPECT_TRUE(run_until([&] { return slow->frames().size() == 20; }));
}

TEST_F(WebSocketTest, OneForWhomTooMuchWaitsIsGivenUp) {
  serve(nullptr, {.max_socket_queue = 1'000'000});
  const auto slow = client(upgrade_request("/"));
  EXPECT_TRUE(run_until([&] { return !slow->heard.empty(); }));
  slow->stream.stop_reading();
  for (int message = 0; message < 5; ++message)
    socket_.send(Kind::Binary, std::string(500'000, 'x'));
  EXPECT_GT(2'000'000U, socket_.queued_bytes());
  EXPECT_EQ(0, closed_);
  EXPECT_TRUE(run_until([&] { return closed_ == 1; }));
  EXPECT_EQ(0U, server_->connection_count());
}

class WebSocketThatDestroys : public WebSocketTest {
 protected:
  void on_message(const WebSocketMessage& message) override {
    if (message.bytes == "socket") socket_ = {};
    if (message.bytes == "server") server_.reset();
  }
};

TEST_F(WebSocketThatDestroys, ItselfInItsOwnCallback) {
  serve();
  const auto talking =
      client(upgrade_request("/") + frame(test::kText, "socket") + frame(test::kText, "more"));
  EXPECT_TRUE(run_until([&] { return talking->has_ended; }));
}

TEST_F(WebSocketThatDestroys, ItsServerInItsOwnCallback) {
  serve();
  const auto talking =
      client(upgrade_request("/") + frame(test::kText, "server") + frame(test::kText, "more"));
  EXPECT_TRUE(run_until([&] { return talking->has_ended; }));
}

}  // namespace
}  // namespace gaffer::net
// NOLINTEND(readability-function-cognitive-complexity)
