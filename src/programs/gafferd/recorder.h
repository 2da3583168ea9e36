#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/events/signal.h"
#include "core/manager/manager.h"
#include "state/store.h"
#include "uv/loop.h"
#include "uv/timer.h"

namespace gaffer::programs {

/// Writes down what a gafferd after this one has to know: what is wanted, and what ran.
///
/// However much happens in a turn, each template is written once.
class Recorder {
 public:
  /// LIFETIME: all three outlive this.
  Recorder(uv::Loop& loop, Manager& manager, state::Store& store);

  /// How a template was loaded. Without it, it counts as added by somebody, as it is now.
  void loaded(const std::string& name, int numprocesses, bool is_from_file);

  /// What was wanted of a template is not forgotten because this gafferd starts nothing by itself.
  void hold_back(const std::string& name) { held_back_.insert(name); }

  /// CALLS: `done` on a later turn, when all that has happened until now is committed.
  void when_recorded(std::function<void()> done);

 private:
  struct Origin {
    int numprocesses = 1;
    bool is_from_file = false;
  };
  void hear(const Event& event);
  void touch();
  void flush();
  void remember(const TemplateInfo& info);
  [[nodiscard]] bool did_rest(const std::string& name, int slot) const;

  Manager& manager_;
  state::Store& store_;
  std::map<std::string, Origin> origins_;
  std::set<std::string> changed_;
  std::set<std::string> held_back_;  // Until somebody starts them.
  std::map<std::string, state::Remembered> written_;
  std::vector<std::function<void()>> waiting_;
  std::uint64_t heard_;  // The revision of the last event that was told.
  uv::Timer turn_end_;
  Subscription subscription_;
};

}  // namespace gaffer::programs
