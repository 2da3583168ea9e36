/// The child of the tests: does what its arguments say, one verb after the other, and nothing else.
///
///   puppet print ready  ignore-term  sleep
///
/// Standard output is unbuffered, so whoever reads it knows how far the puppet is.

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <new>
#include <string>
#include <vector>

namespace {

using Arguments = std::vector<std::string>;

void write_all(int fd, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = write(fd, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno != EINTR) _exit(111);
    if (written > 0) done += static_cast<std::size_t>(written);
  }
}

// Every test ends within minutes; a puppet that was forgotten goes away by itself.
[[noreturn]] void wait_for_the_end() {
  alarm(300);
  while (true)
    pause();
}

// "1MB", "64KB", "100".
std::size_t bytes_of(const std::string& text) {
  char* unit = nullptr;
  const std::size_t number = std::strtoul(text.c_str(), &unit, 10);
  return *unit == 'M' ? number << 20 : *unit == 'K' ? number << 10 : number;
}

// Numbered lines of 100 bytes, so that loss, repetition and tearing can be told apart.
void spam(std::size_t bytes) {
  for (std::size_t number = 0; number * 100 < bytes; ++number) {
    std::string line = std::to_string(number) + " ";
    line.resize(99, static_cast<char>('a' + number % 26));
    write_all(1, line + "\n");
  }
}

// Bytes of all values but the newline's, in blocks of 64 KiB: byte `i` is that of hard_byte().
char hard_byte(std::size_t i) {
  const auto byte = static_cast<char>((i * 31 + i / 251) % 256);
  return byte == '\n' ? 'n' : byte;
}
void write_hard_bytes(std::size_t bytes) {
  constexpr std::size_t kBlock = 65536;
  for (std::size_t at = 0; at < bytes; at += kBlock) {
    std::string block(std::min(kBlock, bytes - at), ' ');
    for (std::size_t i = 0; i < block.size(); ++i)
      block[i] = hard_byte(at + i);
    write_all(1, block);
  }
}

// Exits 7 after `milliseconds` when asked to stop: a service that cleans up.
void clean_up_on_term(int milliseconds) {
  static int pause_ms;
  pause_ms = milliseconds;
  signal(SIGTERM, [](int) {
    write_all(1, "cleaning up\n");
    usleep(static_cast<useconds_t>(pause_ms) * 1000);
    write_all(1, "cleaned up\n");
    _exit(7);
  });
}

// A child that goes on when this process ends, which waits until it is ready. "plain", "stubborn"
// and "slow" stay in the group: one ignores SIGTERM, one cleans up first. An "escape" leaves the
// group, and once its parent is gone it writes "escaped" and ends.
void fork_child(const std::string& how) {
  int ready[2];
  if (pipe(ready) != 0) _exit(110);
  const pid_t parent = getpid();
  if (fork() != 0) {
    char byte = 0;
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) _exit(110);
    close(ready[0]);
    return;
  }
  close(ready[0]);
  if (how == "escape") setsid();
  if (how == "stubborn") signal(SIGTERM, SIG_IGN);
  if (how == "slow") clean_up_on_term(30);
  write_all(ready[1], "r");
  close(ready[1]);
  if (how != "escape") wait_for_the_end();
  while (getppid() == parent)
    usleep(1000);
  write_all(1, "escaped\n");
  _exit(0);
}

// Forks a child that calls `act`, and waits until it has written to `ready`, or closed it.
void fork_and_wait(const std::function<void(int ready)>& act) {
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) != 0) _exit(110);
  if (fork() == 0) {
    close(ready[0]);
    act(ready[1]);
  }
  char byte = 0;
  close(ready[1]);
  if (read(ready[0], &byte, 1) < 0) _exit(110);
  close(ready[0]);
}

// A service as the textbooks have it: a session of its own, and a parent that is gone. "stubborn"
// ignores SIGTERM, "slow" cleans up first.
void make_daemon(const std::string& how) {
  fork_and_wait([&](int ready) {
    setsid();
    if (fork() != 0) _exit(0);
    if (how == "stubborn") signal(SIGTERM, SIG_IGN);
    if (how == "slow") clean_up_on_term(30);
    write_all(ready, "r");
    close(ready);
    wait_for_the_end();
  });
  while (wait(nullptr) < 0 && errno == EINTR) {
  }
}

