#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace gaffer::net {

/// Reads one answer for a client that blocks: feed it what has come, look whether the head is
/// there, take the body as far as it is. So an endless stream can be followed. Interim answers (100
/// Continue) are passed over.
class ResponseParser {
 public:
  /// Whether the answer may have a body: that to a HEAD has none, whatever its headers say.
  enum class Body { Expected, None };

  explicit ResponseParser(Body body = Body::Expected);
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;
  ~ResponseParser();

  /// ERRORS: Protocol, for what is no answer and for bytes after its end. It cannot be used any
  /// more.
  Result<void> feed(std::string_view bytes);
  /// Tells that the connection has ended.
  /// ERRORS: Protocol when the answer is not complete.
  Result<void> finish();

  /// Status and headers, without the body; null until they are complete.
  [[nodiscard]] const Response* head() const;
  /// The bytes of the body that have come since the last call.
  std::string take_body();
  [[nodiscard]] bool is_complete() const;
  /// Whether the connection takes another request.
  /// REQUIRES: is_complete().
  [[nodiscard]] bool keep_alive() const;

 private:
  class Machine;

  Result<void> take_elements();

  Body body_;
  std::string buffer_;
  std::unique_ptr<Machine> machine_;
};

}  // namespace gaffer::net
