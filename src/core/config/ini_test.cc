#include "core/config/ini.h"

#include <ostream>

#include <gtest/gtest.h>

namespace gaffer::config {
namespace {

using Problems = std::vector<LineProblem>;

/// The sections as one text that a test can compare: `[name]@line key=value@line ...`.
std::string flat(const Ini& ini) {
  std::string text;
  for (const IniSection& section : ini.sections) {
    text += "[" + section.name + "]@" + std::to_string(section.line);
    for (const IniEntry& entry : section.entries) {
      text += " " + entry.key + "=" + entry.value + "@" + std::to_string(entry.line);
    }
    text += ";";
  }
  return text;
}

struct GoodCase {
  const char* what;
  std::string text;
  std::string flat;
};

void PrintTo(const GoodCase& tested, std::ostream* out) { *out << tested.what; }

class IniGrammar : public testing::TestWithParam<GoodCase> {};

TEST_P(IniGrammar, ReadsAsPythonsConfigparserDoes) {
  const Ini ini = parse_ini(GetParam().text);
  EXPECT_EQ(Problems{}, ini.problems);
  EXPECT_EQ(GetParam().flat, flat(ini));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, IniGrammar,
    testing::Values(
        GoodCase{"empty", "", ""},                                                           //
        GoodCase{"comments alone", "# a = b\n ; [x]\n", ""},                                 //
        GoodCase{"both delimiters", "[s]\na = 1\nb: 2\nc=3\n", "[s]@1 a=1@2 b=2@3 c=3@4;"},  //
        GoodCase{"first delimiter counts", "[s]\na = b:c=d\ne: f=g", "[s]@1 a=b:c=d@2 e=f=g@3;"},
        GoodCase{"a variable is a key", "[s]\nenv:A = b\nenv:B: c=d\nenv: e\nenvy:f=g",
                 "[s]@1 env:A=b@2 env:B=c=d@3 env=e@4 envy=f=g@5;"},
        GoodCase{"empty value", "[s]\na =\n", "[s]@1 a=@2;"},
        GoodCase{"case and inner blanks of a key", "[s]\nMy Key = 1\nmy key = 2\n",
                 "[s]@1 My Key=1@2 my key=2@3;"},
        GoodCase{"no inline comments", "[s]\na = b # c ; d\n", "[s]@1 a=b # c ; d@2;"},
        GoodCase{"blanks around a section's name", "[ s t ]  \n", "[s t]@1;"},
        GoodCase{"CRLF and byte order mark", "\xEF\xBB\xBF[s]\r\na = b\r\n", "[s]@1 a=b@2;"},
        GoodCase{"no newline at the end", "[s]\na = b", "[s]@1 a=b@2;"},
        GoodCase{"same key in two sections", "[s]\na = 1\n[t]\na = 2\n",
                 "[s]@1 a=1@2;[t]@3 a=2@4;"},
        GoodCase{"continuation", "[s]\na = 1\n  2\n\t3\nb = 4\n", "[s]@1 a=1\n2\n3@2 b=4@5;"},
        GoodCase{"continuation of nothing", "[s]\na =\n  1\n", "[s]@1 a=\n1@2;"},
        GoodCase{"continuation that looks like more", "[s]\na = 1\n  b = 2\n  [t]\n",
                 "[s]@1 a=1\nb = 2\n[t]@2;"},
        GoodCase{"comment in a value", "[s]\na = 1\n  # no\n; no\n  2\n", "[s]@1 a=1\n2@2;"},
        GoodCase{"blank line in a value", "[s]\na = 1\n\n \n  2\n\n", "[s]@1 a=1\n\n\n2@2;"},
        GoodCase{"blank line before a value", "[s]\n\na = 1\n  2\n", "[s]@1 a=1\n2@3;"},
        GoodCase{"indented section", "[s]\n  a = 1\n  b = 2\n    3\n c = 4\n",
                 "[s]@1 a=1@2 b=2\n3@3 c=4@5;"}));

struct BadCase {
  std::string text;
  Problems problems;
  std::string flat;
};

void PrintTo(const BadCase& tested, std::ostream* out) { *out << tested.text; }

class IniProblems : public testing::TestWithParam<BadCase> {};

TEST_P(IniProblems, NameTheLineAndKeepTheRest) {
  const Ini ini = parse_ini(GetParam().text);
  EXPECT_EQ(GetParam().problems, ini.problems);
  EXPECT_EQ(GetParam().flat, flat(ini));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, IniProblems,
    testing::Values(
        BadCase{
            "a = 1\nb = 2\n[s]\nc = 3\n",
            {{1, "\"a = 1\" stands before any section: begin with a line such as [process:web]"}},
            "[s]@3 c=3@4;"},
        BadCase{"[s]\nnothing\na = 1\n",
                {{2, "\"nothing\" is neither a [section] nor key = value"}},
                "[s]@1 a=1@3;"},
        BadCase{"[s\na = 1\n[t]\n",
                {{1, "section header \"[s\" is not closed: it must end with \"]\""}},
                "[t]@3;"},
        BadCase{"[ ]\na = 1\na = 2\n",
                {{1,
                  "section header \"[ ]\" is not valid: it must be a name between brackets and "
                  "nothing else"},
                 {3, "key \"a\" stands already on line 2: keep one of them"}},
                ""},
        BadCase{"[s] # no\n",
                {{1,
                  "section header \"[s] # no\" is not valid: it must be a name between brackets "
                  "and nothing else"}},
                ""},
        BadCase{"[[s]]\n",
                {{1,
                  "section header \"[[s]]\" is not valid: it must be a name between brackets and "
                  "nothing else"}},
                ""},
        BadCase{"[s]\na = 1\n[t]\n[ s ]\na = 2\n",
                {{4, "section \"s\" stands already on line 1: put both into one"}},
                "[s]@1 a=1@2;[t]@3;"},
        BadCase{"[s]\na = 1\nb = 2\na = 3\n  4\n",
                {{4, "key \"a\" stands already on line 2: keep one of them"}},
                "[s]@1 a=1@2 b=2@3;"},
        BadCase{"[s]\n= 1\n: 2\n",
                {{2, "\"= 1\" has no key before the ="}, {3, "\": 2\" has no key before the :"}},
                "[s]@1;"},
        BadCase{std::string("[s]\na = \0\n", 10),
                {{2, "the line has a NUL byte: the file must be text"}},
                "[s]@1 a=?@2;"}));

TEST(IniBounds, RefusesMoreThanOneMebibyte) {
  const Ini ini = parse_ini("[s]\n" + std::string(1048573, '#'));
  EXPECT_EQ((Problems{{1, "the file is longer than 1 MiB: split it into several"}}), ini.problems);
  EXPECT_EQ("", flat(ini));
}

TEST(IniBounds, StopsAtTheSectionAfterTenThousand) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    text.append("[").append(std::to_string(i)).append("]\n");
  }
  EXPECT_EQ(Problems{}, parse_ini(text).problems);

  const Ini ini = parse_ini(text + "[more]\nnothing\n");
  EXPECT_EQ((Problems{{10001, "the file has more than 10000 sections: split it into several"}}),
            ini.problems);
  EXPECT_EQ(10000U, ini.sections.size());
}

}  // namespace
}  // namespace gaffer::config
