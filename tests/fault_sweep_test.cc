/// gafferd in a world where system calls fail, once each, at one place after the other; and in one
/// where it is killed there.

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "os/cgroup.h"
#include "support/api.h"
#include "support/daemon.h"
#include "support/strace.h"

namespace gaffer {
namespace {

using test::section;

#if defined(__SANITIZE_THREAD__)
constexpr bool kHasThreadSanitizer = true;
#else
constexpr bool kHasThreadSanitizer = false;
#endif
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kHasAddressSanitizer = true;
#else
constexpr bool kHasAddressSanitizer = false;
#endif

/// In so many places of a life a call fails with an error; in all of them would take an hour.
std::size_t most_places() {
  const char* wanted = std::getenv("GAFFER_SWEEP_PLACES");
  return parse_number<std::size_t>(wanted != nullptr ? wanted : "").value_or(8);
}

/// A system call, and the errors with which the kernel may answer it to gafferd.
struct Fault {
  enum class Until { SecondProcess, TheEnd };

  std::string call;
  std::vector<std::string> errors;
  std::string argument;         ///< Only calls in which it stands.
  Until until = Until::TheEnd;  ///< Those before, in a life.
  std::ptrdiff_t spared = 0;    ///< So many of them, the first ones, do not fail.

  friend void PrintTo(const Fault& fault, std::ostream* stream) { *stream << fault.call; }
};

/// A life without a fault.
struct Reference {
  std::vector<std::string> own;  ///< What gafferd called, as strace writes it, …
  std::string foreign;           ///< … and what the C library and the sanitizers did before.
  std::size_t descriptors = 0;
};

/// How many calls come before the second process is made, if it is made in the same turn of the loop
/// as the first; else before the first. From there on what is called when depends on how slow the
/// machine is, and libuv makes calls of its own.
std::size_t calls_before_second_process(const std::vector<std::string>& calls) {
  const auto is_clone = [](const std::string& line) { return line.starts_with("clone3("); };
  const auto first = std::ranges::find_if(calls, is_clone);
  GAFFER_ASSERT(first != calls.end(), "there is a process");
  const auto second = std::find_if(std::next(first), calls.end(), is_clone);
  const bool is_later_turn = std::any_of(first, second, [](const std::string& line) {
    return line.starts_with("epoll_wait(") || line.starts_with("epoll_pwait(");
  });
  return static_cast<std::size_t>((is_later_turn ? first : second) - calls.begin());
}

/// The which-th of its kind each call is that may fail so, counted from the start of the program.
std::vector<int> places_of(const Fault& fault, const Reference& reference) {
  int place = test::count_calls(reference.foreign)[fault.call];
  std::vector<int> places;
  const std::size_t end = fault.until == Fault::Until::SecondProcess
                              ? calls_before_second_process(reference.own)
                              : reference.own.size();
  for (std::size_t at = 0; at < end; ++at) {
    const std::string& line = reference.own[at];
    if (!line.starts_with(fault.call + "(")) continue;
    ++place;
    if (line.find(fault.argument) != std::string::npos) places.push_back(place);
  }
  const auto spared = std::min(fault.spared, std::ssize(places));
  places.erase(places.begin(), places.begin() + spared);
  return places;
}

/// At most `most` of them, evenly spread.
std::vector<int> some_of(const std::vector<int>& places, std::size_t most) {
  if (places.size() <= most) return places;
  std::vector<int> some;
  for (std::size_t i = 0; i < most; ++i)
    some.push_back(places[i * (places.size() - 1) / (most - 1)]);
  return some;
}

class SweepTest : public test::ProgramsTest {
 protected:
  void SetUp() override {
    if (kHasThreadSanitizer) GTEST_SKIP() << "the sanitizer makes system calls of its own";
    if (!test::can_strace()) GTEST_SKIP() << "strace is not here, or may not trace";
    write("gaffer.ini",
          section("steady", "print steady sleep", "graceful_timeout = 0.2") +
              section("web", "print web sleep", "numprocesses = 2\ngraceful_timeout = 0.2") +
              section("crash", "print crash exit 3", "backoff = base=0.01, cap=0.02"));
  }