// A child with a session of its own that ignores SIGTERM and writes numbered lines until a file appears, and then how
// many it has written, "heir N".
void leave_an_heir(const std::string& until_file) {
  fork_and_wait([&](int ready) {
    setsid();
    signal(SIGTERM, SIG_IGN);
    alarm(300);
    write_all(ready, "r");
    std::size_t number = 0;
    for (; access(until_file.c_str(), F_OK) != 0; ++number) {
      write_all(1, "line " + std::to_string(number) + "\n");
      usleep(1000);
    }
    write_all(1, "heir " + std::to_string(number) + "\n");
    _exit(0);
  });
}

// A child with a session of its own, and with nothing but `variable` in its environment.
void fork_stray(const std::string& variable) {
  fork_and_wait([&](int) {
    setsid();
    const char* const words[] = {"puppet", "sleep", nullptr};
    const char* const environment[] = {variable.c_str(), nullptr};
    execve("/proc/self/exe", const_cast<char**>(words), const_cast<char**>(environment));
    _exit(110);
  });
}

// Processes that fork as long as fewer than `most` of them are alive, each in a session of its own.
// Says "full" when there are so many for the first time.
[[noreturn]] void explode(int most) {
  struct Shared {
    std::atomic<int> alive{1};
    std::atomic<bool> has_been_full{false};
  };
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) _exit(110);
  Shared& shared = *new (memory) Shared;
  alarm(300);
  while (true) {
    while (waitpid(-1, nullptr, WNOHANG) > 0)
      --shared.alive;
    if (++shared.alive <= most) {
      const pid_t child = fork();
      if (child == 0) {
        alarm(300);
        setsid();
      }
      if (child >= 0) continue;
    }
    --shared.alive;
    if (!shared.has_been_full.exchange(true)) write_all(1, "full\n");
    usleep(10'000);  // All of them together leave the machine some time.
  }
}

// Keeps a processor busy.
[[noreturn]] void burn() {
  alarm(300);
  for (std::atomic<unsigned> turns{0};; ++turns) {
  }
}

// Has so much memory, and has touched all of it.
void hold(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) _exit(110);
  std::memset(memory, 1, bytes);
}

std::string status_line(const char* key) {
  FILE* status = std::fopen("/proc/self/status", "r");
  char line[256];
  std::string found;
  while (status && std::fgets(line, sizeof(line), status)) {
    if (std::strncmp(line, key, std::strlen(key)) == 0) found = line;
  }
  if (status) std::fclose(status);
  return found;
}

void print_descriptors() {
  std::string open_ones;
  for (int fd = 0; fd < 100000; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) open_ones += std::to_string(fd) + " ";
    if (fd > 30000) break;
  }
  write_all(1, open_ones + "\n");
}

// The soft limit of open files.
void print_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  write_all(1, std::to_string(limit.rlim_cur) + "\n");
}

// A line of every byte there is, which makes two of them.
void print_all_bytes() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte)
    bytes += static_cast<char>(byte);
  write_all(1, bytes + "\n");
}

// Writes to one descriptor what comes from another, until its end; or one byte only.
void echo(int from, int to) {
  char buffer[4096];
  ssize_t got = 0;
  while ((got = read(from, buffer, sizeof(buffer))) > 0)
    write_all(to, std::string(buffer, static_cast<std::size_t>(got)));
}
void echo_one(int from, int to) {
  char byte = 0;
  if (read(from, &byte, 1) == 1) write_all(to, std::string(1, byte));
}

void append_to(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  write_all(file, text);
  close(file);
}

struct Verb {
  std::size_t arguments;
  std::function<void(const Arguments&)> act;
};

