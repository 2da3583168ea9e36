#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <pty.h>

#include "base/assert.h"
#include "os/files.h"
#include "os/unique_fd.h"

namespace gaffer::test {

/// How long a test waits for something before it fails. Sanitizers and a busy machine are slow.
constexpr std::chrono::seconds kPatience{20};

/// Looks every few milliseconds whether the condition holds; false if it does not in time.
inline bool eventually(const std::function<bool()>& condition) {
  constexpr int kPaceMs = 5;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return condition();
    ::poll(nullptr, 0, kPaceMs);
  }
  return true;
}

/// How a program is started.
struct Command {
  enum class Output {
    Pipes,     ///< Standard output and error apart.
    Terminal,  ///< Both, and input, on a terminal of its own: Ctrl-C can be typed.
    Nothing,   ///< Neither, nor input: the descriptors are closed.
  };
  std::vector<std::string> argv;
  std::string directory;                           ///< Empty: ours.
  std::map<std::string, std::string> environment;  ///< On top of ours.
  Output output = Output::Pipes;
  std::optional<rlim_t> descriptor_limit;  ///< Soft limit of open files.
};

/// How it ended and what it said.
struct Ended {
  int status = -1;  ///< Exit status; 128 + N when signal N ended it; -1 when it did not in time.
  std::string out;
  std::string err;
};

/// A program that runs, and what it has said so far. It is killed in the end if it still runs.
class Program {
 public:
  explicit Program(const Command& command) {
    switch (command.output) {
      case Command::Output::Pipes:
        start_on_pipes(command);
        break;
      case Command::Output::Terminal:
        start_on_terminal(command);
        break;
      case Command::Output::Nothing:
        start_on_nothing(command);
    }
    exit_ = os::UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
    GAFFER_ASSERT(exit_.is_open(), "a child has a pidfd until it is waited for");
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (status_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& out() const { return out_; }
  [[nodiscard]] const std::string& err() const { return err_; }
  [[nodiscard]] bool has_ended() const { return status_.has_value(); }

  // NOLINTNEXTLINE(readability-make-member-function-const): it changes the program
  void signal(int number) {
    if (!status_) ::kill(pid_, number);
  }
  /// Types on its terminal.
  void type(std::string_view keys) const {
    GAFFER_ASSERT(
        ::write(out_end_.get(), keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()),
        "a terminal takes a few keys");
  }
  /// Gives its terminal another size.
  void resize(unsigned short rows, unsigned short columns) const {
    const winsize size{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    GAFFER_ASSERT(::ioctl(out_end_.get(), TIOCSWINSZ, &size) == 0, "a terminal has a size");
  }
  /// Reads no further, as `head` does; of a terminal: closes its window.
  void close_output() { out_end_.reset(); }

  /// Takes what it says until the condition holds; false if it does not in time.
  bool wait_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      take_what_comes();
    }
    return true;
  }
  bool wait_until_said(const std::string& text) {
    return wait_until([&] { return out_.find(text) != std::string::npos; });
  }
  /// Waits until it has ended and everything it said is here.
  Ended wait_for_end() {
    const bool has = wait_until(
        [this] { return status_.has_value() && !out_end_.is_open() && !err_end_.is_open(); });
    return {.status = has ? *status_ : -1, .out = out_, .err = err_};
  }

 private:
  static os::Pipe new_pipe() { return std::move(os::make_pipe().value()); }

  void start_on_pipes(const Command& command) {
    os::Pipe out = new_pipe();
    os::Pipe err = new_pipe();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
      ::dup2(out.write.get(), 1);
      ::dup2(err.write.get(), 2);
      become(command);
    }
    out_end_ = std::move(out.read);
    err_end_ = std::move(err.read);
  }
  void start_on_terminal(const Command& command) {
    constexpr winsize kSize{.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    int master = -1;
    pid_ = ::forkpty(&master, nullptr, nullptr, &kSize);
    if (pid_ == 0) become(command);
    out_end_ = os::UniqueFd(master);
    ::fcntl(master, F_SETFD, FD_CLOEXEC);
    ::fcntl(master, F_SETFL, O_NONBLOCK);
  }
  void start_on_nothing(const Command& command) {
    pid_ = ::fork();
    if (pid_ != 0) return;
    for (const int fd : {0, 1, 2})
      ::close(fd);
    become(command);
  }
  [[noreturn]] static void become(const Command& command) {
    constexpr int kCannotExecute = 127;
    for (const auto& [name, value] : command.environment)
      ::setenv(name.c_str(), value.c_str(), 1);
    if (command.descriptor_limit) {
      rlimit limit{};
      ::getrlimit(RLIMIT_NOFILE, &limit);
      limit.rlim_cur = *command.descriptor_limit;
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (!command.directory.empty() && ::chdir(command.directory.c_str()) != 0)
      ::_exit(kCannotExecute);
    std::vector<char*> words;
    for (const std::string& word : command.argv)
      words.push_back(const_cast<char*>(word.c_str()));  // NOLINT: execv's habit
    words.push_back(nullptr);
    ::execv(words[0], words.data());
    ::_exit(kCannotExecute);
  }

  void take_what_comes() {
    constexpr int kPaceMs = 5;
    std::array<pollfd, 3> ready{{{out_end_.is_open() ? out_end_.get() : -1, POLLIN, 0},
                                 {err_end_.is_open() ? err_end_.get() : -1, POLLIN, 0},
                                 {status_ ? -1 : exit_.get(), POLLIN, 0}}};
    ::poll(ready.data(), ready.size(), kPaceMs);
    // First the end, then the words: those that came before it are all taken then.
    if (ready[2].revents != 0) take_status();
    if (ready[0].revents != 0) take(out_end_, out_);
    if (ready[1].revents != 0) take(err_end_, err_);
  }
  void take_status() {
    int raw = 0;
    if (::waitpid(pid_, &raw, WNOHANG) != pid_) return;
    constexpr int kBySignal = 128;
    status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : kBySignal + WTERMSIG(raw);
  }
  static void take(os::UniqueFd& from, std::string& into) {
    std::array<char, 65536> buffer{};
    const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
    if (got > 0) {
      into.append(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
      from.reset();  // EIO is the end of a terminal.
    }
  }

  pid_t pid_ = -1;
  os::UniqueFd out_end_;
  os::UniqueFd err_end_;
  os::UniqueFd exit_;
  std::optional<int> status_;
  std::string out_;
  std::string err_;
};

/// Runs a program to its end.
inline Ended run(const Command& command) { return Program(command).wait_for_end(); }

}  // namespace gaffer::test
