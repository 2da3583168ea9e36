#include "os/users.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "base/strings.h"

namespace gaffer::os {
namespace {

// setresuid(2) takes it for "as before": who asked for it would stay root.
constexpr uid_t kNoChange = static_cast<uid_t>(-1);

Error no_number(const std::string& what) {
  return {Errc::InvalidArgument, 0,
          what + " " + std::to_string(kNoChange) + " cannot be used: it means \"no change\""};
}

}  // namespace

Result<User> find_user(std::string_view name_or_number) {
  const std::string name(name_or_number);
  const auto number = parse_number<uid_t>(name_or_number);
  if (number == kNoChange) return no_number("user");
  std::vector<char> buffer(std::size_t{16} << 10);
  passwd entry{};
  passwd* found = nullptr;
  const int failure = number
                          ? getpwuid_r(*number, &entry, buffer.data(), buffer.size(), &found)
                          : getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (failure != 0) return os_error("cannot look up user " + name, failure);
  if (!found && number) return User{*number, *number, name, "/", "/bin/sh"};
  if (!found) return Error{Errc::NotFound, 0, "unknown user " + name};
  return User{entry.pw_uid, entry.pw_gid, entry.pw_name, entry.pw_dir, entry.pw_shell};
}

Result<gid_t> find_group(std::string_view name_or_number) {
  const auto number = parse_number<gid_t>(name_or_number);
  if (number == kNoChange) return no_number("group");
  if (number) return *number;
  const std::string name(name_or_number);
  std::vector<char> buffer(std::size_t{64} << 10);
  group entry{};
  group* found = nullptr;
  const int failure = getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (failure != 0) return os_error("cannot look up group " + name, failure);
  if (!found) return Error{Errc::NotFound, 0, "unknown group " + name};
  return entry.gr_gid;
}

Identity identity_of(const User& user) {
  int count = 0;
  getgrouplist(user.name.c_str(), user.group, nullptr, &count);
  Identity identity{user.id, user.group, std::vector<gid_t>(static_cast<std::size_t>(count))};
  getgrouplist(user.name.c_str(), user.group, identity.groups.data(), &count);
  identity.groups.resize(static_cast<std::size_t>(count));
  return identity;
}

uid_t own_user() { return ::geteuid(); }
gid_t own_group() { return ::getegid(); }

}  // namespace gaffer::os
