/// `gaffer logs` with each of its options: of a daemon, and of what the last one has left.

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/moment_text.h"
#include "support/daemon.h"

namespace gaffer::test {
namespace {

enum class Source { Daemon, Files };

class LogsCommand : public ProgramsTest, public testing::WithParamInterface<Source> {
 protected:
  /// `web` has run twice and said the same each time, on two streams.
  void SetUp() override {
    start_gafferd_with(section("web", "print one print-error oops print two print half-done sleep",
                               "redirect_output = out, err") +
                       section("db", "print ready sleep"));
    ASSERT_TRUE(eventually([this] { return out({"--label", "out", "web"}) == kOut; }));
    ASSERT_EQ(0, gaffer({"restart", "web"}).status);
    ASSERT_TRUE(eventually([this] { return out({"--label", "out", "web"}) == kOut + kOut; }));
    ASSERT_TRUE(eventually([this] { return out({"--label", "err", "web"}) == "oops\noops\n"; }));
    ASSERT_TRUE(eventually([this] { return out({"db"}) == "ready\n"; }));
    if (GetParam() == Source::Files) end_gafferd();
  }
  [[nodiscard]] Ended logs(std::vector<std::string> words) const {
    words.insert(words.begin(), "logs");
    return gaffer(std::move(words));
  }
  [[nodiscard]] std::string out(std::vector<std::string> words) const {
    return logs(std::move(words)).out;
  }

  const std::string kOut = "one\ntwo\nhalf-done\n";  // NOLINT
};

TEST_P(LogsCommand, ShowsTheLastLinesOfEach) {
  EXPECT_EQ("half-done\n", out({"-n", "1", "--label", "out", "web"}));
  EXPECT_EQ("", out({"-n", "0", "web"}));
  EXPECT_EQ(kOut + kOut, out({"-n", "all", "--label", "out", "web"}));
  EXPECT_EQ("ready\n", out({"db.1"}));
}

TEST_P(LogsCommand, NamesWhoSaysWhatWhenThereAreSeveral) {
  const std::string said = out({});
  std::vector<std::string_view> lines = split(said, '\n');
  EXPECT_EQ(1, std::ranges::count(lines, "db.1  | ready"));
  EXPECT_EQ(2, std::ranges::count(lines, "web.1 | oops"));
  EXPECT_EQ(2, std::ranges::count(lines, "web.1 | half-done"));
}

TEST_P(LogsCommand, SearchesForATextOrAnExpressionWithTheLinesAround) {
  EXPECT_EQ("two\ntwo\n", out({"-F", "tw", "--label", "out", "web"}));
  EXPECT_EQ("one\none\n", out({"-g", "^o.e$", "--label", "out", "web"}));
  EXPECT_EQ("one\ntwo\nhalf-done\none\ntwo\nhalf-done\n",
            out({"-F", "two", "-C", "1", "--label", "out", "web"}));
  EXPECT_EQ("", out({"-F", "o.e", "--label", "out", "web"}));
}

TEST_P(LogsCommand, ChoosesByRunAndTime) {
  EXPECT_EQ(kOut, out({"--run", "0", "--label", "out", "web"}));
  EXPECT_EQ(kOut, out({"--run", "-1", "--label", "out", "web"}));
  EXPECT_EQ("", out({"--run", "-2", "--label", "out", "web"}));
  EXPECT_EQ(kOut + kOut, out({"--since", "1h", "--label", "out", "web"}));
  EXPECT_EQ("", out({"--until", "1h", "--label", "out", "web"}));
}

TEST_P(LogsCommand, PutsTimesAndFormsToIt) {
  const auto is_year = [](std::string_view line) {
    return line.starts_with("20") && line.ends_with(" ready");
  };
  EXPECT_TRUE(is_year(trim(out({"--time=%Y", "db"})))) << out({"--time=%Y", "db"});
  EXPECT_EQ("ready\n", out({"--raw", "db"}));
  const auto record = nlohmann::json::parse(out({"--json", "db"}));
  EXPECT_EQ("db.1", record.at("source"));
  EXPECT_EQ("ready", record.at("text"));
  EXPECT_EQ(0, record.at("offset"));
  EXPECT_TRUE(record.contains("time"));
}

TEST_P(LogsCommand, SaysWhatIsWrongWithAnOption) {
  const auto complaint = [this](std::vector<std::string> words, int status) {
    const Ended ended = logs(std::move(words));
    EXPECT_EQ(status, ended.status);
    EXPECT_EQ("", ended.out);
    return ended.err;
  };
  EXPECT_EQ("gaffer: bad expression \"(\": missing ): (\n", complaint({"-g", "("}, 2));
  EXPECT_EQ("gaffer: --grep excludes --find\n", complaint({"-g", "a", "-F", "b"}, 2));
  EXPECT_EQ("gaffer: --json excludes --raw\n", complaint({"--raw", "--json"}, 2));
  EXPECT_EQ("gaffer: --run: \"1\" is no run: say 0, -1, -2 ...; see gaffer logs --help\n",
            complaint({"--run", "1"}, 2));
  EXPECT_EQ("gaffer: bad value \"nope\" of since: use " + std::string(kMomentForms) + "\n",
            complaint({"--since", "nope"}, 2));
  EXPECT_NE("", complaint({"nosuch"}, 3));
}

INSTANTIATE_TEST_SUITE_P(Of, LogsCommand, testing::Values(Source::Daemon, Source::Files),
                         [](const auto& test) {
                           return test.param == Source::Daemon ? "ADaemon" : "TheLastOne";
                         });

}  // namespace
}  // namespace gaffer::test