  void begin(const std::vector<std::string>& strace_options) {
    gafferd_.emplace(test::under_strace(command("gafferd", {"-c", "gaffer.ini"}),
                                        dir_.path("trace"), strace_options));
    until([this] { return is_ready(); });
  }
  [[nodiscard]] bool is_ready() const {
    return gafferd_->err().find("gafferd: ready") != std::string::npos;
  }

  /// What gafferd goes through: processes run, are stopped, started and killed, and keep crashing.
  /// It may end anywhere.
  void live() {
    until_all_are("steady", ProcessState::Running);
    until_all_are("web", ProcessState::Running);
    ask_until_all_are("stop", "web", ProcessState::Stopped);
    ask_until_all_are("start", "web", ProcessState::Running);
    ask_until_all_are("restart", "steady", ProcessState::Running);
    kill_steady();
    until([this] {
      const auto crash = processes_of("crash");
      return crash.size() == 1 && crash[0].restarts >= 3;
    });
    (void)ask("GET /logs?lines=3");
    ask_until_all_are("stop", "crash", ProcessState::Stopped);
  }

  /// What gafferd says of its processes is what is there, and nothing else is.
  void expect_that_all_is_right(std::size_t most_descriptors) {
    EXPECT_TRUE(test::eventually([this] {
      return all_are("steady", ProcessState::Running) && all_are("web", ProcessState::Running) &&
             all_are("crash", ProcessState::Stopped) && told() == children();
    })) << ask("GET /status").value_or("no answer");
    EXPECT_TRUE(test::eventually([&] { return descriptors() <= most_descriptors; }))
        << descriptors() << " descriptors, not " << most_descriptors;
  }

  void end() {
    gafferd_->signal(SIGTERM);
    const test::Ended ended = gafferd_->wait_for_end();
    EXPECT_EQ(0, ended.status) << ended.err;
    gafferd_.reset();
    EXPECT_TRUE(nothing_is_left());
  }

  /// It could not start, and ended with one line that says so.
  void expect_that_it_says_why() {
    const test::Ended ended = gafferd_->wait_for_end();
    gafferd_.reset();
    EXPECT_TRUE(ended.status == 1 || ended.status == 2) << ended.status;
    EXPECT_TRUE(ended.err.starts_with("gafferd: ")) << ended.err;
    EXPECT_EQ(1, std::ranges::count(ended.err, '\n')) << ended.err;
    EXPECT_TRUE(nothing_is_left());
  }

  [[nodiscard]] std::size_t descriptors() const {
    const std::filesystem::path folder = "/proc/" + std::to_string(gafferd_->pid()) + "/fd";
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }

  Reference live_without_fault() {
    begin({});
    live();
    Reference reference{.descriptors = descriptors()};
    expect_that_all_is_right(reference.descriptors);
    end();
    const std::string trace = dir_.read("trace");
    const auto begin_of_own = trace.rfind('\n', trace.find("\"gaffer.ini\", O_RDONLY")) + 1;
    reference.foreign = trace.substr(0, begin_of_own);
    for (const std::string_view line : split(std::string_view(trace).substr(begin_of_own), '\n'))
      reference.own.emplace_back(line);
    return reference;
  }

  /// Ends what a gafferd that was killed has left.
  void end_all(const std::vector<pid_t>& survivors) {
    for (const pid_t pid : survivors)
      ::kill(pid, SIGKILL);
    EXPECT_TRUE(test::eventually([&] {
      const auto present = marked();
      return std::ranges::find_first_of(present, survivors) == present.end();
    }));
  }

