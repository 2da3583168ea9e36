#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gaffer/info.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "gaffer/stats.h"
#include "gaffer/update.h"
#include "os/unique_fd.h"
#include "wire/daemon.h"
#include "wire/runs.h"
#include "wire/tokens.h"

namespace gaffer::client {

/// Whether an error says that there is no daemon.
bool is_absent(const Error& error);

/// An answer that comes bit by bit.
class Stream {
 public:
  using OnBytes = std::function<bool(std::string_view bytes)>;

  explicit Stream(os::UniqueFd socket);
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  /// Readable when there is something to receive.
  [[nodiscard]] int fd() const;
  /// Receives what has come, and waits for it if there is nothing. Returns whether there may be
  /// more: false at the end, and when `on_bytes` says so.
  /// ERRORS: of the answer, if that is one; Io when it breaks off.
  Result<bool> receive(const OnBytes& on_bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A gafferd, by its socket. Every call opens a connection of its own and blocks until it is
/// answered. ERRORS of all calls: NotFound when there is no daemon, and what it answers: NotFound,
/// InvalidArgument, NotRunning, each with its reason; Protocol.
class Daemon {
 public:
  explicit Daemon(std::string socket_path) : socket_path_(std::move(socket_path)) {}

  /// What a call came to: the templates that it was about, as they are afterwards.
  using Answer = Result<std::vector<TemplateInfo>>;

  /// Targets are `web`, `web.2`, a pid, `shop:*` and `*`, as core/manager/manager.h says.
  [[nodiscard]] Answer status(const std::string& target) const;

  /// `verb` is start, stop, restart, reload or signal/HUP. Acts on all side by side and returns
  /// when it has come about: an answer for each target, in their order.
  [[nodiscard]] std::vector<Answer> act(const std::vector<std::string>& targets,
                                        std::string_view verb) const;
  [[nodiscard]] Answer scale(const std::string& name, std::string_view expression) const;

  /// \name Templates. Each returns when what it asked for has come about.
  /// @{
  [[nodiscard]] Answer add(const ProcessTemplate& process_template) const;
  [[nodiscard]] Result<Update> update(const ProcessTemplate& process_template) const;
  [[nodiscard]] Result<void> remove(const std::string& target) const;
  /// Runs one process more, that is not started again. Returns its pid, gaffer's own.
  [[nodiscard]] Result<std::uint64_t> run_once(const std::string& name) const;
  /// @}

  [[nodiscard]] Result<wire::DaemonFacts> facts() const;

  /// The last processes of a template, the newest first, at most 1000.
  [[nodiscard]] Result<std::vector<wire::Run>> runs(const std::string& name,
                                                    std::size_t count) const;

  /// \name Tokens, for those who come over TCP (wire/tokens.h).
  /// @{
  /// Returns the secret. ERRORS: AlreadyExists as NotRunning.
  [[nodiscard]] Result<std::string> create_token(const std::string& name,
                                                 const std::vector<std::string>& scopes,
                                                 const std::vector<std::string>& targets) const;
  [[nodiscard]] Result<std::vector<wire::Token>> tokens() const;
  [[nodiscard]] Result<void> revoke_token(const std::string& id_or_name) const;
  /// @}

  /// \name Input. ERRORS: NotRunning, InvalidArgument for one without an input or a terminal; Busy
  /// while there is no room for the bytes.
  /// @{
  [[nodiscard]] Result<void> write(const std::string& target, const std::string& bytes,
                                   const std::string& label) const;
  [[nodiscard]] Result<void> end_input(const std::string& target, const std::string& label) const;
  [[nodiscard]] Result<void> resize(const std::string& target, TerminalSize size) const;
  /// @}

  /// What happens after an event, for ever, a line of JSON each, with empty lines in between.
  /// CALLS: `on_bytes` with what comes, until it returns false.
  [[nodiscard]] Result<void> events(std::uint64_t since,
                                    const std::function<bool(std::string_view)>& on_bytes) const;

  /// What processes use of the machine, a line of JSON for each look, wire/stats.h: one, or with
  /// `is_endless` one after the other. `on_bytes` as for events.
  [[nodiscard]] Result<void> stats(const std::string& target, const StatsSettings& settings,
                                   bool is_endless,
                                   const std::function<bool(std::string_view)>& on_bytes) const;

  /// The same without an end, for somebody who waits for other things too.
  [[nodiscard]] Result<Stream> open_stats(const std::string& target,
                                          const StatsSettings& settings) const;

  /// The parameters of `GET /logs`, apps/http_api/log_request.h.
  using LogParameters = std::vector<std::pair<std::string, std::string>>;
  /// CALLS: `on_bytes` with what comes, until it returns false.
  [[nodiscard]] Result<void> logs(const LogParameters& parameters,
                                  const std::function<bool(std::string_view)>& on_bytes) const;

  /// The same, for somebody who waits for other things too.
  [[nodiscard]] Result<Stream> open_logs(const LogParameters& parameters) const;

  /// Makes the daemon go on in the files that are at the places of its logs now.
  [[nodiscard]] Result<void> reopen_logs() const;

 private:
  [[nodiscard]] Result<std::string> ask(std::string_view method, const std::string& target,
                                        const std::string& json = "") const;

  std::string socket_path_;
};

}  // namespace gaffer::client
