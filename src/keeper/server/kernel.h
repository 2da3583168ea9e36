#pragma once

#include <linux/types.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// \file
/// The system calls of the keeper, without a C library: that of a static program brings a heap and
/// ten times the memory. Each returns what the kernel says: less than 0 is -errno.

namespace gaffer::keeper::kernel {

/// Nanoseconds of CLOCK_BOOTTIME.
std::uint64_t now();

long close(int fd);
long duplicate_to(int fd, int number);
long close_from(int first);
long read(int fd, std::span<char> into);
long write(int fd, std::string_view text);
long open_for_reading(const char* path);

/// Device and inode of a file, as one number; less than 0 if there is none.
long identity_of(const char* path);

/// A file in memory of so many bytes, all zero; its descriptor.
long memory_file(const char* name, std::size_t bytes);
/// Shared with the file. Null when that cannot be done.
void* map(int fd, std::size_t bytes);

long socket_pair(int (&ends)[2]);
/// The kernel says whose each message is that comes out of it.
long ask_for_senders(int socket);
long send(int socket, const msghdr& message);
long receive(int socket, msghdr& message);

/// Timeout in nanoseconds; less than 0: for ever.
long poll(std::span<pollfd> wanted, std::int64_t timeout);

long pidfd_of(pid_t pid);
long kill(pid_t pid, int signal);

enum class Reap { No, Yes };
/// A child that has ended, with what it used; `info.si_pid` is 0 if there is none. `pid` 0: any.
long wait_for_end(pid_t pid, Reap reap, siginfo_t& info, rusage& used);
/// Takes the news that a child was stopped or goes on; `info.si_pid` is 0 if there are none.
long wait_for_stop(pid_t pid, siginfo_t& info);

/// As fork(2).
long fork();
long execute(const char* path, const char* const* arguments, const char* const* environment);
long execute(int file, const char* const* arguments, const char* const* environment);
[[noreturn]] void exit(int code);

long begin_session();
pid_t own_pid();
/// Orphans among our descendants become children, PR_SET_CHILD_SUBREAPER.
long adopt_orphans();
/// Soft and hard limit of open files.
long descriptor_limit(rlimit& limit);
long limit_descriptors(const rlimit& limit);

/// A set of signals as the kernel has it.
using Signals = std::uint64_t;
constexpr Signals bit_of(int signal) { return Signals{1} << (signal - 1); }
long block_only(Signals signals);
/// Ends are told, whatever this process inherited.
long do_not_ignore(int signal);
long signal_file(Signals signals);

}  // namespace gaffer::keeper::kernel
