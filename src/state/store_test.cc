#include "state/store.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "support/loop_fixture.h"
#include "support/temp_dir.h"

namespace gaffer::state {
namespace {

class StateFile : public test::LoopTest {
 protected:
  std::unique_ptr<Store> open(Store::Past past = Store::Past::Kept) {
    auto opened = Store::open(loop_, dir_.path("state.db"), past);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    return *std::move(opened);
  }
  static Remembered web() {
    Remembered one;
    one.process_template.name = "web";
    one.process_template.cmd = "./server";
    one.process_template.numprocesses = 3;
    one.process_template.env["KEY"] = "secret";
    one.is_wanted = true;
    one.is_from_file = true;
    one.resting = {2, 3};
    return one;
  }
  void wait_until_committed(Store& store) {
    bool is_done = false;
    store.when_committed([&] { is_done = true; });
    EXPECT_TRUE(run_until([&] { return is_done; }));
  }
  test::TempDir dir_;  // NOLINT
};

TEST_F(StateFile, RemembersTemplatesAsTheyWere) {
  {
    const auto store = open();
    store->remember(web());
    wait_until_committed(*store);
  }
  EXPECT_EQ(std::vector<Remembered>{web()}, open()->remembered());
}

TEST_F(StateFile, IsWrittenInTheEndAlsoWithoutACommitThatIsWaitedFor) {
  open()->remember(web());
  EXPECT_EQ(1U, open()->remembered().size());
}

TEST_F(StateFile, HasTheLastWordOnATemplate) {
  Remembered changed = web();
  changed.is_wanted = false;
  {
    const auto store = open();
    store->remember(web());
    store->remember(changed);
  }
  EXPECT_EQ(std::vector<Remembered>{changed}, open()->remembered());
}

TEST_F(StateFile, ForgetsATemplate) {
  {
    const auto store = open();
    store->remember(web());
    store->forget("web");
  }
  EXPECT_TRUE(open()->remembered().empty());
}

TEST_F(StateFile, ForgetsAllTemplatesWithThePast) {
  open()->remember(web());
  EXPECT_TRUE(open(Store::Past::Forgotten)->remembered().empty());
  EXPECT_TRUE(open()->remembered().empty());
}

TEST_F(StateFile, KeepsARunOnceHoweverOftenItsBeginIsTold) {
  const auto store = open();
  const state::Run run{.pid = 7, .name = "web", .slot = 1, .os_pid = 4711};
  store->begin_run(run);
  store->begin_run(run);
  state::Run ended = run;
  ended.ended = std::chrono::system_clock::now();
  ended.status = {.code = 3};
  ended.reason = "exit code 3";
  store->end_run(ended);
  wait_until_committed(*store);
  const auto runs = store->runs("web");
  ASSERT_TRUE(runs);
  ASSERT_EQ(1U, runs->size());
  EXPECT_EQ(7U, runs->front().pid);
  EXPECT_EQ(3, runs->front().status.code);
  EXPECT_TRUE(runs->front().ended);
}

TEST_F(StateFile, ToldOfTheSamePidInAnotherLifeHasAnotherRun) {
  {
    const auto store = open();
    store->begin_run({.pid = 1, .name = "web"});
  }
  const auto store = open(Store::Past::Forgotten);
  store->begin_run({.pid = 1, .name = "web"});
  wait_until_committed(*store);
  const auto runs = store->runs("web");
  ASSERT_TRUE(runs);
  ASSERT_EQ(2U, runs->size());
  EXPECT_FALSE(runs->at(0).ended);
  EXPECT_TRUE(runs->at(1).ended);
  EXPECT_FALSE(runs->at(1).status.is_known) << "nobody heard how it ended";
}

TEST_F(StateFile, IsForItsOwnerAlone) {
  const auto store = open();
  store->remember(web());
  wait_until_committed(*store);
  for (const char* name : {"state.db", "state.db-wal"}) {
    struct stat file {};
    ASSERT_EQ(0, ::stat(dir_.path(name).c_str(), &file)) << name;
    EXPECT_EQ(0600U, file.st_mode & 0777U) << name;
  }
}

TEST_F(StateFile, ThatIsNoneIsNotOpened) {
  dir_.write("state.db", "this is not a database, and long enough to be seen to be none");
  const auto opened = Store::open(loop_, dir_.path("state.db"), Store::Past::Kept);
  ASSERT_FALSE(opened);
  EXPECT_NE(std::string::npos, opened.error().message.find("cannot open state"));
}

TEST_F(StateFile, OfANewerGafferIsLeftAlone) {
  {
    auto database = Database::open(dir_.path("state.db"));
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->run("PRAGMA user_version = 99"));
  }
  const auto opened = Store::open(loop_, dir_.path("state.db"), Store::Past::Kept);
  ASSERT_FALSE(opened);
  EXPECT_EQ(Errc::Protocol, opened.error().code);
}

TEST_F(StateFile, IsWrittenOnceItCanBeWrittenAgain) {
  const auto store = open();
  auto other = Database::open(dir_.path("state.db"));
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->run("BEGIN IMMEDIATE"));
  bool is_done = false;
  store->remember(web());
  store->when_committed([&] { is_done = true; });
  ASSERT_TRUE(other->run("ROLLBACK"));
  EXPECT_TRUE(run_until([&] { return is_done; }));
}

}  // namespace
}  // namespace gaffer::state
