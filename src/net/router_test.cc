#include "net/router.h"

#include <gtest/gtest.h>

namespace gaffer::net {
namespace {

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    add("GET", "/", "root");
    add("GET", "/processes", "list");
    add("POST", "/processes", "create");
    add("GET", "/processes/_all", "all");
    add("GET", "/processes/{name}", "one");
    add("POST", "/processes/{name}/_start", "start");
    add("GET", "/processes/{name}/logs/{label}", "log");
  }

  /// The route with its parameters, or the answer with its Allow.
  std::string ask(const std::string& method, const std::string& target) {
    Request request{.method = method, .target = target, .path = target.substr(0, target.find('?'))};
    const auto found = router_.find(request);
    if (const auto* match = std::get_if<Router::Match>(&found)) {
      std::string text = names_.at(match->route);
      for (const auto& [name, value] : match->parameters)
        text.append(" ").append(name).append("=").append(value);
      return text;
    }
    const auto& response = std::get<Response>(found);
    const std::string* allow = find_header(response.headers, "Allow");
    return std::to_string(response.status) + " " + response.body + (allow != nullptr ? *allow : "");
  }

 private:
  void add(const char* method, const char* pattern, const char* name) {
    router_.add(method, pattern);
    names_.emplace_back(name);
  }

  Router router_;
  std::vector<std::string> names_;
};

TEST_F(RouterTest, FindsTheRouteByMethodAndPath) {
  EXPECT_EQ("root", ask("GET", "/"));
  EXPECT_EQ("root", ask("GET", "/?a=b"));
  EXPECT_EQ("list", ask("GET", "/processes"));
  EXPECT_EQ("create", ask("POST", "/processes"));
}

TEST_F(RouterTest, GivesParametersDecoded) {
  EXPECT_EQ("one name=web 1/2", ask("GET", "/processes/web%201%2F2"));
  EXPECT_EQ("start name=web", ask("POST", "/processes/web/_start"));
  EXPECT_EQ("log label=err name=web", ask("GET", "/processes/web/logs/err"));
}

TEST_F(RouterTest, TakesTheRouteAddedFirst) { EXPECT_EQ("all", ask("GET", "/processes/_all")); }

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
}

TEST_F(RouterTest, ServesAHeadLikeAGet) {
  EXPECT_EQ("one name=web", ask("HEAD", "/processes/web"));
}

TEST_F(RouterTest, RefusesPathsThatCannotBeDecoded) {
  EXPECT_EQ("400 {\"error\":\"bad_request\",\"reason\":\"the path cannot be decoded\"}\n",
            ask("GET", "/processes/%zz"));
  EXPECT_EQ("400 {\"error\":\"bad_request\",\"reason\":\"the path cannot be decoded\"}\n",
            ask("GET", "/processes/%00"));
}

}  // namespace
}  // namespace gaffer::net
