#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace gaffer::net {

/// What a client may send, and the status it gets beyond it.
struct Limits {
  std::size_t head_bytes = 16'384;       ///< First line and headers: 431, or 414 if all first line.
  std::size_t target_bytes = 8'192;      ///< 414.
  std::size_t header_count = 100;        ///< 431.
  std::size_t body_bytes = 1'048'576;    ///< Without its chunking: 413.
  std::size_t chunk_head_bytes = 1'024;  ///< A chunk's size and extensions, a trailer: 400.
};

/// Why a request is not read to its end: the status to answer and a sentence. The connection cannot
/// be used any further, for nobody knows where the next request begins.
struct Refusal {
  int status = 400;
  std::string reason;
  bool operator==(const Refusal&) const = default;
};

/// Cuts a client's bytes into requests. Stricter than the standard asks for, so that no proxy
/// before us can see other requests than we do: whatever could be read in two ways is refused. How
/// the bytes are portioned makes no difference.
class RequestParser {
 public:
  enum class Found {
    Nothing,   ///< More bytes are needed.
    Head,      ///< A body follows `head`. Told once, and only with Heads::Told.
    Continue,  ///< The client waits for `100 Continue` before it sends the body. Told once.
    Request,   ///< One is complete: `take` it.
    Refusal,   ///< See `refusal`. It stays so.
  };

  enum class Heads : bool { Untold, Told };

  explicit RequestParser(const Limits& limits = {}, Heads heads = Heads::Untold);
  RequestParser(RequestParser&& other) noexcept;
  RequestParser& operator=(RequestParser&& other) noexcept;
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  ~RequestParser();

  /// Keeps bytes for `next`. There is no bound here: look at `buffered_bytes`.
  void feed(std::string_view bytes);
  /// Goes on until there is something to tell. Bytes behind a request wait for the next call.
  Found next();
  /// REQUIRES: `next` has just said Request.
  Request take();
  /// All but the body. REQUIRES: `next` has just said Head.
  [[nodiscard]] const Request& head() const;
  /// REQUIRES: `next` has said Refusal.
  [[nodiscard]] const Refusal& refusal() const;

  /// What came behind the last request: it is of another protocol. REQUIRES: no request has begun.
  std::string take_rest();

  [[nodiscard]] std::size_t buffered_bytes() const { return buffer_.size() - used_; }
  /// Whether a part of a request is here.
  [[nodiscard]] bool has_begun() const;

 private:
  class Machine;

  Limits limits_;
  Heads heads_;
  std::string buffer_;
  std::size_t used_ = 0;  // Bytes at the front of `buffer_` that are done with.
  bool skipped_line_ = false;
  std::unique_ptr<Machine> machine_;  // Only during a request: idle connections are many.
};

}  // namespace gaffer::net
