#include "wire/events.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "base/terminal_text.h"
#include "client/daemon.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"
#include "programs/gaffer/line_splitter.h"
#include "programs/gaffer/log_printer.h"

namespace gaffer::programs {
namespace {

constexpr std::uint64_t kUsual = 20;

struct EventsOptions {
  std::vector<std::string> targets;
  std::string since;
  bool follow = false;
  bool as_json = false;
};

std::string source_of(const Event& event) {
  return event.slot == 0 ? event.name : event.name + "." + std::to_string(event.slot);
}

/// Whether a target that the daemon understands means the event.
bool is_about(const Event& event, const std::string& target) {
  if (target == "*" || target == event.name || target == source_of(event)) return true;
  if (target.ends_with(":*"))
    return event.name.starts_with(std::string_view(target).substr(0, target.size() - 1));
  return event.pid != 0 && target == std::to_string(event.pid);
}

/// `23:41:11.123  web.1     exit      exit code 1`.
std::string text_of(const Event& event) {
  constexpr std::size_t kSource = 16;
  constexpr std::size_t kKind = 9;
  const auto since_1970 =
      std::chrono::duration_cast<std::chrono::nanoseconds>(event.time.time_since_epoch());
  std::string source = source_of(event);
  source.resize(std::max(kSource, source.size()), ' ');
  std::string kind(event_name(event.kind));
  kind.resize(std::max(kKind, kind.size()), ' ');
  std::string text = time_text("%H:%M:%S.%L", since_1970.count()) + "  " + source + "  " + kind;
  if (event.kind == Event::Kind::Spawn) text += "  process " + std::to_string(event.os_pid);
  if (!event.reason.empty()) text += "  " + event.reason;
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// Prints events, until the last of those that were there at first when nobody wants more.
class EventPrinter {
 public:
  EventPrinter(const EventsOptions& options, std::vector<std::string> targets, std::uint64_t last)
      : options_(options), targets_(std::move(targets)), last_(last) {}

  /// Returns whether there is more to come.
  bool take(std::string_view line) {
    if (line.empty()) return true;  // A sign of life.
    if (const auto gap = wire::parse_gap_document(line)) return tell(*gap);
    const auto event = wire::parse_event_document(line);
    if (!event) {
      outcome_ = event.error();
      return false;
    }
    const bool is_meant =
        targets_.empty() || std::ranges::any_of(targets_, [&](const std::string& target) {
          return is_about(*event, target);
        });
    if (is_meant) {
      outcome_ = os::write_standard(
          1, (options_.as_json ? std::string(line) : terminal_safe(text_of(*event))) + "\n");
    }
    return outcome_.has_value() && (options_.follow || event->revision < last_);
  }

  [[nodiscard]] const Result<void>& outcome() const { return outcome_; }

 private:
  [[nodiscard]] bool tell(const wire::Gap& gap) const {
    print_problems("gaffer", {"events " + std::to_string(gap.from) + " to " +
                              std::to_string(gap.to) + " are no longer kept"});
    return options_.follow || gap.to < last_;
  }

  const EventsOptions& options_;
  const std::vector<std::string> targets_;
  const std::uint64_t last_;
  Result<void> outcome_;
};

int run_events(const std::string& socket, const EventsOptions& options) {
  const client::Daemon daemon(socket);
  const auto targets = resolve(socket, options.targets);
  if (!targets) return report(targets.error());
  const auto facts = daemon.facts();
  if (!facts) return report(facts.error());
  const std::uint64_t last = facts->revision;
  std::uint64_t since = last - std::min(last, kUsual);
  if (!options.since.empty()) {
    const auto given = parse_number<std::uint64_t>(options.since);
    if (!given)
      return report({Errc::InvalidArgument, 0,
                     "--since is \"" + options.since + "\": it must be a revision, such as 0"});
    since = *given;
  }
  if (!options.follow && since >= last) return kDone;
  EventPrinter printer(options, *targets, last);
  LineSplitter splitter([&](std::string_view line) { return printer.take(line); });
  const auto done =
      daemon.events(since, [&](std::string_view bytes) { return splitter.take(bytes); });
  if (!printer.outcome()) return report(printer.outcome().error());
  return done ? kDone : report(done.error());
}

}  // namespace

Command events_command(const Globals& globals) {
  const auto options = std::make_shared<EventsOptions>();
  return {.name = "events",
          .heading = "Looking",
          .summary = "Show what has happened: starts, ends, requests, with their reasons.",
          .arguments = {target_argument(options->targets, globals),
                        {.names = "-f,--follow",
                         .text = "go on with what comes",
                         .into = &options->follow},
                        {.names = "--since",
                         .value = "REVISION",
                         .text = "what came after this event; 0: all that are kept (the last 20)",
                         .into = &options->since},
                        {.names = "--json",
                         .text = "a JSON object for each, with its revision",
                         .into = &options->as_json}},
          .examples = {{"gaffer events", "the last 20 of everything"},
                       {"gaffer events -f web", "of web, as they come"},
                       {"gaffer events --since 0 --json | jq 'select(.event == \"exit\")'",
                        "every end that is still known"}},
          .run =
              [options, &globals] {
                return at_socket(globals, [&](const std::string& socket) {
                  return run_events(socket, *options);
                });
              },
          .details = "The daemon keeps the last 10,000."};
}

}  // namespace gaffer::programs
