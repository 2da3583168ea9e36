#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "keeper/protocol/records.h"

namespace gaffer::keeper {

/// A message that came from gafferd or from a child of it.
struct Letter {
  std::array<std::byte, kMaxRecord + 1>
      bytes{};  // One more, so that a longer one is not taken for a record.
  std::size_t size = 0;
  pid_t sender = 0;  ///< As the kernel says.
  std::array<int, kMaxDescriptors> descriptors{};
  std::size_t descriptor_count = 0;

  [[nodiscard]] std::span<const std::byte> message() const { return std::span(bytes).first(size); }
  /// Whoever has these takes them out of here; what is left is closed.
  int take(std::size_t at);
  void close_rest();
};

enum class Received { Letter, Nothing, End };
enum class Sent { Yes, Full, Later, Gone };

/// The next message. An error of the socket, such as ECONNRESET after the other end has died with
/// messages unread, is told once and by the kernel before messages that are still there: it is
/// passed over.
Received receive(int socket, Letter& letter);

/// `Full`: try again when the socket can be written to. `Later`: the system lacks something for now.
Sent send(int socket, std::span<const std::byte> record, std::span<const int> descriptors = {});

}  // namespace gaffer::keeper
