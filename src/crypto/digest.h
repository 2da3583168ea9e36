#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// \file
/// What is needed of cryptography beside TLS; the rest is OpenSSL's.

namespace gaffer::crypto {

/// 32 bytes.
std::string sha256(std::string_view bytes);
/// 20 bytes. For the handshake of WebSocket, which asks for it; proves nothing.
std::string sha1(std::string_view bytes);
/// 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view bytes);

std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);

/// So many bytes that nobody can guess.
std::string random_bytes(std::size_t count);

/// Whether they are equal, in a time that tells nothing about where they differ. Their lengths are
/// no secret.
bool equals_in_constant_time(std::string_view a, std::string_view b);

}  // namespace gaffer::crypto
