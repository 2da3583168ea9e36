#pragma once

#include <cstddef>
#include <string_view>

#include "gaffer/result.h"

namespace gaffer::os {

/// Writes what fits, without SIGPIPE where nobody reads any more. REQUIRES: `fd` does not block.
/// ERRORS: Busy when nothing fits for now, Io (EPIPE) when nobody reads any more.
Result<std::size_t> write_some(int fd, std::string_view bytes);

/// Whether nobody has the other end of a pipe, a socket or a terminal any more.
[[nodiscard]] bool has_hung_up(int fd);

/// Says to a connected socket's other end that nothing more comes; it can still be read from.
Result<void> end_writing(int socket);

}  // namespace gaffer::os
