#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "os/tcp.h"
#include "support/daemon.h"
#include "support/http.h"

namespace gaffer {
namespace {

using test::json_body;
using test::section;

/// gafferd on TCP, as those see it who come from elsewhere.
class Endpoints : public test::ProgramsTest {
 protected:
  void start(const std::string& ini = section("a", "sleep"),
             std::vector<std::string> options = {}) {
    write("gaffer.ini", ini);
    options.insert(options.begin(), {"-c", "gaffer.ini", "--bind", "127.0.0.1:0"});
    start_gafferd(options);
    const std::string& said = gafferd_->err();
    const auto at = said.rfind("127.0.0.1:");
    ASSERT_NE(std::string::npos, at) << said;
    host_ = said.substr(at, said.size() - at - 1);
  }
  [[nodiscard]] std::string token(std::vector<std::string> options) const {
    options.insert(options.begin(), {"token", "create"});
    const std::string out = gaffer(std::move(options)).out;
    return out.substr(0, out.size() - 1);
  }
  static test::Sent with(const std::string& secret) {
    return {.headers = {{"Authorization", "Bearer " + secret}}, .body = ""};
  }
  [[nodiscard]] net::Response ask(const std::string& request_line, test::Sent sent = {}) const {
    if (sent.host.empty()) sent.host = host_;
    return test::http(os::connect_tcp(os::parse_tcp_address(host_).value()).value(), request_line,
                      sent);
  }
  [[nodiscard]] int status_of(const std::string& request_line, const test::Sent& sent = {}) const {
    return ask(request_line, sent).status;
  }
  [[nodiscard]] std::string port() const { return host_.substr(host_.rfind(':') + 1); }

