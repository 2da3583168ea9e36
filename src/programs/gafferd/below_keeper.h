#pragma once

#include "gaffer/result.h"
#include "programs/gafferd/options.h"

namespace gaffer::programs {

/// Whether a keeper has started this process.
bool is_below_keeper();

/// Becomes the keeper, which starts this program again with the same words. Sockets that were given
/// to this process are held by the keeper.
/// RETURNS: only why that cannot be done.
Error start_below_keeper(const Options& options, int count, char** words);

}  // namespace gaffer::programs
