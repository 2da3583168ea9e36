#pragma once

#include <string_view>

#include "gaffer/result.h"

namespace gaffer::uv {

/// An error from a libuv return code, which on Linux is a negative errno.
inline Error uv_error(std::string_view what, int status) { return os_error(what, -status); }

}  // namespace gaffer::uv
