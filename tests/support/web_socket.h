#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gaffer::test {

constexpr std::uint8_t kText = 1;
constexpr std::uint8_t kBinary = 2;
constexpr std::uint8_t kClose = 8;
constexpr std::uint8_t kPing = 9;
constexpr std::uint8_t kPong = 10;

/// A frame as a client sends it, masked. `opcode` 0 continues a message.
inline std::string frame(std::uint8_t opcode, std::string_view payload, bool is_last = true) {
  std::string bytes;
  bytes += static_cast<char>((is_last ? 0x80U : 0U) | opcode);
  const std::uint64_t size = payload.size();
  const int length_bytes = size < 126 ? 0 : size < 65'536 ? 2 : 8;
  bytes += static_cast<char>(0x80U | (length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127));
  for (int byte = length_bytes - 1; byte >= 0; --byte)
    bytes += static_cast<char>(size >> (8U * static_cast<unsigned>(byte)));
  constexpr std::array<char, 4> kMask{'m', 'a', 's', 'k'};
  bytes.append(kMask.data(), kMask.size());
  for (std::size_t i = 0; i < payload.size(); ++i)
    bytes += static_cast<char>(payload[i] ^ kMask[i % kMask.size()]);
  return bytes;
}

/// The payload of a close: a code and why.
inline std::string close_payload(int code, std::string_view reason = "") {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code)}.append(reason);
}

/// A frame as a server sends it.
struct Frame {
  std::uint8_t opcode = 0;
  std::string payload;
  bool operator==(const Frame&) const = default;
  /// Of a close; 0 without.
  [[nodiscard]] int code() const {
    if (opcode != kClose || payload.size() < 2) return 0;
    return static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
  }
};

/// Takes the first frame off `bytes`; nothing if it is not whole yet.
inline std::optional<Frame> take_frame(std::string& bytes) {
  const auto at = [&bytes](std::size_t i) -> std::uint64_t {
    return static_cast<unsigned char>(bytes[i]);
  };
  if (bytes.size() < 2) return std::nullopt;
  std::uint64_t size = at(1) & 0x7fU;
  const std::size_t length_bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
  const std::size_t head = 2 + length_bytes;
  if (bytes.size() < head) return std::nullopt;
  if (length_bytes > 0) size = 0;
  for (std::size_t i = 2; i < head; ++i)
    size = size << 8U | at(i);
  if (bytes.size() < head + size) return std::nullopt;
  Frame frame{static_cast<std::uint8_t>(at(0) & 0x0fU), bytes.substr(head, size)};
  bytes.erase(0, head + size);
  return frame;
}

/// What asks for a WebSocket: the head of RFC 6455 §1.3, whose answer is known.
inline std::string upgrade_request(std::string_view path, std::string_view headers = "") {
  return std::string("GET ").append(path).append(
             " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n") +
         std::string(headers) + "\r\n";
}

}  // namespace gaffer::test
