#include "importers/env_file.h"

#include <ostream>

#include <gtest/gtest.h>

namespace gaffer::importers {
namespace {

using Variables = std::map<std::string, std::string>;
using Problems = std::vector<std::string>;

struct GoodCase {
  const char* text;
  Variables variables;
};

void PrintTo(const GoodCase& tested, std::ostream* out) { *out << tested.text; }

class EnvFileDialect : public testing::TestWithParam<GoodCase> {};

TEST_P(EnvFileDialect, IsThatOfDockerComposeWithoutExpansion) {
  const EnvFile parsed = parse_env_file(GetParam().text, ".env");
  EXPECT_EQ(Problems{}, parsed.problems);
  EXPECT_EQ(GetParam().variables, parsed.variables);
}

// Inputs on which foreman, honcho and godotenv disagree, one with the other.
INSTANTIATE_TEST_SUITE_P(
    WhereOthersDiffer, EnvFileDialect,
    testing::Values(GoodCase{"B=with spaces here", {{"B", "with spaces here"}}},
                    GoodCase{"E=trailing # comment", {{"E", "trailing"}}},
                    GoodCase{"N=https://example.org/#frag", {{"N", "https://example.org/#frag"}}},
                    GoodCase{"K=", {{"K", ""}}},                //
                    GoodCase{"export I=x", {{"I", "x"}}},       //
                    GoodCase{"J = spaced", {{"J", "spaced"}}},  //
                    GoodCase{"G=$A-x", {{"G", "$A-x"}}},        //
                    GoodCase{"G=${A}", {{"G", "${A}"}}},        //
                    GoodCase{R"(F="a\nb")", {{"F", "a\nb"}}},
                    GoodCase{R"(O=back\slash)", {{"O", R"(back\slash)"}}},
                    GoodCase{"Q-R=dash", {{"Q-R", "dash"}}},
                    GoodCase{"PATH=$PATH:/x", {{"PATH", "$PATH:/x"}}},
                    GoodCase{"M=\"multi\nline\"\nN=1", {{"M", "multi\nline"}, {"N", "1"}}},
                    GoodCase{"A=1\nA=2\n", {{"A", "2"}}}));

INSTANTIATE_TEST_SUITE_P(Lines, EnvFileDialect,
                         testing::Values(GoodCase{"", {}}, GoodCase{"\n \n# A=1\n  # B=2\n", {}},
                                         GoodCase{"\xEF\xBB\xBF"
                                                  "A=1\r\nB=2\r\n",
                                                  {{"A", "1"}, {"B", "2"}}},
                                         GoodCase{"  A\t=\t1\t", {{"A", "1"}}},
                                         GoodCase{"_a.B-9=x", {{"_a.B-9", "x"}}},
                                         GoodCase{"export\t A=1", {{"A", "1"}}},
                                         GoodCase{"export=1", {{"export", "1"}}},
                                         GoodCase{"export =1", {{"export", "1"}}},
                                         GoodCase{"exported=1", {{"exported", "1"}}}));

INSTANTIATE_TEST_SUITE_P(PlainValues, EnvFileDialect,
                         testing::Values(GoodCase{"A=b=c", {{"A", "b=c"}}},
                                         GoodCase{"A=#b", {{"A", "#b"}}},
                                         GoodCase{"A= # b", {{"A", ""}}},
                                         GoodCase{"A=b\t# c", {{"A", "b"}}},
                                         GoodCase{"A=b# c", {{"A", "b# c"}}},
                                         GoodCase{R"(A=b "c" 'd')", {{"A", R"(b "c" 'd')"}}},
                                         GoodCase{"A=it's", {{"A", "it's"}}}));

INSTANTIATE_TEST_SUITE_P(QuotedValues, EnvFileDialect,
                         testing::Values(GoodCase{"A=''\nB=\"\"", {{"A", ""}, {"B", ""}}},
                                         GoodCase{R"(A=' $b \n " # ')", {{"A", R"( $b \n " # )"}}},
                                         GoodCase{R"(A=" b ' # ")", {{"A", " b ' # "}}},
                                         GoodCase{R"(A="\n\r\t\"\\\$")", {{"A", "\n\r\t\"\\$"}}},
                                         GoodCase{R"(A="\d \' $b")", {{"A", R"(\d \' $b)"}}},
                                         GoodCase{"A=\"b\" # c\nB='d'#e", {{"A", "b"}, {"B", "d"}}},
                                         GoodCase{"A='b\r\n# c\r\n'\r\nB=1",
                                                  {{"A", "b\n# c\n"}, {"B", "1"}}},
                                         GoodCase{"A=\"b\\\nc\"", {{"A", "b\\\nc"}}}));

struct BadCase {
  std::string text;
  Problems problems;
};

void PrintTo(const BadCase& tested, std::ostream* out) { *out << tested.text; }

class EnvFileProblems : public testing::TestWithParam<BadCase> {};

TEST_P(EnvFileProblems, NameTheLine) {
  const EnvFile parsed = parse_env_file(GetParam().text, ".env");
  EXPECT_EQ(GetParam().problems, parsed.problems);
  EXPECT_EQ(Variables{}, parsed.variables);
}

constexpr const char* kRightName =
    " is not a name: it must be a letter or _, then letters, digits, _, . and -";

INSTANTIATE_TEST_SUITE_P(
    Texts, EnvFileProblems,
    testing::Values(
        BadCase{"A=1\nB=\"x\nC=2\n", {".env:2: the \" quote is not closed"}},
        BadCase{"A='x", {".env:1: the ' quote is not closed"}},
        BadCase{"A=\"x\\\"", {".env:1: the \" quote is not closed"}},
        BadCase{"A=\"x\\", {".env:1: the \" quote is not closed"}},
        BadCase{"A\nexport B\n",
                {".env:1: \"A\" has no =: it must be NAME=value",
                 ".env:2: \"export B\" has no =: it must be NAME=value"}},
        BadCase{
            "=1\n9A=2\nA B=3\nexport 9=4\n",
            {std::string(".env:1: \"\"") + kRightName, std::string(".env:2: \"9A\"") + kRightName,
             std::string(".env:3: \"A B\"") + kRightName,
             std::string(".env:4: \"9\"") + kRightName}},
        BadCase{"A=\"1\n2\" x\nB\n",
                {".env:2: \"x\" follows the quote that opened on line 1: only a comment may",
                 ".env:3: \"B\" has no =: it must be NAME=value"}},
        BadCase{"A='1''2'",
                {".env:1: \"'2'\" follows the quote that opened on line 1: only a comment may"}},
        BadCase{std::string("A=1\nB=\0", 7),
                {".env:2: the line has a NUL byte: the file must be text"}},
        BadCase{std::string(1048577, '\n'),
                {".env:1: the file is longer than 1 MiB: split it into several"}}));

}  // namespace
}  // namespace gaffer::importers
