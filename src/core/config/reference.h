#pragma once

#include <string>

namespace gaffer::config {

/// The properties as a table in Markdown, for docs/guide/templates.md.
std::string template_reference();

}  // namespace gaffer::config
