#include "keeper/client/keeper_link.h"

#include <cerrno>
#include <utility>

#include "base/strings.h"
#include "os/host.h"

namespace gaffer::keeper {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr const char* kSocketVariable = "GAFFER_KEEPER_FD";
constexpr int kMostPackets = 1024;  // In a turn: others have a turn then.

ExitStatus status_of(const Ending& ending) {
  return {.code = ending.code, .signal = ending.signal, .dumped_core = ending.dumped_core != 0};
}

LeftRow row_of(const Entry& entry, std::vector<os::UniqueFd> descriptors) {
  LeftRow row{.id = entry.id,
              .note = std::string(text_in(entry.note)),
              .pid = entry.pid,
              .treatment = entry.treatment,
              .has_ended = entry.state == RowState::Ended,
              .status = status_of(entry.ending),
              .ended = std::chrono::nanoseconds(entry.ending.ended_ns),
              .started = std::chrono::nanoseconds(entry.started_ns)};
  if (descriptors.size() != count_of(entry.descriptors)) return row;
  std::size_t next = 0;
  const auto take = [&](std::uint8_t bit, os::UniqueFd& place) {
    if ((entry.descriptors & bit) != 0) place = std::move(descriptors[next++]);
  };
  take(kInput, row.input);
  take(kOutput, row.output);
  take(kErrors, row.errors);
  take(kPidfd, row.pidfd);
  return row;
}

}  // namespace

bool KeeperLink::is_inherited() { return !os::environment_variable(kSocketVariable).empty(); }

os::UniqueFd KeeperLink::inherited_socket() {
  const auto fd = parse_number<int>(os::take_environment_variable(kSocketVariable));
  if (!fd || !os::adopt_packet_socket(*fd)) return {};
  return os::UniqueFd(*fd);
}

KeeperLink::KeeperLink(uv::Loop& loop, os::UniqueFd socket)
    : socket_(std::move(socket)), loop_(loop) {}

Result<std::unique_ptr<KeeperLink>> KeeperLink::create(uv::Loop& loop, os::UniqueFd socket) {
  std::unique_ptr<KeeperLink> link(new KeeperLink(loop, std::move(socket)));
  GAFFER_TRY(link->send(Hello{}));
  GAFFER_TRY(link->receive_table());
  GAFFER_TRY(link->readable_, uv::Poll::create(loop, link->socket()));
  GAFFER_TRY(link->readable_->start([self = link.get()] { self->hear(); }));
  return link;
}

Result<void> KeeperLink::receive_table() {
  while (true) {
    GAFFER_TRY(const bool is_complete, receive_part());
    if (is_complete) return {};
  }
}

Result<bool> KeeperLink::receive_part() {
  auto packet = os::wait_for_packet(socket(), kMaxRecord, kPatience);
  if (!packet) return packet.error().within("cannot read the table of the keeper");
  if (packet->bytes.empty()) return Error{Errc::Io, 0, "the keeper has ended"};
  const std::span<const std::byte> message = packet->bytes;
  if (const auto welcome = decode<Welcome>(message)) {
    table_.welcome = *welcome;
  } else if (const auto entry = decode<Entry>(message)) {
    table_.rows.push_back(row_of(*entry, std::move(packet->descriptors)));
  } else if (const auto named = decode<Named>(message); named && !packet->descriptors.empty()) {
    table_.named[std::string(text_in(named->name))] = std::move(packet->descriptors.front());
  } else if (const auto refused = decode<Refused>(message);
             refused && refused->what == Kind::Hello) {
    return Error{Errc::Protocol, refused->error, "the keeper speaks no version of ours"};
  }
  return kind_of(message) == Kind::End;
}

void KeeperLink::hear() {
  for (int i = 0; i < kMostPackets; ++i) {
    auto packet = os::receive_packet(socket(), kMaxRecord);
    if (!packet && packet.error().os == ECONNRESET) continue;  // Told once; records may follow.
    if (!packet) return;
    if (packet->bytes.empty()) {
      is_gone_ = true;
      readable_->stop();
      if (on_gone_) on_gone_();
      return;
    }
    handle(*packet);
  }
}

void KeeperLink::handle(os::Packet& packet) {
  const std::span<const std::byte> message = packet.bytes;
  if (const auto exit = decode<Exit>(message)) {
    if (on_exited_) on_exited_(exit->id, status_of(exit->ending));
  } else if (const auto ping = decode<Ping>(message)) {
    (void)send(Alive{.serial = ping->serial});  // Nobody asks if the keeper is gone.
  }
}

os::UniqueFd KeeperLink::take(std::string_view name) {
  const auto found = table_.named.find(name);
  if (found == table_.named.end()) return {};
  os::UniqueFd taken = std::move(found->second);
  table_.named.erase(found);
  return taken;
}

std::vector<std::string> KeeperLink::names(std::string_view prefix) const {
  std::vector<std::string> names;
  for (const auto& [name, fd] : table_.named)
    if (name.starts_with(prefix)) names.push_back(name);
  return names;
}

void KeeperLink::remove(std::string_view name) {
  table_.named.erase(std::string(name));
  Remove record;
  if (put_text(name, record.name)) (void)send(record);  // One that is gone holds nothing.
}

Result<void> KeeperLink::put(std::string_view name, int fd) {
  Put record;
  if (!put_text(name, record.name))
    return Error{Errc::InvalidArgument, 0, "a name of a descriptor is too long"};
  return send(record, std::span<const int>(&fd, 1));
}

}  // namespace gaffer::keeper
