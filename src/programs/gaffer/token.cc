#include <memory>
#include <string>
#include <vector>

#include "base/duration_text.h"
#include "client/daemon.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {
namespace {

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

struct TokenOptions {
  std::string name;
  std::vector<std::string> scopes = {"read"};
  std::vector<std::string> targets;  ///< None: everything.
};

int create_token(const std::string& socket, const TokenOptions& options) {
  const auto secret =
      client::Daemon(socket).create_token(options.name, options.scopes, options.targets);
  return secret ? print(*secret + "\n") : report(secret.error());
}

int list_tokens(const std::string& socket) {
  const auto tokens = client::Daemon(socket).tokens();
  if (!tokens) return report(tokens.error());
  std::string lines;
  for (const wire::Token& token : *tokens)
    lines += line_of(token);
  return print(lines);
}

int revoke_token(const std::string& socket, const std::string& name) {
  const auto done = client::Daemon(socket).revoke_token(name);
  return done ? kDone : report(done.error());
}

std::vector<std::string> scope_words() { return {"read", "logs", "write", "admin"}; }

Argument name_argument(std::string& name, const std::string& text) {
  return {.names = "NAME", .text = text, .into = &name, .is_required = true};
}

constexpr auto kHeading = "Tokens, for clients over TCP";

Command create_command(const Globals& globals) {
  const auto options = std::make_shared<TokenOptions>();
  return {.name = "token create",
          .heading = kHeading,
          .summary = "Make a token and print its secret, this once.",
          .arguments = {name_argument(options->name, "what to call it"),
                        {.names = "-s,--scope",
                         .value = "SCOPE",
                         .text = "read, logs, write, admin; several with commas (read)",
                         .into = &options->scopes,
                         .takes_lists = true,
                         .candidates = {.words = scope_words}},
                        {.names = "-t,--target",
                         .value = "TARGET",
                         .text = "only for web, or for all of shop:*",
                         .into = &options->targets,
                         .takes_lists = true}},
          .examples = {{"gaffer token create ci --scope read,logs --target shop:*",
                        "may see the group shop and what it writes"}},
          .run = [options, &globals] {
            return at_socket(
                globals, [&](const std::string& socket) { return create_token(socket, *options); });
          }};
}

}  // namespace

std::vector<Command> token_commands(const Globals& globals) {
  const auto name = std::make_shared<std::string>();
  return {create_command(globals),
          {.name = "token list",
           .heading = kHeading,
           .summary = "Show the tokens, without their secrets.",
           .arguments = {},
           .examples = {{"gaffer token list", "name, scopes, targets, when it was used last"}},
           .run = [&globals] { return at_socket(globals, list_tokens); }},
          {.name = "token revoke",
           .heading = kHeading,
           .summary = "Let nobody in with a token any more.",
           .arguments = {name_argument(*name, "its name or id")},
           .examples = {{"gaffer token revoke ci", "also who is connected with it is cut off"}},
           .run = [name, &globals] {
             return at_socket(
                 globals, [&](const std::string& socket) { return revoke_token(socket, *name); });
           }}};
}

}  // namespace gaffer::programs
