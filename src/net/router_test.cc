#include "net/router.h"

#include <thread>

#include "net/http_server.h"
#include "net/response_parser.h"
#include "os/sockets.h"
#include "support/loop_fixture.h"
#include "support/temp_dir.h"

namespace gaffer::net {
namespace {

/// A router behind a server, for an Exchange comes from nowhere else.
class RouterTest : public test::LoopTest {
 protected:
  RouterTest() {
    const auto show = [](const char* route) {
      return [route](Exchange exchange, const Router::Parameters& parameters) {
        std::string text = route;
        for (const auto& [name, value] : parameters) {
          text.append(" ").append(name).append("=").append(value);
        }
        exchange.reply(text_response(200, text));
      };
    };
    router_.add("GET", "/", show("root"));
    router_.add("GET", "/processes", show("list"));
    router_.add("POST", "/processes", show("create"));
    router_.add("GET", "/processes/_all", show("all"));
    router_.add("GET", "/processes/{name}", show("one"));
    router_.add("POST", "/processes/{name}/_start", show("start"));
    router_.add("GET", "/processes/{name}/logs/{label}", show("log"));
    router_.add("DELETE", "/self-destruction", [this](Exchange exchange, const auto&) {
      router_ = Router();
      exchange.reply(text_response(200, "gone"));
    });
    server_ = std::move(
        HttpServer::create(loop_, uv::Transport::Pipe,
                           std::move(os::listen_unix(dir_.path("socket")).value()), {},
                           [this](Exchange exchange) { router_.dispatch(std::move(exchange)); })
            .value());
  }

  std::string ask(const std::string& method, const std::string& path) {
    uv::Stream stream =
        std::move(uv::Stream::adopt(loop_, uv::Transport::Pipe,
                                    std::move(os::connect_unix(dir_.path("socket")).value()))
                      .value());
    ResponseParser parser(method == "HEAD" ? ResponseParser::Body::None
                                           : ResponseParser::Body::Expected);
    stream.read([&](std::string_view bytes) { EXPECT_TRUE(parser.feed(bytes)); }, [](auto*) {});
    stream.write(method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(run_until([&] { return parser.is_complete(); }));
    if (!parser.is_complete()) return "";
    const std::string* allow = find_header(parser.head()->headers, "Allow");
    return std::to_string(parser.head()->status) + " " + parser.take_body() +
           (allow != nullptr ? *allow : "");
  }

 private:
  test::TempDir dir_;
  Router router_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(RouterTest, FindsTheHandlerByMethodAndPath) {
  EXPECT_EQ("200 root", ask("GET", "/"));
  EXPECT_EQ("200 root", ask("GET", "/?a=b"));
  EXPECT_EQ("200 list", ask("GET", "/processes"));
  EXPECT_EQ("200 create", ask("POST", "/processes"));
}

TEST_F(RouterTest, GivesParametersDecoded) {
  EXPECT_EQ("200 one name=web 1/2", ask("GET", "/processes/web%201%2F2"));
  EXPECT_EQ("200 start name=web", ask("POST", "/processes/web/_start"));
  EXPECT_EQ("200 log label=err name=web", ask("GET", "/processes/web/logs/err"));
}

TEST_F(RouterTest, TakesTheRouteAddedFirst) { EXPECT_EQ("200 all", ask("GET", "/processes/_all")); }

TEST_F(RouterTest, KnowsWhatItDoesNotKnow) {
  const std::string expected =
      "404 {\"error\":\"not_found\",\"reason\":\"there is nothing at this path\"}\n";
  EXPECT_EQ(expected, ask("GET", "/nowhere"));
  EXPECT_EQ(expected, ask("GET", "/processes/"));
  EXPECT_EQ(expected, ask("GET", "/processes/a/b"));
  EXPECT_EQ(expected, ask("GET", "//"));
  EXPECT_EQ(expected, ask("OPTIONS", "/nowhere"));
}

TEST_F(RouterTest, TellsWhichMethodsAPathHas) {
  EXPECT_EQ(
      "405 {\"error\":\"method_not_allowed\",\"reason\":\"the path is known, but not with this "
      "method\"}\n"
      "GET, HEAD, OPTIONS, POST",
      ask("DELETE", "/processes"));
  EXPECT_EQ("204 OPTIONS, POST", ask("OPTIONS", "/processes/web/_start"));
  EXPECT_EQ("405 OPTIONS, POST", ask("HEAD", "/processes/web/_start"));
}

TEST_F(RouterTest, ServesAHeadLikeAGet) { EXPECT_EQ("200 ", ask("HEAD", "/processes/web")); }

TEST_F(RouterTest, RefusesPathsThatCannotBeDecoded) {
  EXPECT_EQ("400 {\"error\":\"bad_request\",\"reason\":\"the path cannot be decoded\"}\n",
            ask("GET", "/processes/%zz"));
  EXPECT_EQ("400 {\"error\":\"bad_request\",\"reason\":\"the path cannot be decoded\"}\n",
            ask("GET", "/processes/%00"));
}

TEST_F(RouterTest, MayBeReplacedByAHandler) {
  EXPECT_EQ("200 gone", ask("DELETE", "/self-destruction"));
  EXPECT_EQ("404 {\"error\":\"not_found\",\"reason\":\"there is nothing at this path\"}\n",
            ask("GET", "/"));
}

}  // namespace
}  // namespace gaffer::net
