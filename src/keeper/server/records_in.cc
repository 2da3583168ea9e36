#include <errno.h>

#include <cstring>

#include "keeper/server/keeper.h"
#include "keeper/server/kernel.h"

// What gafferd and its children say.

namespace gaffer::keeper {
namespace {

// A socket holds some 300 records: more have come since we began to read.
constexpr int kMostLetters = 4096;

constexpr std::array kBits{kInput, kOutput, kErrors};

bool is_same_name(std::span<const char> one, std::span<const char> other) {
  return text_in(one) == text_in(other);
}

}  // namespace

void Keeper::listen() {
  Letter letter;
  for (int i = 0; i < kMostLetters && state_.brain.socket >= 0; ++i) {
    const Received received = receive(state_.brain.socket, letter);
    if (received == Received::Letter) {
      handle(letter);
      letter.close_rest();
      continue;
    }
    if (received == Received::End) {
      // It has closed its end, or is about to be found dead. Watched further it would wake us for
      // ever; what it was to be told waits for the next gafferd.
      has_child_ended_ = true;
      is_socket_full_ = false;
    }
    return;
  }
}

void Keeper::handle(Letter& letter) {
  const Kind kind = kind_of(letter.message());
  if (const auto record = decode<Started>(letter.message())) {
    return started(record->id, letter.sender);
  }
  if (letter.sender != state_.brain.pid || state_.brain.pid == 0) return;
  Brain& brain = state_.brain;
  // Any word is a sign of life: one that is busy with its start need not stop for an answer.
  if (brain.answer_by_ns != 0) brain.answer_by_ns = kernel::now() + settings_.watchdog_ns;
  switch (kind) {
    case Kind::Hello:
      return hello(*decode<Hello>(letter.message()));
    case Kind::Reserve:
      return reserve(*decode<Reserve>(letter.message()), letter);
    case Kind::Put:
      return put(*decode<Put>(letter.message()), letter);
    case Kind::Remove:
      return remove(*decode<Remove>(letter.message()));
    case Kind::Alive:
      return answered(*decode<Alive>(letter.message()));
    case Kind::Ready:
      return ready();
    case Kind::Quit:
      brain.does_quit = true;
      brain.exit_code = decode<Quit>(letter.message())->exit_code;
      return;
    case Kind::Upgrade:
      return upgrade(letter);
    default:
      return handle_row(kind, letter);
  }
}

void Keeper::handle_row(Kind kind, Letter& letter) {
  if (const auto record = decode<Signal>(letter.message())) {
    return signal(state_.table.find(record->id), *record);
  }
  // These have the id at the same place, and a number before it.
  const auto record = decode<Change>(letter.message());
  const auto acknowledge = decode<Acknowledge>(letter.message());
  const auto dropped = decode<Drop>(letter.message());
  const auto released = decode<Release>(letter.message());
  const std::uint64_t id = record        ? record->id
                           : acknowledge ? acknowledge->id
                           : dropped     ? dropped->id
                           : released    ? released->id
                                         : 0;
  Row* row = state_.table.find(id);
  if (!row) return;
  if (kind == Kind::Change) row->treatment = static_cast<std::uint8_t>(record->treatment);
  if (kind == Kind::Acknowledge && row->state == RowState::Ended) drop(*row);
  if (kind == Kind::Drop) drop(*row);
  if (kind == Kind::Release) release(*row, released->descriptors);
}

void Keeper::hello(const Hello& hello) {
  if (hello.oldest > kVersion || hello.newest < kVersion) {
    return refuse(Kind::Hello, 0, EPROTONOSUPPORT);
  }
  Brain& brain = state_.brain;
  remember_program();
  brain.telling = Telling::Welcome;
  brain.next = 0;
  brain.rows_told = 0;
  state_.table.forget_news();
}

void Keeper::reserve(const Reserve& reserve, Letter& letter) {
  const std::uint8_t descriptors = reserve.descriptors & (kInput | kOutput | kErrors);
  if (descriptors != reserve.descriptors || letter.descriptor_count != count_of(descriptors)) {
    return refuse(Kind::Reserve, reserve.id, EINVAL);
  }
  if (reserve.id == 0 || state_.table.find(reserve.id)) {
    return refuse(Kind::Reserve, reserve.id, EEXIST);
  }
  Row* row = state_.table.add(reserve.id);
  if (!row) return refuse(Kind::Reserve, reserve.id, ENOSPC);
  if (reserve.id > state_.highest_id) state_.highest_id = reserve.id;
  row->held = descriptors;
  row->treatment = reserve.treatment;
  std::memcpy(row->note, reserve.note, sizeof(row->note));
  std::size_t next = 0;
  for (std::size_t at = 0; at < kBits.size(); ++at) {
    if ((descriptors & kBits[at]) != 0) row->descriptors[at] = letter.take(next++);
  }
}

void Keeper::started(std::uint64_t id, pid_t sender) {
  siginfo_t info{};
  rusage used{};
  const bool is_child = sender > 0 && sender != state_.brain.pid &&
                        kernel::wait_for_end(sender, kernel::Reap::No, info, used) >= 0;
  if (!is_child || state_.table.find_running(sender)) return;
  Row* row = state_.table.find(id);
  if (row && row->state == RowState::Reserved) {
    return state_.table.start(*row, sender, kernel::now());
  }
  kernel::kill(sender, SIGKILL);  // Nobody would ever know of it.
}

void Keeper::drop(Row& row) {
  release(row, row.held);
  if (row.state != RowState::Running) return state_.table.remove(row);
  row.is_dropped = true;
}

void Keeper::release(Row& row, std::uint32_t descriptors) {
  for (std::size_t at = 0; at < kBits.size(); ++at) {
    if ((row.held & descriptors & kBits[at]) != 0) kernel::close(row.descriptors[at]);
  }
  row.held = static_cast<std::uint8_t>(row.held & ~descriptors);
}

void Keeper::signal(Row* row, const Signal& signal) {
  if (!row || row->state != RowState::Running) return refuse(Kind::Signal, signal.id, ESRCH);
  // It is a child that is not reaped: this number is its own, whether it lives or not.
  const long done = kernel::kill(signal.is_for_group != 0 ? -row->pid : row->pid, signal.signal);
  if (done < 0) refuse(Kind::Signal, signal.id, static_cast<int>(-done));
}

void Keeper::put(const Put& put, Letter& letter) {
  if (letter.descriptor_count != 1 || text_in(put.name).empty()) {
    return refuse(Kind::Put, 0, EINVAL);
  }
  NamedDescriptor* place = nullptr;
  for (NamedDescriptor& one : state_.named) {
    if (one.is_used && is_same_name(one.name, put.name)) {
      place = &one;
      break;
    }
    if (!one.is_used && !place) place = &one;
  }
  if (!place) return refuse(Kind::Put, 0, ENOSPC);
  if (place->is_used) kernel::close(place->fd);
  *place = {.fd = letter.take(0), .is_used = true};
  std::memcpy(place->name, put.name, sizeof(place->name));
}

void Keeper::remove(const Remove& remove) {
  for (NamedDescriptor& one : state_.named) {
    if (!one.is_used || !is_same_name(one.name, remove.name)) continue;
    kernel::close(one.fd);
    one.is_used = false;
  }
}

void Keeper::ready() {
  state_.brain.is_ready = true;
  state_.was_ever_ready = true;
  if (state_.signal_to_forward == 0) return;
  kernel::kill(state_.brain.pid, state_.signal_to_forward);
  state_.signal_to_forward = 0;
}

void Keeper::answered(const Alive& alive) {
  if (alive.serial == state_.brain.pings) state_.brain.answer_by_ns = 0;
}

}  // namespace gaffer::keeper
