#include "limits/gaffer_keeper.h"

#include "base/assert.h"

namespace gaffer::bench {
namespace {

constexpr std::chrono::seconds kPatience{100};

}  // namespace

// NOLINTBEGIN(bugprone-unchecked-optional-access): a measurement that cannot be made may abort.
GafferKeeper::GafferKeeper(std::string cmd, std::vector<std::string> environment, Stamps& stamps)
    : cmd_(std::move(cmd)),
      stamps_(stamps),
      launcher_(std::move(LocalLauncher::create(loop_).value())),
      manager_(loop_, clock_, *launcher_, {.environment = std::move(environment)}),
      stamp_watch_(std::move(uv::Poll::create(loop_, stamps.fd()).value())),
      patience_(loop_) {
  GAFFER_ASSERT(stamp_watch_.start([] {}).has_value(), "the stamps can be watched");
}
// NOLINTEND(bugprone-unchecked-optional-access)

void GafferKeeper::start(std::size_t count) {
  ProcessTemplate sample{.cmd = cmd_};
  sample.backoff.min_uptime = std::chrono::milliseconds(0);
  add(count, sample);
}

void GafferKeeper::add(std::size_t count, ProcessTemplate sample) {
  for (std::size_t number = 1; number <= count; ++number) {
    sample.name = "p" + std::to_string(number);
    const auto added = manager_.add(sample);
    GAFFER_ASSERT(added.has_value(), "the template is taken");
  }
}

void GafferKeeper::stop() {
  bool is_done = false;
  manager_.shut_down([&] { is_done = true; });
  while (!is_done)
    turn();
}

Stamp GafferKeeper::run_until_stamped(std::size_t count) {
  Stamp last;
  while (count > 0) {
    if (const auto stamp = stamps_.next()) {
      last = last.nanoseconds > stamp->nanoseconds ? last : *stamp;
      --count;
    } else {
      turn();
    }
  }
  return last;
}

void GafferKeeper::run_until_settled() {
  bool is_settled = false;
  const auto known = manager_.when_settled("*", [&] { is_settled = true; });
  GAFFER_ASSERT(known.has_value(), "everybody is somebody");
  run_until([&] { return is_settled; });
}

void GafferKeeper::run_until(const std::function<bool()>& condition) {
  while (!condition())
    turn();
}

void GafferKeeper::settle() {
  loop_.poll();
  loop_.poll();
}

void GafferKeeper::turn() {
  patience_.start(kPatience, [] { GAFFER_ASSERT(false, "something happens in time"); });
  loop_.run_once();
  patience_.cancel();
}

}  // namespace gaffer::bench
