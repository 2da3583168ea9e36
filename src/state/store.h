#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "state/database.h"
#include "uv/loop.h"
#include "uv/wakeup.h"
#include "wire/runs.h"

namespace gaffer::state {

/// What was last wanted of a template.
struct Remembered {
  ProcessTemplate process_template;  ///< As it is, also scaled.
  int loaded_numprocesses = 1;       ///< As the file, or who added it, had it.
  bool is_from_file = false;
  bool is_wanted = false;
  std::set<int> resting;  ///< Slots of which nothing is wanted: stopped alone, or finished.

  bool operator==(const Remembered&) const = default;
};

using wire::Run;

/// What outlives gafferd: an SQLite file, written by a thread of its own.
///
/// Of runs the last 10,000 are kept. When the file cannot be written the thread tries again five
/// times a second, and whoever waits for a commit waits; 65,536 writes wait at most, then runs are
/// not recorded.
class Store {
 public:
  enum class Past { Kept, Forgotten };

  /// Opens or makes it. With a forgotten past it remembers no template; the runs stay.
  /// ERRORS: as Database::open; Protocol: made by a newer gaffer.
  static Result<std::unique_ptr<Store>> open(uv::Loop& loop, const std::string& path, Past past);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// Writes what still waits, if it can be written.
  ~Store();

  /// As it was when this was opened, in the order in which they were added.
  [[nodiscard]] const std::vector<Remembered>& remembered() const { return remembered_; }

  void remember(const Remembered& one);
  void forget(const std::string& name);
  void begin_run(const Run& run);
  void end_run(const Run& run);

  /// CALLS: `done` on a later turn, when all that was given before is committed.
  void when_committed(std::function<void()> done);

  /// The last runs of a template, the newest first. Reads the file, so it may block.
  Result<std::vector<Run>> runs(const std::string& name, int most = 100);

 private:
  struct Write {
    std::string statement;
    std::vector<Database::Value> values;
  };
  struct Batch {
    std::vector<Write> writes;
    std::vector<std::function<void()>> done;
  };

  Store(uv::Loop& loop, std::string path, Database database);
  Result<void> prepare(Past past);
  Result<void> read_remembered();
  void add(Write write);
  void work();
  bool commit(const Batch& batch);

  const std::string path_;
  Database database_;  // The thread's, once it runs.
  std::vector<Remembered> remembered_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  Batch waiting_;           // Guarded by mutex_.
  bool is_ending_ = false;  // Guarded by mutex_.
  uv::Wakeup wakeup_;
  std::thread thread_;  // Joined first.
};

}  // namespace gaffer::state
