#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <filesystem>
#include <string>

#include "support/daemon.h"

namespace gaffer {
namespace {

using test::Command;
using test::Ended;
using test::section;

/// The configuration of gafferd, and what it says to who started it.
class Gafferd : public test::ProgramsTest {
 protected:
  [[nodiscard]] Ended gafferd(std::vector<std::string> words) const {
    return run(command("gafferd", std::move(words)));
  }
  void hang_up_and_wait() {
    const std::size_t before = gafferd_->err().size();
    gafferd_->signal(SIGHUP);
    ASSERT_TRUE(gafferd_->wait_until([&] {
      return gafferd_->err().find("read the files again", before) != std::string::npos ||
             gafferd_->err().find("nothing was changed", before) != std::string::npos;
    })) << gafferd_->err();
  }
  /// Ends a gafferd that has said more than that it is ready.
  void end() {
    gafferd_->signal(SIGTERM);
    EXPECT_EQ(0, gafferd_->wait_for_end().status);
    gafferd_.reset();
  }
};

TEST_F(Gafferd, WithoutAKeeperSaysThatRunsAreNotWrittenDown) {
  start_gafferd({});
  const Ended ended = gaffer({"runs", "web"});
  EXPECT_EQ(3, ended.status);
  EXPECT_EQ("gaffer: runs are not written down: this gafferd has no keeper, or no state\n",
            ended.err);
}

TEST_F(Gafferd, AFolderIsAllItsIniFiles) {
  std::filesystem::create_directory(dir_.path("work/conf"));
  write("conf/b.ini", section("web", "sleep"));
  write("conf/a.ini", section("db", "sleep"));
  write("conf/notes.txt", "not one");
  start_gafferd({"-c", "conf"});
  EXPECT_EQ("db.1\nweb.1\n", gaffer({"ps", "-o", "name"}).out);
}

TEST_F(Gafferd, ACheckOfTheConfigurationStartsNothing) {
  write("good.ini", section("web", "sleep"));
  const Ended good = gafferd({"-c", "good.ini", "--check-config"});
  EXPECT_EQ(0, good.status);
  EXPECT_EQ("1 template, no mistake\n", good.out);
  write("bad.ini", "[process:web]\ncmd = serve\nprt = 1\n");
  const Ended bad = gafferd({"-c", "bad.ini", "--check-config"});
  EXPECT_EQ(2, bad.status);
  EXPECT_EQ("gafferd: bad.ini:3: unknown key \"prt\" (did you mean port?)\n", bad.err);
  EXPECT_FALSE(std::filesystem::exists(dir_.path("gaffer/lock")));
}

TEST_F(Gafferd, ThePrintedConfigurationSaysWhereEachTemplateIsFrom) {
  write("a.ini", "[process:db]\ncmd = serve\n");
  write("b.ini", "[process:web]\ncmd = serve --x\nnumprocesses = 2\nenv:A = 1\n");
  EXPECT_EQ(
      "# of a.ini\n[process:db]\ncmd = serve\n"
      "\n# of b.ini\n[process:web]\ncmd = serve --x\nnumprocesses = 2\nenv:A = 1\n",
      gafferd({"-c", "a.ini", "-c", "b.ini", "--print-config"}).out);
}

TEST_F(Gafferd, TheBudgetOfItsLogsIsInTheFileAndMayChange) {
  const auto web = section("web", "spam 1MB print done sleep", "log_max_size = 20K\nlog_keep = 99");
  const auto closed_bytes = [this] {
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path("gaffer/logs"))) {
      const std::string name = entry.path().filename();
      std::error_code failure;  // It may be removed just now.
      const auto size = entry.file_size(failure);
      if (name.starts_with("web.1.log.") && !failure) bytes += size;
    }
    return bytes;
  };
  write("gaffer.ini", "[gaffer]\nlog_budget = 400K\n" + web);
  start_gafferd({"-c", "gaffer.ini"});
  EXPECT_NE(std::string::npos, gafferd({"-c", "gaffer.ini", "--print-config"})
                                   .out.find("# of gaffer.ini\n[gaffer]\nlog_budget = 409600\n"));
  ASSERT_TRUE(wait_until_logged("web", "done"));
  EXPECT_TRUE(test::eventually([&] { return closed_bytes() <= 400 << 10; }));
  EXPECT_LE(300U << 10, closed_bytes());
  write("gaffer.ini", "[gaffer]\nlog_budget = 100K\n" + web);
  hang_up_and_wait();
  EXPECT_TRUE(test::eventually([&] { return closed_bytes() <= 100 << 10; }));
  end();
}

