#include "state/store.h"

#include <utility>

#include "base/strings.h"
#include "wire/templates.h"

namespace gaffer::state {
namespace {

using std::chrono::system_clock;

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMostWrites = 65'536;
constexpr std::chrono::milliseconds kPause{200};

// In the file since version 1: what changes here is a new version.
constexpr const char* kTemplates =
    "CREATE TABLE IF NOT EXISTS templates (name TEXT PRIMARY KEY, loaded_numprocesses INTEGER, "
    "is_from_file INTEGER, is_wanted INTEGER, resting TEXT, document TEXT)";
constexpr const char* kRuns =
    "CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY AUTOINCREMENT, life TEXT, pid "
    "INTEGER, "
    "name TEXT, slot INTEGER, os_pid INTEGER, started_ms INTEGER, ended_ms INTEGER, code INTEGER, "
    "signal INTEGER, is_known INTEGER, reason TEXT)";

std::int64_t milliseconds(system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

system_clock::time_point time_of(const Database::Value& value) {
  return system_clock::time_point(std::chrono::milliseconds(number_in(value)));
}

std::string text_of(const std::set<int>& numbers) {
  std::string text;
  for (const int number : numbers)
    text += (text.empty() ? "" : ",") + std::to_string(number);
  return text;
}

std::set<int> numbers_in(std::string_view text) {
  std::set<int> numbers;
  for (const std::string_view word : split(text, ',')) {
    if (const auto number = parse_number<int>(word)) numbers.insert(*number);
  }
  return numbers;
}

Run run_of(const Database::Row& row) {
  Run run{.pid = static_cast<std::uint64_t>(number_in(row[0])),
          .name = text_in(row[1]),
          .slot = static_cast<int>(number_in(row[2])),
          .os_pid = static_cast<pid_t>(number_in(row[3])),
          .started = time_of(row[4]),
          .status = {.code = static_cast<int>(number_in(row[6])),
                     .signal = static_cast<int>(number_in(row[7])),
                     .is_known = number_in(row[8]) != 0},
          .reason = text_in(row[9])};
  if (!std::holds_alternative<std::monostate>(row[5])) run.ended = time_of(row[5]);
  return run;
}

}  // namespace

Store::Store(uv::Loop& loop, std::string path, Database database)
    : path_(std::move(path)), database_(std::move(database)), wakeup_(loop) {
  wakeup_.keep_loop_alive(false);
}

Result<std::unique_ptr<Store>> Store::open(uv::Loop& loop, const std::string& path, Past past) {
  GAFFER_TRY(Database database, Database::open(path));
  std::unique_ptr<Store> store(new Store(loop, path, std::move(database)));
  GAFFER_TRY(store->prepare(past));
  GAFFER_TRY(store->read_remembered());
  store->thread_ = std::thread([self = store.get()] { self->work(); });
  return store;
}

Store::~Store() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  has_work_.notify_one();
  thread_.join();
}

Result<void> Store::prepare(Past past) {
  GAFFER_TRY(const auto version, database_.run("PRAGMA user_version"));
  if (!version.empty() && number_in(version[0][0]) > kVersion) {
    return Error{Errc::Protocol, 0, "cannot open state " + path_ + ": a newer gaffer made it"};
  }
  GAFFER_TRY(database_.run(kTemplates));
  GAFFER_TRY(database_.run(kRuns));
  GAFFER_TRY(database_.run("CREATE INDEX IF NOT EXISTS runs_of ON runs (name, id)"));
  GAFFER_TRY(database_.run("PRAGMA user_version = " + std::to_string(kVersion)));
  GAFFER_TRY(database_.run("DELETE FROM runs WHERE id <= (SELECT MAX(id) FROM runs) - 10000"));
  if (past == Past::Forgotten) {
    GAFFER_TRY(database_.run("DELETE FROM templates"));
    // What is not ended now ended unheard, with the keeper or the machine.
    GAFFER_TRY(database_.run(
        "UPDATE runs SET ended_ms = started_ms, is_known = 0, life = '' WHERE ended_ms IS NULL"));
    GAFFER_TRY(database_.run("UPDATE runs SET life = '' WHERE life <> ''"));
  }
  return {};
}

Result<void> Store::read_remembered() {
  GAFFER_TRY(const auto rows,
             database_.run("SELECT document, loaded_numprocesses, is_from_file, is_wanted, resting "
                           "FROM templates ORDER BY rowid"));
  for (const Database::Row& row : rows) {
    auto reading = wire::parse_template_document(text_in(row[0]));
    if (!reading.problems.empty()) continue;  // Written by a gaffer that knew other keys.
    remembered_.push_back({.process_template = std::move(reading.process_template),
                           .loaded_numprocesses = static_cast<int>(number_in(row[1])),
                           .is_from_file = number_in(row[2]) != 0,
                           .is_wanted = number_in(row[3]) != 0,
                           .resting = numbers_in(text_in(row[4]))});
  }
  return {};
}

void Store::remember(const Remembered& one) {
  add(
      {"INSERT INTO templates (name, loaded_numprocesses, is_from_file, is_wanted, resting, "
       "document) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
       "loaded_numprocesses = excluded.loaded_numprocesses, is_from_file = excluded.is_from_file, "
       "is_wanted = excluded.is_wanted, resting = excluded.resting, document = excluded.document",
       {one.process_template.name, std::int64_t{one.loaded_numprocesses},
        std::int64_t{one.is_from_file ? 1 : 0}, std::int64_t{one.is_wanted ? 1 : 0},
        text_of(one.resting),
        wire::template_document(one.process_template, wire::Secrets::Shown)}});
}

void Store::forget(const std::string& name) {
  add({"DELETE FROM templates WHERE name = ?", {name}});
}

void Store::begin_run(const Run& run) {
  add(
      {"INSERT INTO runs (life, pid, name, slot, os_pid, started_ms, is_known, reason) "
       "SELECT 'now', ?1, ?2, ?3, ?4, ?5, 1, '' "
       "WHERE NOT EXISTS (SELECT 1 FROM runs WHERE life = 'now' AND pid = ?1)",
       {static_cast<std::int64_t>(run.pid), run.name, std::int64_t{run.slot},
        std::int64_t{run.os_pid}, milliseconds(run.started)}});
}

void Store::end_run(const Run& run) {
  add(
      {"UPDATE runs SET ended_ms = ?, code = ?, signal = ?, is_known = ?, reason = ? "
       "WHERE life = 'now' AND pid = ?",
       {milliseconds(run.ended.value_or(system_clock::time_point())), std::int64_t{run.status.code},
        std::int64_t{run.status.signal}, std::int64_t{run.status.is_known ? 1 : 0}, run.reason,
        static_cast<std::int64_t>(run.pid)}});
}

void Store::add(Write write) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.writes.size() >= kMostWrites &&
        write.statement.find(" runs ") != std::string::npos)
      return;
    waiting_.writes.push_back(std::move(write));
  }
  has_work_.notify_one();
}

