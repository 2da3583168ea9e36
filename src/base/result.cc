#include "gaffer/result.h"

#include <cctype>
#include <cerrno>
#include <system_error>

namespace gaffer {
namespace {

Errc kind_of(int errno_value) {
  switch (errno_value) {
    case ENOENT:
    case ESRCH:
      return Errc::NotFound;
    case EACCES:
    case EPERM:
      return Errc::PermissionDenied;
    case EEXIST:
      return Errc::AlreadyExists;
    case EADDRINUSE:
    case EAGAIN:
    case EBUSY:
      return Errc::Busy;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
    case EFBIG:
    case EDQUOT:
      return Errc::LimitReached;
    case EINVAL:
    case ENAMETOOLONG:
      return Errc::InvalidArgument;
    default:
      return Errc::Io;
  }
}

}  // namespace

Error os_error(std::string_view what, int errno_value) {
  std::string reason = std::generic_category().message(errno_value);
  reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  return {kind_of(errno_value), errno_value, std::string(what) + ": " + reason};
}

}  // namespace gaffer
