// gafferd below a keeper is killed at every call it makes, and while thousands of things happen.

#include <poll.h>

#include <chrono>
#include <list>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/strace.h"
#include "support/survival.h"

namespace gaffer {
namespace {

using std::chrono::milliseconds;
using test::section;

class GafferdDiesOften : public test::SurvivalTest {
 protected:
  /// Kills brain after brain, each at another moment of a life as long as that which the first one
  /// needed until it was ready.
  void kill_brains(int kills, milliseconds life) {
    for (int i = 0; i < kills; ++i) {
      ASSERT_TRUE(test::eventually([this] { return brain() != 0; }));
      ::poll(nullptr, 0, static_cast<int>(life.count() * (i % 16) / 16));
      const pid_t pid = brain();
      if (pid != 0) ::kill(pid, SIGKILL);
    }
  }
  /// Takes what it has said by now, or says in the next moment.
  static void listen_to(test::Program& program) {
    bool has_listened = false;
    (void)program.wait_until([&] { return std::exchange(has_listened, true); });
  }
  [[nodiscard]] milliseconds life_until_ready() {
    const auto begin = std::chrono::steady_clock::now();
    end_brain();
    return std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - begin);
  }
  [[nodiscard]] std::string who_is_marked() const {
    std::string all;
    for (const pid_t pid : marked()) {
      std::string words =
          os::read_file("/proc/" + std::to_string(pid) + "/cmdline").value_or("it has ended");
      std::ranges::replace(words, '\0', ' ');
      all += std::to_string(pid) + " " + words + "\n";
    }
    return all;
  }
  /// Where what was read is not what was written; empty if it is.
  static std::string difference(std::string_view wanted, std::string_view got) {
    if (got == wanted) return "";
    const auto [left, right] = std::ranges::mismatch(wanted, got);
    const auto at = static_cast<std::size_t>(right - got.begin());
    return std::to_string(got.size()) + " bytes instead of " + std::to_string(wanted.size()) +
           ", first different at " + std::to_string(at) + ": " + std::string(got.substr(at, 120));
  }
  /// What one question to the state answers in each row.
  [[nodiscard]] std::vector<std::int64_t> numbers(const std::string& question) const {
    std::vector<std::int64_t> numbers;
    auto state = state::Database::open(dir_.path("gaffer/state.db"));
    const auto rows =
        state ? state->run(question) : Result<std::vector<state::Database::Row>>(state.error());
    EXPECT_TRUE(rows) << rows.error().message;
    if (rows) {
      for (const auto& row : *rows)
        numbers.push_back(state::number_in(row.front()));
    }
    return numbers;
  }
};

// C5
TEST_F(GafferdDiesOften, AndAStormOfShortProcessesRunsEachOfThemOnce) {
  constexpr int kProcesses = 300;
  const std::string anchor = section("anchor", "sleep");
  start(anchor);
  const milliseconds life = life_until_ready();
  const pid_t before = process("anchor").os_pid;
  write("gaffer.ini",
        anchor + section("short", "print ran exit 7", "restart = never\nnumprocesses = 300"));
  kill_brains(32, life * 2);
  EXPECT_TRUE(is_recorded("SELECT count(DISTINCT slot) FROM runs WHERE name = 'short' AND code = 7",
                          kProcesses));
  EXPECT_TRUE(is_recorded("SELECT count(*) FROM runs WHERE name = 'short'", kProcesses));
  for (int slot = 1; slot <= kProcesses && !HasFailure(); ++slot) {
    const std::string name = "short." + std::to_string(slot);
    EXPECT_TRUE(test::eventually([&] { return log_of(name) == "ran\n"; })) << name << log_of(name);
  }
  EXPECT_EQ(before, process("anchor").os_pid);
  EXPECT_TRUE(test::eventually([&] { return marked().size() == 3; })) << who_is_marked();
}

// C1, the small one: bench/survival.py is the large one.
TEST_F(GafferdDiesOften, AndNoByteIsLostOfThoseWhoWriteAndEnd) {
  constexpr int kWriters = 16;
  constexpr std::size_t kBytes = 2U << 20;
  const std::string anchor = section("anchor", "sleep");
  start(anchor);
  const milliseconds life = life_until_ready();
  std::string ini = anchor;
  for (int i = 1; i <= kWriters; ++i)
    ini += section("w" + std::to_string(i), "spam 2MB exit 7", "restart = never");
  write("gaffer.ini", ini);
  kill_brains(32, life * 2);
  EXPECT_TRUE(is_recorded("SELECT count(*) FROM runs WHERE code = 7", kWriters));
  const std::string wanted = spam(kBytes);
  for (int i = 1; i <= kWriters; ++i) {
    const std::string name = "w" + std::to_string(i) + ".1";
    EXPECT_TRUE(test::eventually([&] { return log_of(name).size() >= wanted.size(); })) << name;
    EXPECT_EQ("", difference(wanted, log_of(name))) << name;
  }
  EXPECT_TRUE(is_recorded("SELECT count(*) FROM runs WHERE code = 7", kWriters)) << "and no more";
}

// C15
TEST_F(GafferdDiesOften, OfManyThatAreStartedAtOnceOneLives) {
  constexpr std::size_t kMany = 20;
  write("gaffer.ini", section("web", "sleep"));
  std::list<test::Program> all;
  for (std::size_t i = 0; i < kMany; ++i)
    all.emplace_back(command("gafferd", {"-c", "gaffer.ini"}));
  std::size_t refused = 0;
  EXPECT_TRUE(test::eventually([&] {
    std::erase_if(all, [&](test::Program& one) {
      listen_to(one);
      if (!one.has_ended()) return false;
      const test::Ended ended = one.wait_for_end();
      EXPECT_EQ(1, ended.status) << ended.err;
      EXPECT_NE(std::string::npos, ended.err.find("another gafferd runs here")) << ended.err;
      ++refused;
      return true;
    });
    return refused == kMany - 1;
  })) << refused;
  ASSERT_EQ(1U, all.size());
  EXPECT_EQ(1U, os_pids("web").size());
  all.front().signal(SIGTERM);
  EXPECT_EQ(0, all.front().wait_for_end().status);
}

// C14: what a state says that a keeper before, or a machine before its reboot, has left.
TEST_F(GafferdDiesOften, AndOneThatStartsAnewBelievesNothingOfAnEarlierLife) {
  start(section("web", "sleep"));
  EXPECT_EQ(0, gaffer({"stop", "web"}).status);
  EXPECT_TRUE(is_recorded("SELECT is_wanted FROM templates WHERE name = 'web'", 0));
  gafferd_->signal(SIGTERM);
  EXPECT_EQ(0, gafferd_->wait_for_end().status);
  test::Program innocent({.argv = {test::puppet(), "sleep"}});
  (void)numbers(
      "INSERT INTO runs (life, pid, name, slot, os_pid, started_ms, is_known) VALUES "
      "('now', 77, 'web', 1, " +
      std::to_string(innocent.pid()) + ", 1, 1) RETURNING id");
  start(section("web", "sleep"));
  EXPECT_EQ(ProcessState::Running, process("web").state) << "as its file says";
  EXPECT_NE(innocent.pid(), process("web").os_pid);
  EXPECT_EQ(std::vector<std::int64_t>{0}, numbers("SELECT is_known FROM runs WHERE pid = 77"));
  end_brain();
  gafferd_->signal(SIGTERM);
  EXPECT_EQ(0, gafferd_->wait_for_end().status);
  gafferd_.reset();
  EXPECT_EQ(0, ::kill(innocent.pid(), 0));
  listen_to(innocent);
  EXPECT_FALSE(innocent.has_ended());
}

#if defined(__SANITIZE_THREAD__)
constexpr bool kHasThreadSanitizer = true;
#else
constexpr bool kHasThreadSanitizer = false;
#endif

/// Brains of which every second one is killed, the n-th of these at the n-th call of a kind that it
/// makes by itself. Those in between get ready, so that the keeper does not wait longer and longer.
class GafferdDiesAtACall : public GafferdDiesOften,
                           public testing::WithParamInterface<std::string> {
 protected:
  static constexpr int kPlaces = 25;

  void SetUp() override {
    if (kHasThreadSanitizer) GTEST_SKIP() << "the sanitizer makes system calls of its own";
    if (!test::can_strace()) GTEST_SKIP() << "strace is not here, or may not trace";
    write("gaffer.ini", section("steady", "print steady sleep") +
                            section("writer", "spam 4MB sleep") +
                            section("crash", "print ran exit 3",
                                    "backoff = base=0.01, cap=0.02\nstop_signal = CONT"));
  }

  /// A keeper whose brain is a script that becomes gafferd, under strace every second time.
  void start_with_faults(const std::string& call) {
    write("n", "0");
    write("brain.sh",
          "n=$(cat n); echo $((n + 1)) > n; what=" + call +
              "\n[ $((n % 2)) = 0 ] && exec \"$@\"\n"
              // What the C library and the sanitizers call comes before the file is read.
              "[ $n -gt 1 ] && set -- -e inject=$what:signal=KILL:when=$(($(cat foreign) + n / 2)) "
              "\"$@\"\n"
              "exec strace -D -qq -o trace.$n -e trace=$what,openat -E "
              "ASAN_OPTIONS=quarantine_size_mb=1:detect_leaks=0 \"$@\"\n");
    write("foreign", "0");
    test::Command keeper = command("gaffer-keeper", {"--watchdog=0", "--", "/bin/sh", "brain.sh"});
    keeper.argv.insert(keeper.argv.end(), {test::program("gafferd"), "-c", "gaffer.ini"});
    start_gafferd_as(keeper);
  }
  [[nodiscard]] int incarnations() const {
    return parse_number<int>(trim(dir_.read("work/n"))).value_or(0);
  }
};

// C3, C4
TEST_P(GafferdDiesAtACall, AndNothingIsLostAndNobodyIsForgotten) {
  start_with_faults(GetParam());
  const pid_t steady = process("steady").os_pid;
  end_brain();  // The next one is only watched.
  const std::string trace = dir_.read("work/trace.1");
  const std::size_t own = trace.rfind('\n', trace.find("\"gaffer.ini\", O_RDONLY")) + 1;
  const int foreign = test::count_calls(trace.substr(0, own))[GetParam()];
  write("foreign", std::to_string(foreign));
  while (incarnations() < 2 * kPlaces && !gafferd_->has_ended()) {
    const pid_t pid = brain();
    const int before = times_ready();
    // It may live longer than until it is ready: `crash` keeps it busy.
    (void)test::eventually([&] {
      listen_to(*gafferd_);
      return brain() != pid || times_ready() > before;
    });
    ::poll(nullptr, 0, 50);
    if (brain() == pid && pid != 0) ::kill(pid, SIGKILL);
  }
  // From here on all goes well; a script that had read the number before writes its own once more.
  EXPECT_TRUE(test::eventually([&] {
    if (incarnations() == 1) return brain() != 0;
    write("n", "0");
    if (const pid_t last = brain(); last != 0) ::kill(last, SIGKILL);
    return false;
  }));
  EXPECT_TRUE(test::eventually([&] { return gaffer({"stop", "crash"}).status == 0; }));
  EXPECT_EQ(steady, process("steady").os_pid);
  EXPECT_EQ("steady\n", log_of("steady.1"));
  EXPECT_TRUE(test::eventually([&] { return log_of("writer.1").size() >= (4U << 20); }));
  EXPECT_TRUE(spam(4U << 20) == log_of("writer.1"));
  const std::string ran = log_of("crash.1");
  EXPECT_TRUE(is_recorded("SELECT count(*) FROM runs WHERE name = 'crash' AND code = 3",
                          std::ranges::count(ran, '\n')));
  EXPECT_TRUE(
      is_recorded("SELECT count(*) FROM runs WHERE name = 'crash'", std::ranges::count(ran, '\n')));
  EXPECT_TRUE(test::eventually([&] { return marked().size() == 4; })) << who_is_marked();
}

INSTANTIATE_TEST_SUITE_P(Each, GafferdDiesAtACall,
                         testing::Values("clone3", "close", "epoll_ctl", "epoll_wait", "fcntl",
                                         "openat", "pipe2", "pwrite64", "read", "recvmsg",
                                         "sendmsg", "splice", "write"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace gaffer
