/// A file system that answers no more. Preloaded into a program (LD_PRELOAD, ld.so(8)) it holds up
/// every openat2(2) of a path with "/stuck/" in it, as a server of files that is gone does, until a
/// file of the name in $GAFFER_TEST_UNSTUCK is there.

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>

namespace {

using Syscall = long (*)(long, ...);

void wait_for_the_disk() {
  const char* const until = std::getenv("GAFFER_TEST_UNSTUCK");
  while (until != nullptr && access(until, F_OK) != 0)
    poll(nullptr, 0, 5);
}

}  // namespace

// NOLINTBEGIN: a variadic function of C's is to be replaced.
extern "C" long syscall(long number, ...) noexcept {
  static const auto real = reinterpret_cast<Syscall>(dlsym(RTLD_NEXT, "syscall"));
  va_list list;
  va_start(list, number);
  long words[6];
  for (long& word : words)
    word = va_arg(list, long);
  va_end(list);
  if (number == SYS_openat2 && std::strstr(reinterpret_cast<const char*>(words[1]), "/stuck/"))
    wait_for_the_disk();
  return real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}
// NOLINTEND
