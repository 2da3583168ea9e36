/// Somebody who may change the directory of his logs leads gaffer, which is root, nowhere else.

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "core/stream/compressed.h"
#include "core/stream/segments.h"
#include "os/files.h"
#include "support/numbered_lines.h"
#include "support/temp_dir.h"

namespace gaffer::stream {
namespace {

constexpr os::LogOwner kNobody{.user = 65534, .group = 65534};
constexpr int kRaces = test::kHasSanitizer ? 1'000 : 10'000;

/// `logs` is nobody's. `outside` is root's, and has all the files that a log can have.
class LogAttacks : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
    for (const char* name : {"logs", "outside", "lists"})
      std::filesystem::create_directory(dir_.path(name));
    ASSERT_EQ(0, ::chmod(dir_.path().c_str(), 0755));
    ASSERT_EQ(0, ::chown(dir_.path("logs").c_str(), kNobody.user, kNobody.group));
    std::filesystem::create_symlink(dir_.path("outside"), dir_.path("link"));
    std::filesystem::create_symlink(dir_.path("outside/web.log"), dir_.path("file link"));
    for (const auto& name :
         {place().path, closed_name(place().path, 0), closed_name(place().path, 3)}) {
      const std::string file = std::filesystem::path(name).filename();
      dir_.write("outside/" + file, "secret");
      std::filesystem::permissions(dir_.path("outside/" + file), std::filesystem::perms::owner_all);
    }
  }

  [[nodiscard]] LogPlace place() const {
    return {.path = dir_.path("logs/web.log"),
            .segments = dir_.path("lists/web.segments"),
            .times = dir_.path("lists/web.times"),
            .owner = kNobody};
  }
  [[nodiscard]] std::map<std::string, std::string> outside() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path("outside")))
      files[entry.path().filename()] = os::read_file(entry.path()).value_or("?");
    return files;
  }
  void swap(const char* one, const char* other) const {
    ::renameat2(AT_FDCWD, dir_.path(one).c_str(), AT_FDCWD, dir_.path(other).c_str(),
                RENAME_EXCHANGE);
  }

  /// Everything that is done by name, while `attack` goes on.
  template <typename Attack>
  int work_while(const Attack& attack) {
    std::atomic<bool> is_over{false};
    std::thread attacker([&] {
      while (!is_over)
        attack();
    });
    int done = 0;
    for (int race = 0; race < kRaces; ++race) {
      auto open = open_log_files(place());
      if (!open) continue;
      // It stays the file that was opened, wherever its name leads to now.
      EXPECT_TRUE(os::write_at(open->file.get(), 0, "abc").has_value());
      const auto next = switch_segment(place(), open->segments, 3, {.keep = 1});
      (void)compress_segment(place(), {.base = 0, .path = closed_name(place().path, 0)});
      keep_within(dir_.path("lists"), "", 0);
      done += next ? 1 : 0;
      std::filesystem::remove(place().segments);
    }
    is_over = true;
    attacker.join();
    return done;
  }

  test::TempDir dir_{test::fast_directory()};  // NOLINT
};

TEST_F(LogAttacks, ADirectoryThatTurnsIntoALinkLeadsNowhere) {
  const auto before = outside();
  ASSERT_EQ(3U, before.size());
  EXPECT_LT(0, work_while([this] { swap("logs", "link"); }));
  EXPECT_EQ(before, outside());
}

TEST_F(LogAttacks, ALogThatTurnsIntoALinkLeadsNowhere) {
  const auto before = outside();
  EXPECT_LT(0, work_while([this] { swap("logs/web.log", "file link"); }));
  EXPECT_EQ(before, outside());
}

TEST_F(LogAttacks, ALogThatIsASecondNameOfAFileLeadsNowhere) {
  const auto before = outside();
  EXPECT_LT(0, work_while([this] {
              std::filesystem::path log = place().path;
              ::unlink(log.c_str());
              ::link(dir_.path("outside/web.log").c_str(), log.c_str());
              ::unlink(log.c_str());
            }));
  EXPECT_EQ(before, outside());
}

TEST_F(LogAttacks, ALogThatTurnsIntoAFifoHoldsNobodyUp) {
  const auto before = outside();
  EXPECT_LT(0, work_while([this] {
              ::unlink(place().path.c_str());
              ::mkfifo(place().path.c_str(), 0666);
              (void)!::chown(place().path.c_str(), kNobody.user, kNobody.group);
              ::unlink(place().path.c_str());
            }));
  EXPECT_EQ(before, outside());
}

}  // namespace
}  // namespace gaffer::stream
