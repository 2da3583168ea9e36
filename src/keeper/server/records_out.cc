#include <cstring>

#include "keeper/server/keeper.h"
#include "keeper/server/kernel.h"

// What gafferd is told, as far as its socket has room: everything that waits lies in the state.

namespace gaffer::keeper {
namespace {

constexpr std::uint64_t kSoon = 5 * kMillisecond;

}  // namespace

bool Keeper::send(std::span<const std::byte> record, std::span<const int> descriptors) {
  const Sent sent = keeper::send(state_.brain.socket, record, descriptors);
  is_socket_full_ = sent == Sent::Full;
  if (sent == Sent::Later) send_again_at_ = kernel::now() + kSoon;
  return sent == Sent::Yes;
}

// Only while nothing waits for the socket: what is refused is news for the log, and gafferd counts
// the rows itself. So one that does not read is not told of it.
void Keeper::refuse(Kind what, std::uint64_t id, int error) {
  (void)send(encode(Refused{.what = what, .id = id, .error = error}));
}

void Keeper::tell() {
  if (state_.brain.socket < 0 || state_.brain.telling == Telling::Nothing) return;
  if (send_again_at_ != 0) return;
  is_socket_full_ = false;
  if (tell_table() && tell_news()) (void)tell_rest();
}

bool Keeper::tell_table() {
  while (state_.brain.telling != Telling::Everything) {
    bool is_told = false;
    switch (state_.brain.telling) {
      case Telling::Welcome:
        is_told = tell_welcome();
        break;
      case Telling::Rows:
        is_told = tell_row();
        break;
      case Telling::Names:
        is_told = tell_name();
        break;
      default:
        is_told = send(encode(End{.rows = state_.brain.rows_told}));
        if (is_told) state_.brain.telling = Telling::Everything;
    }
    if (!is_told) return false;
  }
  return true;
}

bool Keeper::tell_welcome() {
  Welcome welcome{.incarnation = state_.brain.incarnation,
                  .crashes = state_.pace.crashes,
                  .capacity = kCapacity,
                  .last_code = state_.last_end.code,
                  .last_signal = state_.last_end.signal,
                  .ended_ns = state_.last_end.ended_ns,
                  .highest_id = state_.highest_id};
  if (state_.pace.is_safe_mode()) welcome.flags |= kIsSafeMode;
  if (state_.last_end.ended_ns != 0) welcome.flags |= kIsRestart;
  if (state_.last_was_hung) welcome.flags |= kWasHung;
  if (!send(encode(welcome))) return false;
  state_.brain.telling = Telling::Rows;
  return true;
}

bool Keeper::tell_row() {
  std::uint32_t next = state_.brain.next;
  Row* row = state_.table.next_from(next);
  if (!row) {
    state_.brain.telling = Telling::Names;
    state_.brain.next = 0;
    return true;
  }
  if (!row->is_dropped && row->state != RowState::Reserved) {
    if (!tell_entry(*row)) return false;
    ++state_.brain.rows_told;
  }
  state_.brain.next = next;
  return true;
}

bool Keeper::tell_entry(Row& row) {
  Entry entry{.state = row.state,
              .descriptors = row.held,
              .treatment = row.treatment,
              .id = row.id,
              .pid = row.pid,
              .started_ns = row.started_ns,
              .ending = row.ending};
  std::memcpy(entry.note, row.note, sizeof(entry.note));
  std::array<int, kMaxDescriptors> descriptors{};
  std::size_t count = 0;
  for (std::size_t at = 0; at < row.descriptors.size(); ++at) {
    if ((row.held & (1U << at)) != 0) descriptors[count++] = row.descriptors[at];
  }
  // Ours is not reaped, so this number is its own.
  const long pidfd = row.state == RowState::Running ? kernel::pidfd_of(row.pid) : -1;
  if (pidfd >= 0) {
    descriptors[count++] = static_cast<int>(pidfd);
    entry.descriptors |= kPidfd;
  }
  const bool is_sent = send(encode(entry), std::span(descriptors).first(count));
  if (pidfd >= 0) kernel::close(static_cast<int>(pidfd));
  if (is_sent) state_.table.mark_told(row);
  return is_sent;
}

bool Keeper::tell_name() {
  std::uint32_t& next = state_.brain.next;
  if (next == state_.named.size()) {
    state_.brain.telling = Telling::End;
    return true;
  }
  const NamedDescriptor& one = state_.named[next];
  if (one.is_used) {
    Named named;
    std::memcpy(named.name, one.name, sizeof(named.name));
    if (!send(encode(named), std::span(&one.fd, 1))) return false;
  }
  ++next;
  return true;
}

bool Keeper::tell_news() {
  while (Row* row = state_.table.news()) {
    if (!send(encode(Exit{.pid = row->pid, .id = row->id, .ending = row->ending}))) return false;
    state_.table.mark_told(*row);
    want_answer();
  }
  return true;
}

bool Keeper::tell_rest() {
  if (state_.orphan_count != 0) {
    if (!send(encode(Orphan{.pid = state_.orphan_pid, .count = state_.orphan_count}))) return false;
    state_.orphan_count = 0;
  }
  if (!state_.brain.is_ping_due) return true;
  state_.brain.is_ping_due = !send(encode(Ping{.serial = state_.brain.pings}));
  return !state_.brain.is_ping_due;
}

void Keeper::want_answer() {
  Brain& brain = state_.brain;
  if (settings_.watchdog_ns == 0 || brain.answer_by_ns != 0 || brain.telling == Telling::Nothing)
    return;
  ++brain.pings;
  brain.is_ping_due = true;
  brain.answer_by_ns = kernel::now() + settings_.watchdog_ns;
}

}  // namespace gaffer::keeper
