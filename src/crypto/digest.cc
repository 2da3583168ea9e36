#include "crypto/digest.h"

#include <array>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/assert.h"

namespace gaffer::crypto {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string text_of(const Digest& digest, unsigned length) {
  return {reinterpret_cast<const char*>(digest.data()), length};
}

std::string digest(std::string_view bytes, const EVP_MD* kind) {
  Digest result{};
  unsigned length = 0;
  const int done = EVP_Digest(bytes_of(bytes), bytes.size(), result.data(), &length, kind, nullptr);
  GAFFER_ASSERT(done == 1, "a digest in memory succeeds");
  return text_of(result, length);
}

}  // namespace

std::string sha256(std::string_view bytes) { return digest(bytes, EVP_sha256()); }

std::string sha1(std::string_view bytes) { return digest(bytes, EVP_sha1()); }

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest result{};
  unsigned length = 0;
  const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bytes),
                          bytes.size(), result.data(), &length);
  GAFFER_ASSERT(done != nullptr, "an HMAC in memory succeeds");
  return text_of(result, length);
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4], kDigits[byte & 0xf]};
  }
  return text;
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // It ends what it writes with a NUL.
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  const int done =
      RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count));
  GAFFER_ASSERT(done == 1, "the system has random numbers");
  return bytes;
}

bool equals_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace gaffer::crypto
