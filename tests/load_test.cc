#include <filesystem>
#include <string>
#include <vector>

#include "support/daemon.h"

namespace gaffer {
namespace {

using test::Command;
using test::Ended;
using test::entry;
using test::section;

/// Applications that are handed to a gafferd while it runs.
class Load : public test::ProgramsTest {
 protected:
  [[nodiscard]] Ended load_standard_input(const std::string& json) const {
    Command command = this->command("gaffer", {});
    command.argv = {"/bin/sh", "-c", "printf '%s' \"$0\" | " + test::program("gaffer") + " load -",
                    json};
    return run(command);
  }
};

TEST_F(Load, AProcfileIsHandedOverAndStarted) {
  start_gafferd({});
  write("Procfile", entry("web", "print-env COLOUR sleep") + entry("worker", "sleep"));
  write(".env", "COLOUR=red\n");
  const Ended loaded = gaffer({"load"});
  EXPECT_EQ(0, loaded.status);
  EXPECT_EQ("web: 1 running\nworker: 1 running\n", loaded.out);
  EXPECT_EQ("", loaded.err);
  EXPECT_TRUE(wait_until_logged("web", "COLOUR=red"));
}

TEST_F(Load, WhatHasNotChangedIsLeftAlone) {
  start_gafferd({});
  write("Procfile", entry("web", "sleep") + entry("worker", "sleep"));
  EXPECT_EQ(0, gaffer({"load"}).status);
  const auto worker = os_pids("worker");
  const auto web = os_pids("web");
  write("Procfile", entry("web", "print new sleep") + entry("worker", "sleep"));
  const Ended again = gaffer({"load"});
  EXPECT_EQ(
      "web: changed cmd; its processes were started anew\nweb: 1 running\nworker: as it was\n",
      again.out);
  EXPECT_EQ(worker, os_pids("worker"));
  EXPECT_NE(web, os_pids("web"));
}

TEST_F(Load, AnApplicationIsAGroupAndLeftoversOfItAreTold) {
  start_gafferd({});
  write("Procfile", entry("web", "sleep") + entry("old", "sleep"));
  EXPECT_EQ("shop:web: 1 running\nshop:old: 1 running\n", gaffer({"load", "--app", "shop"}).out);
  write("Procfile", entry("web", "sleep"));
  const Ended again = gaffer({"load", "--app", "shop"});
  EXPECT_EQ("shop:web: as it was\n", again.out);
  EXPECT_EQ(
      "gaffer: shop:old is loaded and no longer in the file; gaffer unload shop:old forgets it\n",
      again.err);
  EXPECT_EQ("shop:*: unloaded\n", gaffer({"unload", "shop:"}).out);
  EXPECT_EQ(0U, status().size());
}

TEST_F(Load, NothingIsStartedThatIsNotToBe) {
  start_gafferd({});
  write("Procfile", entry("web", "sleep"));
  EXPECT_EQ("web: 1 stopped\n", gaffer({"load", "--nostart"}).out);
  EXPECT_EQ("web: 1 running\n", gaffer({"start", "web"}).out);
}

TEST_F(Load, AMistakeIsToldWithItsPlaceAndNothingIsLoaded) {
  start_gafferd({});
  write("bad.ini", section("web", "sleep") + "[process:db]\ncmd = serve\nprt = 1\n");
  const Ended loaded = gaffer({"load", "bad.ini"});
  EXPECT_EQ(2, loaded.status);
  EXPECT_EQ("gaffer: bad.ini:6: unknown key \"prt\" (did you mean port?)\n", loaded.err);
  EXPECT_EQ(0U, status().size());
}

TEST_F(Load, AStartThatFailsHasItsReasonAndAStatus) {
  start_gafferd({});
  write("gaffer.ini", "[process:web]\ncmd = /no/such\n");
  const Ended loaded = gaffer({"load", "gaffer.ini"});
  EXPECT_EQ(1, loaded.status);
  EXPECT_EQ("web: 1 waiting (cannot execute /no/such: no such file or directory)\n", loaded.out);
}

TEST_F(Load, StandardInputIsJson) {
  start_gafferd({});
  EXPECT_EQ("a: 1 running\n",
            load_standard_input(R"({"name": "a", "cmd": ")" + test::puppet() + R"( sleep"})").out);
  const Ended wrong =
      load_standard_input(R"({"templates": [{"name": "b", "cmd": "x", "nice": 77}]})");
  EXPECT_EQ(2, wrong.status);
  EXPECT_EQ(
      "gaffer: standard input: template b: nice is 77: it must be a whole number from -20 to "
      "19\n",
      wrong.err);
}

TEST_F(Load, TheExportOfAnApplicationLoadsAsTheSame) {
  start_gafferd({});
  write("Procfile", entry("web", "print-env A sleep"));
  write(".env", "A=b c\n");
  write("app.json", gaffer({"export", "json"}).out);
  EXPECT_EQ("web: 1 running\n", gaffer({"load", "app.json"}).out);
  EXPECT_EQ("web: as it was\n", gaffer({"load"}).out);
}

TEST_F(Load, ARunOnceIsNotStartedAgain) {
  write("Procfile", entry("job", "print done exit 0"));
  start_gafferd({});
  EXPECT_EQ(0, gaffer({"load", "--nostart"}).status);
  EXPECT_EQ("job: #1 runs once\n", gaffer({"once", "job"}).out);
  EXPECT_TRUE(test::eventually([this] {
    return gaffer({"events", "job"}).out.find("exit code 0") != std::string::npos;
  }));
  EXPECT_EQ("job: #2 runs once\n", gaffer({"once", "job"}).out);  // The next number is free.
  EXPECT_EQ(3, gaffer({"once", "jbo"}).status);
}

TEST_F(Load, StartsADaemonOfItsOwnAndSaysSo) {
  write("Procfile", entry("web", "sleep"));
  const Ended refused = gaffer({"load", "--no-autostart"});
  EXPECT_EQ(4, refused.status);
  const Ended loaded = gaffer({"load"});
  EXPECT_EQ(0, loaded.status);
  EXPECT_EQ("web: 1 running\n", loaded.out);
  EXPECT_TRUE(loaded.err.starts_with("gaffer: started gafferd, pid ")) << loaded.err;
  EXPECT_EQ("", gaffer({"load"}).err);  // There is one now.
  const Ended stopped = gaffer({"daemon", "stop"});
  EXPECT_EQ(0, stopped.status);
  EXPECT_EQ("", stopped.err);
  EXPECT_TRUE(marked().empty());
}

TEST_F(Load, ADaemonIsStartedOnceToldOfAndEnded) {
  EXPECT_EQ(4, gaffer({"daemon", "status"}).status);
  write("gaffer.ini", section("web", "sleep"));
  EXPECT_EQ(0, gaffer({"daemon", "start", "--", "-c", "gaffer.ini"}).status);
  EXPECT_TRUE(gaffer({"daemon", "start"}).out.starts_with("gafferd runs already, pid "));
  EXPECT_EQ(0, gaffer({"wait", "web"}).status);
  const Ended told = gaffer({"daemon", "status"});
  EXPECT_NE(std::string::npos, told.out.find("\ntemplates 1, running processes 1\n")) << told.out;
  write("gaffer.ini", section("web", "sleep") + section("db", "sleep"));
  EXPECT_EQ(0, gaffer({"daemon", "reload"}).status);
  EXPECT_TRUE(test::eventually([this] { return gaffer({"status", "db"}).status == 0; }));
  EXPECT_EQ(0, gaffer({"daemon", "stop"}).status);
  EXPECT_EQ(4, gaffer({"daemon", "stop"}).status);
}

TEST_F(Load, ADaemonThatCannotStartSaysWhy) {
  const Ended ended = gaffer({"daemon", "start", "--", "-c", "nix.ini"});
  EXPECT_EQ(1, ended.status);
  EXPECT_EQ("gaffer: gafferd did not start: cannot open nix.ini: no such file or directory\n",
            ended.err);
}

}  // namespace
}  // namespace gaffer
