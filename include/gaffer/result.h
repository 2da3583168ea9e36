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
  Result(Error error)
      : Base(tl::unexpect, std::move(error)) {}  // NOLINT(google-explicit-constructor)
};

}  // namespace gaffer

#define GAFFER_JOIN_(a, b) a##b
#define GAFFER_JOIN(a, b) GAFFER_JOIN_(a, b)
#define GAFFER_TRY_1_(result, expression)    \
  if (auto result = (expression); !result) { \
    return std::move(result).error();        \
  }
#define GAFFER_TRY_2_(result, declaration, expression) \
  auto result = (expression);                          \
  if (!result) {                                       \
    return std::move(result).error();                  \
  }                                                    \
  declaration = std::move(*result)
#define GAFFER_TRY_PICK_(_1, _2, name, ...) name

/// Unwraps a Result or returns its error from the enclosing function:
/// `GAFFER_TRY(auto fd, open_log(path));`, or `GAFFER_TRY(lock());` where there is no value.
#define GAFFER_TRY(...) \
  GAFFER_TRY_PICK_(__VA_ARGS__, GAFFER_TRY_DECLARE_, GAFFER_TRY_ONLY_, unused)(__VA_ARGS__)
#define GAFFER_TRY_DECLARE_(declaration, expression) \
  GAFFER_TRY_2_(GAFFER_JOIN(gaffer_try_, __LINE__), declaration, expression)
#define GAFFER_TRY_ONLY_(expression) GAFFER_TRY_1_(GAFFER_JOIN(gaffer_try_, __LINE__), expression)
