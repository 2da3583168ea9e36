#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/strings.h"
#include "os/files.h"
#include "os/unique_fd.h"
#include "support/command.h"
#include "support/programs.h"

namespace gaffer::test {

/// Whether there is something to read, in the end.
inline bool comes_to_read(int fd) {
  pollfd wanted{fd, POLLIN, 0};
  return ::poll(&wanted, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) == 1;
}

/// A keeper with a test brain below it, which does what a test says and says what it hears.
class KeeperFixture : public testing::Test {
 public:
  KeeperFixture() = default;
  KeeperFixture(const KeeperFixture&) = delete;
  KeeperFixture& operator=(const KeeperFixture&) = delete;
  ~KeeperFixture() override {
    if (keeper_ > 0) {
      for (const pid_t child : children())
        ::kill(child, SIGKILL);
      ::kill(keeper_, SIGKILL);
      ::waitpid(keeper_, nullptr, 0);
    }
  }

 protected:
  /// Starts it and waits for the brain's first word. `prepare` is done in the keeper before it is one.
  void start_keeper(const std::vector<std::string>& options = {},
                    const std::function<void()>& prepare = {}) {
    os::Pipe words = std::move(os::make_input_pipe().value());
    os::Pipe news = std::move(os::make_pipe().value());
    std::vector<std::string> argv{program("gaffer-keeper")};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.insert(argv.end(), {"--", program("test_brain")});
    std::vector<char*> pointers;
    pointers.reserve(argv.size() + 1);
    for (std::string& word : argv)
      pointers.push_back(word.data());
    pointers.push_back(nullptr);
    keeper_ = ::fork();
    if (keeper_ == 0) {
      ::dup2(words.read.get(), 0);
      ::dup2(news.write.get(), 1);
      if (prepare) prepare();
      ::execv(pointers.front(), pointers.data());
      ::_exit(126);
    }
    words_ = std::move(words.write);
    news_ = std::move(news.read);
    brain_ = number_behind("brain ");
  }

  /// A command for the brain.
  void tell(const std::string& command) {
    const std::string line = command + "\n";
    ASSERT_EQ(static_cast<ssize_t>(line.size()), ::write(words_.get(), line.data(), line.size()));
  }

  /// The next thing the brain says; "(nothing)" after 20 s.
  std::string next() {
    while (said_.find('\n') == std::string::npos) {
      std::string bytes(65536, '\0');
      if (!comes_to_read(news_.get())) return "(nothing)";
      const ssize_t got = ::read(news_.get(), bytes.data(), bytes.size());
      if (got <= 0) return "(end)";
      said_.append(bytes, 0, static_cast<std::size_t>(got));
    }
    const std::size_t end = said_.find('\n');
    std::string line = said_.substr(0, end);
    said_.erase(0, end + 1);
    return line;
  }

  /// Reads on to a line that begins so, and returns the number behind.
  pid_t number_behind(const std::string& beginning) {
    while (true) {
      const std::string line = next();
      if (line.starts_with(beginning)) {
        const std::string_view rest = std::string_view(line).substr(beginning.size());
        return parse_number<pid_t>(rest.substr(0, rest.find(' '))).value_or(-1);
      }
      if (line.starts_with("(")) {
        ADD_FAILURE() << line << " instead of " << beginning;
        return -1;
      }
    }
  }

  /// Reads on to this line.
  void expect(const std::string& wanted) {
    std::string seen;
    for (int i = 0; i < 100'000; ++i) {
      const std::string line = next();
      if (line == wanted) return;
      seen += "\n  " + line;
      if (line.starts_with("(") || seen.size() > 4000) break;
    }
    FAIL() << "not said: " << wanted << ", but:" << seen;
  }

  /// Says hello and reads the table; returns what came before its end.
  std::vector<std::string> table() {
    tell("hello");
    std::vector<std::string> lines;
    while (true) {
      lines.push_back(next());
      if (lines.back().starts_with("end ") || lines.back().starts_with("(")) return lines;
    }
  }

  /// Kills the brain; returns the pid of the next one.
  pid_t kill_brain() {
    ::kill(brain_, SIGKILL);
    return brain_ = number_behind("brain ");
  }

  /// Starts a process of the puppet's; returns its pid.
  pid_t start(int id, const std::string& verbs) {
    tell("start " + std::to_string(id) + " " + puppet() + " " + verbs);
    return number_behind("started " + std::to_string(id) + " ");
  }

  [[nodiscard]] std::vector<pid_t> children() const {
    std::vector<pid_t> pids;
    const std::string text = os::read_file("/proc/" + std::to_string(keeper_) + "/task/" +
                                           std::to_string(keeper_) + "/children")
                                 .value_or("");
    for (const std::string_view word : split(text, ' ')) {
      if (const auto pid = parse_number<pid_t>(word)) pids.push_back(*pid);
    }
    return pids;
  }

  [[nodiscard]] std::size_t descriptors() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& one :
         std::filesystem::directory_iterator("/proc/" + std::to_string(keeper_) + "/fd"))
      ++count;
    return count;
  }

  /// How the keeper ended; waits for it.
  int keeper_exit_code() {
    int status = 0;
    ::waitpid(std::exchange(keeper_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  pid_t keeper_ = -1;
  pid_t brain_ = -1;
  os::UniqueFd words_;
  os::UniqueFd news_;
  std::string said_;
};

}  // namespace gaffer::test
