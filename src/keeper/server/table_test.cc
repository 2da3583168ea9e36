#include "keeper/server/table.h"

#include <map>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace gaffer::keeper {
namespace {

class Rows : public testing::Test {
 protected:
  Row& running(std::uint64_t id, pid_t pid) {
    Row* row = table_->add(id);
    table_->start(*row, pid, 1);
    return *row;
  }

  std::vector<std::uint64_t> news() {
    std::vector<std::uint64_t> ids;
    while (Row* row = table_->news()) {
      ids.push_back(row->id);
      table_->mark_told(*row);
    }
    return ids;
  }

  std::unique_ptr<Table> table_ = std::make_unique<Table>();  // NOLINT: all zero
};

TEST_F(Rows, AreFoundByTheirId) {
  Row* row = table_->add(7);
  ASSERT_NE(nullptr, row);
  EXPECT_EQ(row, table_->find(7));
  EXPECT_EQ(nullptr, table_->find(8));
  EXPECT_EQ(1U, table_->size());
}

TEST_F(Rows, HaveAnIdEachThatIsNotZero) {
  ASSERT_NE(nullptr, table_->add(7));
  EXPECT_EQ(nullptr, table_->add(7));
  EXPECT_EQ(nullptr, table_->add(0));
}

TEST_F(Rows, AreFoundByPidOnlyWhileTheyRun) {
  Row* row = table_->add(7);
  EXPECT_EQ(nullptr, table_->find_running(4711));
  table_->start(*row, 4711, 1);
  EXPECT_EQ(row, table_->find_running(4711));
  table_->end(*row, {});
  EXPECT_EQ(nullptr, table_->find_running(4711));
}

TEST_F(Rows, MayHaveThePidOfOneThatHasEnded) {
  Row& first = running(1, 4711);
  table_->end(first, {});
  Row& second = running(2, 4711);
  EXPECT_EQ(&second, table_->find_running(4711));
  table_->remove(first);
  EXPECT_EQ(&second, table_->find_running(4711));
}

TEST_F(Rows, AreToldInTheOrderOfTheirEnds) {
  Row& first = running(1, 101);
  Row& second = running(2, 102);
  Row& third = running(3, 103);
  table_->end(third, {});
  table_->end(first, {});
  table_->end(second, {});
  EXPECT_EQ((std::vector<std::uint64_t>{3, 1, 2}), news());
  EXPECT_EQ((std::vector<std::uint64_t>{}), news());
}

TEST_F(Rows, AreNoNewsOnceTheyAreRemoved) {
  Row& first = running(1, 101);
  Row& second = running(2, 102);
  Row& third = running(3, 103);
  for (Row* row : {&first, &second, &third})
    table_->end(*row, {});
  table_->remove(third);
  table_->remove(first);
  table_->end(running(4, 104), {});
  EXPECT_EQ((std::vector<std::uint64_t>{2, 4}), news());
}

TEST_F(Rows, AreNoNewsForWhoIsToldEverything) {
  table_->end(running(1, 101), {});
  table_->end(running(2, 102), {});
  table_->forget_news();
  table_->end(running(3, 103), {});
  EXPECT_EQ((std::vector<std::uint64_t>{3}), news());
}

TEST_F(Rows, AreWalkedThroughOnce) {
  table_->add(1);
  Row* second = table_->add(2);
  table_->add(3);
  table_->remove(*second);
  std::vector<std::uint64_t> ids;
  std::uint32_t at = 0;
  while (const Row* row = table_->next_from(at))
    ids.push_back(row->id);
  EXPECT_EQ((std::vector<std::uint64_t>{1, 3}), ids);
}

TEST_F(Rows, AreAsManyAsTheTableHasAndNoMore) {
  for (std::uint64_t id = 1; id <= kCapacity; ++id)
    ASSERT_NE(nullptr, table_->add(id));
  EXPECT_EQ(nullptr, table_->add(kCapacity + 1));
  table_->remove(*table_->find(77));
  EXPECT_NE(nullptr, table_->add(kCapacity + 1));
  EXPECT_EQ(nullptr, table_->find(77));
  EXPECT_NE(nullptr, table_->find(kCapacity));
}

// Against a map, which does the same more slowly.
TEST_F(Rows, AreNeitherLostNorInventedInALongLife) {
  std::minstd_rand random{11};
  std::map<std::uint64_t, pid_t> model;
  std::uint64_t last_id = 0;
  for (int step = 0; step < 200'000; ++step) {
    if (model.size() < 200 && random() % 2 == 0) {
      const auto pid = static_cast<pid_t>(1000 + random() % 30'000);
      if (table_->find_running(pid)) continue;
      running(++last_id, pid);
      model[last_id] = pid;
    } else if (!model.empty()) {
      auto chosen = model.lower_bound(random() % (last_id + 1));
      if (chosen == model.end()) chosen = model.begin();
      Row* row = table_->find(chosen->first);
      ASSERT_NE(nullptr, row);
      ASSERT_EQ(row, table_->find_running(chosen->second));
      if (random() % 2 == 0) table_->end(*row, {});
      table_->remove(*row);
      model.erase(chosen);
    }
    ASSERT_EQ(model.size(), table_->size());
  }
  EXPECT_EQ((std::vector<std::uint64_t>{}), news());
}

TEST(Row, IsSmall) { EXPECT_EQ(120U, sizeof(Row)); }

}  // namespace
}  // namespace gaffer::keeper
