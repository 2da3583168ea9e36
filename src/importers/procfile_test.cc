#include "importers/procfile.h"

#include <ostream>

#include <gtest/gtest.h>

namespace gaffer::importers {
namespace {

using config::Loaded;
using Problems = std::vector<std::string>;

Loaded load(std::string_view text, ProcfileOptions options = {}) {
  return load_procfile(text, "Procfile", std::move(options));
}

TEST(Procfile, GivesATemplateForEachEntry) {
  const Loaded loaded = load(
      "# the site\n"
      "web: ./server --port $PORT # here\n"
      "\n"
      "job-2: FOO=1 ./worker\n",
      {.directory = "/srv/app", .env = {{"LANG", "C"}}});
  EXPECT_EQ((Loaded{{{.name = "web",
                      .cmd = "./server --port $PORT # here",
                      .env = {{"LANG", "C"}},
                      .raw = true,
                      .cwd = "/srv/app",
                      .shell = true,
                      .port = 5000},
                     {.name = "job-2",
                      .cmd = "FOO=1 ./worker",
                      .env = {{"LANG", "C"}},
                      .raw = true,
                      .cwd = "/srv/app",
                      .shell = true,
                      .port = 5100}},
                    {}}),
            loaded);
}

struct GoodCase {
  const char* text;
  const char* name;
  const char* cmd;
};

void PrintTo(const GoodCase& tested, std::ostream* out) { *out << tested.text; }

class ProcfileDialect : public testing::TestWithParam<GoodCase> {};

TEST_P(ProcfileDialect, IsForemans) {
  const Loaded loaded = load(GetParam().text);
  ASSERT_EQ(Problems{}, loaded.problems);
  ASSERT_EQ(1U, loaded.templates.size());
  EXPECT_EQ(GetParam().name, loaded.templates[0].name);
  EXPECT_EQ(GetParam().cmd, loaded.templates[0].cmd);
}

INSTANTIATE_TEST_SUITE_P(Lines, ProcfileDialect,
                         testing::Values(GoodCase{"web:x", "web", "x"},
                                         GoodCase{"web: \t x y \t", "web", "x y"},
                                         GoodCase{"A_b-9: x", "A_b-9", "x"},
                                         GoodCase{"web: a: b", "web", "a: b"},
                                         GoodCase{"web: echo 'a", "web", "echo 'a"},
                                         GoodCase{"\xEF\xBB\xBFweb: x\r\n\r\n", "web", "x"},
                                         GoodCase{"  # web: y\nweb: x", "web", "x"},
                                         GoodCase{"release: x", "release", "x"}));

TEST(ProcfilePorts, BeginWithTheOptionThenPortOfTheEnvironmentThenFiveThousand) {
  const auto port = [](ProcfileOptions options) {
    return load("web: x", std::move(options)).templates.at(0).port;
  };
  EXPECT_EQ(7000, port({.env = {{"PORT", "6000"}}, .base_port = 7000}));
  EXPECT_EQ(6000, port({.env = {{"PORT", "6000"}}}));
  EXPECT_EQ(5000, port({}));
  EXPECT_EQ(7000, port({.env = {{"PORT", "junk"}}, .base_port = 7000}));
}

TEST(ProcfilePorts, PortItselfIsNotHandedOn) {
  const Loaded loaded = load("web: x", {.env = {{"A", "1"}, {"PORT", "6000"}}});
  EXPECT_EQ((std::map<std::string, std::string>{{"A", "1"}}), loaded.templates.at(0).env);
}

TEST(ProcfilePorts, MustBePorts) {
  EXPECT_EQ(
      (Loaded{{},
              {"Procfile:1: PORT of the environment is \"http\": as base port it must be 1 to "
               "65535"}}),
      load("web: x\njob: y", {.env = {{"PORT", "http"}}}));
  EXPECT_EQ((Problems{"Procfile:1: PORT of the environment is \"0\": as base port it must be 1 to "
                      "65535"}),
            load("web: x", {.env = {{"PORT", "0"}}}).problems);
  EXPECT_EQ(Problems{"Procfile:1: the base port is 0: it must be 1 to 65535"},
            load("web: x", {.base_port = 0}).problems);
  EXPECT_EQ(Problems{"Procfile:2: the port of \"job\" would be 65600: ports end at 65535, so begin "
                     "with a lower base port than 65500"},
            load("web: x\njob: y", {.base_port = 65500}).problems);
}

struct BadCase {
  std::string text;
  Problems problems;
};

void PrintTo(const BadCase& tested, std::ostream* out) { *out << tested.text; }

class ProcfileProblems : public testing::TestWithParam<BadCase> {};

TEST_P(ProcfileProblems, NameTheLine) {
  const Loaded loaded = load(GetParam().text);
  EXPECT_EQ(GetParam().problems, loaded.problems);
  EXPECT_TRUE(loaded.templates.empty());
}

constexpr const char* kRightEntry =
    " is not an entry: it must be NAME: command, the name of letters, digits, _ and -";

INSTANTIATE_TEST_SUITE_P(
    Texts, ProcfileProblems,
    testing::Values(
        BadCase{"", {"Procfile:1: the file has no entries: it needs at least one NAME: command"}},
        BadCase{"# a\n\n",
                {"Procfile:1: the file has no entries: it needs at least one NAME: command"}},
        BadCase{"web x\n a: x\na.b: x\n: x\nb : x\n",
                {std::string("Procfile:1: \"web x\"") + kRightEntry,
                 std::string("Procfile:2: \" a: x\"") + kRightEntry,
                 std::string("Procfile:3: \"a.b: x\"") + kRightEntry,
                 std::string("Procfile:4: \": x\"") + kRightEntry,
                 std::string("Procfile:5: \"b : x\"") + kRightEntry}},
        BadCase{"web", {std::string("Procfile:1: \"web\"") + kRightEntry}},
        BadCase{"web: x\njob: y\nweb: z\n",
                {"Procfile:3: \"web\" stands already on line 1: every entry needs a name of its "
                 "own"}},
        BadCase{"web: \njob:",
                {"Procfile:1: \"web\" has no command: it must be NAME: command",
                 "Procfile:2: \"job\" has no command: it must be NAME: command"}},
        BadCase{"a: x\n12: y\n",
                {"Procfile:2: name is \"12\": it needs at least one letter, because a number alone "
                 "is a pid"}},
        BadCase{std::string(65, 'a') + ": x",
                {"Procfile:1: name has 65 characters: at most 64 are allowed"}},
        BadCase{std::string("a: x\0", 5),
                {"Procfile:1: the line has a NUL byte: the file must be text"}},
        BadCase{std::string(1048577, '\n'),
                {"Procfile:1: the file is longer than 1 MiB: split it into several"}}));

TEST(ProcfileProblemsOptions, BelongToTheEntries) {
  EXPECT_EQ(Problems{"Procfile:2: env has a variable without a name: every variable needs one"},
            load("# a\nweb: x", {.env = {{"", "1"}}}).problems);
}

}  // namespace
}  // namespace gaffer::importers
