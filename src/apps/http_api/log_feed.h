#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/manager/manager.h"
#include "core/stream/log_query.h"
#include "net/exchange.h"
#include "uv/pool.h"
#include "uv/timer.h"

namespace gaffer::apps {

/// Sends the output of some processes, line by line, in the order in which it came.
///
/// It reads on a thread beside the loop, and only as fast as the client takes: what waits for a slow
/// one stays in the log, not in memory. Where a client fell so far behind that bytes were given up,
/// it is told how many.
class LogFeed {
 public:
  enum class Format {
    Text,     ///< `web.1 TAB line`
    Records,  ///< wire::append_record
    Json,     ///< wire::append_json_record
    Raw,      ///< The bytes of the lines.
    /// Server-sent events: `event: LABEL`, `data: LINE`, `id:` with `Wanted::has_ids`; before them
    /// `event: gap` with the number of bytes that are no longer kept.
    Events,
    JsonEvents,  ///< The same with a JSON record as data, which also says where a gap is.
  };
  static std::string content_type(Format format);
  struct Wanted {
    bool is_all = false;              ///< Of every process, also of those to come.
    std::set<std::string> templates;  ///< Of these …
    std::set<std::string> processes;  ///< … and of these: `web.1`.
    std::set<std::string> labels;     ///< None: every one.
    std::function<bool(const std::string& name)> may_see;  ///< Templates; empty: all.
    stream::LineSelection lines;
    std::optional<std::uint64_t> from;  ///< An offset in place of the lines of the past.
    bool follow = false;                ///< Go on with what comes.
    bool once = false;                  ///< No further than the first bytes that there are.
    bool has_ids = false;               ///< As long as it is one log, events tell where they end.
    std::chrono::milliseconds heartbeat{0};  ///< Of events and JSON that are followed; 0: none.
    Format format = Format::Text;
  };

  /// CALLS: `on_done` once on a later turn, when all is sent or the client is gone. It may destroy
  /// this.
  LogFeed(Manager& manager, Wanted wanted, net::BodyWriter writer, std::function<void()> on_done);

 private:
  /// A log that is read, with its number in the query.
  struct Source {
    OutputId id;
    std::string name;  ///< `web.1`
  };
  /// What a step has to look at.
  struct Step {
    std::vector<Source> sources;         ///< More of them …
    std::vector<stream::LogView> added;  ///< … and what they have.
    std::vector<std::pair<std::size_t, stream::LogView>> grown;
    bool with_rests = false;
  };
  struct Done {
    std::string text;
    bool is_read_out = false;
    bool with_rests = false;
    std::string problem;
  };
  struct Reading;

  [[nodiscard]] bool is_wanted(const OutputId& id) const;
  void add_present_sources();
  void add(const OutputId& id, const stream::Output& output);
  void grown(const Manager::Growth& growth);
  void go_on();
  void stepped(const Done& done);
  void rest_is_due();
  void beat();
  stream::LogView view_of(const OutputId& id, const stream::Output& output);
  void go_on_with_late_ones();

  Manager& manager_;
  Wanted wanted_;
  std::function<void()> on_done_;
  std::map<OutputId, std::size_t> numbers_;
  std::set<OutputId> grown_;  // Since the last step.
  std::set<OutputId> late_;   // They were behind when they were looked at; not with `follow`.
  Step next_;
  bool is_read_out_ = false;
  std::shared_ptr<Reading> reading_;  // Belongs to the thread while a step is under way.
  uv::Pool::Ticket stepping_;
  std::optional<uv::Timer> rest_timer_;
  std::optional<uv::Timer> heartbeat_;
  std::optional<uv::Timer> late_timer_;  // Runs from the first time that they are waited for.
  Subscription growth_;
  net::BodyWriter writer_;
};

}  // namespace gaffer::apps