const std::map<std::string, Verb> kVerbs = {
    {"exit", {1, [](auto& a) { _exit(std::stoi(a[0])); }}},
    {"abort", {0, [](auto&) { std::abort(); }}},
    {"kill-self", {1, [](auto& a) { kill(getpid(), std::stoi(a[0])); }}},
    {"sleep", {0, [](auto&) { wait_for_the_end(); }}},
    {"nap", {1, [](auto& a) { usleep(static_cast<useconds_t>(std::stoi(a[0])) * 1000); }}},
    {"print", {1, [](auto& a) { write_all(1, a[0] + "\n"); }}},
    {"print-partial", {1, [](auto& a) { write_all(1, a[0]); }}},
    {"print-error", {1, [](auto& a) { write_all(2, a[0] + "\n"); }}},
    {"spam", {1, [](auto& a) { spam(bytes_of(a[0])); }}},
    {"spam-hard", {1, [](auto& a) { write_hard_bytes(bytes_of(a[0])); }}},
    {"heir", {1, [](auto& a) { leave_an_heir(a[0]); }}},
    {"ignore-term", {0, [](auto&) { signal(SIGTERM, SIG_IGN); }}},
    {"clean-up-on-term", {1, [](auto& a) { clean_up_on_term(std::stoi(a[0])); }}},
    {"fork-and-hold", {1, [](auto& a) { fork_child(a[0]); }}},
    {"daemon", {1, [](auto& a) { make_daemon(a[0]); }}},
    {"stray", {1, [](auto& a) { fork_stray(a[0]); }}},
    {"burn", {0, [](auto&) { burn(); }}},
    {"hold", {1, [](auto& a) { hold(bytes_of(a[0])); }}},
    {"bomb", {1, [](auto& a) { explode(std::stoi(a[0])); }}},
    {"close-stdout", {0, [](auto&) { close(1), close(2); }}},
    {"stop-self", {0, [](auto&) { kill(getpid(), SIGSTOP); }}},
    {"print-descriptor-limit", {0, [](auto&) { print_descriptor_limit(); }}},
    {"print-all-bytes", {0, [](auto&) { print_all_bytes(); }}},
    {"echo-stdin", {0, [](auto&) { echo(0, 1); }}},
    {"echo", {2, [](auto& a) { echo(std::stoi(a[0]), std::stoi(a[1])); }}},
    {"echo-one", {2, [](auto& a) { echo_one(std::stoi(a[0]), std::stoi(a[1])); }}},
    {"stamp", {2, [](auto& a) { append_to(a[0], a[1] + "\n"); }}},
    {"print-env",
     {1, [](auto& a) { write_all(1, a[0] + "=" + (getenv(a[0].c_str()) ?: "(unset)") + "\n"); }}},
    {"print-all-env",
     {0,
      [](auto&) {
        for (char** e = environ; *e; ++e)
          write_all(1, std::string(*e) + "\n");
      }}},
    {"print-status", {1, [](auto& a) { write_all(1, status_line(a[0].c_str())); }}},
    {"print-descriptors", {0, [](auto&) { print_descriptors(); }}},
    {"print-ids",
     {0,
      [](auto&) {
        write_all(1, std::to_string(getpid()) + " " + std::to_string(getpgrp()) + " " +
                         std::to_string(getsid(0)) + "\n");
      }}},
    {"print-cwd",
     {0,
      [](auto&) {
        char* directory = getcwd(nullptr, 0);
        write_all(1, std::string(directory) + "\n");
        std::free(directory);
      }}},
    {"print-umask", {0, [](auto&) { write_all(1, std::to_string(umask(0)) + "\n"); }}},
};

}  // namespace

int main(int count, char** words) {
  const Arguments all(words + 1, words + count);
  for (std::size_t at = 0; at < all.size();) {
    const auto verb = kVerbs.find(all[at]);
    if (verb == kVerbs.end() || at + verb->second.arguments >= all.size()) {
      std::fprintf(stderr, "puppet: no such verb, or too few arguments: %s\n", all[at].c_str());
      return 112;
    }
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(at) + 1;
    const auto last = first + static_cast<std::ptrdiff_t>(verb->second.arguments);
    verb->second.act(Arguments(first, last));
    at += 1 + verb->second.arguments;
  }
  return 0;
}
