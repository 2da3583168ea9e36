#include "os/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/strings.h"
#include "os/files.h"

namespace gaffer::os {
namespace {

// A control file is written by one call, and read by one where it is as short as those used here.
// Both go through the directory, which stays the same one whatever happens to its name.
Result<void> write_control(int directory, const std::string& file, const std::string& value) {
  const UniqueFd control(::openat(directory, file.c_str(), O_WRONLY | O_CLOEXEC));
  if (control.is_open() && ::write(control.get(), value.data(), value.size()) >= 0) return {};
  return os_error("cannot write " + value + " to " + file, errno);
}

Result<std::string> read_control(int directory, const std::string& file) {
  const UniqueFd control(::openat(directory, file.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer{};
  const ssize_t got = control.is_open() ? ::read(control.get(), buffer.data(), buffer.size()) : -1;
  if (got < 0) return os_error("cannot read " + file, errno);
  return std::string(buffer.data(), static_cast<std::size_t>(got));
}

/// The number behind `key` in lines like `oom_kill 3`; 0 if there is none.
std::uint64_t number_of(std::string_view key, std::string_view lines) {
  for (const std::string_view line : split(lines, '\n')) {
    const auto words = split(line, ' ');
    if (words.size() == 2 && words[0] == key)
      return parse_number<std::uint64_t>(words[1]).value_or(0);
  }
  return 0;
}

Result<UniqueFd> open_directory(const std::string& path) {
  UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return os_error("cannot open cgroup " + path, errno);
  return directory;
}

/// What a controller is told in which file.
struct Setting {
  std::string controller;
  std::string file;
  std::string value;
};

std::vector<Setting> settings_of(const CgroupLimits& limits) {
  constexpr int kPeriod = 100'000;  // Microseconds, the kernel's own choice.
  std::vector<Setting> settings;
  if (limits.memory_bytes)
    settings.push_back({"memory", "memory.max", std::to_string(*limits.memory_bytes)});
  if (limits.processors) {
    const auto quota = std::llround(*limits.processors * kPeriod);
    settings.push_back({"cpu", "cpu.max", std::to_string(quota) + " " + std::to_string(kPeriod)});
  }
  if (limits.pids) settings.push_back({"pids", "pids.max", std::to_string(*limits.pids)});
  return settings;
}

bool has_file(int directory, const std::string& file) {
  return ::faccessat(directory, file.c_str(), F_OK, 0) == 0;
}

bool has_controller(int directory, const std::string& controller) {
  const auto available = read_control(directory, "cgroup.controllers");
  const auto names = available ? split(trim(*available), ' ') : std::vector<std::string_view>();
  return std::find(names.begin(), names.end(), controller) != names.end();
}

/// Moves this process from a cgroup that holds nobody else to one at `leaf`.
Result<void> make_room(int directory, const std::string& leaf) {
  constexpr mode_t kMode = 0755;
  const std::string self = std::to_string(::getpid());
  GAFFER_TRY(const std::string processes, read_control(directory, "cgroup.procs"));
  if (trim(processes) != self)
    return Error{Errc::Busy, EBUSY, "the cgroup above must hold no processes but gaffer"};
  if (::mkdir(leaf.c_str(), kMode) != 0 && errno != EEXIST)
    return os_error("cannot create cgroup " + leaf, errno);
  GAFFER_TRY(const UniqueFd there, open_directory(leaf));
  return write_control(there.get(), "cgroup.procs", self);
}

/// Has a cgroup hand a controller down to those in it. One that holds processes may not ("no
/// internal processes" of cgroups(7)): where that is this one alone it goes to `leaf`.
Result<void> hand_down(const std::string& controller, int directory, const std::string& leaf) {
  auto done = write_control(directory, "cgroup.subtree_control", "+" + controller);
  if (done || done.error().os != EBUSY) return done;
  GAFFER_TRY(make_room(directory, leaf));
  return write_control(directory, "cgroup.subtree_control", "+" + controller);
}

/// What mountinfo writes for a blank, a tab, a newline and a backslash: `\040` and so on.
std::string without_escapes(std::string_view text) {
  constexpr std::size_t kDigits = 3;
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    int code = 0;
    const auto digits = text.substr(at + 1, kDigits);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), code, 8);
    const bool is_escape = text[at] == '\\' && error == std::errc{} && end - digits.begin() == 3;
    plain += is_escape ? static_cast<char>(code) : text[at];
    if (is_escape) at += kDigits;
  }
  return plain;
}

struct Mount {
  std::string root;   ///< What of the file system is seen there.
  std::string point;  ///< Where.
};

/// A line of mountinfo, if it is about cgroup v2: proc_pid_mountinfo(5).
std::optional<Mount> cgroup_mount(std::string_view line) {
  constexpr std::size_t kRoot = 3;
  constexpr std::size_t kPoint = 4;
  const auto separator = line.find(" - ");
  if (separator == std::string_view::npos) return std::nullopt;
  if (line.substr(separator + 3).rfind("cgroup2 ", 0) != 0) return std::nullopt;
  const auto words = split(line.substr(0, separator), ' ');
  if (words.size() <= kPoint) return std::nullopt;
  return Mount{without_escapes(words[kRoot]), without_escapes(words[kPoint])};
}

/// Where a mount shows a path of its file system, if it does.
std::optional<std::string> seen_through(const Mount& mount, std::string_view path) {
  const std::string_view root = mount.root == "/" ? "" : std::string_view(mount.root);
  if (path.substr(0, root.size()) != root) return std::nullopt;
  const std::string_view rest = path.substr(root.size());
  if (rest.empty() || rest == "/") return mount.point;
  // A cgroup beyond the root of our namespace is `/../x`: cgroup_namespaces(7).
  if (rest.front() != '/' || rest == "/.." || rest.rfind("/../", 0) == 0) return std::nullopt;
  return mount.point + std::string(rest);
}

/// Says why not in errno: EBUSY when it is there and not empty.
bool make_anew(const std::string& path) {
  constexpr mode_t kMode = 0755;
  if (::mkdir(path.c_str(), kMode) == 0) return true;
  return errno == EEXIST && ::rmdir(path.c_str()) == 0 && ::mkdir(path.c_str(), kMode) == 0;
}

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

Result<std::string> own_cgroup_directory() {
  GAFFER_TRY(const std::string mountinfo, read_file("/proc/self/mountinfo"));
  GAFFER_TRY(const std::string own_cgroup, read_file("/proc/self/cgroup"));
  return cgroup_directory(mountinfo, own_cgroup);
}

Result<std::string> cgroup_directory(std::string_view mountinfo, std::string_view own_cgroup) {
  constexpr std::string_view kVersion2 = "0::";
  for (const std::string_view line : split(own_cgroup, '\n')) {
    if (line.substr(0, kVersion2.size()) != kVersion2) continue;
    for (const std::string_view mount_line : split(mountinfo, '\n')) {
      const auto mount = cgroup_mount(mount_line);
      const auto path = mount ? seen_through(*mount, line.substr(kVersion2.size())) : std::nullopt;
      if (path) return *path;
    }
  }
  return Error{Errc::NotFound, 0,
               "cannot find the cgroup of this process: cgroup v2 is not mounted here"};
}

std::vector<std::string> cgroups_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code failure;  // Then there are none to be seen.
  for (std::filesystem::directory_iterator at(directory, failure), end; !failure && at != end;
       at.increment(failure)) {
    std::error_code none;
    if (at->is_directory(none)) names.push_back(at->path().filename());
  }
  return names;
}

