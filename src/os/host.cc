#include "os/host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>

#include <limits.h>
#include <time.h>

namespace gaffer::os {

std::vector<std::string> environment() {
  std::vector<std::string> all;
  for (char** entry = environ; entry && *entry; ++entry)
    all.emplace_back(*entry);
  return all;
}

std::string environment_variable(const std::string& name) {
  const char* value = ::getenv(name.c_str());
  return value ? value : "";
}

Result<rlim_t> raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return os_error("cannot read the limit of open files", errno);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
    return os_error("cannot raise the limit of open files", errno);
  return before;
}

void open_missing_standard_descriptors() {
  // open(2) takes the lowest free number.
  while (true) {
    const int fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd > STDERR_FILENO || fd < 0) {
      ::close(fd);
      return;
    }
  }
}

void settle_signals() {
  ::signal(SIGCHLD, SIG_DFL);  // Ignored, the kernel would throw exit statuses away.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool is_ignored(int signal) {
  struct sigaction present {};
  return ::sigaction(signal, nullptr, &present) == 0 && present.sa_handler == SIG_IGN;
}

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

std::size_t terminal_columns() {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

// A pipe is writable when a page of it is free (pipe(7)), a terminal when its queue is short.
bool is_writable(int fd, std::chrono::milliseconds patience) {
  pollfd asked{fd, POLLOUT, 0};
  return ::poll(&asked, 1, static_cast<int>(patience.count())) == 1;
}

Result<void> write_standard(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // A descriptor that somebody else made non-blocking: wait as a blocking one would.
      pollfd ready{fd, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return os_error("cannot write", errno);
    }
  }
  return {};
}

void pause(std::chrono::milliseconds duration) {
  ::poll(nullptr, 0, static_cast<int>(duration.count()));
}

Result<std::string> read_standard_input(std::size_t max_bytes) {
  std::string bytes(max_bytes, '\0');
  while (true) {
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.resize(static_cast<std::size_t>(count));
      return bytes;
    }
    if (errno == EAGAIN) {  // Somebody else has made it so.
      pollfd ready{STDIN_FILENO, POLLIN, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return os_error("cannot read standard input", errno);
    }
  }
}

std::string take_environment_variable(const std::string& name) {
  std::string value = environment_variable(name);
  ::unsetenv(name.c_str());
  return value;
}

Error become_program(const std::vector<std::string>& words, const std::vector<int>& kept) {
  for (const int fd : kept)
    ::fcntl(fd, F_SETFD, 0);
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words)
    pointers.push_back(const_cast<char*>(word.c_str()));  // NOLINT: execv does not write there
  pointers.push_back(nullptr);
  ::execv(pointers.front(), pointers.data());
  return os_error("cannot execute " + words.front(), errno);
}

pid_t own_pid() { return ::getpid(); }
pid_t parent_pid() { return ::getppid(); }

std::chrono::nanoseconds since_boot() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::string own_program() {
  std::array<char, PATH_MAX> path;
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "";
}

Result<void> signal_process(pid_t pid, int signal) {
  if (::kill(pid, signal) != 0)
    return os_error("cannot signal process " + std::to_string(pid), errno);
  return {};
}

}  // namespace gaffer::os
