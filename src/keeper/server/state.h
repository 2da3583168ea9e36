#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <cstdint>

#include "keeper/protocol/records.h"
#include "keeper/server/pace.h"
#include "keeper/server/table.h"

namespace gaffer::keeper {

constexpr std::size_t kNamedDescriptors = 64;

/// A descriptor that gafferd has put here.
struct NamedDescriptor {
  std::int32_t fd = 0;
  bool is_used = false;
  char name[kNameBytes] = {};
};

/// How much of the table has been sent.
enum class Telling : std::uint8_t { Nothing, Welcome, Rows, Names, End, Everything };

/// The gafferd of now, or the one that is about to be started.
struct Brain {
  pid_t pid = 0;    ///< 0: none runs.
  int socket = -1;  ///< Our end; -1: there is none.
  std::uint32_t incarnation = 0;
  std::uint64_t started_ns = 0;
  std::int64_t program = -1;  ///< kernel::identity_of what it executes.
  bool is_ready = false;
  bool is_hung = false;         ///< It was killed because it did not answer.
  bool does_quit = false;       ///< When it ends, so do we.
  std::uint32_t exit_code = 0;  ///< Ours then.
  Telling telling = Telling::Nothing;
  std::uint32_t next = 0;  ///< Row or name to tell.
  std::uint32_t rows_told = 0;
  std::uint32_t pings = 0;         ///< The serial of the last.
  std::uint64_t answer_by_ns = 0;  ///< 0: it owes no answer.
  bool is_ping_due = false;
};

/// Everything a keeper knows. It lies in a file in memory, so that a new keeper program goes on with
/// it where the old one was: docs/formats/keeper.md, "Upgrade".
struct State {
  static constexpr std::uint64_t kMagic = 0x31'7265'7065'656B;  // "keeper1"

  std::uint64_t magic;
  std::uint64_t bytes;   ///< sizeof(State): another layout has another size or another magic.
  std::int32_t signals;  ///< signalfd(2).
  std::int32_t program;  ///< What was executed in an upgrade, to be closed; 0: none.
  rlimit limit_at_start;
  Brain brain;
  Pace pace;
  std::uint64_t highest_id;
  std::uint64_t start_at_ns;  ///< When the next gafferd is due, 0: one runs.
  Ending last_end;            ///< Of the gafferd before.
  bool last_was_hung;
  bool was_ever_ready;
  std::int32_t signal_to_forward;  ///< To the next gafferd that is ready; 0: none.
  std::int32_t orphan_pid;
  std::uint32_t orphan_count;  ///< To be told.
  std::array<NamedDescriptor, kNamedDescriptors> named;
  Table table;
};

}  // namespace gaffer::keeper
