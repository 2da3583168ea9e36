#include "os/process_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <time.h>

#include "base/strings.h"
#include "os/files.h"
#include "os/proc_fs.h"

namespace gaffer::os {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kMaxCommandLine = 4096;

nanoseconds from_ticks(std::uint64_t ticks) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  static const std::int64_t nanoseconds_of_one = kSecond / ::sysconf(_SC_CLK_TCK);
  return nanoseconds(static_cast<std::int64_t>(ticks) * nanoseconds_of_one);
}

/// Takes numbers from a text, one after the other.
class Numbers {
 public:
  explicit Numbers(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  void skip(int count) {
    for (; count > 0; --count) {
      skip_blanks();
      at_ = std::find(at_, end_, ' ');
    }
  }
  template <typename Number>
  Number next() {
    skip_blanks();
    Number number{};
    const auto [end, error] = std::from_chars(at_, end_, number);
    is_good_ = is_good_ && error == std::errc();
    at_ = end;
    return number;
  }
  [[nodiscard]] bool is_good() const { return is_good_; }
  [[nodiscard]] bool is_at_end() {
    skip_blanks();
    return at_ == end_;
  }

 private:
  void skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n'))
      ++at_;
  }

  const char* at_;
  const char* end_;
  bool is_good_ = true;
};

void append_pids(std::string_view text, std::vector<pid_t>& into) {
  for (Numbers numbers(text); !numbers.is_at_end();) {
    const auto pid = numbers.next<pid_t>();
    if (!numbers.is_good()) return;  // Where the text was cut off.
    into.push_back(pid);
  }
}

std::optional<std::uint64_t> number_behind(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + key.size());
  text = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return parse_number<std::uint64_t>(text.substr(0, text.find_first_not_of("0123456789")));
}

// What clock_getcpuclockid(3) computes, without its system call (include/linux/posix-timers_types.h
// in Linux: the clock of a whole process, of the kind that the scheduler counts).
clockid_t cpu_clock_of(pid_t pid) {
  constexpr unsigned kScheduled = 2;
  return static_cast<clockid_t>((~static_cast<unsigned>(pid) << 3U) | kScheduled);
}

std::optional<nanoseconds> cpu_time_of(pid_t pid) {
  timespec time{};
  if (::clock_gettime(cpu_clock_of(pid), &time) != 0) return std::nullopt;
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

}  // namespace

Result<std::string_view> KeptFile::read_again(std::span<char> room) const {
  const ssize_t got = ::pread(fd_.get(), room.data(), room.size(), 0);
  if (got < 0) return os_error("cannot read a file of /proc again", errno);
  return std::string_view(room.data(), static_cast<std::size_t>(got));
}

Result<std::string_view> KeptFile::read_first(const std::string& path, std::span<char> room) {
  fd_.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd_.is_open()) return os_error("cannot open " + path, errno);
  auto text = read_again(room);
  // The kernel gives the lowest number that is free: from the middle on more than half are in use,
  // and there are more important things to have open.
  if (!text || static_cast<std::size_t>(fd_.get()) >= descriptor_limit() / 2) fd_.reset();
  return text;
}

Result<ProcessUse> parse_process_use(std::string_view line) {
  const auto malformed = [&] {
    return Error{Errc::Protocol, 0, "cannot read /proc stat line: " + std::string(line)};
  };
  const auto name = line.find('(');
  const auto name_end = line.rfind(')');
  if (name == std::string_view::npos || name_end == std::string_view::npos || name_end < name)
    return malformed();
  const std::string_view rest = line.substr(name_end + 1);
  if (rest.size() < 2) return malformed();
  ProcessUse use{.state = rest[1], .command = line.substr(name + 1, name_end - name - 1)};
  // The number of each field in proc(5) stands behind it; (3) is the state.
  Numbers numbers(rest.substr(2));
  use.parent = numbers.next<pid_t>();  // (4)
  numbers.skip(9);
  const auto user = numbers.next<std::uint64_t>();           // (14)
  const auto system = numbers.next<std::uint64_t>();         // (15)
  const auto ended_user = numbers.next<std::int64_t>();      // (16)
  const auto ended_system = numbers.next<std::int64_t>();    // (17)
  numbers.skip(1);                                           // (18)
  use.nice = numbers.next<int>();                            // (19)
  use.threads = numbers.next<int>();                         // (20)
  numbers.skip(1);                                           // (21)
  use.start_ticks = numbers.next<std::uint64_t>();           // (22)
  use.virtual_bytes = numbers.next<std::uint64_t>();         // (23)
  const auto resident_pages = numbers.next<std::int64_t>();  // (24)
  if (!numbers.is_good()) return malformed();
  static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  use.resident_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(resident_pages, 0)) * page;
  use.cpu_time = from_ticks(user + system);
  use.ended_cpu_time = from_ticks(static_cast<std::uint64_t>(ended_user + ended_system));
  return use;
}

