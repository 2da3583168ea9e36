#include "core/config/ini_templates.h"

#include <csignal>
#include <ostream>

#include <gtest/gtest.h>

namespace gaffer::config {
namespace {

using std::chrono::milliseconds;
using Problems = std::vector<std::string>;

Loaded load(std::string_view text) { return load_ini(text, "gaffer.ini", "/srv/app"); }

TEST(IniTemplates, ReadEveryKey) {
  const Loaded loaded = load(
      "[gaffer]\n"
      "[env:web]\n"
      "LANG = C\n"
      "mixedCase = a=b\n"
      "[process:web]\n"
      "cmd = ./server --verbose\n"
      "args = --title \"two words\"\n"
      "cwd = web\n"
      "numprocesses = 2\n"
      "shell = no\n"
      "port = 8000\n"
      "graceful_timeout = 0.5\n"
      "uid = nobody\n"
      "gid = 65534\n"
      "os_env = off\n"
      "umask = 027\n"
      "stop_signal = int\n"
      "restart = on-failure\n"
      "success_exit_codes = 0, 3\n"
      "start = no\n"
      "priority = -1\n");
  EXPECT_EQ(Problems{}, loaded.problems);
  EXPECT_EQ((std::vector<ProcessTemplate>{{.name = "web",
                                           .cmd = "./server --verbose",
                                           .args = {"--title", "two words"},
                                           .env = {{"LANG", "C"}, {"mixedCase", "a=b"}},
                                           .cwd = "/srv/app/web",
                                           .numprocesses = 2,
                                           .shell = false,
                                           .port = 8000,
                                           .uid = "nobody",
                                           .gid = "65534",
                                           .os_env = false,
                                           .umask = 027U,
                                           .stop_signal = SIGINT,
                                           .restart = Restart::OnFailure,
                                           .success_exit_codes = {0, 3},
                                           .start = false,
                                           .priority = -1,
                                           .graceful_timeout = milliseconds(500)}}),
            loaded.templates);
}

TEST(IniTemplates, TakeTheDefaultsForTheRest) {
  EXPECT_EQ((Loaded{{{.name = "web", .cmd = "x"}}, {}}), load("[process:web]\ncmd = x\n"));
}

TEST(IniTemplates, KeepTheOrderOfTheFile) {
  const Loaded loaded = load("[process:b]\ncmd = x\n[process:a]\ncmd = y\n");
  EXPECT_EQ((Loaded{{{.name = "b", .cmd = "x"}, {.name = "a", .cmd = "y"}}, {}}), loaded);
}

TEST(IniTemplates, TheLowestPriorityComesFirst) {
  const Loaded loaded = load(
      "[process:c]\ncmd = x\n[process:b]\ncmd = x\npriority = 2\n[process:a]\ncmd = x\npriority = "
      "1\n");
  ASSERT_EQ(3U, loaded.templates.size());
  EXPECT_EQ("a", loaded.templates[0].name);
  EXPECT_EQ("b", loaded.templates[1].name);
  EXPECT_EQ("c", loaded.templates[2].name);
}

TEST(IniTemplates, AnEmptyFileHasNone) { EXPECT_EQ(Loaded{}, load("# later\n")); }

TEST(IniTemplates, ACommandMaySpanLines) {
  EXPECT_EQ("a\nb", load("[process:web]\ncmd = a\n  b\n").templates.at(0).cmd);
}

TEST(IniTemplates, MayBelongToAGroup) {
  const Loaded loaded =
      load("[env:shop:web]\nA = 1\n[process:shop:web]\ncmd = x\n[process:web]\ncmd = y\n");
  EXPECT_EQ(
      (Loaded{{{.name = "shop:web", .cmd = "x", .env = {{"A", "1"}}}, {.name = "web", .cmd = "y"}},
              {}}),
      loaded);
}

TEST(IniVariables, MayStandInThreePlaces) {
  const Loaded loaded =
      load("[process:web]\nenv:B = 2=3\nenv:C: 4\ncmd = x\nenv: A=1\n[env:web]\nD = 5\nE = $D\n");
  EXPECT_EQ(Problems{}, loaded.problems);
  EXPECT_EQ((std::map<std::string, std::string>{
                {"A", "1"}, {"B", "2=3"}, {"C", "4"}, {"D", "5"}, {"E", "$D"}}),
            loaded.templates.at(0).env);
}

TEST(IniVariables, AreSetOnce) {
  EXPECT_EQ((Problems{"gaffer.ini:2: the template has a variable \"A\" already: keep one of them",
                      "gaffer.ini:6: the template has a variable \"B\" already: keep one of them"}),
            load("[process:web]\nenv:A = 1\ncmd = x\nenv = A=1 B=2\n[env:web]\nB = 3\n").problems);
}

struct DirectoryCase {
  const char* cwd;
  const char* directory;
  const char* expected;
};

class IniDirectory : public testing::TestWithParam<DirectoryCase> {};

TEST_P(IniDirectory, IsRelativeToThatOfTheFile) {
  const auto [cwd, directory, expected] = GetParam();
  const Loaded loaded =
      load_ini(std::string("[process:web]\ncmd = x\ncwd = ") + cwd, "gaffer.ini", directory);
  ASSERT_EQ(Problems{}, loaded.problems);
  EXPECT_EQ(expected, loaded.templates.at(0).cwd);
}

INSTANTIATE_TEST_SUITE_P(Paths, IniDirectory,
                         testing::Values(DirectoryCase{"web", "/srv", "/srv/web"},
                                         DirectoryCase{"web", "/", "/web"},
                                         DirectoryCase{"../web", "/srv", "/srv/../web"},
                                         DirectoryCase{"/web", "/srv", "/web"},
                                         DirectoryCase{"", "/srv", ""}));

TEST(IniDirectories, ThatBeginWithAVariableAreLeftToTheLaunch) {
  const auto cwd = [](const std::string& value) {
    return load("[process:web]\ncmd = x\ncwd = " + value).templates.at(0).cwd;
  };
  EXPECT_EQ("$HOME/web", cwd("$HOME/web"));
  EXPECT_EQ("/srv/app/$$web", cwd("$$web"));
  EXPECT_EQ("/srv/app/$HOME", cwd("$HOME\nraw = yes"));
}

TEST(IniDirectories, MayHaveADollarSignOfTheirOwn) {
  const auto cwd = [](std::string_view text) {
    return load_ini(text, "gaffer.ini", "/srv/$a").templates.at(0).cwd;
  };
  EXPECT_EQ("/srv/$$a/b/$C", cwd("[process:web]\ncmd = x\ncwd = b/$C"));
  EXPECT_EQ("/srv/$a/web", cwd("[process:web]\ncmd = x\nraw = yes\ncwd = web"));
}

TEST(IniDirectories, AreThoseOfVariableFilesToo) {
  const auto loaded = load("[process:web]\ncmd = x\nenv_file = web.env");
  EXPECT_EQ("/srv/app/web.env", loaded.templates.at(0).env_file);
}

TEST(IniBooleans, HaveFourSpellingsInAnyCase) {
  const auto shell = [](const std::string& value) {
    return load("[process:web]\ncmd = x\nshell = " + value).templates.at(0).shell;
  };
  for (const char* const value : {"yes", "True", "ON", "1"}) {
    EXPECT_TRUE(shell(value)) << value;
  }
  for (const char* const value : {"no", "False", "OFF", "0"}) {
    EXPECT_FALSE(shell(value)) << value;
  }
}

TEST(IniSeconds, AreDecimal) {
  const auto timeout = [](const std::string& value) {
    return load("[process:web]\ncmd = x\ngraceful_timeout = " + value)
        .templates.at(0)
        .graceful_timeout;
  };
  EXPECT_EQ(milliseconds(0), timeout("0"));
  EXPECT_EQ(milliseconds(1), timeout("0.001"));
  EXPECT_EQ(milliseconds(290), timeout(".29"));
  EXPECT_EQ(milliseconds(10000), timeout("10."));
  EXPECT_EQ(milliseconds(86400000), timeout("86400"));
}

TEST(IniSeconds, MayHaveAnotherUnit) {
  const auto timeout = [](const std::string& value) {
    return load("[process:web]\ncmd = x\ngraceful_timeout = " + value)
        .templates.at(0)
        .graceful_timeout;
  };
  EXPECT_EQ(milliseconds(100), timeout("100ms"));
  EXPECT_EQ(milliseconds(30'000), timeout("30s"));
  EXPECT_EQ(milliseconds(90'000), timeout("1.5m"));
  EXPECT_EQ(milliseconds(7'200'000), timeout("2h"));
  EXPECT_EQ(milliseconds(86'400'000), timeout("1d"));
}

struct ValueCase {
  const char* line;
  const char* problem;
};

void PrintTo(const ValueCase& tested, std::ostream* out) { *out << tested.line; }

class IniValues : public testing::TestWithParam<ValueCase> {};

TEST_P(IniValues, SayWhatWouldBeRight) {
  const std::string text = std::string("[process:web]\ncmd = x\n") + GetParam().line + "\n";
  const Loaded loaded = load(text);
  EXPECT_EQ(Problems{std::string("gaffer.ini:3: ") + GetParam().problem}, loaded.problems);
  EXPECT_TRUE(loaded.templates.empty());
}

constexpr const char* kRightSeconds =
    R"(: it must be a time from 0 to 1d, such as 10 (seconds), 0.5, 100ms, 30s, 5m or 2h)";

INSTANTIATE_TEST_SUITE_P(
    Lines, IniValues,
    testing::Values(
        ValueCase{"numprocesses = two",
                  R"(numprocesses is "two": it must be a whole number from 0 to 10000)"},
        ValueCase{"numprocesses = 1.5",
                  R"(numprocesses is "1.5": it must be a whole number from 0 to 10000)"},
        ValueCase{"numprocesses =",
                  R"(numprocesses is "": it must be a whole number from 0 to 10000)"},
        ValueCase{"numprocesses = 10001",
                  "numprocesses is 10001: it must be a whole number from 0 to 10000"},
        ValueCase{"port = http", R"(port is "http": it must be a whole number from 1 to 65535)"},
        ValueCase{"port = 65536", R"(port is "65536": it must be a whole number from 1 to 65535)"},
        ValueCase{"port = 0", "port is 0: it must be a whole number from 1 to 65535"},
        ValueCase{
            "shell = maybe",
            R"(shell is "maybe": it must be yes or no (true, false, on, off, 1 and 0 will do))"},
        ValueCase{"args = a 'b",
                  R"(args is "a 'b": unclosed ' quote; it must be words as a shell splits them)"},
        ValueCase{"numproceses = 2", R"(unknown key "numproceses" (did you mean numprocesses?))"},
        ValueCase{"autostart = yes", R"(unknown key "autostart" (did you mean restart?))"},
        ValueCase{"umask = 8",
                  R"(umask is "8": it must be an octal number from 0 to 777, such as 022)"},
        ValueCase{"umask = 1000", "umask is too high: it must be an octal number from 0 to 777"},
        ValueCase{"stop_signal = NOPE",
                  R"(stop_signal is "NOPE": it must be a signal such as TERM, INT or QUIT)"},
        ValueCase{"restart = sometimes",
                  R"(restart is "sometimes": it must be always, on-failure or never)"},
        ValueCase{"success_exit_codes = 0,,1",
                  R"(success_exit_codes is "0,,1": it must be exit codes from 0 to 255 with )"
                  "commas between them, such as 0, 3"},
        ValueCase{"success_exit_codes = 256",
                  "success_exit_codes has a number that is no exit code: they are from 0 to 255"},
        ValueCase{"priority = high", R"(priority is "high": it must be a whole number)"},
        ValueCase{
            "os_env = perhaps",
            R"(os_env is "perhaps": it must be yes or no (true, false, on, off, 1 and 0 will do))"},
        ValueCase{"flapping = 2, x",
                  R"(flapping is "2, x": window cannot be "x"; it must be no, any part of )"
                  "attempts=2, window=1, retry_in=7, max_retry=5, or these four numbers in a row"},
        ValueCase{"name = web",
                  R"(unknown key "name": the name stands in the head of the section)"},
        ValueCase{"CMD = x", R"(unknown key "CMD")"}));

TEST(IniValues, RefuseSecondsThatAreNone) {
  for (const char* const value :
       {"", "ten", "1y", "1 s", "1.5d", "s", "-1", "86400.001", "1e3", "inf", "nan"}) {
    const Loaded loaded =
        load(std::string("[process:web]\ncmd = x\ngraceful_timeout = ") + value + "\n");
    EXPECT_EQ(
        Problems{std::string("gaffer.ini:3: graceful_timeout is \"") + value + '"' + kRightSeconds},
        loaded.problems);
  }
}

struct SectionCase {
  const char* header;
  const char* problem;
};

void PrintTo(const SectionCase& tested, std::ostream* out) { *out << tested.header; }

class IniSections : public testing::TestWithParam<SectionCase> {};

TEST_P(IniSections, AreOfThreeKinds) {
  const std::string text = std::string("[process:web]\ncmd = x\n") + GetParam().header + "\n";
  const Loaded loaded = load(text);
  EXPECT_EQ(Problems{std::string("gaffer.ini:3: ") + GetParam().problem}, loaded.problems);
  EXPECT_TRUE(loaded.templates.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Headers, IniSections,
    testing::Values(
        SectionCase{"[proces:db]", R"(unknown section "proces:db" (did you mean process?))"},
        SectionCase{"[gafer]", R"(unknown section "gafer" (did you mean gaffer?))"},
        SectionCase{"[gaffer:x]", R"(unknown section "gaffer:x" (did you mean gaffer?))"},
        SectionCase{"[endpoint]", "section [endpoint] has no name: it must be [endpoint:NAME]"},
        SectionCase{"[webhook]", R"(unknown section "webhook" (did you mean webhooks?))"},
        SectionCase{"[process]", "section [process] has no name: it must be [process:NAME]"},
        SectionCase{"[env]", "section [env] has no name: it must be [env:NAME]"},
        SectionCase{"[env:wbe]",
                    R"(no template "wbe" in this file for its variables (did you mean web?))"},
        SectionCase{"[env:database]", R"(no template "database" in this file for its variables)"}));

TEST(IniSections, WebhooksHaveTopicsAndASecret) {
  const auto loaded = load(
      "[webhooks]\n. = http://127.0.0.1:9000/all\nproc.web.exit = unix:/run/a.sock:/x\n"
      "secret = s3\n");
  EXPECT_EQ(Problems{}, loaded.problems);
  EXPECT_EQ((WebhookConfig{.hooks = {{".", "http://127.0.0.1:9000/all"},
                                     {"proc.web.exit", "unix:/run/a.sock:/x"}},
                           .secret = "s3"}),
            loaded.webhooks);
  EXPECT_EQ(
      (Problems{
          R"(gaffer.ini:2: webhook exit is "ftp://x/": it must be http://…, https://… or unix:/path/of/socket:/path)",
          R"(gaffer.ini:3: webhook fail is "unix:/x": it must be http://…, https://… or unix:/path/of/socket:/path)",
          "gaffer.ini:4: secret is empty"}),
      load("[webhooks]\nexit = ftp://x/\nfail = unix:/x\nsecret =\n").problems);
}

TEST(IniSections, GafferHasTwoKeys) {
  EXPECT_EQ(1'500'000'000U, load("[gaffer]\nlog_budget = 1500000000\n").log_budget);
  EXPECT_EQ(std::nullopt, load("[gaffer]\n").log_budget);
  EXPECT_EQ(
      (Problems{
          R"(gaffer.ini:2: unknown key "bind": [gaffer] has http_endpoints and log_budget)",
          R"(gaffer.ini:3: log_budget must be a number of bytes, such as 1G, not "much")",
          R"(gaffer.ini:4: unknown key "log_budge" (did you mean log_budget?): [gaffer] has http_endpoints and log_budget)"}),
      load("[gaffer]\nbind = 0.0.0.0\nlog_budget = much\nlog_budge = 1\n").problems);
}

TEST(IniProblemsPlace, IsTheLineOfTheKeyOrElseOfTheSection) {
  EXPECT_EQ((Problems{"gaffer.ini:1: cmd is missing: it must say what to run"}),
            load("[process:web]\nnumprocesses = 2\n").problems);
  EXPECT_EQ((Problems{"gaffer.ini:2: cmd is missing: it must say what to run"}),
            load("[process:web]\ncmd =\n").problems);
  EXPECT_EQ((Problems{"gaffer.ini:1: name is \"7\": it needs at least one letter, because a number "
                      "alone is a pid"}),
            load("[process:7]\ncmd = x\n").problems);
  EXPECT_EQ((Problems{"gaffer.ini:3: port is 65535, too high for 2 processes: the last one's may "
                      "be at most 65535"}),
            load("[process:web]\ncmd = x\nport = 65535\nnumprocesses = 2\n").problems);
}

TEST(IniProblemsAll, AreReportedInTheOrderOfLines) {
  EXPECT_EQ((Loaded{{},
                    {"gaffer.ini:1: no template \"db\" in this file for its variables",
                     "gaffer.ini:2: cmd is missing: it must say what to run",
                     "gaffer.ini:3: unknown key \"prot\" (did you mean port?)",
                     "gaffer.ini:4: \"x\" is neither a [section] nor key = value",
                     "gaffer.ini:5: unknown section \"other\""}}),
            load("[env:db]\n[process:web]\nprot = 1\nx\n[other]\n[process:good]\ncmd = x\n"));
}

TEST(IniProblemsGuess, IsOnlyMadeAmongFewTemplates) {
  std::string text = "[env:t]\n";
  for (int i = 0; i <= 100; ++i) {
    text += "[process:t" + std::to_string(i) + "]\ncmd = x\n";
  }
  EXPECT_EQ(Problems{"gaffer.ini:1: no template \"t\" in this file for its variables"},
            load(text).problems);
}

TEST(IniProblemsGuess, IsNeverANameThatIsNotValid) {
  EXPECT_EQ(
      (Problems{
          "gaffer.ini:1: name is \"we?\": only letters, digits, \".\", \"_\" and \"-\" are allowed",
          "gaffer.ini:3: no template \"web\" in this file for its variables"}),
      load("[process:we\x02]\ncmd = x\n[env:web]\n").problems);
}

}  // namespace
}  // namespace gaffer::config
