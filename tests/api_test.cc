#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/daemon.h"
#include "support/http.h"

namespace gaffer {
namespace {

using nlohmann::json;
using test::json_body;
using test::section;

/// The API as a client of the unix socket sees it.
class Api : public test::ProgramsTest {
 protected:
  [[nodiscard]] os::UniqueFd connect() const {
    return std::move(os::connect_unix(dir_.path("gaffer/gaffer.sock")).value());
  }
  [[nodiscard]] net::Response ask(const std::string& request_line,
                                  const test::Sent& sent = {}) const {
    return test::http(connect(), request_line, sent);
  }
  /// The status and the body: `200 OK`.
  [[nodiscard]] std::string said(const std::string& request_line,
                                 const test::Sent& sent = {}) const {
    const net::Response response = ask(request_line, sent);
    return std::to_string(response.status) + " " + response.body;
  }
  /// The body of an answer that is none of an error.
  [[nodiscard]] json got(const std::string& request_line, const test::Sent& sent = {}) const {
    const net::Response response = ask(request_line, sent);
    EXPECT_EQ(200, response.status) << request_line << ": " << response.body;
    return json::parse(response.body, nullptr, false);
  }
  /// The status and the error's word: `404 not_found`.
  [[nodiscard]] std::string refused(const std::string& request_line,
                                    const test::Sent& sent = {}) const {
    const net::Response response = ask(request_line, sent);
    const json body = json::parse(response.body, nullptr, false);
    return std::to_string(response.status) + " " +
           (body.is_object() ? body.value("error", "no error") : "no json");
  }
  static test::Sent puppet_template(const std::string& name, int numprocesses = 1) {
    return json_body(json{{"name", name},
                          {"cmd", test::puppet() + " sleep"},
                          {"numprocesses", numprocesses},
                          {"env", {{"TOKEN", "planted-secret"}}}}
                         .dump());
  }
};

TEST_F(Api, ATemplateIsAddedScaledAndRemoved) {
  start_gafferd({});
  EXPECT_EQ("200 []", said("GET /processes"));
  EXPECT_EQ(1, got("POST /processes", puppet_template("a")).at("running"));
  EXPECT_EQ("409 conflict", refused("POST /processes", puppet_template("a")));
  EXPECT_EQ("200 [\"a\"]", said("GET /processes"));
  EXPECT_EQ("200 [1]", said("GET /processes?running=true"));
  EXPECT_EQ(4, got("POST /processes/a/_add/3").at("numprocesses"));
  EXPECT_EQ(3, got("POST /processes/a/_sub").at("numprocesses"));
  EXPECT_EQ((std::vector<int>{1, 2, 3}), got("GET /processes/a/_pids").at("pids"));
  EXPECT_EQ(2, got("POST /processes/a/_scale/=2").at("running"));
  EXPECT_EQ("200 {\"ok\":true}", said("DELETE /processes/a"));
  EXPECT_EQ("404 not_found", refused("GET /processes/a"));
  EXPECT_EQ("404 not_found", refused("DELETE /processes/a"));
}

TEST_F(Api, AProcessIsFoundByItsPidAndBySlot) {
  start_gafferd({});
  (void)got("POST /processes", puppet_template("a", 2));
  EXPECT_EQ(2, got("GET /processes/2").at("slot"));
  EXPECT_EQ(1, got("GET /processes/a.1").at("pid"));
  EXPECT_EQ("200 ", said("HEAD /processes/2"));
  EXPECT_EQ("404 ", said("HEAD /processes/9"));
  EXPECT_EQ("400 bad_value", refused("GET /processes/*"));
  EXPECT_EQ(0, got("POST /processes/2/_stop").at("running"));
  EXPECT_EQ("200 [1]", said("GET /processes?running=1"));
  EXPECT_EQ("200 {\"ok\":true}", said("DELETE /processes/1"));
  EXPECT_EQ("200 []", said("GET /processes?running=1"));
  EXPECT_EQ("409 conflict", refused("POST /processes/1/_signal/HUP"));
  EXPECT_EQ("400 bad_value", refused("POST /processes/1/_signal/NONSENSE"));
}

TEST_F(Api, StartStopAndRestartAnswerWithWhatCameOfIt) {
  start_gafferd({});
  EXPECT_EQ(1, got("POST /processes", puppet_template("a")).at("max_processes"));
  json stopped = got("POST /processes/a/_stop");
  EXPECT_EQ(0, stopped.at("running"));
  EXPECT_EQ(false, stopped.at("active"));
  EXPECT_EQ(1, got("POST /processes/a/_start").at("running"));
  EXPECT_EQ(true, got("GET /status/a").at("active"));
  EXPECT_EQ(
      3, got("POST /processes/a/_restart").at("templates").at(0).at("processes").at(0).at("pid"));
}

TEST_F(Api, AnActionOnAPidTellsOfTheProcessThatTookItsPlace) {
  start_gafferd({});
  (void)got("POST /processes", puppet_template("a"));
  (void)got("POST /processes/1/_stop");
  EXPECT_EQ(2,
            got("POST /processes/1/_reload").at("templates").at(0).at("processes").at(0).at("pid"));
  EXPECT_EQ(3, got("POST /processes/a/_commit").at("pid"));
  EXPECT_EQ(1, got("POST /processes/3/_stop").at("running"));
}

TEST_F(Api, AGroupIsTheTemplatesBeforeWhoseNamesItStands) {
  start_gafferd({});
  for (const char* name : {"ga:a", "ga:b", "gb:a", "alone"})
    (void)got("POST /processes", puppet_template(name));
  EXPECT_EQ("200 [\"ga\",\"gb\"]", said("GET /groups"));
  EXPECT_EQ("200 [\"ga:a\",\"ga:b\"]", said("GET /groups/ga"));
  EXPECT_EQ("404 not_found", refused("GET /groups/gc"));
  EXPECT_EQ(2U, got("POST /groups/ga/_stop").at("templates").size());
  EXPECT_EQ(0, got("GET /status/ga:b").at("running"));
  EXPECT_EQ(1, got("GET /status/gb:a").at("running"));
  EXPECT_EQ(2U, got("POST /groups/ga/_start").at("templates").size());
  EXPECT_EQ("200 {\"ok\":true}", said("DELETE /groups/ga"));
  EXPECT_EQ("200 [\"gb:a\",\"alone\"]", said("GET /processes"));
  EXPECT_EQ("404 not_found", refused("POST /groups/ga/_stop"));
}

TEST_F(Api, AnUpdateSaysWhatItCameTo) {
  start_gafferd({});
  (void)got("POST /processes", puppet_template("a"));
  const json live = got("PUT /processes/a", json_body(json{
                                                {"cmd", test::puppet() + " sleep"},
                                                {"env", {{"TOKEN", "planted-secret"}}},
                                                {"graceful_timeout",
                                                 3}}.dump()));
  EXPECT_EQ("live", live.at("way"));
  EXPECT_EQ((std::vector<std::string>{"graceful_timeout"}), live.at("changed"));
  EXPECT_EQ("reload",
            got("PUT /processes/a", json_body(json{{"cmd", test::puppet() + " sleep"}}.dump()))
                .at("way"));
  EXPECT_EQ("404 not_found", refused("PUT /processes/b", puppet_template("b")));
  EXPECT_EQ("400 bad_value", refused("PUT /processes/a", puppet_template("b")));
}

TEST_F(Api, AOneOffRunIsGivenItsVariables) {
  start_gafferd_with(section("a", "print-env KIND sleep", "numprocesses = 0"));
  EXPECT_EQ(1,
            got("POST /processes/a/_commit", json_body(R"({"env": {"KIND": "odd"}})")).at("pid"));
  EXPECT_TRUE(wait_until_logged("a", "KIND=odd"));
  EXPECT_EQ("400 {\"error\":\"bad_value\",\"reason\":\"unknown field \\\"envi\\\": use env\"}",
            said("POST /processes/a/_commit", json_body(R"({"envi": {}})")));
}

TEST_F(Api, EverythingThatIsWrongWithATemplateIsSaidAtOnce) {
  start_gafferd({});
  const json problems =
      json::parse(ask("POST /processes", json_body(R"({"nme": "a", "cmd": 3})")).body)
          .at("problems");
  ASSERT_EQ(3U, problems.size());
  EXPECT_EQ("cmd", problems.at(0).at("key"));
  EXPECT_EQ("unknown key \"nme\" (did you mean name?)", problems.at(1).at("message"));
  EXPECT_EQ("400 bad_value", refused("POST /processes", json_body("{")));
  EXPECT_EQ("400 bad_value", refused("POST /processes", json_body(std::string(100'000, '['))));
  EXPECT_EQ("200 []", said("GET /processes"));
}

TEST_F(Api, AFormInSomebodysPageChangesNothing) {
  start_gafferd_with(section("a", "sleep"));
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}) {
    const test::Sent sent{.headers = {{"Content-Type", type}}, .body = "{}"};
    EXPECT_EQ("415 unsupported_media_type", refused("POST /processes/a/_stop", sent)) << type;
  }
  EXPECT_EQ("405 method_not_allowed", refused("GET /processes/a/_stop"));
  EXPECT_EQ(ProcessState::Running, process("a").state);
}

TEST_F(Api, ValuesOfVariablesAreToldOnlyWhenAskedFor) {
  start_gafferd({});
  for (const auto& [method, target] :
       std::vector<std::pair<std::string, std::string>>{{"POST", "/processes"},
                                                        {"GET", "/processes/a"},
                                                        {"GET", "/status"},
                                                        {"GET", "/processes?full=1"},
                                                        {"GET", "/processes/1"},
                                                        {"GET", "/logs"}}) {
    const std::string answer = said(std::string(method).append(" ").append(target),
                                    method == "POST" ? puppet_template("a") : test::Sent{});
    EXPECT_EQ("200", answer.substr(0, 3)) << target;
    EXPECT_EQ(std::string::npos, answer.find("planted-secret")) << target;
  }
  EXPECT_EQ("planted-secret", got("GET /processes/a?reveal=env").at("env").at("TOKEN"));
}

TEST_F(Api, StatusIsNotSentAgainToThoseWhoKnowIt) {
  start_gafferd_with(section("a", "sleep"));
  const std::string tag = *net::find_header(ask("GET /status").headers, "ETag");
  const test::Sent knowing{.headers = {{"If-None-Match", "\"other\", " + tag}}, .body = ""};
  EXPECT_EQ("304 ", said("GET /status", knowing));
  (void)got("POST /processes/a/_restart");
  EXPECT_EQ(200, ask("GET /status", knowing).status);
}

/// A value that is often nearly right.
std::string random_value(std::mt19937& random) {
  static const std::vector<std::string> values = {"a",
                                                  "a.1",
                                                  "1",
                                                  "99",
                                                  "*",
                                                  "x:*",
                                                  "true",
                                                  "0",
                                                  "-1",
                                                  "+1",
                                                  "=2",
                                                  "%20",
                                                  "..",
                                                  "env",
                                                  "HUP",
                                                  "%2e%2e%2f",
                                                  "18446744073709551616",
                                                  "1e9",
                                                  "%ff",
                                                  "{}",
                                                  "a%00"};
  return values.at(random() % values.size());
}

std::string random_path(const std::string& pattern, std::mt19937& random) {
  std::string path;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '{') {
      path += pattern[at];
      continue;
    }
    path += random_value(random);
    at = pattern.find('}', at);
  }
  return path;
}

/// A request that the description of the API knows, with values that it need not.
std::string random_request(const std::string& method, const std::string& pattern,
                           const json& parameters, std::mt19937& random) {
  std::string line;
  std::ranges::transform(method, std::back_inserter(line), ::toupper);
  line.append(" ").append(random_path(pattern, random));
  char separator = '?';
  for (const json& parameter : parameters) {
    const auto name = parameter.at("name").get<std::string>();
    if (parameter.at("in") != "query" || name == "follow" || random() % 2 == 0) continue;
    line.append(1, separator).append(name).append("=").append(random_value(random));
    separator = '&';
  }
  return line;
}

/// Whether it might make a crowd of processes, or wait for what nobody does.
bool is_too_much(const std::string& line) {
  return line.starts_with("GET /events") || line.starts_with("GET /watch") ||
         line.find("_add") != std::string::npos || line.find("_scale/99") != std::string::npos;
}

int rounds() {
  const char* wanted = std::getenv("GAFFER_TEST_ROUNDS");
  return wanted != nullptr ? std::stoi(wanted) : 5;
}

TEST_F(Api, NoRequestHoweverOddBreaksIt) {
  start_gafferd_with(section("a", "sleep") + section("x:b", "sleep"));
  const json paths = got("GET /openapi.json").at("paths");
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same requests each time
  const std::vector<std::string> bodies = {"",
                                           "{}",
                                           "[]",
                                           R"({"env":{"A":"1"}})",
                                           R"({"cmd":"/bin/true"})",
                                           "null",
                                           "\xff",
                                           R"({"env":1})",
                                           R"({"name":"a","cmd":"x","numprocesses":1e99})"};
  for (int round = 0; round < rounds(); ++round) {
    for (const auto& [pattern, operations] : paths.items()) {
      for (const auto& [method, operation] : operations.items()) {
        const std::string line =
            random_request(method, pattern, operation.at("parameters"), random);
        if (is_too_much(line)) continue;
        const net::Response answer = ask(
            line, method == "get" ? test::Sent{} : json_body(bodies.at(random() % bodies.size())));
        ASSERT_TRUE(operation.at("responses").contains(std::to_string(answer.status)))
            << line << " was answered with " << answer.status << " " << answer.body;
      }
    }
  }
  EXPECT_EQ("200 OK", said("GET /ping"));
}

}  // namespace
}  // namespace gaffer
