#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/terminal_text.h"
#include "client/daemon.h"
#include "os/host.h"
#include "os/terminal.h"
#include "programs/gaffer/commands.h"
#include "programs/gaffer/line_feed.h"
#include "programs/gaffer/top_rows.h"
#include "programs/top/screen.h"
#include "uv/loop.h"
#include "uv/poll.h"
#include "uv/pool.h"
#include "uv/signal_watch.h"
#include "uv/timer.h"
#include "wire/log_record.h"
#include "wire/stats.h"

namespace gaffer::programs {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kPace{1};       // Between two questions.
constexpr milliseconds kFrame{100};            // Between two drawings that no key asks for.
constexpr milliseconds kRestOfKey{50};         // Escape alone, or the begin of another key.
constexpr milliseconds kRestOfChoice{100};     // Who runs through the table reads no logs.
constexpr std::size_t kMostInLine = 4096;      // Bytes of a line of a log.
constexpr std::size_t kMostInFrame = 1 << 20;  // Bytes of a log; who writes more is not followed.
constexpr std::size_t kMostRequests = 32;      // Under way.

/// The terminal's other screen while it lives; then what the shell had there is shown again.
class OtherScreen {
 public:
  OtherScreen() { (void)os::write_standard(1, top::kEnter); }
  OtherScreen(const OtherScreen&) = delete;
  OtherScreen& operator=(const OtherScreen&) = delete;
  ~OtherScreen() { (void)os::write_standard(1, top::kLeave); }
};

class Top {
 public:
  Top(uv::Loop& loop, const std::string& socket, bool is_coloured)
      : loop_(loop),
        daemon_(socket),
        lookers_(loop),
        actors_(loop),
        pace_(loop),
        frame_(loop),
        rest_of_key_(loop),
        log_pause_(loop) {
    model_.is_coloured = is_coloured;
    model_.daemon = "gafferd";
  }

  Result<void> run() {
    GAFFER_TRY(auto from_person, uv::Poll::create(loop_, 0));
    GAFFER_TRY(from_person.start([this] { take_input(); }));
    const uv::SignalWatch resized(loop_, SIGWINCH, [this] { resize(); });
    const auto stop = [this] { loop_.stop(); };
    const uv::SignalWatch terminated(loop_, SIGTERM, stop);
    const uv::SignalWatch interrupted(loop_, SIGINT, stop);
    const uv::SignalWatch hung_up(loop_, SIGHUP, stop);
    resize();
    tick();
    loop_.run();
    return outcome_;
  }

 private:
  /// What is asked once in a second.
  struct Look {
    std::optional<wire::DaemonFacts> facts;  ///< Of one that has not been asked yet.
    std::vector<TemplateInfo> templates;
  };
  static Result<Look> look_at(const client::Daemon& daemon, bool is_new) {
    Look look;
    if (is_new) {
      GAFFER_TRY(look.facts, daemon.facts());
    }
    GAFFER_TRY(look.templates, daemon.status("*"));
    return look;
  }

  void tick() {
    pace_.start(kPace, [this] { tick(); });
    if (looking_.is_waiting()) {
      if (++unanswered_ > 1) lose("gafferd is there but does not answer; waiting for it");
      return;
    }
    look();
  }
  void look() {
    looking_ = lookers_.run(
        "look", [daemon = daemon_, is_new = !stats_] { return look_at(daemon, is_new); },
        [this](const Result<Look>& seen) { take(seen); });
  }
  void take(const Result<Look>& seen) {
    looking_ = {};
    unanswered_ = 0;
    if (!seen) return lose(terminal_safe(seen.error().message) + "; asked again every second");
    model_.trouble.clear();
    if (seen->facts) {
      model_.daemon = "gafferd " + terminal_safe(seen->facts->version);
      pid_ = seen->facts->pid;
    }
    templates_ = seen->templates;
    update();
    if (!stats_) follow_stats();
    if (!log_ && !log_pause_.is_armed()) follow_log();
    draw();
  }
  /// The daemon is not there; what was known of it stays.
  void lose(const std::string& why) {
    model_.trouble = why;
    draw();
  }
  void update() {
    model_.load = load_text(usages_) + "  pid " + std::to_string(pid_);
    set_rows(model_, rows_of(templates_, usages_));
    if (model_.selected != followed_) choose();
  }

