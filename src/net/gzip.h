#pragma once

#include <string>
#include <string_view>

#include "net/http_message.h"

namespace gaffer::net {

/// Whether the client takes gzip: it names it, and not with `q=0`.
bool accepts_gzip(const Request& request);

/// The bytes in gzip, as quickly as it can be had.
std::string gzip(std::string_view bytes);

}  // namespace gaffer::net
