#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gaffer/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace gaffer::net {

/// The files of a server that speaks TLS, in PEM.
struct TlsFiles {
  std::string certificate;  ///< With the chain that leads to it.
  std::string key;
  std::string client_ca;  ///< Who signs the certificates of clients; empty: they need none.
  bool operator==(const TlsFiles&) const = default;
};

/// A server's certificate, for TLS 1.2 and later.
class TlsContext {
 public:
  /// ERRORS: InvalidArgument: `cannot use certificate /x: …`.
  static Result<std::shared_ptr<const TlsContext>> load(const TlsFiles& files);

  [[nodiscard]] ssl_ctx_st* raw() const { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  TlsContext() = default;

  std::unique_ptr<ssl_ctx_st, Free> context_;
};

/// The server's side of one TLS connection, in memory: bytes of the network go in and come out, and
/// so do those of the application. It does no I/O.
class TlsSession {
 public:
  /// LIFETIME: the context may go first.
  explicit TlsSession(const TlsContext& context);

  /// Takes what the network brought.
  void feed(std::string_view ciphertext);

  /// Goes on with the handshake.
  /// ERRORS: Protocol, when the other side speaks no TLS that we do, or has no certificate where
  /// one is wanted.
  Result<void> handshake();
  [[nodiscard]] bool is_established() const;

  /// The next bytes of the application, valid until the next call; empty when more of the network
  /// is needed, or when the other side has ended.
  /// ERRORS: Protocol.
  Result<std::string_view> read();
  /// The other side has said that nothing follows.
  [[nodiscard]] bool has_ended() const;

  /// REQUIRES: is_established().
  Result<void> write(std::string_view plaintext);
  /// Says that nothing follows.
  void finish();

  /// What is to go to the network.
  std::string take_output();

 private:
  struct Free {
    void operator()(ssl_st* session) const noexcept;
  };
  std::unique_ptr<ssl_st, Free> session_;
};

}  // namespace gaffer::net
