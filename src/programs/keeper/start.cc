#include "programs/keeper/start.h"

#include <cstddef>

#include "keeper/server/kernel.h"

// Where the kernel begins: the stack holds the number of words, the words, a null, the environment.

extern "C" [[noreturn]] void gaffer_keeper_begin(const long* stack) {
  const auto* words = reinterpret_cast<const char* const*>(stack + 1);
  gaffer::keeper::kernel::exit(gaffer::keeper::start(words, words + *stack + 1));
}

#if defined(__x86_64__)
asm(".globl _start\n_start:\n\txorl %ebp, %ebp\n\tmovq %rsp, %rdi\n\tandq $-16, %rsp\n"
    "\tcall gaffer_keeper_begin\n");
#elif defined(__aarch64__)
asm(".globl _start\n_start:\n\tmov x29, #0\n\tmov x30, #0\n\tmov x0, sp\n"
    "\tbl gaffer_keeper_begin\n");
#endif

// The compiler calls these by itself, so they must not be built from what it would make a call of
// them.
extern "C" {

void* memcpy(void* to, const void* from, std::size_t count) {
  auto* out = static_cast<char*>(to);
  const auto* in = static_cast<const char*>(from);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = in[i];
    asm volatile("" ::: "memory");
  }
  return to;
}

void* memmove(void* to, const void* from, std::size_t count) {
  if (to < from) return memcpy(to, from, count);
  auto* out = static_cast<char*>(to);
  const auto* in = static_cast<const char*>(from);
  for (std::size_t i = count; i-- > 0;) {
    out[i] = in[i];
    asm volatile("" ::: "memory");
  }
  return to;
}

void* memset(void* to, int value, std::size_t count) {
  auto* out = static_cast<char*>(to);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<char>(value);
    asm volatile("" ::: "memory");
  }
  return to;
}

int memcmp(const void* left, const void* right, std::size_t count) {
  const auto* one = static_cast<const unsigned char*>(left);
  const auto* other = static_cast<const unsigned char*>(right);
  for (std::size_t i = 0; i < count; ++i) {
    if (one[i] != other[i]) return one[i] - other[i];
  }
  return 0;
}

std::size_t strlen(const char* text) {
  std::size_t length = 0;
  for (; text[length] != '\0'; ++length)
    asm volatile("" ::: "memory");
  return length;
}
}
