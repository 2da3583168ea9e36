#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/names.h"
#include "core/manager/slot.h"
#include "core/manager/workshop.h"
#include "core/policy/flapping.h"
#include "gaffer/event.h"
#include "gaffer/info.h"
#include "gaffer/process_template.h"
#include "gaffer/result.h"
#include "gaffer/update.h"
#include "uv/timer.h"

namespace gaffer {

/// A template at work: its slots, and what is decided for all of them together: how many there are,
/// who is reloaded next, when to give up.
class Job final : public Slot::Owner {
 public:
  /// LIFETIME: `workshop` outlives this.
  Job(Workshop& workshop, ProcessTemplate process_template);

  [[nodiscard]] const ProcessTemplate& process_template() const { return *template_; }
  [[nodiscard]] const std::string& name() const { return template_->name; }
  [[nodiscard]] std::string_view group() const { return config::group_of(template_->name); }
  [[nodiscard]] bool is_leaving() const { return is_leaving_; }
  /// Started, and not stopped since.
  [[nodiscard]] bool is_wanted() const { return is_wanted_; }

  /// \name Wishes. Each ends what another one, or the template's own pause, had under way.
  /// @{
  void start();
  /// As it was in an earlier life of this program: started, if it was wanted, but for some slots.
  void restore(bool is_wanted, const std::set<int>& resting);
  void stop();
  void restart();
  /// One process after the other: a new one is made, and when it has proved itself the old one is
  /// asked to stop. At the first that fails the others are left as they are.
  void reload();
  void scale(int wanted);
  /// Stops everything; when `is_gone` says so the job can be forgotten.
  void remove();
  /// The manager ends: stops everything but what is detached.
  void shut_down();
  void kill() const;
  /// @}

  /// Takes over another form of the template, and says what that came to.
  Update update(ProcessTemplate changed);

  /// Runs one process more, that is not counted and not started again, with `env` on top of the
  /// template's. Returns gaffer's pid of it.
  /// ERRORS: why it could not be started.
  Result<std::uint64_t> run_once(const std::map<std::string, std::string>& env);

  /// A slot by its number, or that with this pid; nullptr if there is none.
  [[nodiscard]] Slot* slot(int number) const;
  [[nodiscard]] Slot* slot_of_pid(std::uint64_t pid) const;

  /// \name As those of Manager.
  /// @{
  [[nodiscard]] std::vector<OutputId> outputs() const;
  [[nodiscard]] stream::Output* output(int number, std::string_view label) const;
  /// @}

  void when_settled(std::function<void()> on_settled);

  /// At the end of a turn: takes away the slots that have come to their end, goes on with a reload,
  /// and returns those who waited for all that is under way, if it is over.
  std::vector<std::function<void()>> sweep();

  [[nodiscard]] bool is_gone() const { return is_leaving_ && slots_.empty() && once_.empty(); }
  /// Nothing runs but what is detached.
  [[nodiscard]] bool is_at_rest() const;
  [[nodiscard]] TemplateInfo info() const;
  /// CALLS: with every slot, the one-off runs last.
  template <typename Visitor>
  void each_slot(const Visitor& visit) const {
    for (const auto& slot : slots_)
      visit(*slot);
    for (const auto& slot : once_)
      visit(*slot);
  }

 private:
  void slot_settled(Slot& slot) override;
  void slot_failed(const Slot& failed) override;
  std::shared_ptr<SlotStreams> make_streams(int slot) override;

  void wish(policy::Input input);
  void replace_template(ProcessTemplate process_template);
  void cancel_what_is_pending();
  void pause_is_over();
  void begin_anew();
  void fit_slots(int before);
  void go_on_reloading();
  void stop_reloading();
  void touch();
  void hold_back(Slot& slot);
  void tell(Event::Kind kind, std::string reason = "") const;
  [[nodiscard]] bool is_settled() const;

  Workshop& workshop_;
  std::shared_ptr<const ProcessTemplate> template_;
  bool is_wanted_ = false;
  bool is_leaving_ = false;                   // Forgotten when its last slot is.
  std::vector<std::unique_ptr<Slot>> slots_;  // Slot n stands at n - 1.
  std::vector<std::unique_ptr<Slot>> once_;   // One-off runs.
  std::shared_ptr<SlotStreams> once_streams_;
  std::vector<std::function<void()>> waiting_;

  policy::FlappingHistory flapping_;
  enum class Verdict { None, Hold, GiveUp } verdict_ = Verdict::None;  // On all slots.
  std::string verdict_reason_;
  Moment held_until_{};
  std::optional<uv::Timer> hold_timer_;

  int reloading_ = 0;                           // The slot whose turn it is; 0 when none is.
  std::optional<std::uint64_t> pid_to_reload_;  // What ran there; empty until it has been told.
  bool is_touched_ = false;                     // Something may be due at the end of the turn.
};

}  // namespace gaffer
