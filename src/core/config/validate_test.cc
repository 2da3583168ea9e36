#include "core/config/validate.h"

#include <limits>
#include <ostream>

#include <gtest/gtest.h>

namespace gaffer::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Problems = std::vector<Problem>;

struct Case {
  const char* what;
  ProcessTemplate wanted;
  Problems problems;
};

void PrintTo(const Case& tested, std::ostream* out) { *out << tested.what; }

class Validate : public testing::TestWithParam<Case> {};

TEST_P(Validate, SaysWhatIsWrongAndWhatWouldBeRight) {
  EXPECT_EQ(GetParam().problems, validate(GetParam().wanted));
}

const std::string kNul(1, '\0');

INSTANTIATE_TEST_SUITE_P(
    Good, Validate,
    testing::Values(
        Case{"the least", {.name = "web", .cmd = "./server"}, {}},
        Case{"longest name", {.name = std::string(64, 'a'), .cmd = "x"}, {}},
        Case{"every kind of character in a name", {.name = "1.a_B-9", .cmd = "x"}, {}},
        Case{"relative directory", {.name = "web", .cmd = "x", .cwd = "here"}, {}},
        Case{"what a shell alone can split", {.name = "web", .cmd = "echo 'a", .shell = true}, {}},
        Case{"no process", {.name = "web", .cmd = "x", .numprocesses = 0, .port = 65535}, {}},
        Case{"most processes", {.name = "web", .cmd = "x", .numprocesses = 10000}, {}},
        Case{"last port", {.name = "web", .cmd = "x", .numprocesses = 2, .port = 65534}, {}},
        Case{"kill at once", {.name = "web", .cmd = "x", .graceful_timeout = milliseconds(0)}, {}},
        Case{"one day", {.name = "web", .cmd = "x", .graceful_timeout = hours(24)}, {}},
        Case{"empty values", {.name = "web", .cmd = "x", .args = {""}, .env = {{"A", ""}}}, {}}));

INSTANTIATE_TEST_SUITE_P(
    Names, Validate,
    testing::Values(
        Case{"empty",
             {.cmd = "x"},
             {{"name", R"(name is empty: it must have letters, digits, ".", "_" or "-")"}}},
        Case{"too long",
             {.name = std::string(65, 'a'), .cmd = "x"},
             {{"name", "name has 65 characters: at most 64 are allowed"}}},
        Case{"blank",
             {.name = "a b", .cmd = "x"},
             {{"name", R"(name is "a b": only letters, digits, ".", "_" and "-" are allowed)"}}},
        Case{"NUL",
             {.name = "a" + kNul, .cmd = "x"},
             {{"name", R"(name is "a?": only letters, digits, ".", "_" and "-" are allowed)"}}},
        Case{
            "number",
            {.name = "12", .cmd = "x"},
            {{"name",
              R"(name is "12": it needs at least one letter, because a number alone is a pid)"}}}));

INSTANTIATE_TEST_SUITE_P(
    Commands, Validate,
    testing::Values(
        Case{"missing", {.name = "web"}, {{"cmd", "cmd is missing: it must say what to run"}}},
        Case{"blank for the shell",
             {.name = "web", .cmd = " \n", .shell = true},
             {{"cmd", "cmd is missing: it must say what to run"}}},
        Case{"unclosed quote",
             {.name = "web", .cmd = "echo 'a"},
             {{"cmd",
               "cmd cannot be split into words: unclosed ' quote; a quote needs its pair, a "
               "backslash a character after it"}}},
        Case{"empty word",
             {.name = "web", .cmd = "'' a"},
             {{"cmd", "cmd begins with an empty word: the first word must name the program"}}},
        Case{"continuation alone",
             {.name = "web", .cmd = "\\\n"},
             {{"cmd", "cmd begins with an empty word: the first word must name the program"}}}));

INSTANTIATE_TEST_SUITE_P(
    Variables, Validate,
    testing::Values(Case{"no name",
                         {.name = "web", .cmd = "x", .env = {{"", "1"}}},
                         {{"env", "env has a variable without a name: every variable needs one"}}},
                    Case{"equals sign",
                         {.name = "web", .cmd = "x", .env = {{"A=B", "1"}}},
                         {{"env", R"(env has a variable "A=B": a name may not have "=" in it)"}}}));

INSTANTIATE_TEST_SUITE_P(
    Numbers, Validate,
    testing::Values(
        Case{"fewer than none",
             {.name = "web", .cmd = "x", .numprocesses = -1},
             {{"numprocesses", "numprocesses is -1: it must be a whole number from 0 to 10000"}}},
        Case{
            "too many",
            {.name = "web", .cmd = "x", .numprocesses = 10001},
            {{"numprocesses", "numprocesses is 10001: it must be a whole number from 0 to 10000"}}},
        Case{"port zero",
             {.name = "web", .cmd = "x", .port = 0},
             {{"port", "port is 0: it must be a whole number from 1 to 65535"}}},
        Case{"ports beyond the last",
             {.name = "web", .cmd = "x", .numprocesses = 3, .port = 65534},
             {{"port",
               "port is 65534, too high for 3 processes: the last one's may be at most 65535"}}},
        Case{
            "largest number",
            {.name = "web", .cmd = "x", .numprocesses = std::numeric_limits<int>::max(), .port = 1},
            {{"numprocesses",
              "numprocesses is 2147483647: it must be a whole number from 0 to 10000"},
             {"port",
              "port is 1, too high for 2147483647 processes: the last one's may be at most "
              "65535"}}},
        Case{"negative time",
             {.name = "web", .cmd = "x", .graceful_timeout = milliseconds(-1)},
             {{"graceful_timeout",
               "graceful_timeout is -1 ms: it must be from 0 to 86400 seconds, which is one day"}}},
        Case{"more than a day",
             {.name = "web", .cmd = "x", .graceful_timeout = hours(24) + milliseconds(1)},
             {{"graceful_timeout",
               "graceful_timeout is 86400001 ms: it must be from 0 to 86400 seconds, which is one "
               "day"}}}));

INSTANTIATE_TEST_SUITE_P(
    NulBytes, Validate,
    testing::Values(Case{"command",
                         {.name = "web", .cmd = "a" + kNul},
                         {{"cmd", "cmd has a NUL byte: no value can have one"}}},
                    Case{"arguments",
                         {.name = "web", .cmd = "x", .args = {"a", kNul}},
                         {{"args", "args has a NUL byte: no value can have one"}}},
                    Case{"name of a variable",
                         {.name = "web", .cmd = "x", .env = {{kNul, ""}}},
                         {{"env", "env has a NUL byte: no value can have one"}}},
                    Case{"value of a variable",
                         {.name = "web", .cmd = "x", .env = {{"A", kNul}}},
                         {{"env", "env has a NUL byte: no value can have one"}}},
                    Case{"directory",
                         {.name = "web", .cmd = "x", .cwd = "/" + kNul},
                         {{"cwd", "cwd has a NUL byte: no value can have one"}}}));

TEST(ValidateAll, ReportsEveryBrokenRule) {
  const Problems problems = validate({.numprocesses = -1});
  ASSERT_EQ(3U, problems.size());
  EXPECT_EQ("name", problems[0].key);
  EXPECT_EQ("cmd", problems[1].key);
  EXPECT_EQ("numprocesses", problems[2].key);
}

}  // namespace
}  // namespace gaffer::config