void Store::when_committed(std::function<void()> done) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.done.push_back(std::move(done));
  }
  has_work_.notify_one();
}

void Store::work() {
  while (true) {
    Batch batch;
    bool is_last = false;
    {
      std::unique_lock lock(mutex_);
      has_work_.wait(lock, [this] {
        return is_ending_ || !waiting_.writes.empty() || !waiting_.done.empty();
      });
      batch = std::exchange(waiting_, {});
      is_last = is_ending_;
    }
    while (!commit(batch)) {
      std::unique_lock lock(mutex_);
      if (has_work_.wait_for(lock, kPause, [this] { return is_ending_; })) return;
    }
    for (auto& done : batch.done)
      wakeup_.post(std::move(done));
    if (is_last) return;
  }
}

bool Store::commit(const Batch& batch) {
  if (batch.writes.empty()) return true;
  bool is_good = database_.run("BEGIN").has_value();
  for (const Write& write : batch.writes)
    is_good = is_good && database_.run(write.statement, write.values).has_value();
  is_good = is_good && database_.run("COMMIT").has_value();
  if (!is_good) (void)database_.run("ROLLBACK");
  return is_good;
}

// With a connection of its own: the other one is the thread's.
Result<std::vector<Run>> Store::runs(const std::string& name, int most) {
  GAFFER_TRY(Database reader, Database::open(path_));
  GAFFER_TRY(const auto rows,
             reader.run("SELECT pid, name, slot, os_pid, started_ms, ended_ms, code, signal, "
                        "is_known, reason FROM runs WHERE name = ? ORDER BY id DESC LIMIT ?",
                        {name, std::int64_t{most}}));
  std::vector<Run> runs;
  runs.reserve(rows.size());
  for (const Database::Row& row : rows)
    runs.push_back(run_of(row));
  return runs;
}

}  // namespace gaffer::state