std::string ProcessFiles::path(std::string_view file) const {
  return "/proc/" + std::to_string(pid_) + "/" + std::string(file);
}

Result<ProcessUse> ProcessFiles::use(std::span<char> room) {
  // First the clock, which knows the number alone: what is read afterwards tells whether that
  // still was the process's own.
  const auto exact = cpu_time_of(pid_);
  GAFFER_TRY(const std::string_view line, stat_.read([this] { return path("stat"); }, room));
  GAFFER_TRY(ProcessUse use, parse_process_use(line));
  if (start_ticks_ != 0 && start_ticks_ != use.start_ticks)
    return Error{Errc::NotFound, ESRCH, "process " + std::to_string(pid_) + " is gone"};
  start_ticks_ = use.start_ticks;
  if (exact) use.cpu_time = *exact;
  return use;
}

void ProcessFiles::append_children(int threads, std::span<char> room, std::vector<pid_t>& into) {
  if (threads > 1) {
    const auto children = children_of(pid_);
    into.insert(into.end(), children.begin(), children.end());
    return;
  }
  const auto text =
      children_.read([this] { return path("task/" + std::to_string(pid_) + "/children"); }, room);
  if (text) append_pids(*text, into);
}

std::optional<ProcessFiles::Io> ProcessFiles::io(std::span<char> room) {
  const auto text = io_.read([this] { return path("io"); }, room);
  if (!text) return std::nullopt;
  const auto read = number_behind(*text, "\nread_bytes:");
  const auto written = number_behind(*text, "\nwrite_bytes:");
  if (!read || !written) return std::nullopt;
  return Io{*read, *written};
}

std::optional<std::uint64_t> ProcessFiles::open_files() const {
  struct stat directory {};
  const std::string fds = path("fd");
  if (::stat(fds.c_str(), &directory) != 0) return std::nullopt;
  // Linux 6.2 counts them (proc_fd_getattr in fs/proc/fd.c); before, the size is always 0.
  if (directory.st_size > 0) return static_cast<std::uint64_t>(directory.st_size);
  const auto names = files_in(fds);
  if (!names) return std::nullopt;
  return names->size();
}

std::optional<std::uint64_t> ProcessFiles::proportional_bytes() const {
  const auto text = read_file(path("smaps_rollup"));
  if (!text) return std::nullopt;
  constexpr std::uint64_t kKibibyte = 1024;
  const auto kibibytes = number_behind(*text, "\nPss:");
  if (!kibibytes) return std::nullopt;
  return *kibibytes * kKibibyte;
}

std::optional<std::string> ProcessFiles::command_line() const {
  const UniqueFd file(::open(path("cmdline").c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return std::nullopt;
  std::string words(kMaxCommandLine, '\0');
  const ssize_t got = ::read(file.get(), words.data(), words.size());
  if (got < 0) return std::nullopt;
  words.resize(static_cast<std::size_t>(got));
  words.erase(words.find_last_not_of('\0') + 1);
  std::ranges::replace(words, '\0', ' ');
  return words;
}

std::optional<uid_t> ProcessFiles::user() const {
  const auto status = read_file(path("status"));
  if (!status) return std::nullopt;
  const auto at = status->find("\nUid:");
  if (at == std::string::npos) return std::nullopt;
  std::string line = status->substr(at + 5, status->find('\n', at + 1) - at - 5);
  std::ranges::replace(line, '\t', ' ');
  Numbers numbers(line);
  numbers.skip(1);  // The real one.
  const auto effective = numbers.next<uid_t>();
  if (!numbers.is_good()) return std::nullopt;
  return effective;
}

std::vector<pid_t> members_of_cgroup(KeptFile& file, const std::string& path,
                                     std::span<char> room) {
  std::vector<pid_t> members;
  const auto text = file.read([&] { return path + "/cgroup.procs"; }, room);
  if (text) append_pids(*text, members);
  return members;
}

pid_t session_of(pid_t pid) { return std::max(::getsid(pid), 0); }

std::uint64_t memory_bytes() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace gaffer::os
