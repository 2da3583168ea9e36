#pragma once

#include <string>
#include <vector>

namespace gaffer {

/// What the update of a template came to.
struct Update {
  enum class Way {
    Nothing,  ///< There is no difference.
    Live,     ///< The processes go on; what changed counts from now on.
    Reload,   ///< One after the other is replaced, the new one before the old one goes.
    Restart,  ///< All are stopped and started again: old and new cannot run side by side.
  };

  Way way = Way::Nothing;
  std::vector<std::string> changed;  ///< The names of the properties that differ.

  bool operator==(const Update&) const = default;
};

}  // namespace gaffer
