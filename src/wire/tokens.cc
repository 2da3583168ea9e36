#include "wire/tokens.h"

#include <cstdint>

#include "wire/json_values.h"
#include "wire/json_writer.h"

namespace gaffer::wire {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using std::chrono::system_clock;

std::int64_t seconds_of(system_clock::time_point at) {
  return std::chrono::duration_cast<seconds>(at.time_since_epoch()).count();
}

system_clock::time_point time_of(std::int64_t since_1970) {
  return system_clock::time_point(seconds(since_1970));
}

void write(JsonWriter& to, const std::vector<std::string>& texts) {
  to.array();
  for (const std::string& text : texts)
    to.text(text);
  to.end_array();
}

void write(JsonWriter& to, const Token& token, Hashes hashes) {
  to.object().key("id").text(token.id).key("name").text(token.name);
  if (hashes == Hashes::Shown) to.key("hash").text(token.hash);
  to.key("scopes").array();
  for (const Scope scope : token.scopes)
    to.text(scope_name(scope));
  to.end_array().key("targets");
  write(to, token.targets);
  to.key("created").number(seconds_of(token.created)).key("last_used");
  if (token.last_used) {
    to.number(seconds_of(*token.last_used));
  } else {
    to.null();
  }
  to.end_object();
}

Token token_from(const json& object) {
  Token token{.id = object.at("id").get<std::string>(),
              .name = object.at("name").get<std::string>(),
              .hash = object.value("hash", ""),
              .scopes = {},
              .targets = object.at("targets").get<std::vector<std::string>>(),
              .created = time_of(object.at("created").get<std::int64_t>()),
              .last_used = std::nullopt};
  for (const json& name : object.at("scopes")) {
    if (const auto scope = scope_of(name.get<std::string>())) token.scopes.insert(*scope);
  }
  if (const json& used = object.at("last_used"); !used.is_null())
    token.last_used = time_of(used.get<std::int64_t>());
  return token;
}

}  // namespace

std::string tokens_document(const std::vector<Token>& tokens, Hashes hashes) {
  JsonWriter to;
  to.object().key("tokens").array();
  for (const Token& token : tokens)
    write(to, token, hashes);
  return to.end_array().end_object().take();
}

// The library throws; this is the one place that catches it.
Result<std::vector<Token>> parse_tokens_document(std::string_view text) {
  try {
    std::vector<Token> tokens;
    const json document = json::parse(text);
    for (const json& object : document.at("tokens"))
      tokens.push_back(token_from(object));
    return tokens;
  } catch (const json::exception& failure) {
    return Error{Errc::Protocol, 0, std::string("cannot read the tokens: ") + failure.what()};
  }
}

std::string token_request(std::string_view name, const std::vector<std::string>& scopes,
                          const std::vector<std::string>& targets) {
  JsonWriter to;
  to.object().key("name").text(name).key("scopes");
  write(to, scopes);
  to.key("targets");
  write(to, targets);
  return to.end_object().take();
}

Result<std::string> secret_in(std::string_view answer) {
  const json document = json::parse(answer, nullptr, false);
  const auto token = document.is_object() ? document.find("token") : document.end();
  if (token == document.end() || !token->is_string())
    return Error{Errc::Protocol, 0, "cannot read the answer: there is no token in it"};
  return token->get<std::string>();
}

std::string audit_line(system_clock::time_point at, std::string_view who, std::string_view what) {
  JsonWriter to;
  to.object().key("at").number(seconds_of(at)).key("who").text(who).key("what").text(what);
  return to.end_object().take();
}

}  // namespace gaffer::wire
