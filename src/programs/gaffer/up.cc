#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/console/console.h"
#include "base/clock.h"
#include "core/manager/manager.h"
#include "core/policy/scaling.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "programs/setup/process_host.h"
#include "uv/loop.h"
#include "uv/signal_watch.h"
#include "uv/timer.h"

namespace gaffer::programs {
namespace {

std::vector<ProcessTemplate>::iterator find(std::vector<ProcessTemplate>& templates,
                                            const std::string& name) {
  return std::ranges::find_if(templates, [&](const auto& one) { return one.name == name; });
}

/// Leaves the templates that were asked for, with the numbers that were asked for.
Result<void> choose(std::vector<ProcessTemplate>& templates, const UpOptions& options) {
  for (const std::string& name : options.names) {
    if (find(templates, name) == templates.end()) {
      return Error{Errc::NotFound, 0, "no entry " + name + " in " + options.procfile.path};
    }
  }
  for (const std::string& text : options.scales) {
    GAFFER_TRY(const Scale scale, parse_scale(text));
    const auto chosen = find(templates, scale.name);
    if (chosen == templates.end()) {
      return Error{Errc::NotFound, 0, "no entry " + scale.name + " in " + options.procfile.path};
    }
    GAFFER_TRY(chosen->numprocesses, policy::scaled(chosen->numprocesses, scale.expression));
  }
  if (!options.names.empty()) {
    std::erase_if(templates, [&](const auto& one) {
      return std::ranges::find(options.names, one.name) == options.names.end();
    });
  }
  if (std::ranges::all_of(templates, [](const auto& one) { return one.numprocesses == 0; })) {
    return Error{Errc::InvalidArgument, 0, "nothing to run: every entry is scaled to 0"};
  }
  return {};
}

std::size_t longest_name(const std::vector<ProcessTemplate>& templates) {
  std::size_t longest = std::string_view("gaffer").size();  // Its own lines.
  for (const ProcessTemplate& one : templates) {
    longest = std::max(longest, one.name.size() + 1 + std::to_string(one.numprocesses).size());
  }
  return longest;
}

/// A manager with a console on a loop of its own, ended by signals.
class Foreground {
 public:
  static Result<std::unique_ptr<Foreground>> create(std::size_t width) {
    GAFFER_TRY(uv::Loop loop, uv::Loop::create());
    std::unique_ptr<Foreground> foreground(new Foreground(std::move(loop)));
    GAFFER_TRY(foreground->host_, ProcessHost::create(foreground->loop_));
    foreground->manager_ =
        std::make_unique<Manager>(foreground->loop_, foreground->clock_,
                                  foreground->host_->launcher(), foreground->host_->settings());
    const bool coloured = os::is_terminal(1) && os::environment_variable("NO_COLOR").empty();
    foreground->console_ = std::make_unique<apps::Console>(
        *foreground->manager_,
        coloured ? apps::Console::Style::Coloured : apps::Console::Style::Plain, width,
        [self = foreground.get()](std::string_view text) { return self->print(text); });
    return foreground;
  }

  Result<void> run(std::vector<ProcessTemplate> templates) {
    for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP}) {
      if (os::is_ignored(signal)) continue;  // nohup, or a shell's background job.
      signals_.emplace_back(loop_, signal, [this] { end(); });
    }
    for (const ProcessTemplate& process_template : templates) {
      GAFFER_TRY(manager_->check(process_template));  // Before anything is started.
    }
    for (ProcessTemplate& process_template : templates) {
      GAFFER_TRY(manager_->add(std::move(process_template)));
    }
    loop_.run();
    console_->flush();
    // Who reads gets a moment for the last words; a terminal that is held does not hold us.
    while (!pending_.empty() && os::is_writable(1, std::chrono::seconds(1)))
      write_some();
    return {};
  }

 private:
  explicit Foreground(uv::Loop loop) : loop_(std::move(loop)) {}

  // A terminal that is held (Ctrl-S) or a pager that waits must not keep us from our processes.
  bool print(std::string_view text) {
    pending_ += text;
    while (!pending_.empty() && os::is_writable(1))
      write_some();
    if (pending_.empty()) return true;
    constexpr std::chrono::milliseconds kRetry{50};
    retry_.start(kRetry, [this] {
      if (print("")) console_->resume();
    });
    return false;
  }

  void write_some() {
    constexpr std::size_t kPiece = 4096;
    const std::string_view piece = std::string_view(pending_).substr(0, kPiece);
    if (os::write_standard(1, piece)) {
      pending_.erase(0, piece.size());
      return;
    }
    pending_.clear();
    if (end_requests_ == 0) end();  // Nobody reads any more, as with `| head`.
  }

  void end() {
    if (++end_requests_ > 2) return loop_.stop();  // Somebody may not be killed: leave him.
    if (end_requests_ == 2) return manager_->kill_all();
    console_->say("stopping, once more to kill");
    manager_->shut_down([this] { loop_.stop(); });
  }

  SystemClock clock_;
  uv::Loop loop_;
  std::unique_ptr<ProcessHost> host_;
  std::unique_ptr<Manager> manager_;
  std::unique_ptr<apps::Console> console_;
  std::vector<uv::SignalWatch> signals_;
  int end_requests_ = 0;
  std::string pending_;  // Printed, and not taken by standard output yet.
  uv::Timer retry_{loop_};
};

}  // namespace

int run_up(const UpOptions& options) {
  config::Loaded loaded = load_procfile(options.procfile);
  if (!loaded.problems.empty()) {
    print_problems("gaffer", loaded.problems);
    return kUsage;
  }
  if (const auto chosen = choose(loaded.templates, options); !chosen) return report(chosen.error());
  auto foreground = Foreground::create(longest_name(loaded.templates));
  if (!foreground) return report(foreground.error());
  const auto done = (*foreground)->run(std::move(loaded.templates));
  return done ? kDone : report(done.error());
}

}  // namespace gaffer::programs
