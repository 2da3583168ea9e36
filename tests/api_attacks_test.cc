#include <array>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/daemon.h"
#include "support/http.h"

namespace gaffer {
namespace {

using test::section;

/// What somebody with a right to ask may try.
class ApiAttacks : public test::ProgramsTest {
 protected:
  [[nodiscard]] net::Response ask(const std::string& request_line) const {
    const auto socket = os::connect_unix(dir_.path("gaffer/gaffer.sock"));
    if (!socket) return {.status = 0};
    return test::http(*socket, request_line);
  }
};

TEST_F(ApiAttacks, NoNameLeadsOutOfTheDirectoryOfLogs) {
  start_gafferd_with(section("a", "print hello sleep"));
  EXPECT_TRUE(wait_until_logged("a", "hello"));
  const std::array<std::string, 20> ups = {
      "../",      "..%2f",       "%2e%2e/",  "%2e%2e%2f",      "..%5c",
      "..%252f",  "%252e%252e/", "..%c0%af", "%c0%ae%c0%ae/",  "..%ef%bc%8f",
      "....//",   "..;/",        ".%2e/",    "%2e./",          "..%00/",
      "/..%2f..", "%2f..%2f",    "a/../../", "a%2f..%2f..%2f", "..%0d%0a/"};
  const std::array<std::string, 10> places = {
      "/status/@",    "/processes/@", "/processes/@/_pids",    "/groups/@",    "/streams/@/output",
      "/streams/a/@", "/logs?name=@", "/streams/a/@?offset=0", "/streams/@/@", "/wstreams/@"};
  int refused = 0;
  for (const std::string& up : ups) {
    for (const std::string& place : places) {
      for (const char* file : {"tokens.json", "etc/passwd"}) {
        std::string target = place;
        replace_all(target, "@", up + up + file);
        const net::Response answer = ask("GET " + target);
        EXPECT_TRUE(answer.status >= 400 && answer.status < 500) << target << answer.status;
        EXPECT_EQ(std::string::npos, answer.body.find("root:")) << target;
        refused += answer.status / 100 == 4 ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(400, refused);
}

TEST_F(ApiAttacks, ManyWhoChangeTheSameAreAllAnsweredAndTheLastWordHolds) {
  constexpr int kClients = 16;
  constexpr int kRequests = 40;
  constexpr int kTemplates = 8;
  std::string ini;
  for (int at = 0; at < kTemplates; ++at)
    ini += section("t" + std::to_string(at), "sleep", "numprocesses = 2");
  start_gafferd_with(ini);
  std::vector<int> answered(kClients, 0);
  std::vector<std::thread> clients;
  clients.reserve(kClients);
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([this, client, &answered] {
      std::minstd_rand chance(static_cast<unsigned>(client) + 1);
      constexpr std::array<const char*, 4> kVerbs = {"_start", "_stop", "_restart", "_reload"};
      for (int request = 0; request < kRequests; ++request) {
        const std::string name = "t" + std::to_string(chance() % kTemplates);
        const int status = ask("POST /processes/" + name + "/" + kVerbs.at(chance() % 4)).status;
        answered.at(static_cast<std::size_t>(client)) += status == 200 ? 1 : 0;
      }
    });
  }
  for (std::thread& client : clients)
    client.join();
  EXPECT_EQ(std::vector<int>(kClients, kRequests), answered);
  for (int at = 0; at < kTemplates; ++at) {
    const std::string name = "t" + std::to_string(at);
    EXPECT_EQ(200, ask("POST /processes/" + name + (at % 2 == 0 ? "/_start" : "/_stop")).status);
  }
  for (const TemplateInfo& info : status()) {
    const bool is_started = (info.process_template.name.back() - '0') % 2 == 0;
    EXPECT_EQ(2U, info.processes.size());
    for (const ProcessInfo& process : info.processes)
      EXPECT_EQ(is_started ? ProcessState::Running : ProcessState::Stopped, process.state);
  }
}

}  // namespace
}  // namespace gaffer
