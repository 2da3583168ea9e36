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

ProcessTemplate web(ProcessTemplate wanted) {
  wanted.name = "web";
  wanted.cmd = "x";
  return wanted;
}

INSTANTIATE_TEST_SUITE_P(
    GoodLimits, Validate,
    testing::Values(
        Case{"lowest",
             web({.nice = -20,
                  .oom_score_adj = -1000,
                  .memory_limit = 1,
                  .cpu_limit = 0.01,
                  .pids_limit = 1}),
             {}},
        Case{"highest", web({.nice = 19, .oom_score_adj = 1000, .cpu_limit = 10000}), {}},
        Case{"processors", web({.cpu_affinity = {0, 1023}}), {}},
        Case{"soft below hard", web({.rlimits = {{"nofile", {1, 2}}, {"as", {1, {}}}}}), {}},
        Case{"flapping", web({.flapping = Flapping{1, milliseconds(1), hours(24), 0}}), {}},
        Case{"no pause", web({.backoff = {milliseconds(0), milliseconds(0), 1, hours(24)}}), {}},
        Case{"detached twins", web({.numprocesses = 2, .detach = true}), {}},
        Case{"a terminal with a label",
             web({.redirect_output = {"tty"}, .pty = TerminalSize{}}),
             {}},
        Case{"streams of its own",
             web({.custom_streams = {"1", "2", "3", "4", "5", "6", "7", "8"}}),
             {}},
        Case{"one stream", web({.redirect_output = {"out", "out"}, .redirect_input = true}), {}}));

INSTANTIATE_TEST_SUITE_P(
    Limits, Validate,
    testing::Values(
        Case{"nice",
             web({.nice = 20}),
             {{"nice", "nice is 20: it must be a whole number from -20 to 19"}}},
        Case{"killed more than first",
             web({.oom_score_adj = 1001}),
             {{"oom_score_adj",
               "oom_score_adj is 1001: it must be a whole number from -1000 to 1000"}}},
        Case{"level",
             web({.ionice = IoPriority{.level = 8}}),
             {{"ionice", "the level of ionice is 8: it must be a whole number from 0 to 7"}}},
        Case{"processor below",
             web({.cpu_affinity = {-1, 3}}),
             {{"cpu_affinity",
               "cpu_affinity has a number that is no processor: they are from 0 to 1023"}}},
        Case{"processor above",
             web({.cpu_affinity = {1024}}),
             {{"cpu_affinity",
               "cpu_affinity has a number that is no processor: they are from 0 to 1023"}}},
        Case{"no memory",
             web({.memory_limit = 0}),
             {{"memory_limit", "memory_limit is 0: it must be a number of bytes above 0"}}},
        Case{"no processor",
             web({.cpu_limit = 0.009}),
             {{"cpu_limit",
               "cpu_limit is out of range: it must be a number of processors from 0.01 to "
               "10000"}}},
        Case{"processors that are no number",
             web({.cpu_limit = std::numeric_limits<double>::quiet_NaN()}),
             {{"cpu_limit",
               "cpu_limit is out of range: it must be a number of processors from 0.01 to "
               "10000"}}},
        Case{"no process at all",
             web({.pids_limit = 0}),
             {{"pids_limit", "pids_limit is 0: it must be a whole number from 1 to 2147483647"}}},
        Case{"unknown limit",
             web({.rlimits = {{"nofiles", {}}}}),
             {{"rlimits", "rlimits has no limit \"nofiles\" (did you mean nofile?)"}}},
        Case{"soft above hard",
             web({.rlimits = {{"nofile", {2, 1}}}}),
             {{"rlimits",
               "the limit nofile is 2:1: the soft limit, which stands first, must not be above the "
               "hard one"}}},
        Case{"unlimited above hard",
             web({.rlimits = {{"core", {{}, 1}}}}),
             {{"rlimits",
               "the limit core is unlimited:1: the soft limit, which stands first, must not be "
               "above the hard one"}}},
        Case{"limit that is no number",
             web({.rlimits = {{"core", {1, ~std::uint64_t{0}}}}}),
             {{"rlimits", "the limit core is too high: say unlimited"}}}));

