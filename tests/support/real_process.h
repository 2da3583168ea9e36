#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/strings.h"
#include "os/files.h"
#include "support/command.h"

namespace gaffer::test {

/// A process as the kernel shows it, proc(5). What cannot be read, because it has ended or is
/// somebody else's, is empty.
class RealProcess {
 public:
  explicit RealProcess(pid_t pid) : directory_("/proc/" + std::to_string(pid)) {}

  [[nodiscard]] std::string text(const std::string& file) const {
    return os::read_file(directory_ + "/" + file).value_or("");
  }

  /// argv.
  [[nodiscard]] std::vector<std::string> words() const {
    wait_for_execve();
    return strings(text("cmdline"));
  }

  /// What it was given, not what it has made of it since.
  [[nodiscard]] std::map<std::string, std::string> environment() const {
    wait_for_execve();
    std::map<std::string, std::string> variables;
    for (const std::string& one : strings(text("environ")))
      variables.emplace(one.substr(0, one.find('=')), one.substr(one.find('=') + 1));
    return variables;
  }

  /// A line of `status` without its key: `Uid`, `SigIgn`, `Cpus_allowed_list` …
  [[nodiscard]] std::string status(const std::string& key) const {
    return line_behind(text("status"), key + ":");
  }

  /// A line of `limits`, soft and hard: `1024 4096`.
  [[nodiscard]] std::string limit(const std::string& name) const {
    std::vector<std::string> words = words_of(line_behind(text("limits"), name));
    return words.size() < 2 ? "" : words[0] + " " + words[1];
  }

  /// Its cgroup of version 2, cgroups(7).
  [[nodiscard]] std::string cgroup() const { return line_behind(text("cgroup"), "0::"); }

  /// What a link points to: `cwd`, `exe`, `fd/0` …
  [[nodiscard]] std::string link(const std::string& name) const {
    std::error_code ignored;
    return std::filesystem::read_symlink(directory_ + "/" + name, ignored).string();
  }

  /// The numbers of its open descriptors.
  [[nodiscard]] std::set<std::string> descriptors() const {
    std::set<std::string> numbers;
    std::error_code ended;
    for (std::filesystem::directory_iterator at(directory_ + "/fd", ended), end; at != end;
         at.increment(ended))
      numbers.insert(at->path().filename());
    return numbers;
  }

  /// Whose the file behind a descriptor is.
  [[nodiscard]] uid_t owner_of_descriptor(int number) const {
    struct stat file {};
    const std::string path = directory_ + "/fd/" + std::to_string(number);
    return ::stat(path.c_str(), &file) == 0 ? file.st_uid : static_cast<uid_t>(-1);
  }

  /// A text split at blanks.
  static std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
  }

 private:
  // In the midst of it the process has no words yet; one that has ended has none any more.
  void wait_for_execve() const {
    (void)eventually([this] {
      const std::string state = status("State");
      return !text("cmdline").empty() || state.empty() || state.front() == 'Z';
    });
  }
  static std::string line_behind(const std::string& lines, const std::string& key) {
    for (const std::string_view line : split(lines, '\n')) {
      if (line.starts_with(key)) return std::string(trim(line.substr(key.size())));
    }
    return "";
  }

  /// Each ends with a NUL.
  static std::vector<std::string> strings(const std::string& bytes) {
    std::vector<std::string> all;
    for (const std::string_view one : split(bytes, '\0'))
      all.emplace_back(one);
    if (!all.empty()) all.pop_back();
    return all;
  }

  std::string directory_;
};

}  // namespace gaffer::test