 private:
  [[nodiscard]] std::string socket() const { return dir_.path("gaffer/gaffer.sock"); }
  [[nodiscard]] std::optional<std::string> ask(const std::string& request) const {
    return test::ask(socket(), request);
  }
  [[nodiscard]] std::vector<ProcessInfo> processes_of(const std::string& name) const {
    for (TemplateInfo& info : test::ask_status(socket())) {
      if (info.process_template.name == name) return std::move(info.processes);
    }
    return {};
  }
  [[nodiscard]] bool all_are(const std::string& name, ProcessState state) const {
    const auto processes = processes_of(name);
    return !processes.empty() && std::ranges::all_of(processes, [&](const ProcessInfo& one) {
      return one.state == state && (one.os_pid != 0) == (state == ProcessState::Running);
    });
  }

  /// Waits until the condition holds, or gafferd has ended.
  void until(const std::function<bool()>& condition) {
    EXPECT_TRUE(gafferd_->wait_until([&] { return gafferd_->has_ended() || condition(); }))
        << ask("GET /status").value_or("no answer");
  }
  void until_all_are(const std::string& name, ProcessState state) {
    until([&] { return all_are(name, state); });
  }
  /// Asks again when it has not come about: a fault may cost us the connection.
  void ask_until_all_are(const std::string& verb, const std::string& name, ProcessState state) {
    until([&] {
      (void)ask("POST /processes/" + name + "/_" + verb);
      return all_are(name, state);
    });
  }
  void kill_steady() {
    const auto before = processes_of("steady");
    if (before.empty() || before[0].os_pid == 0) return;  // gafferd has ended.
    ::kill(before[0].os_pid, SIGKILL);
    until([&] {
      const auto now = processes_of("steady");
      return !now.empty() && now[0].pid != before[0].pid && now[0].state == ProcessState::Running;
    });
  }

