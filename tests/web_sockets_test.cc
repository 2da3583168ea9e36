#include <string>
#include <utility>
#include <vector>

#include "os/tcp.h"
#include "support/daemon.h"
#include "support/http.h"
#include "support/web_socket.h"

namespace gaffer {
namespace {

using test::Frame;
using test::frame;
using test::section;

/// A WebSocket, the client's side.
class Socket {
 public:
  Socket(os::UniqueFd socket, const std::string& request) : socket_(std::move(socket)) {
    const timeval patience{.tv_sec = test::kPatience.count(), .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    (void)os::send_all(socket_.get(), request);
    while (heard_.find("\r\n\r\n") == std::string::npos && hear()) {
    }
    const auto end = std::min(heard_.find("\r\n\r\n"), heard_.size() - 4);
    head_ = heard_.substr(0, end);
    heard_.erase(0, end + 4);
  }
  [[nodiscard]] bool is_open() const { return head_.starts_with("HTTP/1.1 101 "); }
  [[nodiscard]] const std::string& head() const { return head_; }
  void send(std::uint8_t opcode, std::string_view payload) const {
    (void)os::send_all(socket_.get(), frame(opcode, payload));
  }
  /// The next frame; of kind 0 when there is none in time, or at the end.
  Frame next() {
    while (true) {
      if (auto frame = test::take_frame(heard_)) return *std::move(frame);
      if (!hear()) return {};
    }
  }
  /// What has been said, without the frames' ends, when it holds `text`.
  std::string until(const std::string& text) {
    std::string said;
    while (said.find(text) == std::string::npos) {
      const Frame frame = next();
      if (frame.opcode != test::kText && frame.opcode != test::kBinary) return said + "[no more]";
      said += frame.payload;
    }
    return said;
  }

 private:
  bool hear() {
    const auto bytes = os::receive(socket_.get());
    if (!bytes || bytes->empty()) return false;
    heard_ += *bytes;
    return true;
  }

  os::UniqueFd socket_;
  std::string head_;
  std::string heard_;
};

class WebSockets : public test::ProgramsTest {
 protected:
  [[nodiscard]] Socket open(const std::string& target, const std::string& headers = "") const {
    return {std::move(os::connect_unix(dir_.path("gaffer/gaffer.sock")).value()),
            test::upgrade_request(target, headers)};
  }
  void start_on_tcp(const std::string& ini, const std::string& keys = "") {
    start_gafferd_with("[endpoint:tcp]\nbind = 127.0.0.1:0\n" + keys + ini);
    const std::string& said = gafferd_->err();
    host_ = said.substr(said.rfind("127.0.0.1:"));
    host_.pop_back();
  }
  [[nodiscard]] Socket open_on_tcp(const std::string& target, const std::string& headers) const {
    std::string request = test::upgrade_request(target, headers);
    replace_all(request, "Host: localhost", "Host: " + host_);
    return {std::move(os::connect_tcp(os::parse_tcp_address(host_).value()).value()), request};
  }
  [[nodiscard]] std::string token(std::vector<std::string> options) const {
    options.insert(options.begin(), {"token", "create"});
    std::string out = gaffer(std::move(options)).out;
    out.pop_back();
    return out;
  }
  static std::string bearer(const std::string& secret) {
    return "Authorization: Bearer " + secret + "\r\n";
  }

