#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "gaffer/result.h"

namespace gaffer::os {

/// Who a process runs as, in numbers.
struct Identity {
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;  ///< Supplementary ones.

  bool operator==(const Identity&) const = default;
};

/// One line of the user database.
struct User {
  uid_t id = 0;
  gid_t group = 0;
  std::string name;
  std::string home;
  std::string shell;
};

/// A number that the user database does not know is a user with the group of the same number, whose
/// home is `/`, as in a container.
/// ERRORS: NotFound: `unknown user X`. InvalidArgument for 4294967295, which means "no change" to
/// the kernel. Blocks: the user database may be on the network.
Result<User> find_user(std::string_view name_or_number);

/// The number of a group, which need not be known. ERRORS: as find_user, `unknown group X`. Blocks.
Result<gid_t> find_group(std::string_view name_or_number);

/// The user with its own group and all groups it is a member of; one that the database does not know
/// is a member of no other. Blocks.
Identity identity_of(const User& user);

/// The user and the group of this process.
uid_t own_user();
gid_t own_group();

}  // namespace gaffer::os