  [[nodiscard]] std::vector<pid_t> told() const {
    std::vector<pid_t> pids;
    for (const TemplateInfo& info : test::ask_status(socket())) {
      for (const ProcessInfo& one : info.processes) {
        if (one.os_pid != 0) pids.push_back(one.os_pid);
      }
    }
    std::ranges::sort(pids);
    return pids;
  }
  [[nodiscard]] std::vector<pid_t> children() const {
    std::vector<pid_t> pids = os::children_of(gafferd_->pid());
    std::ranges::sort(pids);
    return pids;
  }
};

class ACallFails : public SweepTest, public testing::WithParamInterface<Fault> {};

TEST_P(ACallFails, AndNothingComesOfItButAReason) {
  const Fault& fault = GetParam();
  const Reference reference = live_without_fault();
  const auto chosen = some_of(places_of(fault, reference), most_places());
  if (chosen.empty()) GTEST_SKIP() << "gafferd does not call " << fault.call << " here";
  int injected = 0;
  for (const std::string& error : fault.errors) {
    for (const int place : chosen) {
      const std::string what = fault.call + ":error=" + error + ":when=" + std::to_string(place);
      SCOPED_TRACE(what);
      begin({"-e", "trace=" + fault.call, "-e", "inject=" + what});
      if (is_ready()) {
        live();
        expect_that_all_is_right(reference.descriptors);
        end();
      } else {
        expect_that_it_says_why();
      }
      if (dir_.read("trace").find("(INJECTED)") != std::string::npos) ++injected;
      if (HasFailure()) return;
    }
  }
  EXPECT_LT(0, injected);
}

// Left out is dup3(2) to a descriptor that is open, which cannot fail, and what libuv 1.44 aborts
// over: it wants epoll_create1, eventfd2 and two pipes for a loop, and room in epoll for connections.
std::vector<Fault> faults() {
  std::vector<Fault> all = {
      {"accept4", {"EMFILE", "ENOMEM", "ECONNABORTED"}},
      {"clone3", {"EAGAIN", "ENOMEM", "EMFILE"}},
      {"epoll_ctl", {"ENOMEM", "ENOSPC"}, "EPOLL_CTL_ADD", Fault::Until::SecondProcess},
      {"epoll_wait", {"EINTR"}},
      {"fcntl", {"EMFILE"}},
      {"flock", {"ENOLCK"}},
      {"getdents64", {"ENOMEM"}},
      {"kill", {"EPERM"}},
      {"mkdir", {"ENOSPC"}},
      {"newfstatat", {"ENOMEM"}},
      {"openat", {"EMFILE", "ENFILE", "ENOMEM"}},
      {"pidfd_open", {"EMFILE", "ENOMEM"}},
      {"pidfd_send_signal", {"EPERM", "EINVAL"}},  // EINVAL: no process groups before Linux 6.9.
      {"poll", {"EINTR", "ENOMEM"}},
      {"read", {"EINTR"}},
      {"socket", {"EMFILE"}},
      {"splice", {"EAGAIN", "EINTR", "ENOMEM", "ENOSPC"}},
      {"waitid", {"EINTR"}}};
  // These are the sanitizer's as well, and it does not take a no.
  if (!kHasAddressSanitizer) {
    all.push_back({"mmap", {"ENOMEM"}});
    all.push_back({"pipe2", {"EMFILE", "ENFILE"}, "", Fault::Until::TheEnd, 2});
    all.push_back({"write", {"EINTR"}});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Each, ACallFails, testing::ValuesIn(faults()),
                         [](const auto& test) { return test.param.call; });

/// In quarters, which may run side by side.
class ItIsKilled : public SweepTest, public testing::WithParamInterface<std::size_t> {
 protected:
  /// Returns the pid it had.
  pid_t be_killed_at(const std::string& call, int place) {
    begin({"-e", "trace=" + call, "-e",
           "inject=" + call + ":signal=KILL:when=" + std::to_string(place)});
    const pid_t pid = gafferd_->pid();
    live();
    gafferd_->signal(SIGTERM);
    const int status = gafferd_->wait_for_end().status;
    EXPECT_TRUE(status == 128 + SIGKILL || status == 0) << status;
    return pid;
  }
  /// Whether it has none any more.
  static bool remove_cgroups_of(pid_t pid) {
    const auto parent = os::own_cgroup_directory();
    if (!parent) return true;
    const std::string cgroup = *parent + "/gaffer." + std::to_string(pid);
    std::error_code is_missing;
    for (const auto& entry : std::filesystem::directory_iterator(cgroup, is_missing)) {
      if (entry.is_directory()) ::rmdir(entry.path().c_str());
    }
    return ::rmdir(cgroup.c_str()) == 0 || errno == ENOENT;
  }
};

TEST_P(ItIsKilled, AtAnyCallAndTheNextOneStartsWell) {
  const Reference reference = live_without_fault();
  std::set<std::string> calls;
  for (const std::string& line : reference.own)
    calls.insert(line.substr(0, line.find('(')));
  std::size_t number = 0;
  for (const std::string& call : calls) {
    if (number++ % 4 != GetParam()) continue;
    for (const int place : some_of(places_of({.call = call}, reference), 3)) {
      SCOPED_TRACE(call + " " + std::to_string(place));
      const pid_t killed = be_killed_at(call, place);
      const auto survivors = marked();
      start_gafferd({"-c", "gaffer.ini"});
      end_all(survivors);
      EXPECT_TRUE(test::eventually([&] { return remove_cgroups_of(killed); }));
      live();
      expect_that_all_is_right(reference.descriptors);
      end();
      if (HasFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Quarter, ItIsKilled, testing::Range<std::size_t>(0, 4));

/// So many starts fail in a row.
class StartsFail : public SweepTest, public testing::WithParamInterface<std::string> {};

TEST_P(StartsFail, FiftyTimesAndAllRunWhenTheFaultIsGone) {
  begin({"-e", "trace=clone3"});
  live();
  const std::size_t descriptors_before = descriptors();
  end();
  begin({"-e", "trace=clone3", "-e", "inject=clone3:error=" + GetParam() + ":when=1..50"});
  live();
  expect_that_all_is_right(descriptors_before);
  end();
  const std::string trace = dir_.read("trace");
  EXPECT_EQ(50, std::ranges::count(split(trace, '\n'), true, [](std::string_view line) {
              return line.find("(INJECTED)") != std::string_view::npos;
            }));
}

INSTANTIATE_TEST_SUITE_P(With, StartsFail, testing::Values("EAGAIN", "ENOMEM"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace gaffer
