#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gaffer/result.h"

/// \file
/// The two messages of HTTP as values. How they travel is the business of the parsers and the
/// server.

namespace gaffer::net {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};
using Headers = std::vector<Header>;

/// Names and values in the order they came, decoded.
using Query = std::vector<std::pair<std::string, std::string>>;

/// ASCII only, as header names and tokens are compared.
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// The value of the first header of that name in whatever case, or null.
const std::string* find_header(const Headers& headers, std::string_view name);

struct Request {
  std::string method;
  std::string target;  ///< As it came: `/processes/a%20b?full=1`.
  std::string path;    ///< The target before the question mark, still escaped; starts with a slash.
  Query query;
  Headers headers;
  std::string body;
  int version_minor = 1;   ///< HTTP/1.0 or HTTP/1.1.
  bool keep_alive = true;  ///< Whether the client wants the connection to stay open.

  [[nodiscard]] const std::string* header(std::string_view name) const;
  /// The first value of that name, or null.
  [[nodiscard]] const std::string* query_value(std::string_view name) const;
  bool operator==(const Request&) const = default;
};

/// An answer. Content-Length, Transfer-Encoding and Connection are the server's business: it drops
/// them from `headers` and writes its own.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  bool operator==(const Response&) const = default;
};

/// A request that no client has sent: without headers and body.
/// ERRORS: InvalidArgument when the target is no path with a query, both properly escaped.
Result<Request> make_request(std::string_view method, std::string_view target);

Response text_response(int status, std::string body);
Response json_response(int status, std::string body);

/// `Not Found` for 404; `Unknown` for what we never send.
std::string_view reason_phrase(int status);

/// Replaces `%41` by `A`.
/// ERRORS: InvalidArgument for an escape that is not two hexadecimal digits, and for `%00`.
Result<std::string> percent_decode(std::string_view text);

/// Reads `a=1&b=two+words`. A name without `=` has an empty value, an empty piece is left out.
/// ERRORS: those of percent_decode.
Result<Query> parse_query(std::string_view text);

/// The decoded pieces between the slashes: `/a/b%2Fc` is `a`, `b/c`; `/` is none; `/a/` is `a` and
/// an empty one.
/// ERRORS: those of percent_decode; InvalidArgument when there is no slash in front.
Result<std::vector<std::string>> path_segments(std::string_view path);

}  // namespace gaffer::net
