#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "gaffer/gaffer.h"

namespace {

constexpr const char* kSleeper =
    R"({"name": "web", "cmd": "sleep 100", "redirect_output": ["out"]})";

class CApi : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(nullptr, manager_);
    ASSERT_EQ(GAFFER_OK, gaffer_manager_start(manager_));
  }
  void TearDown() override { gaffer_manager_destroy(manager_); }
  /// Until everything has stopped.
  void stop_and_run() {
    gaffer_manager_stop(manager_, nullptr, nullptr);
    EXPECT_EQ(GAFFER_OK, gaffer_manager_run(manager_));
  }
  std::string status(const char* target) {
    char* const text = gaffer_status(manager_, target);
    std::string copy = text != nullptr ? text : "";
    gaffer_free(text);
    return copy;
  }

  gaffer_manager* manager_ = gaffer_manager_create(nullptr);  // NOLINT
};

TEST_F(CApi, HasTheVersionOfItsHeader) {
  EXPECT_EQ(GAFFER_C_VERSION, gaffer_c_version());
  EXPECT_STREQ(GAFFER_VERSION, gaffer_version());
  EXPECT_NE(nullptr, gaffer_manager_loop(manager_));
}

TEST_F(CApi, KeepsTemplatesAndSaysTheirStatus) {
  EXPECT_EQ(GAFFER_OK, gaffer_manager_add(manager_, kSleeper));
  int number = 0;
  EXPECT_EQ(GAFFER_OK, gaffer_scale(manager_, "web", "+1", &number));
  EXPECT_EQ(2, number);
  EXPECT_EQ(GAFFER_OK, gaffer_scale(manager_, "web", "=1", nullptr));
  EXPECT_NE(std::string::npos, status("web").find(R"("name":"web")"));
  EXPECT_EQ(GAFFER_OK, gaffer_restart(manager_, "web"));
  EXPECT_EQ(GAFFER_OK, gaffer_manager_remove(manager_, "web"));
  stop_and_run();
  EXPECT_EQ("", status("web"));
}

TEST_F(CApi, SaysWhatIsWrongInAWordAndInASentence) {
  EXPECT_EQ(GAFFER_NOT_FOUND, gaffer_start(manager_, "nobody"));
  EXPECT_STREQ("no template nobody", gaffer_last_error());
  EXPECT_EQ(GAFFER_NOT_FOUND, gaffer_start(manager_, nullptr));
  EXPECT_EQ(GAFFER_INVALID_ARGUMENT, gaffer_manager_add(manager_, "{"));
  EXPECT_EQ(GAFFER_INVALID_ARGUMENT, gaffer_manager_add(manager_, nullptr));
  EXPECT_EQ(GAFFER_INVALID_ARGUMENT, gaffer_manager_update(manager_, R"({"name": "web"})"));
  EXPECT_EQ(GAFFER_OK, gaffer_manager_add(manager_, kSleeper));
  EXPECT_EQ(GAFFER_ALREADY_EXISTS, gaffer_manager_add(manager_, kSleeper));
  EXPECT_EQ(GAFFER_INVALID_ARGUMENT, gaffer_write(manager_, "web", "x", 1, nullptr));
  EXPECT_EQ(GAFFER_INVALID_ARGUMENT, gaffer_scale(manager_, "web", "many", nullptr));
  EXPECT_EQ(nullptr, gaffer_status(manager_, "nobody"));
  EXPECT_EQ(nullptr, gaffer_stats(manager_, "nobody"));
  EXPECT_EQ(nullptr, gaffer_monitor(manager_, "web", 1, nullptr, nullptr));
  EXPECT_STREQ("cannot look every 1 ms: it must be from 10 ms to 1 h", gaffer_last_error());
  EXPECT_EQ(nullptr, gaffer_monitor_io(manager_, "web", "err", nullptr, nullptr));
  stop_and_run();
  EXPECT_EQ(GAFFER_NOT_RUNNING, gaffer_manager_start(manager_));
}

TEST_F(CApi, TellsWhatIsUsedUntilTheSubscriptionEnds) {
  ASSERT_EQ(GAFFER_OK, gaffer_manager_add(manager_, kSleeper));
  struct Heard {
    gaffer_manager* manager;
    std::string document;
  } heard{manager_, ""};
  gaffer_subscription* const subscription = gaffer_monitor(
      manager_, "web", 10,
      [](void* context, const char* stats) {
        auto* const into = static_cast<Heard*>(context);
        into->document = stats;
        gaffer_manager_stop(into->manager, nullptr, nullptr);
      },
      &heard);
  ASSERT_NE(nullptr, subscription);
  EXPECT_EQ(GAFFER_OK, gaffer_manager_run(manager_));
  EXPECT_EQ(0U, heard.document.find(R"({"event":"STATS","templates":[{"name":"web",)"));
  gaffer_unsubscribe(subscription);
}

TEST_F(CApi, IsReachedFromAnotherThreadByPost) {
  std::thread other([this] {
    gaffer_manager_post(
        manager_,
        [](void* context) {
          auto* const manager = static_cast<gaffer_manager*>(context);
          EXPECT_EQ(GAFFER_OK, gaffer_manager_add(manager, kSleeper));
          gaffer_manager_stop(manager, nullptr, nullptr);
        },
        manager_);
  });
  EXPECT_EQ(GAFFER_OK, gaffer_manager_run(manager_));
  other.join();
  EXPECT_NE("", status("web"));
}

TEST(CApiWithoutAManager, TakesNothingForNothing) {
  gaffer_manager_destroy(nullptr);
  gaffer_unsubscribe(nullptr);
  gaffer_free(nullptr);
}

TEST_F(CApi, LeavesASubscriptionThatOutlivesTheManagerToBeEnded) {
  gaffer_subscription* const subscription = gaffer_subscribe(
      manager_, ".", [](void*, const char*, const char*) {}, nullptr);
  gaffer_manager_destroy(manager_);
  manager_ = nullptr;
  gaffer_unsubscribe(subscription);
}

}  // namespace