  void follow_stats() {
    const auto take = [this](std::string_view line) {
      if (line.size() < 2) return;  // A sign of life.
      if (const auto stats = wire::parse_stats_document(line)) usages_ = usages_of(*stats);
      update();
      draw_soon();
    };
    auto feed =
        LineFeed::create(loop_, daemon_.open_stats("*", {.refresh = kPace, .identity = false}),
                         take, [this](const Error*) { stats_.reset(); });
    if (feed) stats_ = *std::move(feed);  // Else after the next look.
  }

  /// Another process is selected. Its log is asked for when that lasts.
  void choose() {
    followed_ = model_.selected;
    log_.reset();
    model_.log.clear();
    model_.is_log_too_fast = false;
    log_pause_.start(kRestOfChoice, [this] { follow_log(); });
  }
  void follow_log() {
    log_.reset();
    in_frame_ = 0;
    if (followed_.empty()) return;
    auto feed = LineFeed::create(
        loop_,
        daemon_.open_logs({{"name", followed_},
                           {"format", "records"},
                           {"lines", std::to_string(top::kMostLines / 2)},
                           {"follow", "true"}}),
        [this](std::string_view line) { take_log(line); }, [this](const Error*) { log_.reset(); });
    model_.log.clear();
    model_.scrolled = 0;
    open_line_of_.clear();
    if (feed) log_ = *std::move(feed);  // Else after the next look.
  }
  void take_log(std::string_view line) {
    const auto record = wire::parse_record(line);
    if (!record) return;
    in_frame_ += line.size();
    std::string text = terminal_safe(record->text.substr(0, kMostInLine));
    if (record->text.size() > kMostInLine) text += " ...";
    if (record->gap > 0)
      add_log_line(model_, "[" + std::to_string(record->gap) + " bytes are no longer kept]");
    const std::string stream = std::string(record->source).append("\t").append(record->label);
    if (stream == open_line_of_ && record->gap == 0) {
      extend_log_line(model_, text);
    } else {
      add_log_line(model_, std::move(text));
    }
    open_line_of_ = record->is_partial ? stream : "";
    draw_soon();
  }
  /// One who writes more than anybody reads is looked at again and again.
  void rest_from_log() {
    if (in_frame_ > kMostInFrame && log_) {
      log_.reset();
      model_.is_log_too_fast = true;
      log_pause_.start(kPace, [this] { look_again_at_log(); });
    }
    in_frame_ = 0;
  }
  void look_again_at_log() {
    if (model_.scrolled == 0) return follow_log();
    log_pause_.start(kPace, [this] { look_again_at_log(); });  // It is being read.
  }

  void take_input() {
    constexpr std::size_t kPiece = 4096;
    const auto typed = os::read_standard_input(kPiece);
    if (!typed || typed->empty()) return loop_.stop();  // The terminal is gone.
    press_all(keys_.take(*typed));
    rest_of_key_.cancel();
    if (keys_.has_begun()) rest_of_key_.start(kRestOfKey, [this] { press_all(keys_.give_up()); });
  }
  void press_all(const std::vector<top::Key>& keys) {
    for (const top::Key& key : keys) {
      const auto request = press(model_, key);
      if (model_.selected != followed_) choose();
      if (request) carry_out(*request);
    }
    draw();
  }
  void carry_out(const top::Request& request) {
    using enum top::Request::What;
    if (request.what == Quit) return loop_.stop();
    if (request.what == Redraw) return shown_.clear();
    if (requests_.size() >= kMostRequests) {
      model_.answer = "the daemon has not answered " + std::to_string(kMostRequests) + " requests";
      return;
    }
    model_.answer = request_text(request) + " ...";
    const std::uint64_t number = ++last_request_;
    requests_[number] = actors_.run(
        request.target,
        [daemon = daemon_, request] {
          return request.what == Scale ? daemon.scale(request.target, request.verb)
                                       : daemon.act({request.target}, request.verb).front();
        },
        [this, number, request](const client::Daemon::Answer& answer) {
          model_.answer = answer_text(request, answer);
          requests_.erase(number);
          if (!looking_.is_waiting()) look();
          draw();
        });
  }

