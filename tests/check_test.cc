#include <string>
#include <vector>

#include "support/daemon.h"

namespace gaffer {
namespace {

using test::Ended;

/// `gaffer check` says before anything runs what would go wrong.
class Check : public test::ProgramsTest {
 protected:
  [[nodiscard]] Ended check(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), "check");
    return gaffer(std::move(words));
  }
};

TEST_F(Check, WhatIsRightIsCounted) {
  write("Procfile", "web: ./server\nworker: ./worker\n");
  write(".env", "A=1\n");
  write("gaffer.ini", "[process:db]\ncmd = serve\n");
  const Ended ended = check();
  EXPECT_EQ(0, ended.status);
  EXPECT_EQ("Procfile: 2 templates: web, worker\ngaffer.ini: 1 template: db\n", ended.out);
  EXPECT_EQ("", ended.err);
}

TEST_F(Check, EveryProblemOfEveryFileHasItsLine) {
  write("Procfile", "web ./server\nworker:\n");
  write(".env", "A\nB=\"open\n");
  write("shop.ini", "[process:db]\ncmd = serve\nprt = 1\nnice = 50\n");
  const Ended ended = check({"Procfile", "shop.ini"});
  EXPECT_EQ(1, ended.status);
  EXPECT_EQ("", ended.out);
  EXPECT_EQ(
      "gaffer: .env:1: \"A\" has no =: it must be NAME=value\n"
      "gaffer: .env:2: the \" quote is not closed\n"
      "gaffer: Procfile:1: \"web ./server\" is not an entry: it must be NAME: command, the name of "
      "letters, digits, _ and -\n"
      "gaffer: Procfile:2: \"worker\" has no command: it must be NAME: command\n"
      "gaffer: shop.ini:3: unknown key \"prt\" (did you mean port?)\n"
      "gaffer: shop.ini:4: nice is 50: it must be a whole number from -20 to 19\n",
      ended.err);
}

TEST_F(Check, WhatOtherToolsReadDifferentlyIsAWarningAndNoFailure) {
  write("Procfile", "web:./server\n");
  const Ended ended = check();
  EXPECT_EQ(0, ended.status);
  EXPECT_EQ("Procfile: 1 template: web\n", ended.out);
  EXPECT_EQ(
      "gaffer: warning: Procfile:1: Overmind and Hivemind pass over this line: they need a blank "
      "after the colon\n",
      ended.err);
}

TEST_F(Check, AVariableThatNobodySetsIsFound) {
  write("gaffer.ini", "[process:web]\ncmd = serve --port $PROT\nport = 80\n");
  const Ended ended = check();
  EXPECT_EQ(1, ended.status);
  EXPECT_EQ("gaffer: gaffer.ini:2: cmd: unknown variable $PROT (did you mean $PORT?)\n", ended.err);
}

TEST_F(Check, AnEnvFileAloneIsReadAsOne) {
  write("production.env", "A=1\nB=2\n");
  EXPECT_EQ("production.env: 2 variables\n", check({"production.env"}).out);
}

TEST_F(Check, WithNothingHereItSaysWhatItLookedFor) {
  const Ended ended = check();
  EXPECT_EQ(2, ended.status);
  EXPECT_EQ(
      "gaffer: nothing to check: there is no Procfile, no gaffer.ini and no .env here; give "
      "files\n",
      ended.err);
}

TEST_F(Check, AFileThatIsNotThereIsAFailure) {
  const Ended ended = check({"no.ini"});
  EXPECT_EQ(1, ended.status);
  EXPECT_EQ("gaffer: cannot open no.ini: no such file or directory\n", ended.err);
}

}  // namespace
}  // namespace gaffer
