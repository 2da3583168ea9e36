// gafferd below a keeper is killed, crashes or hangs, and no process notices.

#include <sys/syscall.h>

#include <string>
#include <vector>

#include "os/sockets.h"
#include "os/tcp.h"
#include "support/survival.h"

namespace gaffer {
namespace {

class GafferdDies : public test::SurvivalTest {};

TEST_F(GafferdDies, AndNoProcessNotices) {
  start(test::section("web", "sleep", "numprocesses = 3") + test::section("db", "sleep"));
  const auto before = os_pids("web");
  const auto ids = process("db").pid;
  for (int i = 0; i < 5; ++i)
    end_brain();
  EXPECT_EQ(before, os_pids("web"));
  EXPECT_EQ(ids, process("db").pid);
  EXPECT_EQ(ProcessState::Running, process("db").state);
}

TEST_F(GafferdDies, AndNoByteIsLostOrWrittenTwice) {
  constexpr int kWriters = 8;
  constexpr std::size_t kBytes = 4U << 20;
  std::string ini;
  for (int i = 1; i <= kWriters; ++i)
    ini += test::section("w" + std::to_string(i), "spam 4MB sleep");
  start(ini);
  for (int i = 0; i < 20; ++i)
    end_brain();
  const std::string wanted = spam(kBytes);
  for (int i = 1; i <= kWriters; ++i) {
    const std::string name = "w" + std::to_string(i) + ".1";
    EXPECT_TRUE(test::eventually([&] { return log_of(name).size() >= wanted.size(); })) << name;
    EXPECT_TRUE(wanted == log_of(name)) << name;
  }
}

TEST_F(GafferdDies, AndWhatEndedMeanwhileIsStartedAgain) {
  start(test::section("web", "sleep"));
  const pid_t before = process("web").os_pid;
  const int times = times_ready();
  kill_brain(SIGKILL);
  ASSERT_EQ(0, ::kill(before, SIGUSR1));
  wait_for_brain(times + 1);
  EXPECT_TRUE(test::eventually([&] { return process("web").state == ProcessState::Running; }));
  const ProcessInfo info = process("web");
  EXPECT_NE(before, info.os_pid);
  ASSERT_TRUE(info.last_exit);
  EXPECT_EQ(SIGUSR1, info.last_exit->status.signal);
  EXPECT_NE(std::string::npos,
            gafferd_->err().find(", killed by SIGKILL; 0 running, 1 ended meanwhile"))
      << gafferd_->err();
}

TEST_F(GafferdDies, AndItsRunsAreToldByTheNextOne) {
  start(test::section("web", "exit 3", "backoff = base=0.01, cap=0.01") +
        test::section("once", "exit 0", "restart = never"));
  EXPECT_TRUE(is_recorded("SELECT count(*) > 1 FROM runs WHERE name = 'web' AND code = 3", 1));
  end_brain();
  const test::Ended of_both = gaffer({"runs", "web", "once", "-n", "2"});
  EXPECT_EQ(0, of_both.status) << of_both.err;
  EXPECT_EQ(4, std::ranges::count(of_both.out, '\n')) << "a heading, two of web, all of once\n"
                                                      << of_both.out;
  EXPECT_NE(std::string::npos, of_both.out.find("exit code 3")) << of_both.out;
  EXPECT_NE(std::string::npos, of_both.out.find("once.1    2 ")) << of_both.out;
  EXPECT_EQ(0, gaffer({"unload", "web"}).status);
  EXPECT_NE("[]\n", gaffer({"runs", "web", "--json"}).out) << "also of one that is gone";
  const test::Ended unknown = gaffer({"runs", "wbe"});
  EXPECT_EQ(3, unknown.status);
  EXPECT_EQ("gaffer: no template wbe\n", unknown.err);
}

TEST_F(GafferdDies, AndTheLastWordsOfWhatEndedMeanwhileAreKept) {
  start(test::section("web", "print ready nap 1000 print last-words exit 3", "restart = never"),
        {"--watchdog=0"});
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  const pid_t web = process("web").os_pid;
  const os::UniqueFd held(static_cast<int>(::syscall(SYS_pidfd_open, web, 0)));
  const pid_t hanging = brain();
  ASSERT_EQ(0, ::kill(hanging, SIGSTOP));
  ASSERT_TRUE(!held.is_open() || test::eventually([&] {
    pollfd ended{held.get(), POLLIN, 0};
    return ::poll(&ended, 1, 0) == 1;
  }));
  ASSERT_EQ(0, ::kill(hanging, SIGKILL));
  wait_for_brain(2);
  EXPECT_TRUE(wait_until_logged("web", "last-words"));
  EXPECT_TRUE(is_recorded("SELECT code FROM runs WHERE name = 'web'", 3));
}

TEST_F(GafferdDies, AndWhoConnectsMeanwhileIsServedByTheNext) {
  start(test::section("web", "sleep"));
  for (int i = 0; i < 5; ++i) {
    const int times = times_ready();
    kill_brain(SIGKILL);
    const test::Ended ps = gaffer({"ps"});
    EXPECT_EQ(0, ps.status) << ps.err;
    wait_for_brain(times + 1);
  }
}

TEST_F(GafferdDies, AndAnEndpointKeepsItsPortAndRefusesNobody) {
  start(test::section("web", "sleep"), {"--bind", "127.0.0.1:0"});
  const std::string& said = gafferd_->err();
  const std::string address = said.substr(said.rfind("127.0.0.1:"));
  const auto where = os::parse_tcp_address(trim(address)).value();
  for (int i = 0; i < 5; ++i) {
    const int times = times_ready();
    kill_brain(SIGKILL);
    const auto connected = os::connect_tcp(where);
    ASSERT_TRUE(connected) << connected.error().message;
    ASSERT_TRUE(os::send_all(connected->get(), "GET /ping HTTP/1.0\r\n\r\n"));
    EXPECT_TRUE(os::receive(connected->get()).value().starts_with("HTTP/1.1 "));
    wait_for_brain(times + 1);
    EXPECT_TRUE(gafferd_->err().ends_with(address));
  }
}

TEST_F(GafferdDies, AndASocketItWasGivenIsServedByTheNext) {
  write("gaffer.ini", test::section("web", "sleep"));
  const std::string path = dir_.path("given.sock");
  const os::UniqueFd given = os::listen_unix(path).value();
  const int inherited = ::dup(given.get());
  const std::string words = "exec 3<&" + std::to_string(inherited) +
                            "; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=api; exec \"$@\"";
  test::Command as_by_systemd = command("gafferd", {"-c", "gaffer.ini"});
  as_by_systemd.argv.insert(as_by_systemd.argv.begin(), {"/bin/bash", "-c", words, "bash"});
  start_gafferd_as(as_by_systemd);
  ::close(inherited);
  for (int i = 0; i < 3; ++i) {
    const auto connected = os::connect_unix(path).value();
    ASSERT_TRUE(os::send_all(connected.get(), "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"));
    EXPECT_TRUE(os::receive(connected.get()).value().starts_with("HTTP/1.1 200"));
    end_brain();
  }
}

TEST_F(GafferdDies, AndAnEndpointThatIsNoLongerWantedIsClosed) {
  const std::string path = dir_.path("api.sock");
  const std::string web = test::section("web", "sleep");
  start(web + "[endpoint:more]\nbind = unix:" + path + "\n");
  end_brain();
  EXPECT_TRUE(os::connect_unix(path));
  write("gaffer.ini", web);
  end_brain();
  EXPECT_TRUE(test::eventually([&] { return !os::connect_unix(path); }));
  EXPECT_EQ(ProcessState::Running, process("web").state);
}

TEST_F(GafferdDies, AndAnEndpointMayMove) {
  const std::string web = test::section("web", "sleep");
  start(web + "[endpoint:more]\nbind = unix:" + dir_.path("one.sock") + "\n");
  write("gaffer.ini", web + "[endpoint:more]\nbind = unix:" + dir_.path("two.sock") + "\n");
  end_brain();
  EXPECT_TRUE(os::connect_unix(dir_.path("two.sock")));
  EXPECT_TRUE(test::eventually([&] { return !os::connect_unix(dir_.path("one.sock")); }));
}

TEST_F(GafferdDies, AndItsProcessesCanStillBeStopped) {
  start(test::section("web", "fork-and-hold stubborn sleep", "graceful_timeout = 0.1") +
        test::section("db", "daemon stubborn sleep", "graceful_timeout = 0.1"));
  const pid_t web = process("web").os_pid;
  end_brain();
  EXPECT_EQ(0, gaffer({"stop", "--all"}).status);
  EXPECT_TRUE(test::eventually([&] { return process("web").state == ProcessState::Stopped; }));
  EXPECT_TRUE(test::eventually([&] { return process("db").state == ProcessState::Stopped; }));
  EXPECT_NE(0, ::kill(-web, 0));
  EXPECT_TRUE(test::eventually([&] { return marked().size() == 2; }))
      << "the keeper and gafferd are all that is there";
}

TEST_F(GafferdDies, AndAnotherOneCannotTakeItsPlaceMeanwhile) {
  start(test::section("web", "sleep"));
  const int times = times_ready();
  kill_brain(SIGKILL);
  const test::Ended second = run(command("gafferd", {}));
  EXPECT_EQ(1, second.status);
  EXPECT_NE(std::string::npos, second.err.find("another gafferd runs here")) << second.err;
  wait_for_brain(times + 1);
}

TEST_F(GafferdDies, AndAfterFiveCrashesNothingIsStartedByItself) {
  start(test::section("web", "sleep"));
  const pid_t web = process("web").os_pid;
  for (int i = 0; i < 5; ++i)
    end_brain(SIGABRT);
  EXPECT_NE(std::string::npos, gafferd_->err().find("safe mode"));
  EXPECT_EQ(0, ::kill(web, 0)) << "it runs on";
  EXPECT_EQ(ProcessState::Stopped, process("web").state);
  EXPECT_EQ(0, gaffer({"start", "web"}).status);
  EXPECT_EQ(web, process("web").os_pid) << "to start it is to find it again";
}

TEST_F(GafferdDies, AndWhatWasWantedBeforeFiveCrashesIsWantedAfterThem) {
  start(test::section("web", "sleep") + test::section("db", "sleep"));
  EXPECT_EQ(0, gaffer({"stop", "db"}).status);
  EXPECT_TRUE(is_recorded("SELECT is_wanted FROM templates WHERE name = 'db'", 0));
  const pid_t web = process("web").os_pid;
  for (int i = 0; i < 6; ++i)
    end_brain(SIGABRT);
  EXPECT_EQ(ProcessState::Stopped, process("web").state);
  end_brain();
  EXPECT_EQ(web, process("web").os_pid);
  EXPECT_EQ(ProcessState::Stopped, process("db").state);
}

// It had been asked, and did not listen.
TEST_F(GafferdDies, AndWhatItWasStoppingIsStopped) {
  start(test::section("web", "ignore-term print ready sleep", "graceful_timeout = 2"));
  ASSERT_TRUE(wait_until_logged("web", "ready"));
  const pid_t web = process("web").os_pid;
  test::Program stop(command("gaffer", {"stop", "web"}));
  EXPECT_TRUE(is_recorded("SELECT is_wanted FROM templates WHERE name = 'web'", 0));
  end_brain();
  EXPECT_TRUE(test::eventually([&] { return ::kill(web, 0) != 0; }));
  EXPECT_EQ(ProcessState::Stopped, process("web").state);
  (void)stop.wait_for_end();
}

TEST_F(GafferdDies, AsOneThatHangsIsKilled) {
  start(test::section("web", "sleep"), {"--watchdog=1"});
  const pid_t web = process("web").os_pid;
  kill_brain(SIGSTOP);
  wait_for_brain(2);
  EXPECT_NE(std::string::npos, gafferd_->err().find("has not answered for 1 s"));
  EXPECT_EQ(web, process("web").os_pid);
}

TEST_F(GafferdDies, AndManyAreFoundAgain) {
  start(test::section("web", "sleep", "numprocesses = 200"));
  const auto before = os_pids("web");
  for (int i = 0; i < 3; ++i)
    end_brain();
  EXPECT_EQ(before, os_pids("web"));
}

TEST_F(GafferdDies, AndWrongTemplatesDoNotEndWhatRuns) {
  start(test::section("web", "sleep"));
  const pid_t web = process("web").os_pid;
  write("gaffer.ini", "[process:web]\ncmdd = x\n");
  end_brain();
  EXPECT_NE(std::string::npos, gafferd_->err().find("unknown key \"cmdd\""));
  EXPECT_EQ(0, ::kill(web, 0));
  write("gaffer.ini", test::section("web", "sleep"));
  end_brain();
  EXPECT_EQ(web, process("web").os_pid);
}

TEST_F(GafferdDies, NotByASignalThatEndsIt) {
  start(test::section("web", "sleep") + test::section("slow", "clean-up-on-term 50 sleep"));
  gafferd_->signal(SIGTERM);
  EXPECT_EQ(0, gafferd_->wait_for_end().status);
  EXPECT_TRUE(nothing_is_left());
  gafferd_.reset();
}

TEST_F(GafferdDies, AndWhatSomebodyHadAddedIsThere) {
  start(test::section("web", "sleep"));
  const std::string body = R"({"name": "more", "cmd": ")" + test::puppet() + R"( sleep"})";
  const auto socket = os::connect_unix(dir_.path("gaffer/gaffer.sock"));
  ASSERT_TRUE(socket);
  ASSERT_TRUE(os::send_all(socket->get(),
                           "POST /processes HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                           "application/json\r\nContent-Length: " +
                               std::to_string(body.size()) + "\r\n\r\n" + body));
  const auto answer = os::receive(socket->get());
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->starts_with("HTTP/1.1 20")) << *answer;
  const pid_t more = process("more").os_pid;
  EXPECT_TRUE(is_recorded("SELECT is_wanted FROM templates WHERE name = 'more'", 1));
  end_brain();
  EXPECT_EQ(more, process("more").os_pid);
}

TEST_F(GafferdDies, AndWhatHadFinishedIsNotRunAgain) {
  start(test::section("once", "print ran exit 3", "restart = never"));
  ASSERT_TRUE(wait_until_logged("once", "ran"));
  EXPECT_TRUE(is_recorded("SELECT resting = '1' FROM templates WHERE name = 'once'", 1));
  EXPECT_TRUE(is_recorded("SELECT code FROM runs WHERE name = 'once'", 3));
  for (int i = 0; i < 3; ++i)
    end_brain();
  EXPECT_EQ(ProcessState::Stopped, process("once").state);
  EXPECT_EQ("ran\n", log_of("once.1"));
}

TEST_F(GafferdDies, AndWhatSomebodyHadStoppedStaysSo) {
  start(test::section("web", "sleep", "numprocesses = 2") + test::section("db", "sleep"));
  EXPECT_EQ(0, gaffer({"stop", "db"}).status);
  EXPECT_EQ(0, gaffer({"stop", "web.2"}).status);
  const pid_t first = process("web", 1).os_pid;
  EXPECT_TRUE(is_recorded("SELECT is_wanted FROM templates WHERE name = 'db'", 0));
  EXPECT_TRUE(is_recorded("SELECT resting = '2' FROM templates WHERE name = 'web'", 1));
  end_brain();
  EXPECT_EQ(ProcessState::Stopped, process("db").state);
  EXPECT_EQ(ProcessState::Stopped, process("web", 2).state);
  EXPECT_EQ(first, process("web", 1).os_pid);
  EXPECT_EQ(0, gaffer({"start", "db"}).status);
  EXPECT_TRUE(is_recorded("SELECT is_wanted FROM templates WHERE name = 'db'", 1));
  end_brain();
  EXPECT_EQ(ProcessState::Running, process("db").state);
}

constexpr const char* kScaled = R"(SELECT document LIKE '%"numprocesses":3%' FROM templates)";

TEST_F(GafferdDies, AndHowManyThereAreToBeIsRemembered) {
  start(test::section("web", "sleep"));
  EXPECT_EQ(0, gaffer({"scale", "web=3"}).status);
  const auto before = os_pids("web");
  ASSERT_EQ(3U, before.size());
  EXPECT_TRUE(is_recorded(kScaled, 1));
  end_brain();
  EXPECT_EQ(before, os_pids("web"));
}

TEST_F(GafferdDies, ButNotWhatAFileSaysNow) {
  start(test::section("web", "sleep"));
  EXPECT_EQ(0, gaffer({"scale", "web=3"}).status);
  EXPECT_TRUE(is_recorded(kScaled, 1));
  write("gaffer.ini", test::section("web", "sleep", "numprocesses = 2"));
  end_brain();
  EXPECT_EQ(2U, os_pids("web").size());
}

TEST_F(GafferdDies, AndANumberIsNotUsedTwice) {
  start(test::section("web", "sleep") + test::section("once", "exit 0", "restart = never"));
  EXPECT_TRUE(is_recorded("SELECT resting = '1' FROM templates WHERE name = 'once'", 1));
  end_brain();
  EXPECT_EQ(0, gaffer({"start", "once"}).status);
  EXPECT_EQ(3U, process("once").pid);
}

TEST_F(GafferdDies, OnlyIfThereIsAnotherGafferd) {
  start(test::section("web", "sleep"));
  const test::Ended second = run(command("gafferd", {}));
  EXPECT_EQ(1, second.status);
  EXPECT_NE(std::string::npos, second.err.find("another gafferd runs here")) << second.err;
  EXPECT_EQ(ProcessState::Running, process("web").state);
}

TEST_F(GafferdDies, AsAProcessIsMade) {
  start(test::section("web", "exit 1", "numprocesses = 4\nbackoff = base=0.001, cap=0.002") +
        test::section("db", "sleep"));
  const pid_t db = process("db").os_pid;
  for (int i = 0; i < 15; ++i)
    end_brain();
  EXPECT_EQ(db, process("db").os_pid);
  EXPECT_EQ(0, gaffer({"stop", "--all"}).status);
  EXPECT_TRUE(test::eventually([&] { return marked().size() == 2; }));
}

// C10
TEST_F(GafferdDies, LaterThanItsKeeper) {
  start(test::section("web", "print ready sleep", "numprocesses = 4") +
        test::section("once", "nap 1500 print last-words exit 5", "restart = never"));
  const auto before = os_pids("web");
  const pid_t alone = brain();
  gafferd_->signal(SIGKILL);
  EXPECT_TRUE(gafferd_->wait_until([this] { return gafferd_->has_ended(); }));
  EXPECT_TRUE(gafferd_->wait_until(
      [this] { return gafferd_->err().find("degraded") != std::string::npos; }));
  EXPECT_EQ(before, os_pids("web"));
  EXPECT_TRUE(wait_until_logged("once", "last-words"));
  ASSERT_TRUE(test::eventually([&] { return process("once").last_exit.has_value(); }));
  const ExitStatus status = process("once").last_exit->status;
  EXPECT_TRUE(!status.is_known || status.code == 5);
  EXPECT_EQ(0, ::kill(before.front(), SIGKILL));
  EXPECT_TRUE(test::eventually([&] {
    const ProcessInfo first = process("web");
    return first.os_pid != before.front() && first.state == ProcessState::Running;
  }));
  ::kill(alone, SIGTERM);
  EXPECT_TRUE(nothing_is_left());
  gafferd_.reset();
}

}  // namespace
}  // namespace gaffer