INSTANTIATE_TEST_SUITE_P(
    Pace, Validate,
    testing::Values(
        Case{"no attempt",
             web({.flapping = Flapping{.attempts = 0}}),
             {{"flapping", "attempts of flapping is 0: it must be a whole number from 1 to 1000"}}},
        Case{"no window",
             web({.flapping = Flapping{.window = milliseconds(0)}}),
             {{"flapping",
               "window of flapping is 0 ms: it must be more than 0 and at most 86400 seconds, "
               "which is one day"}}},
        Case{"no rest",
             web({.flapping = Flapping{.retry_in = milliseconds(-1)}}),
             {{"flapping",
               "retry_in of flapping is -1 ms: it must be more than 0 and at most 86400 seconds, "
               "which is one day"}}},
        Case{"fewer than no rounds",
             web({.flapping = Flapping{.max_retry = -1}}),
             {{"flapping",
               "max_retry of flapping is -1: it must be a whole number from 0 to 2147483647"}}},
        Case{"base above cap",
             web({.backoff = {.base = milliseconds(2), .cap = milliseconds(1)}}),
             {{"backoff",
               "base of backoff is 2 ms, more than its cap of 1 ms: the cap must be the longest "
               "pause"}}},
        Case{"jitter",
             web({.backoff = {.jitter = 1.01}}),
             {{"backoff",
               "jitter of backoff is out of range: it must be a share from 0 to 1, such as "
               "0.2"}}},
        Case{"uptime",
             web({.backoff = {.min_uptime = milliseconds(-1)}}),
             {{"backoff",
               "min_uptime of backoff is -1 ms: it must be from 0 to 86400 seconds, which is one "
               "day"}}}));

INSTANTIATE_TEST_SUITE_P(
    Streams, Validate,
    testing::Values(
        Case{"three",
             web({.redirect_output = {"a", "b", "c"}}),
             {{"redirect_output",
               "redirect_output has 3 labels: it must be one for standard output and one for "
               "standard error"}}},
        Case{"nothing for a label",
             web({.redirect_output = {"out", ""}}),
             {{"redirect_output",
               "a label of redirect_output is empty: it must have letters, digits, \".\", \"_\" or "
               "\"-\""}}},
        Case{"parent",
             web({.redirect_output = {".."}}),
             {{"redirect_output",
               "a label of redirect_output is \"..\": it must be a word, such as out"}}},
        Case{
            "path",
            web({.redirect_output = {"a/b"}}),
            {{"redirect_output",
              "a label of redirect_output is \"a/b\": only letters, digits, \".\", \"_\" and \"-\" "
              "are allowed"}}},
        Case{"terminal with two",
             web({.redirect_output = {"a", "b"}, .pty = TerminalSize{}}),
             {{"pty", "pty goes with one label of redirect_output: a terminal is one stream"}}},
        Case{"terminal with input",
             web({.redirect_input = true, .pty = TerminalSize{}}),
             {{"pty",
               "pty and redirect_input do not go together: a terminal is the input as well"}}},
        Case{"terminal without rows",
             web({.pty = TerminalSize{.rows = 0}}),
             {{"pty", "rows of pty is 0: it must be a whole number from 1 to 65535"}}},
        Case{"terminal too wide",
             web({.pty = TerminalSize{.columns = 65536}}),
             {{"pty", "columns of pty is 65536: it must be a whole number from 1 to 65535"}}},
        Case{"detached with streams",
             web({.detach = true, .redirect_output = {"a"}}),
             {{"detach",
               "detach goes without pty, redirect_output, redirect_input and custom_streams: the "
               "streams of a detached process are /dev/null"}}},
        Case{"detached with a stream of its own",
             web({.detach = true, .custom_streams = {"a"}}),
             {{"detach",
               "detach goes without pty, redirect_output, redirect_input and custom_streams: the "
               "streams of a detached process are /dev/null"}}},
        Case{"a stream of its own that is no name",
             web({.custom_streams = {"a b"}}),
             {{"custom_streams",
               "a label of custom_streams is \"a b\": only letters, digits, \".\", \"_\" and \"-\" "
               "are allowed"}}},
        Case{"a stream of its own twice",
             web({.custom_streams = {"a", "a"}}),
             {{"custom_streams",
               "custom_streams has the label a, which another stream has: each must be of its "
               "own"}}},
        Case{"a stream of its own that is called as an output",
             web({.redirect_output = {"out"}, .custom_streams = {"out"}}),
             {{"custom_streams",
               "custom_streams has the label out, which another stream has: each must be of its "
               "own"}}},
        Case{"a stream of its own that is called as the output without a label",
             web({.custom_streams = {"output"}}),
             {{"custom_streams",
               "custom_streams has the label output, which another stream has: each must be of its "
               "own"}}},
        Case{"too many streams of its own",
             web({.custom_streams = {"1", "2", "3", "4", "5", "6", "7", "8", "9"}}),
             {{"custom_streams", "custom_streams has 9 labels: it must be at most 8"}}}));

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
                    Case{"file of variables",
                         {.name = "web", .cmd = "x", .env_file = kNul},
                         {{"env_file", "env_file has a NUL byte: no value can have one"}}},
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
