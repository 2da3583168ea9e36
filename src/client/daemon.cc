#include "client/daemon.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>

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
                    : status == 503 ? Errc::Busy
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

/// What is sent with a request.
struct Content {
  std::string_view type;
  std::string_view bytes;
};

Result<Stream> begin(const std::string& socket_path, std::string_view method,
                     const std::string& target, const Content& content = {}) {
  GAFFER_TRY(os::UniqueFd socket, connect(socket_path));
  std::string request(method);
  request.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  request += "Connection: close\r\n";
  if (!content.type.empty()) request.append("Content-Type: ").append(content.type).append("\r\n");
  request += "Content-Length: " + std::to_string(content.bytes.size()) + "\r\n\r\n";
  request += content.bytes;
  GAFFER_TRY(os::send_all(socket.get(), request));
  return Stream(std::move(socket));
}

Result<void> receive(Result<Stream> stream, const Stream::OnBytes& on_bytes) {
  if (!stream) return stream.error();
  while (true) {
    GAFFER_TRY(const bool may_have_more, stream->receive(on_bytes));
    if (!may_have_more) return {};
  }
}

Result<std::string> receive_all(Result<Stream> stream) {
  std::string document;
  GAFFER_TRY(receive(std::move(stream), [&](std::string_view bytes) {
    document += bytes;
    return true;
  }));
  return document;
}

std::string in_query(std::string_view name, const std::string& value) {
  return std::string(name) + "=" + percent_encoded(value);
}

std::string logs_target(const Daemon::LogParameters& parameters) {
  std::string target = "/logs";
  for (const auto& [name, value] : parameters)
    target.append(target == "/logs" ? "?" : "&").append(in_query(name, value));
  return target;
}

std::string stats_target(const std::string& target, const StatsSettings& settings,
                         bool is_endless) {
  std::string path = "/stats/" + percent_encoded(target);
  path += is_endless ? "?feed=continuous" : "?feed=longpoll";
  path += "&refresh=" + std::to_string(std::chrono::duration<double>(settings.refresh).count());
  if (settings.io) path += "&io=true";
  if (settings.pss) path += "&pss=true";
  return path;
}

std::string of_processes(const std::string& target, std::string_view verb) {
  return ("/processes/" + percent_encoded(target)).append("/_").append(verb);
}

}  // namespace

struct Stream::State {
  os::UniqueFd socket;
  net::ResponseParser parser;
  std::string failure;  // The body of an answer that is an error is not handed on.
};

Stream::Stream(os::UniqueFd socket) : state_(new State()) { state_->socket = std::move(socket); }
Stream::Stream(Stream&& other) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept = default;
Stream::~Stream() = default;

int Stream::fd() const { return state_->socket.get(); }

Result<bool> Stream::receive(const OnBytes& on_bytes) {
  net::ResponseParser& parser = state_->parser;
  GAFFER_TRY(const std::string bytes, os::receive(state_->socket.get()));
  if (const auto read = bytes.empty() ? parser.finish() : parser.feed(bytes); !read) {
    return bytes.empty() ? Error{Errc::Io, 0, "gafferd ended before it had answered"}
                         : read.error();
  }
  const std::string body = parser.take_body();
  const bool has_failed = parser.head() != nullptr && parser.head()->status != 200;
  if (has_failed) state_->failure += body;
  if (has_failed && parser.is_complete()) return error_of(parser.head()->status, state_->failure);
  if (!has_failed && !body.empty() && !on_bytes(body)) return false;
  return !parser.is_complete();
}

bool is_absent(const Error& error) { return error.message.starts_with(kAbsent); }

Result<std::string> Daemon::ask(std::string_view method, const std::string& target,
                                const std::string& json) const {
  const Content content{json.empty() ? "" : "application/json", json};
  return receive_all(begin(socket_path_, method, target, content));
}

Daemon::Answer Daemon::status(const std::string& target) const {
  return answer_of(ask("GET", "/status/" + percent_encoded(target)));
}

std::vector<Daemon::Answer> Daemon::act(const std::vector<std::string>& targets,
                                        std::string_view verb) const {
  constexpr std::size_t kAtATime = 64;  // The daemon takes a bounded number of connections.
  std::vector<Answer> answers;
  for (std::size_t first = 0; first < targets.size(); first += kAtATime) {
    std::vector<Result<Stream>> calls;
    for (std::size_t at = first; at < std::min(first + kAtATime, targets.size()); ++at)
      calls.push_back(begin(socket_path_, "POST", of_processes(targets[at], verb)));
    for (Result<Stream>& call : calls)
      answers.push_back(answer_of(receive_all(std::move(call))));
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

Result<std::uint64_t> Daemon::run_once(const std::string& name) const {
  GAFFER_TRY(const std::string document, ask("POST", of_processes(name, "commit")));
  return wire::parse_started_document(document);
}

Result<wire::DaemonFacts> Daemon::facts() const {
  GAFFER_TRY(const std::string document, ask("GET", "/daemon"));
  return wire::parse_daemon_document(document);
}

Result<std::vector<wire::Run>> Daemon::runs(const std::string& name, std::size_t count) const {
  GAFFER_TRY(const std::string document,
             ask("GET", "/runs/" + percent_encoded(name) + "?count=" + std::to_string(count)));
  return wire::parse_runs_document(document);
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

Result<void> Daemon::write(const std::string& target, const std::string& bytes,
                           const std::string& label) const {
  const std::string query = label.empty() ? "" : "?" + in_query("label", label);
  GAFFER_TRY(const std::string answer,
             receive_all(begin(socket_path_, "POST", of_processes(target, "write") + query,
                               {"application/octet-stream", bytes})));
  return {};
}

Result<void> Daemon::end_input(const std::string& target, const std::string& label) const {
  const std::string query = label.empty() ? "" : "?" + in_query("label", label);
  GAFFER_TRY(const std::string answer, ask("POST", of_processes(target, "end_input") + query));
  return {};
}

Result<void> Daemon::resize(const std::string& target, TerminalSize size) const {
  GAFFER_TRY(const std::string answer,
             ask("POST", of_processes(target, "resize") + "?rows=" + std::to_string(size.rows) +
                             "&columns=" + std::to_string(size.columns)));
  return {};
}

Result<void> Daemon::events(std::uint64_t since, const Stream::OnBytes& on_bytes) const {
  return receive(
      begin(socket_path_, "GET", "/events?feed=continuous&since=" + std::to_string(since)),
      on_bytes);
}

Result<void> Daemon::stats(const std::string& target, const StatsSettings& settings,
                           bool is_endless, const Stream::OnBytes& on_bytes) const {
  return receive(begin(socket_path_, "GET", stats_target(target, settings, is_endless)), on_bytes);
}

Result<Stream> Daemon::open_stats(const std::string& target, const StatsSettings& settings) const {
  return begin(socket_path_, "GET", stats_target(target, settings, true));
}

Result<void> Daemon::logs(const LogParameters& parameters, const Stream::OnBytes& on_bytes) const {
  return receive(begin(socket_path_, "GET", logs_target(parameters)), on_bytes);
}

Result<Stream> Daemon::open_logs(const LogParameters& parameters) const {
  return begin(socket_path_, "GET", logs_target(parameters));
}

Result<void> Daemon::reopen_logs() const {
  GAFFER_TRY(const std::string answer, ask("POST", "/logs/_reopen"));
  return {};
}

}  // namespace gaffer::client
