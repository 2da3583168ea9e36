#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "limits/stamps.h"
#include "os/unique_fd.h"

/// \file
/// The limit: the work of a process manager by hand, with nothing but the system calls that it
/// cannot do without. No names, no templates, no output kept, no restart policy, no errors
/// reported.

namespace gaffer::bench {

struct BareProcess {
  pid_t pid = -1;
  int pidfd = -1;
};

/// What the bare child can be told to do otherwise, to see what it costs.
struct Extras {
  /// Resets this many signals: all, because one that is ignored stays so over execve.
  int signal_actions = 64;
  int limits = 0;
  int failing_programs = 0;
  /// Take a copy of all open descriptors along, as fork does, and close it.
  bool copies_descriptors = false;
};

/// Makes processes by clone with vfork semantics and a pidfd. The child gets a session, /dev/null
/// and `output` as standard descriptors, no other descriptor, an empty signal mask, and no signal is
/// ignored: the set-up that os::Spawner promises.
class BareSpawner {
 public:
  BareSpawner();
  BareSpawner(const BareSpawner&) = delete;
  BareSpawner& operator=(const BareSpawner&) = delete;
  ~BareSpawner();

  BareProcess spawn(const std::vector<std::string>& argv,
                    const std::vector<std::string>& environment, int output,
                    const Extras& extras = {});
  /// Waits for the end of a process and lets go of it.
  static void reap(BareProcess process);

 private:
  os::UniqueFd null_;
  os::UniqueFd low_;  // A low number, in which the child finds its output.
  std::span<std::byte> stack_;
};

/// Keeps processes alive with an epoll set of their pidfds and output pipes. The pipe of a process
/// is kept for the next one.
class BareKeeper {
 public:
  BareKeeper(std::vector<std::string> argv, std::vector<std::string> environment, Stamps& stamps);
  BareKeeper(const BareKeeper&) = delete;
  BareKeeper& operator=(const BareKeeper&) = delete;
  ~BareKeeper();

  void start(std::size_t count);
  /// Ends all of them and waits for that.
  void stop();

  /// Handles what happens until there are `count` further stamps; returns the last of them.
  Stamp run_until_stamped(std::size_t count);

 private:
  struct Place {
    BareProcess process;
    os::UniqueFd read;
    os::UniqueFd write;
  };
  void watch(int fd, std::size_t tag) const;
  void spawn(std::size_t place);
  void turn();
  void handle(std::size_t tag);

  BareSpawner spawner_;
  std::vector<std::string> argv_;
  std::vector<std::string> environment_;
  Stamps& stamps_;
  os::UniqueFd epoll_;
  std::vector<Place> places_;
  std::size_t running_ = 0;
  bool is_stopping_ = false;
};

}  // namespace gaffer::bench
