#pragma once

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "os/child.h"
#include "os/files.h"
#include "os/spawn.h"
#include "support/programs.h"

namespace gaffer::test {

inline bool wait_readable(int fd) {
  constexpr int kPatienceMs = 20000;
  pollfd wanted{fd, POLLIN, 0};
  return ::poll(&wanted, 1, kPatienceMs) == 1;
}

inline std::string read_to_end(int fd) {
  std::string all;
  char buffer[4096];
  while (wait_readable(fd)) {
    const ssize_t got = ::read(fd, buffer, sizeof(buffer));
    if (got <= 0) return all;
    all.append(buffer, static_cast<std::size_t>(got));
  }
  return all + "(no end)";
}

/// What `speak` says in a copy of this process, which may give up rights that a test still needs.
inline std::string said_in_a_copy(const std::function<std::string()>& speak) {
  os::Pipe pipe = std::move(os::make_pipe().value());
  const pid_t copy = ::fork();
  if (copy == 0) {
    const std::string said = speak();
    const ssize_t written = ::write(pipe.write.get(), said.data(), said.size());
    ::_exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  pipe.write.reset();
  std::string said = read_to_end(pipe.read.get());
  ::waitpid(copy, nullptr, 0);
  return said;
}

/// For tests that start real processes and read what they print.
class SpawnFixture : public testing::Test {
 protected:
  static os::SpawnPlan puppet(std::vector<std::string> verbs) {
    verbs.insert(verbs.begin(), test::puppet());
    return {.argv = std::move(verbs), .environment = {"PATH=/usr/bin:/bin"}};
  }

  static os::SpawnPlan shell(std::string script) {
    return {.argv = {"/bin/sh", "-c", std::move(script)}, .environment = {"PATH=/usr/bin:/bin"}};
  }

  os::Child start(const os::SpawnPlan& plan) { return std::move(spawner_.spawn(plan).value()); }

  /// What it prints until it ends.
  std::string output_of(os::SpawnPlan plan) {
    os::Pipe pipe = std::move(os::make_pipe().value());
    plan.stdio = {-1, pipe.write.get(), pipe.write.get()};
    const os::Child child = start(plan);
    pipe.write.reset();
    return read_to_end(pipe.read.get());
  }

  static ExitStatus wait_for(const os::Child& child) {
    EXPECT_TRUE(wait_readable(child.exit_fd()));
    return child.exit_status().value().value_or(ExitStatus{.code = -1});
  }

  os::Spawner spawner_ = std::move(os::Spawner::create().value());  // NOLINT
};

}  // namespace gaffer::test