TEST_F(Gafferd, WhatIsAboutAProcfileNeedsOne) {
  const Ended ended = gafferd({"--port", "80"});
  EXPECT_EQ(2, ended.status);
  EXPECT_EQ("gafferd: --env and --port are about a Procfile: give --procfile; see gafferd --help\n",
            ended.err);
}

TEST_F(Gafferd, ThePrintedConfigurationHasTheEndpointsToo) {
  write("a.ini", "[endpoint:lan]\nbind = unix:/run/x.sock\nmode = 0660\ntokens = true\n");
  EXPECT_EQ("# of a.ini\n[endpoint:lan]\nbind = unix:/run/x.sock\nmode = 660\ntokens = true\n",
            gafferd({"-c", "a.ini", "--print-config"}).out);
}

TEST_F(Gafferd, AHangUpSaysThatEndpointsStayAsTheyAre) {
  write("a.ini", section("web", "sleep"));
  start_gafferd({"-c", "a.ini"});
  write("a.ini", section("web", "sleep") + "[endpoint:lan]\nbind = 127.0.0.1:0\n");
  hang_up_and_wait();
  EXPECT_NE(std::string::npos, gafferd_->err().find("endpoints stay as they are"))
      << gafferd_->err();
  end();
}

TEST_F(Gafferd, AHangUpAppliesTheDifferenceAlone) {
  start_gafferd_with(section("same", "sleep") + section("gone", "sleep") +
                     section("changed", "sleep", "env:A = 1"));
  const auto same = process("same").os_pid;
  const auto changed = process("changed").os_pid;
  write("gaffer.ini", section("same", "sleep") + section("new", "sleep") +
                          section("changed", "sleep", "env:A = 2"));
  hang_up_and_wait();
  EXPECT_TRUE(test::eventually([&] { return gaffer({"ps", "gone"}).status == 3; }));
  EXPECT_TRUE(test::eventually([&] {
    const auto now = process("changed");
    return now.state == ProcessState::Running && now.os_pid != changed;
  }));
  EXPECT_EQ(ProcessState::Running, process("new").state);
  EXPECT_EQ(same, process("same").os_pid);
  end();
}

TEST_F(Gafferd, AHangUpStartsNothingThatWasStoppedAndKeepsWhatWasScaled) {
  start_gafferd_with(section("web", "sleep", "env:A = 1") + section("db", "sleep", "env:A = 1"));
  ASSERT_EQ(0, gaffer({"stop", "web"}).status);
  ASSERT_EQ(0, gaffer({"scale", "db=2"}).status);
  write("gaffer.ini", section("web", "sleep", "env:A = 2") + section("db", "sleep", "env:A = 2"));
  hang_up_and_wait();
  EXPECT_EQ(ProcessState::Stopped, process("web").state);
  EXPECT_EQ(2U, processes("db").size());
  end();
}

TEST_F(Gafferd, AHangUpWithAMistakeInAFileChangesNothing) {
  start_gafferd_with(section("web", "sleep"));
  const auto before = process("web").os_pid;
  write("gaffer.ini", "[process:web]\ncmd =\n");
  hang_up_and_wait();
  EXPECT_NE(std::string::npos, gafferd_->err().find("gaffer.ini:2: cmd is missing"));
  EXPECT_EQ(before, process("web").os_pid);
  end();
}

TEST_F(Gafferd, ItsPidStandsInTheFileWhileItServes) {
  start_gafferd({"--pidfile", "gafferd.pid"});
  EXPECT_EQ(std::to_string(gafferd_->pid()) + "\n", dir_.read("work/gafferd.pid"));
  end_gafferd();
  EXPECT_FALSE(std::filesystem::exists(dir_.path("work/gafferd.pid")));
}

TEST_F(Gafferd, TellsTheServiceManagerWhenItIsReadyAndWhenItStops) {
  const std::string path = dir_.path("notify");
  const os::UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(0, ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address),  // NOLINT
                      sizeof(address)));
  const auto next = [&] {
    std::array<char, 64> text{};
    std::string said;
    EXPECT_TRUE(test::eventually([&] {
      const ssize_t got = ::recv(socket.get(), text.data(), text.size(), 0);
      if (got > 0) said.assign(text.data(), static_cast<std::size_t>(got));
      return got > 0;
    }));
    return said;
  };
  write("gaffer.ini", section("web", "print-env NOTIFY_SOCKET sleep"));
  Command started = command("gafferd", {"-c", "gaffer.ini"});
  started.environment["NOTIFY_SOCKET"] = path;
  start_gafferd_as(started);
  EXPECT_EQ("READY=1", next());
  EXPECT_TRUE(wait_until_logged("web", "NOTIFY_SOCKET=(unset)")) << "it is between the two alone";
  end_gafferd();
  EXPECT_EQ("STOPPING=1", next());
}

}  // namespace
}  // namespace gaffer
