#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gaffer/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gaffer::state {

/// An SQLite database, as far as we need one: statements with values, and rows of values. May be
/// used by one thread at a time.
class Database {
 public:
  using Value = std::variant<std::monostate, std::int64_t, std::string>;  ///< Null, number, text.
  using Row = std::vector<Value>;

  /// Opens or makes a file of mode 0600.
  /// ERRORS: Io: `cannot open state /x: file is not a database`.
  static Result<Database> open(const std::string& path);

  /// Runs one statement, with values for its question marks; returns the rows.
  /// ERRORS: LimitReached when the disk is full, Busy, Io.
  Result<std::vector<Row>> run(const std::string& statement, const std::vector<Value>& values = {});

 private:
  struct Closer {
    void operator()(sqlite3* raw) const;
  };
  explicit Database(sqlite3* raw) : raw_(raw) {}
  [[nodiscard]] Error failure(std::string_view what) const;

  std::unique_ptr<sqlite3, Closer> raw_;
};

/// The number or text in a value; 0 or empty for one that is something else.
std::int64_t number_in(const Database::Value& value);
std::string text_in(const Database::Value& value);

}  // namespace gaffer::state
