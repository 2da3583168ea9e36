#include "net/http_server.h"

#include <sys/socket.h>

#include <csignal>
#include <optional>
#include <set>
#include <thread>

#include "net/response_parser.h"
#include "os/sockets.h"
#include "support/loop_fixture.h"
#include "support/temp_dir.h"

// NOLINTBEGIN(readability-function-cognitive-complexity): it counts what the macros expand to.
namespace gaffer::net {
namespace {

using std::chrono::milliseconds;

/// The other end, on the same loop.
struct Client {
  std::string heard;
  bool has_ended = false;
  std::optional<uv::Stream> stream;

  void read() {
    stream->read([this](std::string_view bytes) { heard += bytes; },
                 [this](const Error* /*error*/) { has_ended = true; });
  }
  [[nodiscard]] std::size_t count(std::string_view text) const {
    std::size_t times = 0;
    for (std::size_t at = heard.find(text); at != std::string::npos;
         at = heard.find(text, at + 1)) {
      ++times;
    }
    return times;
  }
};

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

std::string read_to_end(int socket) {
  std::string heard;
  for (auto bytes = os::receive(socket); bytes && !bytes->empty(); bytes = os::receive(socket)) {
    heard += *bytes;
  }
  return heard;
}

class HttpServerTest : public test::LoopTest, public testing::WithParamInterface<uv::Transport> {
 protected:
  // As every program with a server must: libuv writes without MSG_NOSIGNAL.
  HttpServerTest() { signal(SIGPIPE, SIG_IGN); }

  void serve(HttpServer::Handler handler, HttpServer::Settings settings = {}) {
    os::UniqueFd socket = is_pipe() ? std::move(os::listen_unix(dir_.path("socket")).value())
                                    : std::move(os::listen_loopback(0).value());
    if (!is_pipe()) port_ = os::local_port(socket.get()).value();
    server_ = std::move(HttpServer::create(loop_, GetParam(), std::move(socket),
                                           std::move(settings), std::move(handler))
                            .value());
  }

  static bool is_pipe() { return GetParam() == uv::Transport::Pipe; }
  os::UniqueFd connect() {
    return std::move(
        (is_pipe() ? os::connect_unix(dir_.path("socket")) : os::connect_loopback(port_)).value());
  }
  std::unique_ptr<Client> client(std::string bytes = "") {
    auto client = std::make_unique<Client>();
    client->stream.emplace(std::move(uv::Stream::adopt(loop_, GetParam(), connect()).value()));
    client->read();
    if (!bytes.empty()) client->stream->write(std::move(bytes));
    return client;
  }
  /// What a client hears until the server closes.
  std::string answer_to(std::string bytes) {
    const auto asking = client(std::move(bytes));
    EXPECT_TRUE(run_until([&] { return asking->has_ended; })) << asking->heard;
    return asking->heard;
  }
  /// One whole answer; then the client closes, as is proper after a refusal.
  std::string refusal_of(std::string bytes) {
    const auto asking = client(std::move(bytes));
    ResponseParser parser;
    std::size_t seen = 0;
    EXPECT_TRUE(run_until([&] {
      EXPECT_TRUE(parser.feed(asking->heard.substr(std::exchange(seen, asking->heard.size()))));
      return parser.is_complete();
    })) << asking->heard;
    EXPECT_FALSE(parser.is_complete() && parser.keep_alive());
    return asking->heard;
  }
  /// Keeps every exchange for later.
  HttpServer::Handler keep() {
    return [this](Exchange exchange) { kept_.push_back(std::move(exchange)); };
  }

