#include <algorithm>
#include <chrono>
#include <csignal>
#include <iterator>
#include <memory>
#include <set>
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
  GAFFER_TRY(scale_templates(templates, options.scales, options.procfile.path));
  if (!options.names.empty()) {
    std::erase_if(templates, [&](const auto& one) {
      return std::ranges::find(options.names, one.name) == options.names.end();
    });
    for (ProcessTemplate& one : templates)
      one.start = true;  // Who is named is meant, also a release.
  }
  if (std::ranges::none_of(templates,
                           [](const auto& one) { return one.start && one.numprocesses > 0; })) {
    return Error{Errc::InvalidArgument, 0, "nothing to run: every entry is scaled to 0"};
  }
  return {};
}

/// When it is over.
enum class Ends : std::uint8_t {
  ByWish,       ///< Whoever ends is started again.
  WithFirst,    ///< Nobody is started again; the first end is that of all.
  WithFailure,  ///< The same, but a success is none.
  WithLast,     ///< Nobody is started again; it is over when nobody is left.
};

Result<Ends> ends_of(const UpOptions& options) {
  if (options.no_restart + options.exit_on_failure + options.any_can_die > 1) {
    return Error{Errc::InvalidArgument, 0,
                 "--no-restart, --exit-on-failure and --any-can-die: give one of them"};
  }
  return options.no_restart        ? Ends::WithFirst
         : options.exit_on_failure ? Ends::WithFailure
         : options.any_can_die     ? Ends::WithLast
                                   : Ends::ByWish;
}

/// What a shell would have for it.
int status_of(const ExitStatus& status) {
  constexpr int kBySignal = 128;
  return status.signal != 0 ? kBySignal + status.signal : status.is_known ? status.code : kFailed;
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
  static Result<std::unique_ptr<Foreground>> create(std::size_t width, bool is_coloured,
                                                    Ends ends) {
    GAFFER_TRY(uv::Loop loop, uv::Loop::create());
    std::unique_ptr<Foreground> foreground(new Foreground(std::move(loop)));
    foreground->ends_ = ends;
    GAFFER_TRY(foreground->host_, ProcessHost::create(foreground->loop_));
    foreground->manager_ =
        std::make_unique<Manager>(foreground->loop_, foreground->clock_,
                                  foreground->host_->launcher(), foreground->host_->settings());
    foreground->console_ = std::make_unique<apps::Console>(
        *foreground->manager_,
        is_coloured ? apps::Console::Style::Coloured : apps::Console::Style::Plain, width,
        [self = foreground.get()](std::string_view text) { return self->print(text); });
    foreground->growth_ = foreground->manager_->subscribe_output(
        [self = foreground.get()](const Manager::Growth&) { self->show_parts_soon(); });
    if (ends != Ends::ByWish) {
      foreground->events_ = foreground->manager_->subscribe(
          [self = foreground.get()](const Event& event) { self->heard(event); });
    }
    return foreground;
  }

  /// Returns the status to exit with.
  Result<int> run(std::vector<ProcessTemplate> templates) {
    if (ends_ != Ends::ByWish) {
      for (ProcessTemplate& one : templates)
        one.restart = Restart::Never;
    }
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
    return status_;
  }

 private:
  explicit Foreground(uv::Loop loop) : loop_(std::move(loop)) {}

  // A prompt has no newline, and a process that hangs after half a line should be seen to.
  void show_parts_soon() {
    constexpr std::chrono::milliseconds kMoment{300};
    if (!parts_.is_armed()) parts_.start(kMoment, [this] { console_->show_parts(); });
  }

  void heard(const Event& event) {
    if (event.slot == 0 || (event.kind != Event::Kind::Exit && event.kind != Event::Kind::Fail))
      return;
    constexpr int kNoProgram = 127;
    const int status = event.status ? status_of(*event.status) : kNoProgram;
    const bool is_end = ends_ == Ends::WithFirst || (ends_ == Ends::WithFailure && status != 0);
    // Several may have ended before the first of them is heard of.
    if (status_ == 0 && (end_requests_ == 0 || is_nobody_left_)) status_ = status;
    if (end_requests_ > 0) return;
    is_nobody_left_ = nobody_is_left();
    if (is_end || is_nobody_left_) end(is_nobody_left_ ? "" : "stopping the others");
  }

  [[nodiscard]] bool nobody_is_left() const {
    const auto all = manager_->all();
    return std::ranges::none_of(all, [](const TemplateInfo& info) {
      return std::ranges::any_of(info.processes, [](const ProcessInfo& process) {
        return process.state != ProcessState::Stopped && process.state != ProcessState::Failed;
      });
    });
  }

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

  void end(std::string_view reason = "stopping, once more to kill") {
    if (++end_requests_ > 2) return loop_.stop();  // Somebody may not be killed: leave him.
    if (end_requests_ == 2) return manager_->kill_all();
    if (!reason.empty()) console_->say(reason);
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
  uv::Timer parts_{loop_};  // Shows what has no newline yet.
  Ends ends_ = Ends::ByWish;
  int status_ = kDone;
  bool is_nobody_left_ = false;  // It ended by itself.
  Subscription events_;
  Subscription growth_;
};

}  // namespace

