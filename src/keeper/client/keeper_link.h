#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gaffer/exit_status.h"
#include "gaffer/result.h"
#include "keeper/protocol/records.h"
#include "os/packets.h"
#include "os/unique_fd.h"
#include "uv/loop.h"
#include "uv/poll.h"

namespace gaffer::keeper {

/// A process that a gafferd before this one has left.
struct LeftRow {
  std::uint64_t id = 0;
  std::string note;
  pid_t pid = 0;
  std::uint8_t treatment = 0;  ///< Bits of the protocol.
  bool has_ended = false;
  ExitStatus status;                 ///< Once it has ended.
  std::chrono::nanoseconds ended{};  ///< Since boot.
  std::chrono::nanoseconds started{};
  os::UniqueFd pidfd;  ///< While it runs.
  os::UniqueFd input;
  os::UniqueFd output;
  os::UniqueFd errors;
};

/// The keeper, as gafferd sees it: the records of docs/formats/keeper.md as calls and callbacks.
class KeeperLink {
 public:
  using OnExited = std::function<void(std::uint64_t id, ExitStatus)>;

  /// What a keeper has told at once.
  struct Table {
    Welcome welcome;
    std::vector<LeftRow> rows;
    std::map<std::string, os::UniqueFd, std::less<>> named;
  };

  /// The keeper of this program, if one has started it: the socket that the environment names.
  static os::UniqueFd inherited_socket();
  /// Whether there is one.
  static bool is_inherited();

  /// Says hello and waits for the table, ten seconds at most.
  /// ERRORS: Protocol when it speaks another version, TimedOut, Io.
  static Result<std::unique_ptr<KeeperLink>> create(uv::Loop& loop, os::UniqueFd socket);

  /// What was told at the start. Whoever has a use for a part takes it out.
  [[nodiscard]] Table& table() { return table_; }

  /// CALLS: `on_exited` on a later turn for each process that ends, once.
  void set_on_exited(OnExited on_exited) { on_exited_ = std::move(on_exited); }

  /// CALLS: `on_gone` once on a later turn, when the keeper has ended.
  void set_on_gone(std::function<void()> on_gone) { on_gone_ = std::move(on_gone); }

  [[nodiscard]] int socket() const { return socket_.get(); }
  /// The keeper has ended: nothing that is sent reaches anybody.
  [[nodiscard]] bool is_gone() const { return is_gone_; }

  /// ERRORS: as os::send_packet.
  template <typename Record>
  Result<void> send(const Record& record, std::span<const int> descriptors = {}) {
    return os::send_packet(socket_.get(), encode(record), descriptors);
  }

  /// \name What it holds under a name for the gafferd after this one.
  /// @{
  /// What the gafferd before has put there; not open if that is nothing, or was taken.
  os::UniqueFd take(std::string_view name);
  /// The names that begin so and were not taken.
  [[nodiscard]] std::vector<std::string> names(std::string_view prefix) const;
  /// ERRORS: InvalidArgument for a name over 80 bytes; as `send`.
  Result<void> put(std::string_view name, int fd);
  void remove(std::string_view name);
  /// @}

 private:
  KeeperLink(uv::Loop& loop, os::UniqueFd socket);
  Result<void> receive_table();
  Result<bool> receive_part();
  void hear();
  void handle(os::Packet& packet);

  os::UniqueFd socket_;
  uv::Loop& loop_;
  Table table_;
  OnExited on_exited_;
  std::function<void()> on_gone_;
  bool is_gone_ = false;
  std::optional<uv::Poll> readable_;  // Destroyed before its descriptor.
};

}  // namespace gaffer::keeper