  void resize() {
    if (const auto size = os::own_terminal_size()) model_.size = *size;
    shown_.clear();
    draw();
  }
  void draw_soon() {
    if (!frame_.is_armed()) frame_.start(kFrame, [this] { draw(); });
  }
  void draw() {
    frame_.cancel();
    rest_from_log();
    std::vector<std::string> now = screen(model_);
    const std::string text = top::changes(shown_, now);
    shown_ = std::move(now);
    if (text.empty()) return;
    outcome_ = os::write_standard(1, text);
    if (!outcome_) loop_.stop();
  }

  uv::Loop& loop_;
  const client::Daemon daemon_;
  top::Model model_;
  top::KeyReader keys_;
  std::vector<std::string> shown_;
  std::vector<TemplateInfo> templates_;
  Usages usages_;
  pid_t pid_ = 0;             // Of the daemon.
  std::string followed_;      // Whose log is asked for.
  std::string open_line_of_;  // Whose line in it has no end yet.
  std::size_t in_frame_ = 0;  // Bytes of it since the last drawing.
  std::size_t unanswered_ = 0;
  std::uint64_t last_request_ = 0;
  Result<void> outcome_;
  uv::Pool lookers_;
  uv::Pool actors_;  // Whom a slow stop holds up, no look.
  uv::Pool::Ticket looking_;
  std::map<std::uint64_t, uv::Pool::Ticket> requests_;
  std::unique_ptr<LineFeed> stats_;
  std::unique_ptr<LineFeed> log_;
  uv::Timer pace_;
  uv::Timer frame_;
  uv::Timer rest_of_key_;
  uv::Timer log_pause_;
};

Result<void> top_until_quit(const std::string& socket, bool is_coloured) {
  GAFFER_TRY(const auto facts, client::Daemon(socket).facts());
  GAFFER_TRY(uv::Loop loop, uv::Loop::create());
  GAFFER_TRY(const os::RawTerminal terminal, os::RawTerminal::enter());
  const OtherScreen screen;
  Top top(loop, socket, is_coloured);
  return top.run();
}

int run_top(const std::string& socket, bool is_coloured) {
  if (!os::is_terminal(0) || !os::is_terminal(1)) {
    (void)os::write_standard(2, "gaffer top needs a terminal; gaffer ps prints once\n");
    return kUsage;
  }
  const auto done = top_until_quit(socket, is_coloured);
  return done ? kDone : report(done.error());
}

}  // namespace

Command top_command(const Globals& globals) {
  return {
      .name = "top",
      .heading = "Looking",
      .summary = "Watch processes and their logs on the whole terminal, and act on them.",
      .arguments = {},
      .examples = {{"gaffer top", "? shows the keys, q quits"},
                   {"NO_COLOR=1 gaffer top", "without colours"}},
      .run =
          [&globals] {
            return at_socket(globals, [&](const std::string& socket) {
              return run_top(socket, is_coloured(globals));
            });
          },
      .details =
          "Up and down (or k and j) select a process; below the table is the end of its log. s "
          "stops it, S starts, r restarts and R reloads it; + and - scale its template; / shows "
          "those whose name holds what is typed, Esc all again. Enter or l shows the log on the "
          "whole screen, where up and down scroll. q or Ctrl-C quits and leaves the processes "
          "as they are.\n\n"
          "What the daemon answers stands in the last line until the next key. When the daemon is "
          "gone, the first line says so, what was last known stays, and it is asked again every "
          "second. The mouse is left to the terminal, so that text is marked and copied as "
          "always. It needs a terminal; gaffer ps prints once."};
}

}  // namespace gaffer::programs
