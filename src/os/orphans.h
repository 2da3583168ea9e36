#pragma once

#include <sys/types.h>

#include <functional>

namespace gaffer::os {

/// From now on orphans among the descendants of this process become its children,
/// PR_SET_CHILD_SUBREAPER in prctl(2); those of PID 1 do so anyway.
void adopt_orphans();

/// Reaps those children that have ended and of which `is_ours` does not say that somebody else
/// waits for them. Costs 20 µs and what there are children.
void reap_orphans(const std::function<bool(pid_t)>& is_ours);

}  // namespace gaffer::os