  std::string host_;  // NOLINT(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(Endpoints, NobodyIsLetInWithoutATokenThatHolds) {
  start();
  const std::string secret = token({"ci"});
  ASSERT_EQ(84U, secret.size()) << secret;
  EXPECT_EQ(200, status_of("GET /status", with(secret)));
  std::string wrong = secret;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  const std::vector<std::string> others = {
      "", "x", wrong, secret + "0", secret.substr(1), std::string(8'000, 'a')};
  for (const std::string& other : others)
    EXPECT_EQ(401, status_of("GET /ping", with(other))) << other;
  EXPECT_EQ(401, status_of("GET /ping"));
  EXPECT_EQ(401, status_of("GET /nothing"));
  EXPECT_EQ(401, status_of("POST /processes/a/_stop"));
  EXPECT_EQ(
      401, status_of("GET /ping", {.headers = {{"Authorization", "Basic " + secret}}, .body = ""}));
  const net::Response refused = ask("GET /ping");
  ASSERT_NE(nullptr, net::find_header(refused.headers, "WWW-Authenticate"));
  EXPECT_EQ(ProcessState::Running, process("a").state);
}

TEST_F(Endpoints, ATokenMayDoNoMoreThanItsScopesSay) {
  start();
  const std::string reading = token({"reader"});
  EXPECT_EQ(200, status_of("GET /status", with(reading)));
  EXPECT_EQ(403, status_of("GET /logs", with(reading)));
  EXPECT_EQ(403, status_of("POST /processes/a/_stop", with(reading)));
  EXPECT_EQ(403, status_of("GET /tokens", with(reading)));
  const std::string writing = token({"writer", "--scope", "write,logs"});
  EXPECT_EQ(200, status_of("GET /status", with(writing)));
  EXPECT_EQ(200, status_of("GET /logs", with(writing)));
  EXPECT_EQ(200, status_of("POST /processes/a/_stop", with(writing)));
  EXPECT_EQ(403, status_of("DELETE /processes/a", with(writing)));
  EXPECT_EQ(403, status_of("GET /processes/a?reveal=env", with(writing)));
  const std::string all = token({"root", "--scope", "admin"});
  EXPECT_EQ(200, status_of("GET /processes/a?reveal=env", with(all)));
  EXPECT_EQ(200, status_of("DELETE /processes/a", with(all)));
}

TEST_F(Endpoints, ATokenForSomeTemplatesSeesNoOthers) {
  start(section("shop:a", "print in-shop sleep") + section("b", "print elsewhere sleep"));
  ASSERT_TRUE(wait_until_logged("b", "elsewhere"));
  const std::string secret = token({"shop", "--scope", "write,logs", "--target", "shop:*"});
  EXPECT_EQ("[\"shop:a\"]", ask("GET /processes", with(secret)).body);
  EXPECT_EQ(std::string::npos, ask("GET /status", with(secret)).body.find("\"b\""));
  EXPECT_EQ(std::string::npos, ask("GET /logs", with(secret)).body.find("elsewhere"));
  EXPECT_EQ("", ask("GET /logs?name=b", with(secret)).body);
  EXPECT_EQ(200, status_of("POST /processes/shop:a/_restart", with(secret)));
  for (const char* target : {"b", "b.1", "2", "*"})
    EXPECT_EQ(403, status_of(std::string("POST /processes/") + target + "/_stop", with(secret)));
  EXPECT_EQ(ProcessState::Running, process("b").state);
}

TEST_F(Endpoints, ARevokedTokenHoldsNoMoreAndTheOthersOutliveTheDaemon) {
  start();
  const std::string one = token({"one"});
  const std::string two = token({"two"});
  EXPECT_EQ("gaffer: there is a token one already\n", gaffer({"token", "create", "one"}).err);
  EXPECT_EQ(0, gaffer({"token", "revoke", "one"}).status);
  EXPECT_EQ(3, gaffer({"token", "revoke", "one"}).status);
  EXPECT_EQ(401, status_of("GET /ping", with(one)));
  EXPECT_EQ("two  read  all  never used\n", gaffer({"token", "list"}).out);
  EXPECT_EQ(200, status_of("GET /ping", with(two)));
  end_gafferd();
  start();
  EXPECT_EQ(200, status_of("GET /ping", with(two)));
  EXPECT_EQ(401, status_of("GET /ping", with(one)));
  const std::string kept = os::read_file(dir_.path("gaffer/tokens.json")).value();
  EXPECT_EQ(std::string::npos, kept.find(two.substr(20)));
  EXPECT_EQ(std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
            std::filesystem::status(dir_.path("gaffer/tokens.json")).permissions());
}

TEST_F(Endpoints, AnotherNameOfTheHostIsRefusedAlsoWithAToken) {
  start();
  const std::string secret = token({"ci"});
  const auto as_host = [&](const std::string& host) {
    test::Sent sent = with(secret);
    sent.host = host;
    return status_of("GET /ping", sent);
  };
  for (const std::string& legal :
       {"127.0.0.1:" + port(), "localhost:" + port(), "LOCALHOST:" + port()})
    EXPECT_EQ(200, as_host(legal)) << legal;
  const std::vector<std::string> others = {"127.0.0.1",
                                           "localhost",
                                           "127.0.0.1:1",
                                           "127.0.0.1.evil.com:" + port(),
                                           "localhost6:" + port(),
                                           "[::1]:" + port(),
                                           "[::1].:" + port(),
                                           "localhost.:" + port(),
                                           "evil.com",
                                           "127.1:" + port(),
                                           "2130706433:" + port(),
                                           "0.0.0.0:" + port(),
                                           "127.0.0.1:" + port() + "0",
                                           "127.0.0.1:0" + port(),
                                           "user@127.0.0.1:" + port(),
                                           "127.0.0.1:" + port() + "@evil.com",
                                           "127.0.0.1 :" + port(),
                                           "[::ffff:127.0.0.1]:" + port(),
                                           "127.0.0.1:" + port() + "/",
                                           "local\xE2\x80\x8Bhost:" + port()};
  for (const std::string& other : others)
    EXPECT_NE(200, as_host(other)) << other;
}

TEST_F(Endpoints, APageFromElsewhereIsRefusedAlsoWithAToken) {
  start("[endpoint:page]\nbind = 127.0.0.1:0\norigins = https://console.example.com\n" +
        section("a", "sleep"));
  const std::string secret = token({"ci", "--scope", "admin"});
  const auto from = [&](const std::string& origin) {
    test::Sent sent = with(secret);
    sent.headers.push_back({"Origin", origin});
    return status_of("POST /processes/a/_stop", sent);
  };
  for (const std::string& origin :
       {std::string("https://evil.com"), std::string("null"), std::string(""), "https://" + host_,
        "http://127.0.0.1.evil.com:" + port(), std::string("http://127.0.0.1"),
        "http://localhost:" + port(), std::string("https://console.example.com"),
        "http://" + host_ + "/"}) {
    EXPECT_EQ(403, from(origin)) << origin;
  }
  EXPECT_EQ(ProcessState::Running, process("a").state);
  EXPECT_EQ(200, from("http://" + host_));
}

TEST_F(Endpoints, OthersMustNotListenInUnlessSomebodySaysSo) {
  const test::Ended refused = run(command("gafferd", {"--bind", "0.0.0.0:0"}));
  EXPECT_EQ(1, refused.status);
  EXPECT_EQ(
      "gafferd: endpoint bind0: others can listen in on 0.0.0.0:0: give certfile and keyfile, "
      "or --insecure-plaintext\n",
      refused.err);
  start_gafferd({"--bind", "0.0.0.0:0", "--insecure-plaintext"});
}

TEST_F(Endpoints, AnAddressThatCannotBeHadIsNamed) {
  const auto socket = os::listen_tcp({"127.0.0.1", 0, false}, 1);
  const std::string taken = os::local_address(socket->get()).value().text();
  EXPECT_EQ("gafferd: endpoint bind0: cannot listen on " + taken + ": address already in use\n",
            run(command("gafferd", {"--bind", taken})).err);
  EXPECT_EQ(
      "gafferd: endpoint bind0: cannot use address here: it must be IP:PORT or [IPV6]:PORT, such "
      "as 127.0.0.1:5000\n",
      run(command("gafferd", {"--bind", "here"})).err);
  write("gaffer.ini",
        "[gaffer]\nhttp_endpoints = local, pub\n[endpoint:public]\nbind = "
        "127.0.0.1:0\ntokens = false\nmode = rw\n");
  EXPECT_EQ(
      "gafferd: gaffer.ini:2: no section [endpoint:pub] in this file\n"
      "gafferd: gaffer.ini:6: mode is \"rw\": it must be octal, for reading and writing only, such "
      "as 0660\n",
      run(command("gafferd", {"-c", "gaffer.ini"})).err);
}

TEST_F(Endpoints, AreOpenedAndClosedWhileItRuns) {
  start();
  const std::string secret = token({"root", "--scope", "admin"});
  const std::string path = dir_.path("other.sock");
  const auto as_json = [&](const std::string& body) {
    test::Sent sent = json_body(body);
    sent.headers.push_back({"Authorization", "Bearer " + secret});
    return sent;
  };
  EXPECT_EQ(200, status_of("POST /endpoints",
                           as_json(R"({"name": "other", "bind": "unix:)" + path + "\"}")));
  EXPECT_EQ(200, test::http(os::connect_unix(path).value(), "GET /ping").status);
  EXPECT_EQ(409,
            status_of("POST /endpoints", as_json(R"({"name": "other", "bind": "127.0.0.1:0"})")));
  EXPECT_EQ(400, status_of("POST /endpoints", as_json(R"({"name": "x", "bin": "127.0.0.1:0"})")));
  EXPECT_EQ(403, status_of("POST /endpoints", as_json(R"({"name": "x", "bind": "0.0.0.0:0"})")));
  EXPECT_EQ(200, status_of("DELETE /endpoints/other", with(secret)));
  EXPECT_FALSE(os::connect_unix(path).has_value());
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(404, status_of("DELETE /endpoints/other", with(secret)));
  EXPECT_EQ(400, status_of("DELETE /endpoints/local", with(secret)));
  EXPECT_EQ(200, status_of("DELETE /endpoints/bind0", with(secret)));  // By way of itself.
  EXPECT_FALSE(os::connect_tcp(os::parse_tcp_address(host_).value()).has_value());
  EXPECT_EQ(ProcessState::Running, process("a").state);
}

TEST_F(Endpoints, NoFileIsRemovedToMakeRoomForASocket) {
  const std::string path = write("precious", "data");
  const test::Ended refused = run(command("gafferd", {"--bind", "unix:" + path}));
  EXPECT_EQ("gafferd: endpoint bind0: cannot listen on " + path + ": it is no socket\n",
            refused.err);
  EXPECT_EQ("data", os::read_file(path).value());
}

TEST_F(Endpoints, ChangesAreWrittenDownWithWhoMadeThem) {
  start();
  const std::string secret = token({"ci", "--scope", "write"});
  EXPECT_EQ(200, status_of("POST /processes/a/_restart", with(secret)));
  EXPECT_EQ(403, status_of("DELETE /processes/a", with(secret)));
  EXPECT_EQ(200, status_of("GET /status", with(secret)));
  const std::string audit = os::read_file(dir_.path("gaffer/audit.log")).value();
  const auto lines = split(audit, '\n');
  ASSERT_EQ(3U, lines.size()) << audit;  // The last one is empty.
  EXPECT_TRUE(lines[0].ends_with("\"what\":\"POST /tokens\"}")) << lines[0];
  EXPECT_TRUE(lines[1].ends_with(R"("who":"token ci","what":"POST /processes/a/_restart"})"))
      << lines[1];
}

TEST_F(Endpoints, ASecretIsInNothingThatCanBeRead) {
  start(section("a", "sleep", "env:TOKEN = planted-secret"));
  const std::string secret = token({"ci", "--scope", "read,logs,write"});
  for (const char* path :
       {"/", "/status", "/status/a", "/processes", "/processes?full=1", "/processes/a",
        "/processes/1", "/processes/a/_pids", "/groups", "/logs", "/openapi.json"}) {
    const net::Response response = ask(std::string("GET ") + path, with(secret));
    EXPECT_EQ(200, response.status) << path;
    EXPECT_EQ(std::string::npos, response.body.find("planted-secret")) << path;
  }
  EXPECT_EQ(std::string::npos,
            ask("POST /processes/a/_restart", with(secret)).body.find("planted-secret"));
  const std::string cmdline =
      os::read_file("/proc/" + std::to_string(gafferd_->pid()) + "/cmdline").value();
  EXPECT_EQ(std::string::npos, cmdline.find("planted-secret"));
}

TEST_F(Endpoints, APageThatIsNamedIsToldThatItMayAsk) {
  start("[endpoint:page]\nbind = 127.0.0.1:0\norigins = https://console.example.com\n" +
        section("a", "sleep"));
  const std::string& said = gafferd_->err();
  const auto at = said.find("127.0.0.1:");
  host_ = said.substr(at, said.find(',', at) - at);
  const auto from = [&](const std::string& origin, const std::string& request_line) {
    return ask(
        request_line,
        {.headers = {{"Origin", origin}, {"Access-Control-Request-Method", "POST"}}, .body = ""});
  };
  const auto allowed = [](const net::Response& response) {
    const std::string* origin = net::find_header(response.headers, "Access-Control-Allow-Origin");
    return origin == nullptr ? "" : *origin;
  };
  const std::string named = "https://console.example.com";
  const net::Response preflight = from(named, "OPTIONS /processes/a/_stop");
  EXPECT_EQ(204, preflight.status);
  EXPECT_EQ(named, allowed(preflight));
  EXPECT_EQ("Origin", *net::find_header(preflight.headers, "Vary"));
  const net::Response refused = from(named, "GET /status");
  EXPECT_EQ(401, refused.status);
  EXPECT_EQ(named, allowed(refused));
  const net::Response foreign = from("https://evil.example", "OPTIONS /processes/a/_stop");
  EXPECT_EQ(403, foreign.status);
  EXPECT_EQ("", allowed(foreign));
  EXPECT_EQ("", allowed(ask("GET /status")));
}

TEST_F(Endpoints, NoBodyIsReadBeforeTheTokenIsLookedAt) {
  start();
  const auto socket = os::connect_tcp(os::parse_tcp_address(host_).value()).value();
  const timeval patience{.tv_sec = test::kPatience.count(), .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  EXPECT_TRUE(os::send_all(socket.get(), "POST /processes HTTP/1.1\r\nHost: " + host_ +
                                             "\r\nContent-Length: 1000000\r\n\r\n{"));
  EXPECT_EQ(0U, os::receive(socket.get()).value().find("HTTP/1.1 401 "));
}

}  // namespace
}  // namespace gaffer
