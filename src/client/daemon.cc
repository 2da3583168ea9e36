#include "client/daemon.h"

#include <algorithm>
#include <cctype>
#include <cerrno>

#include "net/response_parser.h"
#include "os/sockets.h"
#include "wire/status.h"
#include "wire/templates.h"

namespace gaffer::client {
namespace {

// RFC 3986: everything but the unreserved characters.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 0xf]};
    }
  }
  return encoded;
}

Error error_of(int status, std::string_view document) {
  const Errc code = status == 404   ? Errc::NotFound
                    : status == 400 ? Errc::InvalidArgument
                    : status == 409 ? Errc::NotRunning
                                    : Errc::Io;
  return {code, 0, wire::reason_of(document)};
}

constexpr std::string_view kAbsent = "no gafferd answers";

Result<os::UniqueFd> connect(const std::string& socket_path) {
  auto socket = os::connect_unix(socket_path);
  if (socket) return socket;
  const int reason = socket.error().os;
  if (reason != ENOENT && reason != ECONNREFUSED) return socket;
  return Error{Errc::NotFound, reason, std::string(kAbsent) + " at " + socket_path};
}

Daemon::Answer answer_of(const Result<std::string>& document) {
  if (!document) return document.error();
  return wire::parse_status_document(*document);
}

/// A request under way.
class Call {
 public:
  using OnBytes = std::function<bool(std::string_view bytes)>;

  static Result<Call> begin(const std::string& socket_path, std::string_view method,
                            const std::string& target, const std::string& json = "") {
    GAFFER_TRY(os::UniqueFd socket, connect(socket_path));
    const std::string type = json.empty() ? "" : "Content-Type: application/json\r\n";
    GAFFER_TRY(os::send_all(
        socket.get(), std::string(method) + " " + target +
                          " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + type +
                          "Content-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json));
    return Call(std::move(socket));
  }

  /// Blocks until the answer is complete, or `on_bytes` returns false. The body of an answer that
  /// is an error is kept for the error, and not handed on.
  Result<void> receive(const OnBytes& on_bytes) const {
    net::ResponseParser parser;
    std::string failure;
    while (!parser.is_complete()) {
      GAFFER_TRY(const std::string bytes, os::receive(socket_.get()));
      if (const auto read = bytes.empty() ? parser.finish() : parser.feed(bytes); !read) {
        return bytes.empty() ? Error{Errc::Io, 0, "gafferd ended before it had answered"}
                             : read.error();
      }
      const std::string body = parser.take_body();
      if (parser.head() != nullptr && parser.head()->status != 200) {
        failure += body;
      } else if (!body.empty() && !on_bytes(body)) {
        return {};
      }
    }
    if (parser.head()->status != 200) return error_of(parser.head()->status, failure);
    return {};
  }

  [[nodiscard]] Result<std::string> receive_all() const {
    std::string document;
    GAFFER_TRY(receive([&](std::string_view bytes) {
      document += bytes;
      return true;
    }));
    return document;
  }

 private:
  explicit Call(os::UniqueFd socket) : socket_(std::move(socket)) {}

  os::UniqueFd socket_;
};

}  // namespace

bool is_absent(const Error& error) { return error.message.starts_with(kAbsent); }

Result<std::string> Daemon::ask(std::string_view method, const std::string& target,
                                const std::string& json) const {
  GAFFER_TRY(const Call call, Call::begin(socket_path_, method, target, json));
  return call.receive_all();
}

Daemon::Answer Daemon::status(const std::string& target) const {
  return answer_of(ask("GET", "/status/" + percent_encoded(target)));
}

std::vector<Daemon::Answer> Daemon::act(const std::vector<std::string>& targets,
                                        std::string_view verb) const {
  constexpr std::size_t kAtATime = 64;  // The daemon takes a bounded number of connections.
  std::vector<Answer> answers;
  for (std::size_t first = 0; first < targets.size(); first += kAtATime) {
    std::vector<Result<Call>> calls;
    for (std::size_t at = first; at < std::min(first + kAtATime, targets.size()); ++at) {
      calls.push_back(
          Call::begin(socket_path_, "POST",
                      "/processes/" + percent_encoded(targets[at]) + "/_" + std::string(verb)));
    }
    for (const Result<Call>& call : calls) {
      answers.push_back(call ? answer_of(call->receive_all()) : Answer(call.error()));
    }
  }
  return answers;
}

Daemon::Answer Daemon::scale(const std::string& name, std::string_view expression) const {
  return answer_of(ask(
      "POST", "/processes/" + percent_encoded(name) + "/_scale/" + percent_encoded(expression)));
}

Daemon::Answer Daemon::add(const ProcessTemplate& process_template) const {
  return answer_of(
      ask("POST", "/processes", wire::template_document(process_template, wire::Secrets::Shown)));
}

Result<Update> Daemon::update(const ProcessTemplate& process_template) const {
  GAFFER_TRY(const std::string document,
             ask("PUT", "/processes/" + percent_encoded(process_template.name),
                 wire::template_document(process_template, wire::Secrets::Shown)));
  return wire::parse_update_document(document);
}

Result<void> Daemon::remove(const std::string& target) const {
  GAFFER_TRY(const std::string answer, ask("DELETE", "/processes/" + percent_encoded(target)));
  return {};
}

Result<wire::DaemonFacts> Daemon::facts() const {
  GAFFER_TRY(const std::string document, ask("GET", "/daemon"));
  return wire::parse_daemon_document(document);
}

Result<std::string> Daemon::create_token(const std::string& name,
                                         const std::vector<std::string>& scopes,
                                         const std::vector<std::string>& targets) const {
  GAFFER_TRY(const std::string answer,
             ask("POST", "/tokens", wire::token_request(name, scopes, targets)));
  return wire::secret_in(answer);
}

Result<std::vector<wire::Token>> Daemon::tokens() const {
  GAFFER_TRY(const std::string document, ask("GET", "/tokens"));
  return wire::parse_tokens_document(document);
}

Result<void> Daemon::revoke_token(const std::string& id_or_name) const {
  GAFFER_TRY(const std::string answer, ask("DELETE", "/tokens/" + percent_encoded(id_or_name)));
  return {};
}

Result<void> Daemon::logs(const LogParameters& parameters,
                          const std::function<bool(std::string_view)>& on_bytes) const {
  std::string target = "/logs";
  for (const auto& [name, value] : parameters) {
    target += target.find('?') == std::string::npos ? '?' : '&';
    target.append(name).append("=").append(percent_encoded(value));
  }
  GAFFER_TRY(const Call call, Call::begin(socket_path_, "GET", target));
  return call.receive(on_bytes);
}

Result<void> Daemon::reopen_logs() const {
  GAFFER_TRY(const std::string answer, ask("POST", "/logs/_reopen"));
  return {};
}

}  // namespace gaffer::client
