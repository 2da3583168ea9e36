#include <string>

#include "base/duration_text.h"
#include "client/daemon.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {
namespace {

int print(const std::string& text) {
  const auto written = os::write_standard(1, text);
  return written ? kDone : report(written.error());
}

std::string list_of(const std::vector<std::string>& texts, const std::string& otherwise) {
  std::string list;
  for (const std::string& text : texts)
    list += (list.empty() ? "" : ",") + text;
  return list.empty() ? otherwise : list;
}

std::string line_of(const wire::Token& token) {
  std::vector<std::string> scopes;
  for (const wire::Scope scope : token.scopes)
    scopes.emplace_back(wire::scope_name(scope));
  std::string used = "never used";
  if (token.last_used) {
    const auto ago = std::chrono::system_clock::now() - *token.last_used;
    used = "used " + duration_text(std::chrono::duration_cast<std::chrono::milliseconds>(ago)) +
           " ago";
  }
  return token.name + "  " + list_of(scopes, "no scopes") + "  " + list_of(token.targets, "all") +
         "  " + used + "\n";
}

}  // namespace

int run_token_create(const std::string& socket, const TokenOptions& options) {
  const auto secret =
      client::Daemon(socket).create_token(options.name, options.scopes, options.targets);
  return secret ? print(*secret + "\n") : report(secret.error());
}

int run_token_list(const std::string& socket) {
  const auto tokens = client::Daemon(socket).tokens();
  if (!tokens) return report(tokens.error());
  std::string lines;
  for (const wire::Token& token : *tokens)
    lines += line_of(token);
  return print(lines);
}

int run_token_revoke(const std::string& socket, const std::string& name) {
  const auto done = client::Daemon(socket).revoke_token(name);
  return done ? kDone : report(done.error());
}

}  // namespace gaffer::programs
