#pragma once

/// \file
/// How gaffer says that something did not work: a function that can fail returns `Result<T>`, and a
/// failure is an `Error`. Nothing in the library throws.

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace gaffer {

/// What kind of failure, for code that has to decide. The set is closed: people read
/// `Error::message`, programs switch over this.
enum class Errc {
  InvalidArgument,   ///< The caller's value is wrong and will stay wrong.
  NotFound,          ///< No such template, process, file, user.
  AlreadyExists,     ///< The name is taken.
  NotRunning,        ///< The thing exists but is not in the state that was asked for.
  Busy,              ///< Somebody else holds it: a lock, an address.
  LimitReached,      ///< A stated bound of ours or of the system: descriptors, memory, table rows.
  PermissionDenied,  ///< The system or a policy refuses.
  Protocol,          ///< The other side does not speak as it should.
  Io,                ///< Any other failure of the outside world; `Error::os` has the number.
};

/// One failure: what kind, the errno if the system gave one, and one sentence to show.
/// The sentence reads *cannot* + verb + object + reason: `cannot open /x: permission denied`.
struct Error {
  Errc code = Errc::Io;
  int os = 0;  ///< errno, or 0.
  std::string message;

  /// The same error with the place it came from before it: `where: message`. Each layer adds what
  /// it alone knows, once.
  [[nodiscard]] Error within(std::string_view where) const {
    return {code, os, std::string(where) + ": " + message};
  }

  bool operator==(const Error&) const = default;
};

/// An error from errno: `os_error("cannot open /x", EACCES)` says `cannot open /x: permission
/// denied`.
Error os_error(std::string_view what, int errno_value);

/// A value or an `Error`. The interface is std::expected's.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using Base = tl::expected<T, Error>;
  using Base::Base;
  Result(Base other) : Base(std::move(other)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)  // NOLINT(google-explicit-constructor): a function returns either
      : Base(tl::unexpect, std::move(error)) {}
};

}  // namespace gaffer

/// Unwraps a Result or returns its error from the enclosing function:
/// `GAFFER_TRY(auto fd, open_log(path));`, or `GAFFER_TRY(lock());` where there is no value.
#define GAFFER_TRY(...) \
  GAFFER_TRY_PICK(__VA_ARGS__, GAFFER_TRY_VALUE, GAFFER_TRY_VOID, unused)(__VA_ARGS__)

#define GAFFER_TRY_PICK(_1, _2, name, ...) name
#define GAFFER_TRY_VALUE(declaration, expression) \
  GAFFER_TRY_VALUE_AS(GAFFER_UNIQUE_NAME(gaffer_try_, __LINE__), declaration, expression)
#define GAFFER_TRY_VOID(expression) \
  GAFFER_TRY_VOID_AS(GAFFER_UNIQUE_NAME(gaffer_try_, __LINE__), expression)
// NOLINTBEGIN(bugprone-macro-parentheses): names and declarations cannot stand in parentheses.
#define GAFFER_TRY_VALUE_AS(result, declaration, expression) \
  auto result = (expression);                                \
  if (!result) return std::move(result).error();             \
  declaration = std::move(*result)
#define GAFFER_TRY_VOID_AS(result, expression) \
  if (auto result = (expression); !result) return std::move(result).error()
// NOLINTEND(bugprone-macro-parentheses)
#define GAFFER_UNIQUE_NAME(prefix, line) GAFFER_PASTE(prefix, line)
#define GAFFER_PASTE(a, b) a##b
