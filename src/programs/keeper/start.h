#pragma once

namespace gaffer::keeper {

/// What `main` is elsewhere: there is no C library here that would call one.
int start(const char* const* words, const char* const* environment);

}  // namespace gaffer::keeper
