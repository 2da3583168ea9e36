#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "gaffer/result.h"
#include "os/unique_fd.h"

namespace gaffer::os {

/// One message of a SEQPACKET socket with the descriptors that came beside it.
struct Packet {
  std::vector<std::byte> bytes;  ///< Empty: the other end is gone.
  std::vector<UniqueFd> descriptors;
};

/// Both ends of a socket that keeps messages apart. They close on exec.
Result<std::pair<UniqueFd, UniqueFd>> packet_socket_pair();

/// Sends one message; waits for room.
/// ERRORS: Io when the other end is gone (EPIPE); LimitReached.
Result<void> send_packet(int socket, std::span<const std::byte> bytes,
                         std::span<const int> descriptors = {});

/// The next message, of at most `max_bytes`; a longer one is cut by that. Does not wait.
/// ERRORS: Busy when there is none; Io with ECONNRESET, once, when the other end has died with
/// messages of ours unread: what it sent before can still be received.
Result<Packet> receive_packet(int socket, std::size_t max_bytes);

/// The same; waits for it. ERRORS: Io with ETIMEDOUT.
Result<Packet> wait_for_packet(int socket, std::size_t max_bytes,
                               std::chrono::milliseconds patience);

/// Whether a descriptor that this program was started with is such a socket; then it closes on exec
/// from now on.
bool adopt_packet_socket(int fd);

}  // namespace gaffer::os
