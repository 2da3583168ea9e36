#include "net/http_message.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace gaffer::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

Result<std::string> decode_query_part(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decode(spaced);
}

Response typed_response(int status, const char* type, std::string body) {
  return {.status = status, .headers = {{"Content-Type", type}}, .body = std::move(body)};
}

constexpr auto kReasons = std::to_array<std::pair<int, std::string_view>>({
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
});

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char left, char right) { return lower(left) == lower(right); });
}

const std::string* find_header(const Headers& headers, std::string_view name) {
  for (const Header& header : headers) {
    if (equals_ignoring_case(header.name, name)) return &header.value;
  }
  return nullptr;
}

const std::string* Request::header(std::string_view name) const {
  return find_header(headers, name);
}

const std::string* Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return &value;
  }
  return nullptr;
}

Result<Request> make_request(std::string_view method, std::string_view target) {
  // No absolute form either: it would name a second host.
  if (!target.starts_with('/') || target.find('#') != std::string_view::npos)
    return Error{.code = Errc::InvalidArgument, .message = "the target is not a path"};
  const std::size_t mark = std::min(target.find('?'), target.size());
  Request request{.method = std::string(method),
                  .target = std::string(target),
                  .path = std::string(target.substr(0, mark)),
                  .query = {},
                  .headers = {},
                  .body = {}};
  GAFFER_TRY(request.query, parse_query(target.substr(std::min(mark + 1, target.size()))));
  return request;
}

Response text_response(int status, std::string body) {
  return typed_response(status, "text/plain; charset=utf-8", std::move(body));
}

Response json_response(int status, std::string body) {
  return typed_response(status, "application/json", std::move(body));
}

std::string_view reason_phrase(int status) {
  for (const auto& [code, phrase] : kReasons) {
    if (code == status) return phrase;
  }
  return "Unknown";
}

Result<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return Error{.code = Errc::InvalidArgument,
                   .message = "cannot decode an escape: % needs two hexadecimal digits"};
    }
    if (high == 0 && low == 0) {
      return Error{.code = Errc::InvalidArgument,
                   .message = "cannot decode an escape: %00 is refused"};
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

Result<Query> parse_query(std::string_view text) {
  Query query;
  for (const std::string_view piece : split(text, '&')) {
    if (piece.empty()) continue;
    const std::size_t equals = std::min(piece.find('='), piece.size());
    GAFFER_TRY(auto name, decode_query_part(piece.substr(0, equals)));
    GAFFER_TRY(auto value, decode_query_part(piece.substr(std::min(equals + 1, piece.size()))));
    query.emplace_back(std::move(name), std::move(value));
  }
  return query;
}

Result<std::vector<std::string>> path_segments(std::string_view path) {
  if (!path.starts_with('/')) {
    return Error{.code = Errc::InvalidArgument,
                 .message = "cannot use a path that does not start with /"};
  }
  std::vector<std::string> segments;
  if (path == "/") return segments;
  for (const std::string_view piece : split(path.substr(1), '/')) {
    GAFFER_TRY(auto segment, percent_decode(piece));
    segments.push_back(std::move(segment));
  }
  return segments;
}

}  // namespace gaffer::net
