#include "net/web_socket.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "crypto/digest.h"
#include "net/connection.h"

namespace gaffer::net {
namespace {

constexpr std::string_view kVersion = "13";
constexpr std::string_view kSubprotocol = "gaffer";
constexpr std::size_t kKeySize = 24;  // Of 16 bytes in base64, which end in ==.

/// Whether one of the words of a header, between its commas, is this.
bool lists(const Request& request, std::string_view name, std::string_view word) {
  for (const Header& header : request.headers) {
    if (!equals_ignoring_case(header.name, name)) continue;
    for (const std::string_view piece : split(header.value, ',')) {
      if (equals_ignoring_case(trim(piece), word)) return true;
    }
  }
  return false;
}

bool is_key(const std::string* text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return text != nullptr && text->size() == kKeySize && text->ends_with("==") &&
         text->find_first_not_of(kDigits) == kKeySize - 2;
}

}  // namespace

WebSocket& WebSocket::operator=(WebSocket&& other) noexcept {
  std::swap(connection_, other.connection_);
  const WebSocket closed(std::move(other));
  return *this;
}

WebSocket::~WebSocket() { close(CloseCode::GoingAway); }

void WebSocket::send(WebSocketMessage::Kind kind, std::string_view bytes) {
  if (const auto connection = connection_.lock()) (*connection)->send_message(kind, bytes);
}

std::size_t WebSocket::queued_bytes() const {
  const auto connection = connection_.lock();
  return connection ? (*connection)->queued_bytes() : 0;
}

bool WebSocket::is_open() const {
  const auto connection = connection_.lock();
  return connection && (*connection)->is_upgraded();
}

void WebSocket::close(CloseCode code, std::string_view reason) {
  if (const auto connection = std::exchange(connection_, {}).lock())
    (*connection)->close_socket(code, reason);
}

void WebSocket::listen(Handlers handlers) {
  if (const auto connection = connection_.lock()) (*connection)->listen(std::move(handlers));
}

std::optional<Response> wrong_with_upgrade(const Request& request) {
  const bool asks = request.method == "GET" && request.version_minor == 1 &&
                    lists(request, "Upgrade", "websocket") &&
                    lists(request, "Connection", "upgrade");
  const std::string* version = request.header("Sec-WebSocket-Version");
  if (!asks || version == nullptr || *version != kVersion) {
    Response response = text_response(426, "this is spoken over a WebSocket of version 13\n");
    response.headers.push_back({"Upgrade", "websocket"});
    response.headers.push_back({"Sec-WebSocket-Version", std::string(kVersion)});
    return response;
  }
  if (!is_key(request.header("Sec-WebSocket-Key")))
    return text_response(400, "Sec-WebSocket-Key must be 16 bytes in base64\n");
  return std::nullopt;
}

Response upgrade_response(const Request& request) {
  constexpr const char* kMagic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const std::string accepted =
      crypto::base64(crypto::sha1(*request.header("Sec-WebSocket-Key") + kMagic));
  Response response{.status = 101, .headers = {{"Upgrade", "websocket"}}, .body = {}};
  response.headers.push_back({"Sec-WebSocket-Accept", accepted});
  if (lists(request, "Sec-WebSocket-Protocol", kSubprotocol))
    response.headers.push_back({"Sec-WebSocket-Protocol", std::string(kSubprotocol)});
  return response;
}

}  // namespace gaffer::net