  std::string host_;  // NOLINT(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(WebSockets, CarryInputAndOutput) {
  start_gafferd_with(section("cat", "echo-stdin", "redirect_input = true"));
  Socket socket = open("/wstreams/cat");
  ASSERT_TRUE(socket.is_open()) << socket.head();
  socket.send(test::kText, "one\n");
  EXPECT_EQ((Frame{test::kText, "one\n"}), socket.next());
  socket.send(test::kBinary, "\xff\n");
  EXPECT_EQ((Frame{test::kBinary, "\xff\n"}), socket.next());
}

TEST_F(WebSockets, BeginWithThePastIfAsked) {
  start_gafferd_with(section("a", "print one print two sleep"));
  EXPECT_TRUE(wait_until_logged("a", "two"));
  EXPECT_EQ("two\n", open("/wstreams/a?lines=1").until("two\n"));
  EXPECT_EQ("two\n", open("/wstreams/a?offset=4").until("two\n"));
  const std::string record = open("/wstreams/a?lines=1&format=json").until("two");
  EXPECT_NE(std::string::npos, record.find(R"("offset":4)")) << record;
}

TEST_F(WebSockets, ChooseAmongStreams) {
  start_gafferd_with(section("a", "print out print-error err sleep", "redirect_output = out, err"));
  EXPECT_TRUE(wait_until_logged("a", "err"));
  EXPECT_EQ("err\n", open("/wstreams/a?lines=all&labels=err").until("\n"));
  EXPECT_TRUE(open("/wstreams/a?labels=nope").head().starts_with("HTTP/1.1 404 "));
}

TEST_F(WebSockets, ResizeATerminal) {
  start_gafferd_with(section("a", "echo-stdin", "pty = true"));
  Socket socket = open("/wstreams/a?control=true");
  socket.send(test::kText, R"({"resize": {"rows": 30, "columns": 100}})");
  socket.send(test::kText, R"({"write": "typed\n"})");
  EXPECT_EQ(0U, socket.until("typed").find("typed"));
  socket.send(test::kText, R"({"resize": {"rows": 0}})");
  Frame last = socket.next();
  while (last.opcode == test::kText)
    last = socket.next();
  EXPECT_EQ(1008, last.code());
  EXPECT_EQ("rows must be 1 to 65535", last.payload.substr(2));
}

TEST_F(WebSockets, AProcessThatTakesNoInputIsSaid) {
  start_gafferd_with(section("a", "sleep"));
  Socket socket = open("/wstreams/a");
  socket.send(test::kText, "x");
  const Frame last = socket.next();
  EXPECT_EQ(1008, last.code());
  EXPECT_NE(std::string::npos, last.payload.find("redirect_input")) << last.payload;
}

TEST_F(WebSockets, AnOrdinaryRequestIsToldWhatIsSpoken) {
  start_gafferd_with(section("a", "sleep"));
  const auto answer =
      test::http(os::connect_unix(dir_.path("gaffer/gaffer.sock")).value(), "GET /wstreams/a");
  EXPECT_EQ(426, answer.status);
  EXPECT_EQ("13", *net::find_header(answer.headers, "Sec-WebSocket-Version"));
}

TEST_F(WebSockets, AForeignPageIsRefused) {
  start_on_tcp(section("a", "sleep"));
  const std::string secret = token({"ci", "--scope", "admin"});
  EXPECT_TRUE(open_on_tcp("/channel", bearer(secret)).is_open());
  EXPECT_TRUE(
      open_on_tcp("/channel", bearer(secret) + "Origin: http://" + host_ + "\r\n").is_open());
  for (const std::string& origin :
       {std::string("http://evil.example"), std::string("null"), "https://" + host_}) {
    const Socket refused = open_on_tcp("/channel", bearer(secret) + "Origin: " + origin + "\r\n");
    EXPECT_TRUE(refused.head().starts_with("HTTP/1.1 403 ")) << refused.head();
  }
  EXPECT_TRUE(open_on_tcp("/channel", "").head().starts_with("HTTP/1.1 401 "));
}

TEST_F(WebSockets, APageMayOfferItsTokenAsASubprotocol) {
  start_on_tcp(section("a", "sleep"));
  const std::string secret = token({"ci"});
  const Socket socket =
      open_on_tcp("/channel", "Sec-WebSocket-Protocol: gaffer, " + secret + "\r\n");
  EXPECT_TRUE(socket.is_open()) << socket.head();
  EXPECT_NE(std::string::npos, socket.head().find("Sec-WebSocket-Protocol: gaffer\r\n"));
  EXPECT_EQ(std::string::npos, socket.head().find(secret));
}

TEST_F(WebSockets, InputNeedsTheRightToWrite) {
  start_on_tcp(section("cat", "echo-stdin", "redirect_input = true"));
  Socket reader = open_on_tcp("/wstreams/cat", bearer(token({"r", "--scope", "logs"})));
  ASSERT_TRUE(reader.is_open());
  reader.send(test::kText, "x\n");
  EXPECT_EQ((Frame{test::kClose, test::close_payload(1008, "this needs the scope write")}),
            reader.next());
  const Socket blind = open_on_tcp("/wstreams/cat", bearer(token({"w", "--scope", "write"})));
  EXPECT_TRUE(blind.head().starts_with("HTTP/1.1 403 ")) << blind.head();
}

TEST_F(WebSockets, AChannelAnswersManyAtOnce) {
  start_gafferd_with(section("a", "print hello sleep"));
  EXPECT_TRUE(wait_until_logged("a", "hello"));
  Socket channel = open("/channel");
  channel.send(test::kText, R"({"id": 1, "path": "/events?feed=continuous&topic=proc.a"})");
  EXPECT_EQ(R"({"id":1,"status":200,"stream":true})", channel.next().payload);
  channel.send(test::kText, R"({"id": 2, "method": "POST", "path": "/processes/a/_stop"})");
  std::string said = channel.until(R"({"id":2,"status":200,)");
  if (said.find(R"("event":"exit")") == std::string::npos)
    said += channel.until(R"({"id":1,"data":{"event":"exit",)");
  EXPECT_EQ(std::string::npos, said.find("[no more]")) << said;
  channel.send(test::kText, R"({"id": 1, "cancel": true})");
  EXPECT_TRUE(channel.until(R"("end")").ends_with(R"({"id":1,"end":true})"));
  channel.send(test::kText, R"({"id": 3, "path": "/ping"})");
  EXPECT_EQ(R"({"id":3,"status":200,"text":"OK"})", channel.next().payload);
  channel.send(test::kText, R"({"id": 4, "path": "/streams/a/output?lines=all&follow=false"})");
  EXPECT_EQ(R"({"id":4,"status":200,"stream":true}{"id":4,"text":"hello\n"}{"id":4,"end":true})",
            channel.until("end"));
}

TEST_F(WebSockets, AChannelRefusesAsTheRoutesDo) {
  start_on_tcp(section("a", "sleep"));
  Socket channel = open_on_tcp("/channel", bearer(token({"r", "--scope", "read"})));
  const auto answer = [&channel](const std::string& request) {
    channel.send(test::kText, request);
    return channel.next().payload.substr(0, 21);
  };
  EXPECT_EQ(R"({"id":1,"status":403,)",
            answer(R"({"id": 1, "method": "POST", "path": "/processes/a/_stop"})"));
  EXPECT_EQ(R"({"id":2,"status":404,)", answer(R"({"id": 2, "path": "/nothing"})"));
  EXPECT_EQ(R"({"id":3,"status":405,)",
            answer(R"({"id": 3, "method": "POST", "path": "/status"})"));
  EXPECT_EQ(R"({"id":4,"status":400,)", answer(R"({"id": 4, "path": "status"})"));
  EXPECT_EQ(R"({"id":5,"status":400,)", answer(R"({"id": 5, "path": "/status?x=%zz"})"));
  EXPECT_EQ(R"({"id":6,"status":426,)", answer(R"({"id": 6, "path": "/channel"})"));
  EXPECT_EQ(R"({"id":null,"status":4)", answer("nonsense"));
}

TEST_F(WebSockets, ARevokedTokenIsOfNoUseOnAnOpenChannel) {
  start_on_tcp(section("a", "sleep"));
  Socket channel = open_on_tcp("/channel", bearer(token({"ci"})));
  channel.send(test::kText, R"({"id": 1, "path": "/ping"})");
  EXPECT_EQ(test::kText, channel.next().opcode);
  EXPECT_EQ(0, gaffer({"token", "revoke", "ci"}).status);
  channel.send(test::kText, R"({"id": 2, "path": "/ping"})");
  EXPECT_EQ((Frame{test::kClose, test::close_payload(1008, "the token was revoked")}),
            channel.next());
}

TEST_F(WebSockets, AChannelHasSoManyRequestsUnderWay) {
  start_gafferd_with(section("a", "sleep"));
  Socket channel = open("/channel");
  for (int id = 1; id <= 65; ++id)
    channel.send(test::kText,
                 R"({"id": )" + std::to_string(id) + R"(, "path": "/events?feed=continuous"})");
  EXPECT_NE(std::string::npos, channel.until(R"({"id":65,)").find(R"({"id":65,"status":503,)"));
}

TEST_F(WebSockets, ThoseWhoLeaveLeaveNothing) {
  start_gafferd_with(section("a", "sleep"));
  const std::filesystem::path folder = "/proc/" + std::to_string(gafferd_->pid()) + "/fd";
  const auto descriptors = [&] {
    return std::distance(std::filesystem::directory_iterator(folder), {});
  };
  const auto before = descriptors();
  for (int time = 0; time < 50; ++time) {
    const Socket stream = open("/wstreams/a?lines=10");
    EXPECT_TRUE(stream.is_open()) << stream.head();
    const Socket channel = open("/channel");
    channel.send(test::kText, R"({"id": 1, "path": "/events?feed=continuous"})");
    channel.send(test::kText, R"({"id": 2, "path": "/streams/a/output?feed=continuous"})");
  }
  EXPECT_TRUE(test::eventually([&] { return descriptors() == before; }));
}

TEST_F(WebSockets, GafferdGoesAway) {
  start_gafferd_with(section("a", "sleep"));
  Socket stream = open("/wstreams/a");
  Socket channel = open("/channel");
  end_gafferd();
  EXPECT_EQ(1001, stream.next().code());
  EXPECT_EQ(1001, channel.next().code());
}

}  // namespace
}  // namespace gaffer
