#include "state/database.h"

#include <utility>

#include <sqlite3.h>

#include "os/files.h"

namespace gaffer::state {
namespace {

struct Finalizer {
  void operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalizer>;

Errc code_of(int result) {
  switch (result) {
    case SQLITE_FULL:
      return Errc::LimitReached;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Errc::Busy;
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return Errc::PermissionDenied;
    default:
      return Errc::Io;
  }
}

int bind(sqlite3_stmt* statement, int at, const Database::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return sqlite3_bind_int64(statement, at, *number);
  if (const auto* text = std::get_if<std::string>(&value)) {
    // Null: the text outlives the statement.
    return sqlite3_bind_text(statement, at, text->data(), static_cast<int>(text->size()), nullptr);
  }
  return sqlite3_bind_null(statement, at);
}

Database::Value column(sqlite3_stmt* statement, int at) {
  switch (sqlite3_column_type(statement, at)) {
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(statement, at)};
    case SQLITE_NULL:
      return std::monostate();
    default: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, at));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, at));
      return text ? std::string(text, size) : std::string();
    }
  }
}

}  // namespace

void Database::Closer::operator()(sqlite3* raw) const { sqlite3_close(raw); }

Error Database::failure(std::string_view what) const {
  return {code_of(sqlite3_errcode(raw_.get())), 0,
          std::string(what) + ": " + sqlite3_errmsg(raw_.get())};
}

Result<Database> Database::open(const std::string& path) {
  GAFFER_TRY(os::make_private_file(path));
  sqlite3* raw = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int opened = sqlite3_open_v2(path.c_str(), &raw, kFlags, nullptr);
  Database database(raw);
  if (opened != SQLITE_OK) return database.failure("cannot open state " + path);
  // Somebody may look into it, and for a moment he has it for himself when he comes and when he goes.
  constexpr int kPatienceMs = 5000;
  sqlite3_busy_timeout(raw, kPatienceMs);
  // A crash of ours loses nothing that was committed; one of the machine the last moments.
  for (const char* statement : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"}) {
    auto done = database.run(statement);
    if (!done) return done.error().within("cannot open state " + path);
  }
  return database;
}

Result<std::vector<Database::Row>> Database::run(const std::string& statement,
                                                 const std::vector<Value>& values) {
  sqlite3_stmt* raw = nullptr;
  const int prepared = sqlite3_prepare_v2(raw_.get(), statement.c_str(),
                                          static_cast<int>(statement.size()), &raw, nullptr);
  const Statement compiled(raw);
  if (prepared != SQLITE_OK) return failure("cannot use the state");
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (bind(raw, static_cast<int>(at) + 1, values[at]) != SQLITE_OK)
      return failure("cannot use the state");
  }
  std::vector<Row> rows;
  int result = 0;
  while ((result = sqlite3_step(raw)) == SQLITE_ROW) {
    Row& row = rows.emplace_back();
    for (int at = 0; at < sqlite3_column_count(raw); ++at)
      row.push_back(column(raw, at));
  }
  if (result != SQLITE_DONE) return failure("cannot write the state");
  return rows;
}

std::int64_t number_in(const Database::Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number ? *number : 0;
}

std::string text_in(const Database::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : "";
}

}  // namespace gaffer::state