  // NOLINTBEGIN
  test::TempDir dir_;
  std::uint16_t port_ = 0;
  std::vector<Exchange> kept_;
  std::unique_ptr<HttpServer> server_;
  // NOLINTEND
};

void reply_path(Exchange exchange) { exchange.reply(text_response(200, exchange.request().path)); }

INSTANTIATE_TEST_SUITE_P(Transports, HttpServerTest,
                         testing::Values(uv::Transport::Pipe, uv::Transport::Tcp),
                         [](const auto& tested) {
                           return tested.param == uv::Transport::Pipe ? "Pipe" : "Tcp";
                         });

TEST_P(HttpServerTest, AnswersRequestAfterRequestOnAConnection) {
  serve(reply_path);
  const auto asking = client(get("/one"));
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n\r\n";
  EXPECT_TRUE(run_until([&] { return asking->heard == head + "/one"; })) << asking->heard;
  asking->stream->write(get("/two"));
  EXPECT_TRUE(run_until([&] { return asking->heard == head + "/one" + head + "/two"; }))
      << asking->heard;
  EXPECT_EQ(1U, server_->connection_count());
}

TEST_P(HttpServerTest, ClosesWhenTheClientWantsIt) {
  serve(reply_path);
  EXPECT_EQ(
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
      "2\r\nConnection: close\r\n\r\n/x",
      answer_to("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(0U, server_->connection_count());
}

TEST_P(HttpServerTest, KeepsAnOldClientsConnectionIfAsked) {
  serve(reply_path);
  const auto asking = client("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(run_until([&] { return asking->count("Connection: keep-alive\r\n\r\n/x") == 1; }))
      << asking->heard;
  asking->stream->write("GET /y HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(run_until([&] { return asking->has_ended; }));
  EXPECT_EQ(1U, asking->count("Connection: close\r\n\r\n/y"));
}

TEST_P(HttpServerTest, SpeaksToABlockingClient) {
  serve(reply_path);
  std::string body;
  std::thread thread([this, &body] {
    const os::UniqueFd socket = connect();
    ASSERT_TRUE(os::send_all(socket.get(), get("/x")));
    ResponseParser parser;
    while (!parser.is_complete()) {
      ASSERT_TRUE(parser.feed(os::receive(socket.get()).value()));
    }
    body = parser.take_body();
  });
  EXPECT_TRUE(run_until([&] { return server_->connection_count() == 1; }));
  EXPECT_TRUE(run_until([&] { return server_->connection_count() == 0; }));
  thread.join();
  EXPECT_EQ("/x", body);
}

TEST_P(HttpServerTest, AnswersPipelinedRequestsInOrderHoweverLate) {
  serve(keep());
  const auto asking = client(get("/1") + get("/2") + get("/3"));
  EXPECT_TRUE(run_until([&] { return kept_.size() == 1; }));
  run_some_turns();
  EXPECT_EQ(1U, kept_.size());  // The second waits for the first to be answered.
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(run_until([&] { return kept_.size() == i + 1; }));
    kept_[i].reply(text_response(200, "answer to " + kept_[i].request().path));
    EXPECT_EQ(i + 1, kept_.size());  // A reply calls nobody.
  }
  EXPECT_TRUE(run_until([&] { return asking->count("answer to /3") == 1; }));
  EXPECT_LT(asking->heard.find("answer to /1"), asking->heard.find("answer to /2"));
  EXPECT_LT(asking->heard.find("answer to /2"), asking->heard.find("answer to /3"));
}

TEST_P(HttpServerTest, AnswersThousandsOfPipelinedRequests) {
  serve(reply_path);
  std::string all;
  for (int i = 0; i < 5000; ++i) {
    all += get("/x");
  }
  const auto asking = client(all);
  EXPECT_TRUE(run_until([&] { return asking->count("\r\n\r\n/x") == 5000; }));
}

TEST_P(HttpServerTest, StopsReadingFromAClientThatAsksWithoutEnd) {
  serve(keep());
  const auto asking = client(get("/1") + std::string(32 << 20, 'x'));
  EXPECT_TRUE(run_until([&] { return kept_.size() == 1; }));
  run_some_turns();
  EXPECT_GT(asking->stream->queued_bytes(), 20U << 20);
}

TEST_P(HttpServerTest, HandlesNothingMoreForAClientThatDoesNotTakeItsAnswers) {
  int handled = 0;
  serve([&](Exchange exchange) {
    ++handled;
    exchange.reply(text_response(200, std::string(32 << 20, 'x')));
  });
  const auto asking = client(get("/1") + get("/2"));
  asking->stream->stop_reading();
  EXPECT_TRUE(run_until([&] { return handled == 1; }));
  run_some_turns();
  EXPECT_EQ(1, handled);
  asking->read();
  EXPECT_TRUE(run_until([&] { return handled == 2; }));
}

TEST_P(HttpServerTest, ClosesWhenAFinishedAnswerIsNotTaken) {
  serve([](Exchange exchange) { exchange.reply(text_response(200, std::string(32 << 20, 'x'))); },
        {.send_timeout = milliseconds(20)});
  const auto asking = client(get("/1"));
  asking->stream->stop_reading();
  EXPECT_TRUE(run_until([&] { return server_->connection_count() == 1; }));
  EXPECT_TRUE(run_until([&] { return server_->connection_count() == 0; }));
}

TEST_P(HttpServerTest, StreamsInChunksAndKeepsTheConnection) {
  serve(keep());
  const auto asking = client(get("/"));
  EXPECT_TRUE(run_until([&] { return kept_.size() == 1; }));
  {
    BodyWriter writer = kept_[0].start(
        {.headers = {{"Content-Type", "x/y"}, {"content-length", "7"}}, .body = "first"});
    writer.write("");
    writer.write("seventeen letters");
    EXPECT_TRUE(writer.is_open());
  }
  const std::string expected =
      "HTTP/1.1 200 OK\r\nContent-Type: x/y\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nfirst\r\n11\r\nseventeen letters\r\n0\r\n\r\n";
  EXPECT_TRUE(run_until([&] { return asking->heard == expected; })) << asking->heard;
  asking->stream->write(get("/"));
  EXPECT_TRUE(run_until([&] { return kept_.size() == 2; }));
}

TEST_P(HttpServerTest, StreamsToAnOldClientUntilTheConnectionCloses) {
  std::optional<BodyWriter> writer;
  serve([&](Exchange exchange) { writer = exchange.start({}); });
  const auto asking = client("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(run_until([&] { return writer.has_value(); }));
  writer->write("a");
  writer->write("b");
  EXPECT_TRUE(run_until([&] {
    return asking->heard == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab";
  })) << asking->heard;
  run_some_turns();
  EXPECT_FALSE(asking->has_ended);
  writer.reset();
  EXPECT_TRUE(run_until([&] { return asking->has_ended; }));
}

TEST_P(HttpServerTest, TellsWhenASlowReaderHasTakenEverything) {
  std::optional<BodyWriter> writer;
  int drained = 0;
  serve([&](Exchange exchange) {
    writer = exchange.start({});
    writer->on_drained([&] { ++drained; });
  });
  const auto asking = client(get("/"));
  EXPECT_TRUE(run_until([&] { return drained == 1; }));  // The head.
  asking->stream->stop_reading();
  writer->write(std::string(16 << 20, 'x'));
  writer->write(std::string(16 << 20, 'x'));
  EXPECT_EQ(1, drained);
  run_some_turns();
  EXPECT_GT(writer->queued_bytes(), 16U << 20);
  EXPECT_EQ(1, drained);
  asking->read();
  EXPECT_TRUE(run_until([&] { return drained == 2; }));
  EXPECT_EQ(0U, writer->queued_bytes());
}

TEST_P(HttpServerTest, LetsAWriterBePumped) {
  BodyWriter writer;
  int left = 1000;
  serve([&](Exchange exchange) {
    writer = exchange.start({});
    writer.on_drained([&] {
      if (left-- > 0) {
        writer.write("x");
      } else {
        writer = BodyWriter();
      }
    });
  });
  const auto asking = client(get("/"));
  EXPECT_TRUE(run_until([&] { return asking->count("\r\n0\r\n\r\n") == 1; }));
  EXPECT_EQ(1000U, asking->count("1\r\nx\r\n"));
}

TEST_P(HttpServerTest, TellsWhenTheClientOfAStreamGoesAway) {
  BodyWriter writer;
  int closed = 0;
  serve([&](Exchange exchange) {
    writer = exchange.start({});
    writer.on_closed([&] {
      ++closed;
      EXPECT_FALSE(writer.is_open());
      writer = BodyWriter();
    });
  });
  auto asking = client(get("/"));
  EXPECT_TRUE(run_until([&] { return writer.is_open() && !asking->heard.empty(); }));
  asking.reset();
  EXPECT_TRUE(run_until([&] { return closed == 1; }));
  EXPECT_EQ(0U, server_->connection_count());
  writer.write("into the void");
  run_some_turns();
  EXPECT_EQ(1, closed);
}

TEST_P(HttpServerTest, TellsItToAWriterThatIsStuckToo) {
  BodyWriter writer;
  bool is_closed = false;
  serve([&](Exchange exchange) {
    writer = exchange.start({.body = std::string(32 << 20, 'x')});
    writer.on_closed([&] { is_closed = true; });
    writer.on_drained([] { FAIL(); });
  });
  auto asking = client(get("/"));
  asking->stream->stop_reading();
  EXPECT_TRUE(run_until([&] { return writer.is_open(); }));
  asking.reset();
  EXPECT_TRUE(run_until([&] { return is_closed; }));
}

TEST_P(HttpServerTest, AnswersForAHandlerThatDoesNot) {
  serve([](const Exchange& /*dropped*/) {});
  const auto asking = client(get("/"));
  EXPECT_TRUE(run_until([&] { return asking->count("the request was not answered") == 1; }));
  EXPECT_TRUE(asking->heard.starts_with("HTTP/1.1 500 Internal Server Error\r\n")) << asking->heard;
}

TEST_P(HttpServerTest, AnswersAnOverwrittenExchange) {
  std::optional<Exchange> last;
  serve([&](Exchange exchange) {
    if (last) {
      *last = std::move(exchange);
    } else {
      last.emplace(std::move(exchange));
    }
  });
  const auto first = client(get("/1"));
  EXPECT_TRUE(run_until([&] { return last.has_value(); }));
  const auto second = client(get("/2"));
  EXPECT_TRUE(run_until([&] { return first->count("HTTP/1.1 500") == 1; }));
  EXPECT_EQ("/2", last->request().path);
  last->reply({});
  EXPECT_TRUE(run_until([&] { return second->count("HTTP/1.1 200") == 1; }));
}

TEST_P(HttpServerTest, ExchangesAndWritersMayOutliveIt) {
  BodyWriter writer;
  serve([&](Exchange exchange) {
    if (exchange.request().path == "/stream") {
      writer = exchange.start({});
      writer.on_closed([] { FAIL(); });
    } else {
      kept_.push_back(std::move(exchange));
    }
  });
  const auto waiting = client(get("/"));
  const auto streaming = client(get("/stream"));
  EXPECT_TRUE(run_until([&] { return kept_.size() == 1 && writer.is_open(); }));
  server_.reset();
  EXPECT_FALSE(kept_[0].is_open());
  EXPECT_FALSE(writer.is_open());
  writer.write("x");
  writer.on_drained([] { FAIL(); });
  EXPECT_EQ(0U, writer.queued_bytes());
  EXPECT_FALSE(kept_[0].start({}).is_open());
  EXPECT_TRUE(run_until([&] { return waiting->has_ended && streaming->has_ended; }));
  kept_.clear();
}

TEST_P(HttpServerTest, MayBeDestroyedByAHandler) {
  bool is_called = false;
  auto witness = std::make_shared<int>(7);
  serve([&, held = std::move(witness)](Exchange exchange) {
    server_.reset();
    is_called = *held == 7;
    exchange.reply({});
  });
  const auto asking = client(get("/1") + get("/2"));
  EXPECT_TRUE(run_until([&] { return asking->has_ended; }));
  EXPECT_TRUE(is_called);
  EXPECT_EQ("", asking->heard);
}

TEST_P(HttpServerTest, MayBeDestroyedWhenAClientGoesOrHasTakenEverything) {
  for (const bool when_closed : {true, false}) {
    BodyWriter writer;
    serve([&](Exchange exchange) {
      writer = exchange.start({});
      (when_closed ? writer.on_closed([&] { server_.reset(); })
                   : writer.on_drained([&] { server_.reset(); }));
    });
    auto asking = client(get("/"));
    EXPECT_TRUE(run_until([&] { return !when_closed || writer.is_open(); }));
    if (when_closed) asking.reset();
    EXPECT_TRUE(run_until([&] { return !server_; }));
  }
}

TEST_P(HttpServerTest, AWriterMayLiveInItsOwnClosures) {
  serve([&](Exchange exchange) {
    auto writer = std::make_shared<BodyWriter>(exchange.start({}));
    writer->on_drained([writer] { writer->write("once more"); });
    writer->on_closed([writer] { EXPECT_FALSE(writer->is_open()); });
  });
  auto asking = client(get("/"));
  EXPECT_TRUE(run_until([&] { return asking->count("once more") > 2; }));
  asking.reset();
  EXPECT_TRUE(run_until([&] { return server_->connection_count() == 0; }));
}

TEST_P(HttpServerTest, GivesAHeadNoBody) {
  serve([](Exchange exchange) {
    if (exchange.request().path == "/stream") {
      EXPECT_FALSE(exchange.start({.body = "hello"}).is_open());
    } else {
      exchange.reply({.body = "hello"});
    }
  });
  const auto asking = client(
      "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n" + get("/"));
  EXPECT_TRUE(run_until([&] { return asking->count("hello") == 1; }));
  EXPECT_EQ(
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      asking->heard);
}

TEST_P(HttpServerTest, GivesNoContentNoLength) {
  serve([](Exchange exchange) { exchange.reply({.status = 204, .body = "dropped"}); });
  const auto asking = client(get("/"));
  EXPECT_TRUE(run_until([&] { return asking->heard == "HTTP/1.1 204 No Content\r\n\r\n"; }))
      << asking->heard;
}

TEST_P(HttpServerTest, LetsNoHeaderValueWriteLines) {
  serve([](Exchange exchange) {
    exchange.reply({.headers = {{"X", *exchange.request().query_value("x")}, {"Y\r\nZ", "\x7f"}}});
  });
  const auto asking = client(get("/?x=a%0d%0aSet-Cookie:%20b"));
  EXPECT_TRUE(run_until([&] { return !asking->heard.empty(); }));
  EXPECT_EQ("HTTP/1.1 200 OK\r\nX: a  Set-Cookie: b\r\nY  Z:  \r\nContent-Length: 0\r\n\r\n",
            asking->heard);
}

TEST_P(HttpServerTest, LetsAClientFinishThatHasEndedItsSide) {
  serve(keep());
  const os::UniqueFd socket = connect();
  ASSERT_TRUE(os::send_all(socket.get(), get("/1") + get("/2")));
  ASSERT_EQ(0, shutdown(socket.get(), SHUT_WR));
  EXPECT_TRUE(run_until([&] { return kept_.size() == 1; }));
  run_some_turns();
  kept_[0].reply({.body = "one"});
  EXPECT_TRUE(run_until([&] { return kept_.size() == 2; }));
  kept_[1].reply({.body = "two"});
  EXPECT_TRUE(run_until([&] { return server_->connection_count() == 0; }));
  EXPECT_TRUE(read_to_end(socket.get()).ends_with("two"));
}

TEST_P(HttpServerTest, StartsNoStreamForAClientThatHasEndedItsSide) {
  serve(keep());
  const os::UniqueFd socket = connect();
  ASSERT_TRUE(os::send_all(socket.get(), get("/1")));
  ASSERT_EQ(0, shutdown(socket.get(), SHUT_WR));
  EXPECT_TRUE(run_until([&] { return kept_.size() == 1; }));
  run_some_turns();
  EXPECT_FALSE(kept_[0].start({}).is_open());
  EXPECT_TRUE(run_until([&] { return server_->connection_count() == 0; }));
}

TEST_P(HttpServerTest, TurnsAwayWhatIsTooMany) {
  serve(reply_path, {.max_connections = 1});
  const auto first = client(get("/1"));
  EXPECT_TRUE(run_until([&] { return first->count("200 OK") == 1; }));
  const std::string answer = answer_to(get("/2"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n")) << answer;
  EXPECT_NE(std::string::npos, answer.find("Connection: close\r\n"));
  first->stream->write(get("/3"));
  EXPECT_TRUE(run_until([&] { return first->count("200 OK") == 2; }));
}

TEST_P(HttpServerTest, ShowsEachClientAtTheDoor) {
  std::set<int> seen;
  serve(reply_path, {.accept = [&](int fd) {
          seen.insert(fd);
          return false;
        }});
  EXPECT_EQ("", answer_to(get("/")));
  EXPECT_EQ(1U, seen.size());
  EXPECT_GE(*seen.begin(), 0);
}

TEST_P(HttpServerTest, AcceptsNobodyAfterItHasStopped) {
  serve(reply_path);
  const auto old = client(get("/one"));
  EXPECT_TRUE(run_until([&] { return old->count("/one") == 1; }));
  server_->stop_accepting();
  run_some_turns();
  EXPECT_FALSE(is_pipe() ? os::connect_unix(dir_.path("socket")) : os::connect_loopback(port_));
  old->stream->write(get("/two"));
  EXPECT_TRUE(run_until([&] { return old->count("/two") == 1; }));
}

TEST_P(HttpServerTest, GivesASlowRequestItsDeadlineAndNoMore) {
  serve([](const Exchange& /*exchange*/) { FAIL(); }, {.head_timeout = milliseconds(30)});
  EXPECT_TRUE(refusal_of("GET / HT").starts_with("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_TRUE(refusal_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nslow")
                  .starts_with("HTTP/1.1 408"));
  EXPECT_EQ("", answer_to(""));
}

TEST_P(HttpServerTest, CountsTheDeadlineFromTheFirstByteOfALaterRequest) {
  serve(reply_path, {.head_timeout = milliseconds(30)});
  const auto asking = client(get("/one"));
  EXPECT_TRUE(run_until([&] { return asking->count("/one") == 1; }));
  asking->stream->write("G");
  EXPECT_TRUE(run_until([&] { return asking->count("HTTP/1.1 408") == 1; }));
}

TEST_P(HttpServerTest, ClosesAnIdleConnection) {
  serve(reply_path, {.idle_timeout = milliseconds(30)});
  EXPECT_TRUE(answer_to(get("/1")).ends_with("/1"));
}

TEST_P(HttpServerTest, GivesAHandlerAllTheTimeItWants) {
  serve(keep(), {.head_timeout = milliseconds(10),
                 .idle_timeout = milliseconds(10),
                 .send_timeout = milliseconds(10)});
  const auto asking = client(get("/"));
  bool is_later = false;
  uv::Timer timer(loop_);
  timer.start(milliseconds(60), [&] { is_later = true; });
  EXPECT_TRUE(run_until([&] { return is_later; }));
  ASSERT_EQ(1U, kept_.size());
  kept_[0].reply({});
  EXPECT_TRUE(run_until([&] { return asking->count("200 OK") == 1; }));
}

TEST_P(HttpServerTest, TellsAWaitingClientToGoOn) {
  serve([](Exchange exchange) { exchange.reply({.body = exchange.request().body}); });
  const auto asking =
      client("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_TRUE(run_until([&] { return asking->heard == "HTTP/1.1 100 Continue\r\n\r\n"; }))
      << asking->heard;
  asking->stream->write("hello");
  EXPECT_TRUE(run_until([&] { return asking->heard.ends_with("\r\n\r\nhello"); }));
}

TEST_P(HttpServerTest, GivesARefusalItsBodyAlsoBehindAHead) {
  serve(reply_path);
  const auto asking = client("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/%zz?%zz"));
  EXPECT_TRUE(run_until([&] { return asking->has_ended; }));
  EXPECT_EQ(1U, asking->count("HTTP/1.1 400 ")) << asking->heard;
  EXPECT_FALSE(asking->heard.ends_with("\r\n\r\n")) << asking->heard;
}

TEST_P(HttpServerTest, ReadsNoBodyOfSomebodyWhoIsNotLetIn) {
  int handled = 0;
  serve([&](const Exchange& /*exchange*/) { ++handled; },
        {.admit = [](const Request& head) -> std::optional<Response> {
          if (head.path == "/in") return std::nullopt;
          return text_response(401, "who are you?");
        }});
  const std::string head =
      " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n";
  const std::string refusal = refusal_of("POST /out" + head);
  EXPECT_EQ(0U, refusal.find("HTTP/1.1 401 ")) << refusal;
  const auto in = client("POST /in" + head);
  EXPECT_TRUE(run_until([&] { return in->heard == "HTTP/1.1 100 Continue\r\n\r\n"; }));
  in->stream->write(std::string(100'000, 'x'));
  EXPECT_TRUE(run_until([&] { return handled == 1; }));
}

TEST_P(HttpServerTest, CompressesALongAnswerForThoseWhoTakeIt) {
  serve([](Exchange exchange) { exchange.reply(json_response(200, std::string(5'000, ' '))); });
  const auto plain = client(get("/"));
  EXPECT_TRUE(run_until([&] { return plain->heard.size() > 5'000; }));
  const auto packed = client("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_TRUE(run_until([&] { return packed->count("\r\n\r\n\x1f\x8b") == 1; }));
  EXPECT_EQ(1U, packed->count("\r\nContent-Encoding: gzip\r\n"));
  EXPECT_EQ(1U, packed->count("\r\nVary: Accept-Encoding\r\n"));
}

TEST_P(HttpServerTest, AShortAnswerStaysAsItIs) {
  serve([](Exchange exchange) { exchange.reply(json_response(200, "{}")); });
  const auto asking = client("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_TRUE(run_until([&] { return asking->heard.ends_with("\r\n\r\n{}"); }));
}

TEST_P(HttpServerTest, ReadsNothingFurtherAfterARefusal) {
  int handled = 0;
  serve([&](const Exchange& /*exchange*/) { ++handled; });
  const std::string answer = answer_to("GET / HTTP/1.1\r\n\r\n" + get("/smuggled"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 Bad Request\r\n")) << answer;
  EXPECT_EQ(0, handled);
}

TEST_P(HttpServerTest, TellsAClientThatSendsTooMuchBeforeItIsDone) {
  serve([](const Exchange& /*exchange*/) { FAIL(); });
  const std::string body(8 << 20, 'x');
  const auto length = std::to_string(body.size());
  EXPECT_TRUE(
      refusal_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n" + body)
          .starts_with("HTTP/1.1 413 Content Too Large\r\n"));
  EXPECT_TRUE(refusal_of("GET / HTTP/1.1\r\nX: " + body).starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(refusal_of("GET /" + body).starts_with("HTTP/1.1 414 URI Too Long\r\n"));
  EXPECT_TRUE(run_until([&] { return server_->connection_count() == 0; }));
}

TEST_P(HttpServerTest, DoesNotCareHowClientsBreakOff) {
  serve(keep());
  const std::string whole =
      "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" +
      get("/2");
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const auto going = client(whole.substr(0, length));
    run_some_turns();
  }
  EXPECT_TRUE(run_until([&] { return server_->connection_count() == kept_.size(); }));
  while (!kept_.empty()) {
    kept_.pop_back();
    run_some_turns();
  }
  EXPECT_TRUE(run_until([&] {
    kept_.clear();
    return server_->connection_count() == 0;
  }));
}

}  // namespace
}  // namespace gaffer::net
// NOLINTEND(readability-function-cognitive-complexity)
