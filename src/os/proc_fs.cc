#include "os/proc_fs.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>

#include <dirent.h>

#include "base/strings.h"
#include "os/files.h"
#include "os/unique_fd.h"

namespace gaffer::os {
namespace {

std::string proc_path(pid_t pid, std::string_view file) {
  return "/proc/" + std::to_string(pid) + "/" + std::string(file);
}

// The number that follows `key` in /proc/PID/status, such as "VmRSS:".
std::optional<std::uint64_t> status_number(std::string_view status, std::string_view key) {
  const auto at = status.find("\n" + std::string(key) + ":");
  if (at == std::string_view::npos) return std::nullopt;
  const auto value = trim(status.substr(at + key.size() + 2));
  return parse_number<std::uint64_t>(value.substr(0, value.find_first_not_of("0123456789")));
}

// Calls `visit` with every name in a directory that is a number until it returns false.
Result<void> each_number(const std::string& directory, const std::function<bool(pid_t)>& visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(directory.c_str()), closedir);
  if (!entries) return os_error("cannot look through " + directory, errno);
  while (const dirent* entry = readdir(entries.get())) {
    const auto number = parse_number<pid_t>(entry->d_name);
    if (number && !visit(*number)) return {};
  }
  return {};
}

}  // namespace

Result<ProcStat> parse_proc_stat(std::string_view line) {
  const auto malformed = [&] {
    return Error{Errc::Protocol, 0, "cannot read /proc stat line: " + std::string(line)};
  };
  const auto name_end = line.rfind(')');
  if (name_end == std::string_view::npos) return malformed();
  const auto pid = parse_number<pid_t>(line.substr(0, line.find(' ')));
  const auto fields = split(trim(line.substr(name_end + 1)), ' ');
  // Field numbers as in proc(5), where (3) is the first one behind the name.
  constexpr std::size_t kFirst = 3;
  constexpr std::size_t kStartTime = 22;
  if (!pid || fields.size() <= kStartTime - kFirst) return malformed();
  const auto parent = parse_number<pid_t>(fields[4 - kFirst]);
  const auto group = parse_number<pid_t>(fields[5 - kFirst]);
  const auto session = parse_number<pid_t>(fields[6 - kFirst]);
  const auto start = parse_number<std::uint64_t>(fields[kStartTime - kFirst]);
  if (fields[0].size() != 1 || !parent || !group || !session || !start) return malformed();
  return ProcStat{*pid, fields[0][0], *parent, *group, *session, *start};
}

Result<ProcStat> read_proc_stat(pid_t pid) {
  GAFFER_TRY(const std::string line, read_file(proc_path(pid, "stat")));
  return parse_proc_stat(line);
}

Result<void> each_pid(const std::function<void(pid_t)>& visit) {
  return each_number("/proc", [&](pid_t pid) {
    visit(pid);
    return true;
  });
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  const auto add_those_of = [&](pid_t thread) {
    const auto line = read_file(proc_path(pid, "task/" + std::to_string(thread) + "/children"));
    if (!line) return true;
    for (const std::string_view number : split(trim(*line), ' ')) {
      if (const auto child = parse_number<pid_t>(number)) children.push_back(*child);
    }
    return true;
  };
  // The directory of threads has a link for each, beside the two of all directories: mostly there
  // is one, and no need to look it up (proc_task_getattr in fs/proc/base.c).
  struct stat threads {};
  if (::stat(proc_path(pid, "task").c_str(), &threads) == 0 && threads.st_nlink == 3) {
    add_those_of(pid);
  } else {
    (void)each_number(proc_path(pid, "task"), add_those_of);  // Gone: it has none.
  }
  return children;
}

Result<void> each_process(const std::function<bool(const ProcStat&)>& visit) {
  std::optional<Error> failure;
  GAFFER_TRY(each_number("/proc", [&](pid_t pid) {
    const auto stat = read_proc_stat(pid);
    if (stat) return visit(*stat);
    if (stat.error().code != Errc::NotFound) failure = stat.error();
    return !failure;
  }));
  if (failure) return *failure;
  return {};
}

Result<void> signal_group_members(pid_t group, int signal) {
  const std::string what = "cannot signal process group " + std::to_string(group);
  // The kernel gives a number to a new process only when its group has no member left.
  if (read_proc_stat(group)) return os_error(what, ESRCH);
  bool found = false;
  GAFFER_TRY(each_process([&](const ProcStat& member) {
    if (member.group != group) return true;
    const UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, member.pid, 0)));
    const auto again = read_proc_stat(member.pid);
    if (!pidfd.is_open() || !again || again->group != group) return true;
    found = syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0) == 0 || found;
    return true;
  }));
  if (!found) return os_error(what, ESRCH);
  return {};
}

Result<pid_t> living_member(pid_t group, pid_t known) {
  pid_t found = 0;
  const auto look = [&](const ProcStat& stat) {
    if (stat.group == group && stat.state != 'Z' && stat.state != 'X') found = stat.pid;
    return found == 0;
  };
  const auto before = known != 0 ? read_proc_stat(known) : Result<ProcStat>(Error{});
  if (before && !look(*before)) return found;
  GAFFER_TRY(each_process(look));
  return found;
}

Result<ProcUsage> read_proc_usage(pid_t pid) {
  GAFFER_TRY(const std::string status, read_file(proc_path(pid, "status")));
  const auto resident = status_number(status, "VmRSS");
  const auto voluntary = status_number(status, "voluntary_ctxt_switches");
  const auto involuntary = status_number(status, "nonvoluntary_ctxt_switches");
  if (!resident || !voluntary || !involuntary) {
    return Error{Errc::Protocol, 0, "cannot read " + proc_path(pid, "status")};
  }
  constexpr std::uint64_t kKibibyte = 1024;
  return ProcUsage{*resident * kKibibyte, *voluntary + *involuntary};
}

}  // namespace gaffer::os
