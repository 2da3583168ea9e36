#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gaffer/info.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "gaffer/update.h"
#include "wire/daemon.h"
#include "wire/tokens.h"

namespace gaffer::client {

/// Whether an error says that there is no daemon.
bool is_absent(const Error& error);

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
  /// @}

  [[nodiscard]] Result<wire::DaemonFacts> facts() const;

  /// \name Tokens, for those who come over TCP (wire/tokens.h).
  /// @{
  /// Returns the secret. ERRORS: AlreadyExists as NotRunning.
  [[nodiscard]] Result<std::string> create_token(const std::string& name,
                                                 const std::vector<std::string>& scopes,
                                                 const std::vector<std::string>& targets) const;
  [[nodiscard]] Result<std::vector<wire::Token>> tokens() const;
  [[nodiscard]] Result<void> revoke_token(const std::string& id_or_name) const;
  /// @}

  /// The parameters of `GET /logs`, apps/http_api/log_request.h.
  using LogParameters = std::vector<std::pair<std::string, std::string>>;
  /// CALLS: `on_bytes` with what comes, until it returns false.
  [[nodiscard]] Result<void> logs(const LogParameters& parameters,
                                  const std::function<bool(std::string_view)>& on_bytes) const;

  /// Makes the daemon go on in the files that are at the places of its logs now.
  [[nodiscard]] Result<void> reopen_logs() const;

 private:
  [[nodiscard]] Result<std::string> ask(std::string_view method, const std::string& target,
                                        const std::string& json = "") const;

  std::string socket_path_;
};

}  // namespace gaffer::client
