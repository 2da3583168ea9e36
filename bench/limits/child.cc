/// The child of the measurements, without libc, so that its own start costs next to nothing.
///
///   bench_child             ends at once
///   bench_child stamp FIFO  writes a Stamp, taken in its first instructions, and sleeps
///   bench_child sleep       sleeps
///   bench_child write SIZE COUNT
///                           writes lines of 100 bytes, SIZE bytes with each write(2), COUNT times
///
/// Sleeping ends after five minutes, so one that was forgotten goes away by itself.

#include <fcntl.h>
#include <sys/syscall.h>

#include <time.h>

#include "stamp.h"

namespace {

#if defined(__x86_64__)
asm(".globl _start\n"
    "_start:\n\t"
    "xorl %ebp, %ebp\n\t"
    "movq %rsp, %rdi\n\t"
    "andq $-16, %rsp\n\t"
    "call bench_child_main\n");

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  long result = number;
  register long fourth asm("r10") = d;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(a), "S"(b), "d"(c), "r"(fourth)
               : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
asm(".globl _start\n"
    "_start:\n\t"
    "mov x29, #0\n\t"
    "mov x0, sp\n\t"
    "bl bench_child_main\n");

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  register long nr asm("x8") = number;
  register long first asm("x0") = a;
  register long second asm("x1") = b;
  register long third asm("x2") = c;
  register long fourth asm("x3") = d;
  asm volatile("svc #0" : "+r"(first) : "r"(nr), "r"(second), "r"(third), "r"(fourth) : "memory");
  return first;
}
#else
#error "write _start and call() for this processor"
#endif

long address(const void* pointer) { return reinterpret_cast<long>(pointer); }

void write_stamp(const char* path, const timespec& time) {
  constexpr long kNanoseconds = 1'000'000'000;
  const gaffer::bench::Stamp stamp{time.tv_sec * kNanoseconds + time.tv_nsec, call(SYS_getpid)};
  const long fifo = call(SYS_openat, AT_FDCWD, address(path), O_WRONLY);
  call(SYS_write, fifo, address(&stamp), sizeof(stamp));
  call(SYS_close, fifo);
}

long number_of(const char* text) {
  long number = 0;
  for (; *text != 0; ++text)
    number = number * 10 + (*text - '0');
  return number;
}

char block[64 << 10];

void write_lines(long size, long count) {
  for (long at = 0; at < size; ++at)
    block[at] = at % 100 == 99 ? '\n' : static_cast<char>('a' + at / 100 % 26);
  for (; count > 0; --count) {
    for (long done = 0; done < size;) {
      const long written = call(SYS_write, 1, address(block) + done, size - done);
      if (written <= 0) return;
      done += written;
    }
  }
}

}  // namespace

/// `stack` is what the kernel hands over: argc in the place of a pointer, then argv.
extern "C" [[noreturn]] void bench_child_main(const void* const* stack) {
  const long words = address(stack[0]);
  timespec time{};
  call(SYS_clock_gettime, CLOCK_MONOTONIC, address(&time));
  if (words == 4) {
    write_lines(number_of(static_cast<const char*>(stack[3])),
                number_of(static_cast<const char*>(stack[4])));
    while (true)
      call(SYS_exit_group);
  }
  if (words >= 3) write_stamp(static_cast<const char*>(stack[3]), time);
  if (words >= 2) {
    const timespec five_minutes{300, 0};
    call(SYS_ppoll, 0, 0, address(&five_minutes));
  }
  while (true)
    call(SYS_exit_group);
}
