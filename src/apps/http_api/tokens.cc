#include "apps/http_api/tokens.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "core/config/names.h"
#include "crypto/digest.h"
#include "os/files.h"

namespace gaffer::apps {
namespace {

constexpr std::string_view kPrefix = "gaffer_";
constexpr std::size_t kIdBytes = 6;
constexpr std::size_t kSecretBytes = 32;

/// The id within a secret; empty if it has not the form of one.
std::string_view id_of(std::string_view secret) {
  constexpr std::size_t kIdDigits = kIdBytes * 2;
  constexpr std::size_t kSize = kPrefix.size() + kIdDigits + 1 + kSecretBytes * 2;
  if (secret.size() != kSize || !secret.starts_with(kPrefix)) return {};
  return secret.substr(kPrefix.size(), kIdDigits);
}

Result<void> require_good(const Tokens::Wanted& wanted) {
  const auto refuse = [](std::string reason) {
    return Error{Errc::InvalidArgument, 0, "cannot make the token: " + std::move(reason)};
  };
  if (auto wrong = config::wrong_with_label("name", wanted.name)) return refuse(*std::move(wrong));
  if (wanted.scopes.empty()) return refuse("it needs a scope: read, logs, write, admin");
  for (std::string_view target : wanted.targets) {
    if (target.ends_with(":*")) target.remove_suffix(2);
    if (auto wrong = config::wrong_with_name(target)) return refuse(*std::move(wrong));
  }
  return {};
}

}  // namespace

Result<Tokens> Tokens::load(std::string path) {
  Tokens tokens(std::move(path));
  if (tokens.path_.empty()) return tokens;
  const auto text = os::read_file(tokens.path_);
  if (!text && text.error().code == Errc::NotFound) return tokens;
  if (!text) return text.error();
  auto parsed = wire::parse_tokens_document(*text);
  if (!parsed) return parsed.error().within(tokens.path_);
  tokens.tokens_ = *std::move(parsed);
  return tokens;
}

Result<std::string> Tokens::create(Wanted wanted, WallTime now) {
  GAFFER_TRY(require_good(wanted));
  if (std::ranges::find(tokens_, wanted.name, &wire::Token::name) != tokens_.end())
    return Error{Errc::AlreadyExists, 0, "there is a token " + wanted.name + " already"};
  if (tokens_.size() == kMost)
    return Error{Errc::LimitReached, 0, "there are " + std::to_string(kMost) + " tokens"};
  const std::string id = crypto::hex(crypto::random_bytes(kIdBytes));
  const std::string secret =
      std::string(kPrefix) + id + "_" + crypto::hex(crypto::random_bytes(kSecretBytes));
  std::vector<wire::Token> tokens = tokens_;
  tokens.push_back({.id = id,
                    .name = std::move(wanted.name),
                    .hash = crypto::hex(crypto::sha256(secret)),
                    .scopes = std::move(wanted.scopes),
                    .targets = std::move(wanted.targets),
                    .created = now,
                    .last_used = std::nullopt});
  GAFFER_TRY(write(tokens));
  tokens_ = std::move(tokens);
  return secret;
}

Result<void> Tokens::revoke(std::string_view id_or_name) {
  std::vector<wire::Token> tokens = tokens_;
  const std::size_t gone = std::erase_if(tokens, [id_or_name](const wire::Token& token) {
    return token.id == id_or_name || token.name == id_or_name;
  });
  if (gone == 0) return Error{Errc::NotFound, 0, "no token " + std::string(id_or_name)};
  GAFFER_TRY(write(tokens));
  tokens_ = std::move(tokens);
  return {};
}

const wire::Token* Tokens::find(std::string_view secret, WallTime now) {
  const std::string_view id = id_of(secret);
  const auto token = std::ranges::find(tokens_, id, &wire::Token::id);
  if (id.empty() || token == tokens_.end()) return nullptr;
  const std::string hash = crypto::hex(crypto::sha256(secret));
  if (!crypto::equals_in_constant_time(hash, token->hash)) return nullptr;
  token->last_used = now;
  is_used_ = true;
  return &*token;
}

bool Tokens::is_secret(std::string_view text) { return !id_of(text).empty(); }

bool Tokens::has(std::string_view id) const {
  return std::ranges::find(tokens_, id, &wire::Token::id) != tokens_.end();
}

Result<void> Tokens::save() {
  if (!std::exchange(is_used_, false)) return {};
  return write(tokens_);
}

Result<void> Tokens::write(const std::vector<wire::Token>& tokens) const {
  if (path_.empty()) return {};
  return os::write_file_atomically(path_, wire::tokens_document(tokens, wire::Hashes::Shown));
}

}  // namespace gaffer::apps
