#pragma once

#include <string>
#include <string_view>

namespace gaffer {

/// The text as it may be sent to a terminal, whoever wrote it: colours (SGR) and tabs pass; every
/// other control sequence, the C1 controls, characters that turn the direction of writing around
/// and bytes that are no UTF-8 are shown instead of obeyed, as `^[` or `\x9b`.
std::string terminal_safe(std::string_view text);

}  // namespace gaffer