void remove_empty_cgroups(const std::string& directory) {
  for (const std::string& name : cgroups_in(directory))
    ::rmdir(std::string(directory).append("/").append(name).c_str());
  ::rmdir(directory.c_str());
}

Result<Cgroup> Cgroup::create(const std::string& parent_directory, const std::string& name) {
  GAFFER_ASSERT(name.find('/') == std::string::npos, "a cgroup's name is one part of a path");
  std::string path = parent_directory + "/" + name;
  if (!make_anew(path)) {
    const std::string cannot = "cannot create cgroup " + path;
    if (errno == EBUSY) return Error{Errc::Busy, EBUSY, cannot + ": there are processes in it"};
    return os_error(cannot, errno);
  }
  Cgroup cgroup(std::move(path));  // From here on it is removed if anything fails.
  GAFFER_TRY(cgroup.directory_, open_directory(cgroup.path_));
  if (is_reserved(cgroup.descriptor()))
    return os_error("cannot open cgroup " + cgroup.path_, EMFILE);
  return cgroup;
}

Cgroup::Cgroup(Cgroup&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      directory_(std::move(other.directory_)),
      was_killed_(other.was_killed_) {}

Cgroup::~Cgroup() {
  if (!path_.empty()) ::rmdir(path_.c_str());
}

Result<void> enable_controller(const std::string& controller, const std::string& path) {
  GAFFER_TRY(const UniqueFd directory, open_directory(path));
  const std::string leaf = path + "/daemon";
  if (!has_controller(directory.get(), controller)) {
    GAFFER_TRY(const UniqueFd above, open_directory(parent_of(path)));
    if (!has_controller(above.get(), controller))
      return Error{Errc::NotFound, 0, "cgroup v2 has no " + controller + " controller here"};
    GAFFER_TRY(hand_down(controller, above.get(), leaf));
  }
  return hand_down(controller, directory.get(), leaf);
}

Result<void> Cgroup::limit(const CgroupLimits& limits) const {
  for (const Setting& setting : settings_of(limits)) {
    const std::string cannot = "cannot limit " + setting.controller;
    if (!has_file(descriptor(), setting.file)) {
      const auto enabled = enable_controller(setting.controller, parent_of(path_));
      if (!enabled) return enabled.error().within(cannot);
    }
    const auto written = write_control(descriptor(), setting.file, setting.value);
    if (!written) return written.error().within(cannot);
  }
  return {};
}

Result<void> Cgroup::kill() const {
  was_killed_ = true;
  return write_control(descriptor(), "cgroup.kill", "1");
}

Result<bool> Cgroup::is_populated() const {
  GAFFER_TRY(const std::string events, read_control(descriptor(), "cgroup.events"));
  return number_of("populated", events) != 0;
}

std::uint64_t Cgroup::oom_kills() const {
  const auto events = read_control(descriptor(), "memory.events");
  return events ? number_of("oom_kill", *events) : 0;
}

}  // namespace gaffer::os
