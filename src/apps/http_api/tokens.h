#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "gaffer/result.h"
#include "wire/tokens.h"

namespace gaffer::apps {

/// The tokens that let a client in over TCP, kept in a file of mode 0600. A secret is told once,
/// when its token is made; afterwards only its hash is there.
class Tokens {
 public:
  static constexpr std::size_t kMost = 1'000;

  /// Reads the file; there need be none. An empty path: they are kept in memory alone.
  /// ERRORS: what the file says.
  static Result<Tokens> load(std::string path);

  struct Wanted {
    std::string name;
    wire::Scopes scopes;
    std::vector<std::string> targets;
  };
  /// Makes a token and returns its secret: `gaffer_ID_…`, letters, digits and `_`.
  /// ERRORS: InvalidArgument for a name that is none or no scope; AlreadyExists for one that is
  /// taken; LimitReached; what writing the file says: then there is no such token.
  Result<std::string> create(Wanted wanted, WallTime now);

  /// Forgets a token by its id or name.
  /// ERRORS: NotFound; what writing the file says: then it still holds.
  Result<void> revoke(std::string_view id_or_name);

  /// The token of a secret, or null. Takes the same time for each wrong secret of a token. `now` is
  /// its last use; it reaches the file with the next change, or by `save`.
  const wire::Token* find(std::string_view secret, WallTime now);

  /// Whether it has the form of one.
  static bool is_secret(std::string_view text);
  [[nodiscard]] bool has(std::string_view id) const;

  /// Writes the file if there is something that it does not know.
  Result<void> save();

  [[nodiscard]] const std::vector<wire::Token>& all() const { return tokens_; }

 private:
  explicit Tokens(std::string path) : path_(std::move(path)) {}
  Result<void> write(const std::vector<wire::Token>& tokens) const;

  std::string path_;
  std::vector<wire::Token> tokens_;
  bool is_used_ = false;  // Since the file was written.
};

}  // namespace gaffer::apps
