#include "core/config/properties.h"

#include <csignal>
#include <ostream>

#include <gtest/gtest.h>

#include "core/config/reference.h"
#include "core/config/validate.h"
#include "support/random_template.h"
#include "support/source_tree.h"

namespace gaffer::config {
namespace {

using std::chrono::milliseconds;
using Names = std::vector<std::string_view>;

const Property& property(std::string_view name) {
  const Property* found = find_property(name);
  if (found == nullptr) throw std::invalid_argument(std::string(name));
  return *found;
}

/// The template that a value of one property makes, or the complaint as its name.
ProcessTemplate with(std::string_view name, const Value& value) {
  ProcessTemplate made;
  if (const auto wrong = property(name).set(made, value)) made.name = *wrong;
  return made;
}

struct ValueCase {
  const char* key;
  Value value;
  ProcessTemplate expected;
};

void PrintTo(const ValueCase& tested, std::ostream* out) {
  *out << tested.key << " = " << shown(tested.value);
}

class PropertyValues : public testing::TestWithParam<ValueCase> {};

TEST_P(PropertyValues, AreRead) {
  EXPECT_EQ(GetParam().expected, with(GetParam().key, GetParam().value))
      << with(GetParam().key, GetParam().value).name;
}

const Value kAttemptsOnly = Map{{"attempts", std::int64_t{9}}};

INSTANTIATE_TEST_SUITE_P(
    Texts, PropertyValues,
    testing::Values(
        ValueCase{"args", "a 'b c'", {.args = {"a", "b c"}}},
        ValueCase{
            "env", "A=1 'B=two words' C=", {.env = {{"A", "1"}, {"B", "two words"}, {"C", ""}}}},
        ValueCase{"shell", "ON", {.shell = true}},  //
        ValueCase{"shell", "1", {.shell = true}}, ValueCase{"uid", "33", {.uid = "33"}},
        ValueCase{"umask", "027", {.umask = 027U}},
        ValueCase{"stop_signal", "sigquit", {.stop_signal = SIGQUIT}},
        ValueCase{"stop_signal", "40", {.stop_signal = 40}},
        ValueCase{"success_exit_codes", "0, 3-5", {.success_exit_codes = {0, 3, 4, 5}}},
        ValueCase{"flapping", "yes", {.flapping = Flapping{}}}, ValueCase{"flapping", "Off", {}},
        ValueCase{"flapping",
                  "max_retry=-1, attempts=3",
                  {.flapping = Flapping{.attempts = 3, .max_retry = -1}}},
        ValueCase{"flapping",
                  "2, 1., 7., 5",
                  {.flapping = Flapping{2, milliseconds(1000), milliseconds(7000), 5}}},
        ValueCase{"flapping", "4,500ms", {.flapping = Flapping{4, milliseconds(500)}}},
        ValueCase{"backoff", "0", {.backoff = {.base = milliseconds(0)}}},
        ValueCase{"backoff",
                  "cap = 5m, jitter=.5, base=1,min_uptime=0.25",
                  {.backoff = {milliseconds(1000), milliseconds(300'000), 0.5, milliseconds(250)}}},
        ValueCase{"rlimits",
                  "nofile=1024:4096, core=0, stack=unlimited, as=2G:unlimited",
                  {.rlimits = {{"nofile", {1024, 4096}},
                               {"core", {0, 0}},
                               {"stack", {}},
                               {"as", {std::uint64_t{2} << 30U, {}}}}}},
        ValueCase{"ionice", "idle", {.ionice = IoPriority{.io_class = IoPriority::Class::Idle}}},
        ValueCase{"ionice", "best-effort:7", {.ionice = IoPriority{.level = 7}}},
        ValueCase{"ionice", "realtime:0", {.ionice = IoPriority{IoPriority::Class::Realtime, 0}}},
        ValueCase{"redirect_output", "out, err", {.redirect_output = {"out", "err"}}},
        ValueCase{"cpu_affinity", "0-3, 5", {.cpu_affinity = {0, 1, 2, 3, 5}}},
        ValueCase{"pty", "yes", {.pty = TerminalSize{24, 80}}},
        ValueCase{"pty", "50x132", {.pty = TerminalSize{50, 132}}},  //
        ValueCase{"pty", "no", {}},
        ValueCase{"memory_limit", "512m", {.memory_limit = 512U << 20U}},
        ValueCase{"memory_limit", "7", {.memory_limit = 7}},
        ValueCase{"cpu_limit", "0.5", {.cpu_limit = 0.5}},
        ValueCase{"pids_limit", "64", {.pids_limit = 64}}));

INSTANTIATE_TEST_SUITE_P(
    Json, PropertyValues,
    testing::Values(
        ValueCase{"numprocesses", std::int64_t{3}, {.numprocesses = 3}},
        ValueCase{"shell", true, {.shell = true}},
        ValueCase{"args", List{"-p", std::int64_t{80}, "a b"}, {.args = {"-p", "80", "a b"}}},
        ValueCase{
            "env", Map{{"A", "x y"}, {"B", std::int64_t{1}}}, {.env = {{"A", "x y"}, {"B", "1"}}}},
        ValueCase{"uid", std::int64_t{33}, {.uid = "33"}},
        ValueCase{"graceful_timeout", 0.25, {.graceful_timeout = milliseconds(250)}},
        ValueCase{"graceful_timeout", std::int64_t{7}, {.graceful_timeout = milliseconds(7000)}},
        ValueCase{"success_exit_codes",
                  List{std::int64_t{0}, std::int64_t{9}},
                  {.success_exit_codes = {0, 9}}},
        ValueCase{"success_exit_codes", List{}, {.success_exit_codes = {}}},
        ValueCase{"flapping", false, {}},  //
        ValueCase{"flapping", kAttemptsOnly, {.flapping = Flapping{.attempts = 9}}},
        ValueCase{"backoff", std::int64_t{0}, {.backoff = {.base = milliseconds(0)}}},
        ValueCase{"backoff",
                  Map{{"jitter", 0.5}, {"cap", "1m"}},
                  {.backoff = {.cap = milliseconds(60'000), .jitter = 0.5}}},
        ValueCase{"rlimits",
                  Map{{"core", std::int64_t{0}}, {"nofile", "1:2"}},
                  {.rlimits = {{"core", {0, 0}}, {"nofile", {1, 2}}}}},
        ValueCase{"redirect_output", List{"out"}, {.redirect_output = {"out"}}},
        ValueCase{"pty", true, {.pty = TerminalSize{}}},
        ValueCase{"pty",
                  Map{{"rows", std::int64_t{50}}, {"columns", std::int64_t{132}}},
                  {.pty = TerminalSize{50, 132}}},
        ValueCase{"memory_limit", 1e9, {.memory_limit = 1'000'000'000}},
        ValueCase{"cpu_limit", std::int64_t{2}, {.cpu_limit = 2.0}}));

struct Complaint {
  const char* key;
  Value value;
  const char* sentence;
};

void PrintTo(const Complaint& tested, std::ostream* out) {
  *out << tested.key << " = " << shown(tested.value);
}

class PropertyComplaints : public testing::TestWithParam<Complaint> {};

TEST_P(PropertyComplaints, NameTheValueAndWhatWouldBeRight) {
  ProcessTemplate wanted{.name = "web", .args = {"a"}, .flapping = Flapping{}};
  const ProcessTemplate before = wanted;
  const auto sentence = property(GetParam().key).set(wanted, GetParam().value);
  ASSERT_TRUE(sentence.has_value());
  EXPECT_EQ(0U, sentence->find(GetParam().sentence)) << *sentence;
  EXPECT_NE(std::string::npos, sentence->find("it must be ")) << *sentence;
  EXPECT_EQ(before, wanted);
}

INSTANTIATE_TEST_SUITE_P(
    Values, PropertyComplaints,
    testing::Values(
        Complaint{"flapping", "2, x",
                  R"(flapping is "2, x": window cannot be "x"; it must be no, any)"},
        Complaint{"flapping", "1,2,3,4,5",
                  R"(flapping is "1,2,3,4,5": it has four parts; it must)"},
        Complaint{
            "flapping", "atempts=3",
            R"(flapping is "atempts=3": it has no part "atempts" (did you mean attempts?); it)"},
        Complaint{"flapping", "window=1, window=2",
                  R"(flapping is "window=1, window=2": "window" stands twice; it)"},
        Complaint{"flapping", "window=1, 3",
                  R"(flapping is "window=1, 3": "3" is not name=value; it)"},
        Complaint{"flapping", Map{{"rounds", std::int64_t{1}}},
                  R"(flapping is an object: it has no part "rounds"; it)"},
        Complaint{"flapping", List{}, "flapping is a list: it must be"},
        Complaint{"backoff", "", R"(backoff is "": "" is not name=value; it must be 0 or any)"},
        Complaint{"backoff", Map{{"base", "soon"}},
                  R"(backoff is an object: base cannot be "soon"; it)"},
        Complaint{"backoff", Map{{"jitter", "nan"}},
                  R"(backoff is an object: jitter cannot be "nan"; it)"},
        Complaint{
            "rlimits", "nofiles=1",
            R"(rlimits is "nofiles=1": there is no limit "nofiles" (did you mean nofile?); it)"},
        Complaint{"rlimits", "nofile=1:2:3",
                  R"(rlimits is "nofile=1:2:3": nofile cannot be "1:2:3"; it)"},
        Complaint{"rlimits", Map{{"core", -1.5}},
                  R"(rlimits is an object: core cannot be "-1.5"; it)"},
        Complaint{"env", "A=1 B", R"(env is "A=1 B": "B" has no =; it must be NAME=value words)"},
        Complaint{"env", "A=1 A=2", R"(env is "A=1 A=2": "A" stands twice; it)"},
        Complaint{"env", Map{{"A", true}}, R"(env is an object: A cannot be "true"; it)"},
        Complaint{"args", "'", R"(args is "'": unclosed ' quote; it must be words as a shell)"},
        Complaint{"args", std::int64_t{3}, "args is 3: it must be words"},
        Complaint{"args", List{1.0}, "args is a list: it must be words"},
        Complaint{"cmd", std::int64_t{3}, "cmd is 3: it must be a text"},
        Complaint{"cmd", List{"a"}, "cmd is a list: it must be a text"},
        Complaint{"uid", true, "uid is true: it must be the name or the number of a user"},
        Complaint{"umask", std::int64_t{22}, "umask is 22: it must be an octal number"},
        Complaint{"umask", "028", R"(umask is "028": it must be an octal number)"},
        Complaint{"numprocesses", true, "numprocesses is true: it must be a whole number"},
        Complaint{"numprocesses", 1.5, "numprocesses is 1.5: it must be a whole number"},
        Complaint{"graceful_timeout", "86400001ms", R"(graceful_timeout is "86400001ms": it must)"},
        Complaint{"graceful_timeout", std::int64_t{-1},
                  "graceful_timeout is -1: it must be a time"},
        Complaint{"success_exit_codes", List{"x"}, "success_exit_codes is a list: it must be exit"},
        Complaint{"cpu_affinity", "3-1", R"(cpu_affinity is "3-1": it must be numbers)"},
        Complaint{"cpu_affinity", "0-2000000000", R"(cpu_affinity is "0-2000000000": it must be)"},
        Complaint{"cpu_affinity", "", R"(cpu_affinity is "": it must be numbers)"},
        Complaint{"ionice", "idle:3", R"(ionice is "idle:3": it must be idle)"},
        Complaint{"ionice", "fast", R"(ionice is "fast": it must be idle)"},
        Complaint{"pty", "24", R"(pty is "24": it must be no, yes)"},
        Complaint{"pty", Map{{"row", std::int64_t{1}}},
                  R"(pty is an object: it has no part "row" (did you mean rows?); it)"},
        Complaint{"memory_limit", "8388608T", R"(memory_limit is "8388608T": it must be a number)"},
        Complaint{"memory_limit", "-1", R"(memory_limit is "-1": it must be a number)"},
        Complaint{"memory_limit", "K", R"(memory_limit is "K": it must be a number)"},
        Complaint{"cpu_limit", "inf", R"(cpu_limit is "inf": it must be a number of processors)"},
        Complaint{"cpu_limit", "half", R"(cpu_limit is "half": it must be a number)"}));

TEST(Properties, ReadWhatTheyWrite) {
  test::RandomTemplates templates(20);
  for (int round = 0; round < 2000; ++round) {
    const ProcessTemplate wanted = templates.next();
    ASSERT_EQ(std::vector<Problem>{}, validate(wanted));
    ProcessTemplate read;
    for (const Property& one : properties()) {
      const auto value = one.get(wanted);
      if (!value) continue;
      ASSERT_EQ(std::nullopt, one.set(read, *value));
    }
    ASSERT_EQ(wanted, read) << "round " << round;
  }
}

TEST(Properties, HaveNothingToTellOfADefault) {
  for (const Property& one : properties()) {
    EXPECT_EQ(std::nullopt, one.get(ProcessTemplate{})) << one.name;
  }
}

TEST(Properties, TellTheirNaturalForm) {
  const ProcessTemplate wanted{.umask = 022U,
                               .stop_signal = SIGINT,
                               .flapping = Flapping{.window = milliseconds(1500)},
                               .rlimits = {{"core", {0, 0}}, {"cpu", {}}, {"nofile", {1, {}}}},
                               .graceful_timeout = milliseconds(2000)};
  EXPECT_EQ(Value("022"), property("umask").get(wanted));
  EXPECT_EQ(Value("INT"), property("stop_signal").get(wanted));
  EXPECT_EQ(Value(std::int64_t{2}), property("graceful_timeout").get(wanted));
  EXPECT_EQ(Value(Map{{"attempts", std::int64_t{2}},
                      {"window", 1.5},
                      {"retry_in", std::int64_t{7}},
                      {"max_retry", std::int64_t{5}}}),
            property("flapping").get(wanted));
  EXPECT_EQ(Value(Map{{"core", std::int64_t{0}}, {"cpu", "unlimited"}, {"nofile", "1:unlimited"}}),
            property("rlimits").get(wanted));
}

TEST(PropertiesChanged, AreThoseThatDiffer) {
  const ProcessTemplate before{.name = "web", .cmd = "x", .nice = 1};
  ProcessTemplate after = before;
  EXPECT_EQ(Names{}, changed(before, after));
  after.cmd = "y";
  after.nice.reset();
  after.flapping = Flapping{};
  EXPECT_EQ((Names{"cmd", "flapping", "nice"}), changed(before, after));
}

TEST(PropertiesChanged, NeedNewProcessesUnlessTheManagerAloneLooksAtThem) {
  Names live;
  for (const Property& one : properties()) {
    if (one.effect == Effect::Live) live.push_back(one.name);
  }
  EXPECT_EQ((Names{"numprocesses", "stop_signal", "graceful_timeout", "restart",
                   "success_exit_codes", "flapping", "backoff", "start", "priority", "log_max_size",
                   "log_keep", "log_max_age", "log_total", "log_compress", "on_full"}),
            live);
}

TEST(PropertiesReference, IsInTheGuide) {
  EXPECT_NE(std::string::npos,
            test::source_file("docs/guide/templates.md").find(template_reference()))
      << template_reference();
}

}  // namespace
}  // namespace gaffer::config