Result<void> scale_templates(std::vector<ProcessTemplate>& templates,
                             const std::vector<std::string>& scales, const std::string& file) {
  std::set<std::string> named;
  for (const std::string& text : scales) {
    GAFFER_TRY(const Scale scale, parse_scale(text));
    if (scale.name == "all" && find(templates, "all") == templates.end()) continue;
    const auto chosen = find(templates, scale.name);
    if (chosen == templates.end())
      return Error{Errc::NotFound, 0, "no entry " + scale.name + " in " + file};
    GAFFER_TRY(chosen->numprocesses, policy::scaled(chosen->numprocesses, scale.expression));
    named.insert(scale.name);
  }
  for (const std::string& text : scales) {
    GAFFER_TRY(const Scale scale, parse_scale(text));
    if (named.contains(scale.name)) continue;
    for (ProcessTemplate& one : templates) {
      if (named.contains(one.name)) continue;
      GAFFER_TRY(one.numprocesses, policy::scaled(one.numprocesses, scale.expression));
    }
  }
  return {};
}

int run_up(const UpOptions& options, const Globals& globals) {
  const auto ends = ends_of(options);
  if (!ends) return report(ends.error());
  config::Loaded loaded = load_application(options.procfile);
  if (!loaded.problems.empty()) {
    print_problems("gaffer", loaded.problems);
    return kUsage;
  }
  if (const auto chosen = choose(loaded.templates, options); !chosen) return report(chosen.error());
  auto foreground = Foreground::create(longest_name(loaded.templates), is_coloured(globals), *ends);
  if (!foreground) return report(foreground.error());
  const auto status = (*foreground)->run(std::move(loaded.templates));
  return status ? *status : report(status.error());
}

Command up_command(const Globals& globals) {
  const auto options = std::make_shared<UpOptions>();
  std::vector<Argument> arguments = {
      {.names = "NAME",
       .text = "only these entries",
       .into = &options->names,
       .candidates = {.words =
                          [options] {
                            std::vector<std::string> names;
                            for (const ProcessTemplate& one :
                                 load_application(options->procfile).templates)
                              names.push_back(one.name);
                            return names;
                          }}},
      {.names = "-c,--concurrency",
       .value = "NAME=N",
       .text = "numbers of processes: web=2,all=1",
       .into = &options->scales,
       .takes_lists = true},
      {.names = "--no-restart",
       .text = "start nobody again; when one ends all are stopped, as foreman does",
       .into = &options->no_restart},
      {.names = "--exit-on-failure",
       .text = "start nobody again; when one fails all are stopped, a success is left alone",
       .into = &options->exit_on_failure},
      {.names = "--any-can-die",
       .text = "start nobody again, and end when nobody is left",
       .into = &options->any_can_die}};
  std::ranges::move(procfile_arguments(options->procfile), std::back_inserter(arguments));
  return {
      .name = "up",
      .heading = "Without a daemon",
      .summary = "Run a Procfile in the foreground; Ctrl-C ends it.",
      .arguments = std::move(arguments),
      .examples = {{"gaffer up", "the Procfile of this folder"},
                   {"gaffer up web worker -c worker=3", "one web and three workers"},
                   {"gaffer up --exit-on-failure test db", "in CI: with the status of the test"}},
      .run = [options, &globals] { return run_up(*options, globals); },
      .details =
          "Whoever ends is started again, at a growing pace. Ctrl-C stops all, and a second one "
          "kills them. The status is 0 after Ctrl-C, and with --no-restart, --exit-on-failure "
          "or --any-can-die that of the process that ended it, or of the first that failed: "
          "its code, or 128 and the number of its signal."};
}

}  // namespace gaffer::programs
