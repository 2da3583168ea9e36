#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>

#include "base/resource_names.h"
#include "gaffer/process_template.h"

namespace gaffer::test {

/// Makes templates that are valid and otherwise as different as can be; the same ones for the same
/// seed.
class RandomTemplates {
 public:
  explicit RandomTemplates(unsigned seed) : random_(seed) {}

  ProcessTemplate next() {
    ProcessTemplate made{.name = name(), .cmd = "run " + text()};
    if (coin()) made.args = {text(), text()};
    if (coin()) made.env = {{"A", text()}, {"B_" + word(), text()}};
    if (coin()) made.env_file = "/etc/" + word();
    made.raw = coin();
    if (coin()) made.cwd = "/srv/" + word();
    made.numprocesses = number(0, 100);
    made.shell = true;  // Any text is a command then.
    if (coin()) made.port = static_cast<std::uint16_t>(number(1, 65'000));
    if (coin()) made.uid = coin() ? word() : std::to_string(number(0, 70'000));
    if (coin()) made.gid = word();
    made.os_env = coin();
    if (coin()) made.umask = static_cast<unsigned>(number(0, 0777));
    made.stop_signal = number(1, 64);
    made.restart = static_cast<Restart>(number(0, 2));
    if (coin()) made.success_exit_codes = {number(0, 255), number(0, 255)};
    if (coin()) made.success_exit_codes.clear();
    made.start = coin();
    made.priority = number(-2000, 2000);
    made.graceful_timeout = time(0);
    add_pace(made);
    add_streams(made);
    add_logs(made);
    add_limits(made);
    return made;
  }

 private:
  int number(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }
  bool coin() { return number(0, 1) == 1; }

  std::chrono::milliseconds time(int least) {
    return std::chrono::milliseconds(coin() ? 1000 * number(1, 86'400) : number(least, 86'400'000));
  }

  std::string word() {
    std::string made(1, static_cast<char>(number('a', 'z')));
    for (int left = number(0, 6); left > 0; --left) {
      made += "abcXYZ019._-"[number(0, 11)];
    }
    return made;
  }

  std::string name() { return coin() ? word() : word() + ":" + word(); }

  /// What is easily lost on the way: blanks, quotes, signs that mean something somewhere.
  std::string text() {
    std::string made;
    for (int left = number(0, 8); left > 0; --left) {
      made += " \t\n'\"\\$={}[],:;#aZ9"[number(0, 18)];
    }
    return coin() ? made + "\u20ac" : made;
  }

  void add_pace(ProcessTemplate& made) {
    if (coin()) made.flapping = {number(1, 1000), time(1), time(1), number(0, 1000)};
    if (coin()) made.backoff.min_uptime = time(0);
    if (coin()) made.backoff.cap = time(100);
    if (coin()) made.backoff.base = std::chrono::milliseconds(number(0, 100));
    if (coin()) made.backoff.jitter = number(0, 1000) / 1000.0;
  }

  void add_streams(ProcessTemplate& made) {
    made.detach = number(0, 3) == 0;
    if (made.detach) return;
    for (int left = number(0, 2); left > 0; --left)
      made.custom_streams.push_back("own" + std::to_string(left));
    if (coin()) made.redirect_output = {word()};
    if (coin()) {
      made.pty = {.rows = number(1, 65'535), .columns = number(1, 65'535)};
      return;
    }
    if (coin()) made.redirect_output = {word(), word()};
    if (coin()) made.stdout_log = "/" + word() + ".{slot}";
    if (made.redirect_output.size() != 1 && coin()) made.stderr_log = "/{label}{pid}";
    made.redirect_input = coin();
  }

  void add_logs(ProcessTemplate& made) {
    if (coin()) made.log_max_size = size();
    if (coin()) made.log_keep = number(0, 10'000);
    if (coin()) made.log_max_age = std::chrono::milliseconds(number(1, 1'000'000'000));
    if (coin()) made.log_total = size();
    made.log_compress = coin();
    if (coin()) made.on_full = OnFull::Drop;
  }

  void add_limits(ProcessTemplate& made) {
    for (const auto resource : kResourceNames) {
      if (number(0, 3) == 0) made.rlimits.emplace(resource, limit());
    }
    if (coin()) made.nice = number(-20, 19);
    if (coin()) made.ionice = IoPriority{};
    if (made.ionice) made.ionice->io_class = static_cast<IoPriority::Class>(number(1, 3));
    // The level of an idle process means nothing and is not told.
    if (made.ionice && made.ionice->io_class != IoPriority::Class::Idle) {
      made.ionice->level = number(0, 7);
    }
    if (coin()) made.cpu_affinity = {number(0, 1023), number(0, 1023)};
    if (coin()) made.oom_score_adj = number(-1000, 1000);
    if (coin()) made.memory_limit = size();
    if (coin()) made.cpu_limit = number(1, 100'000) / 100.0;
    if (coin()) made.pids_limit = number(1, 100'000);
  }

  /// Small, large and the largest.
  std::uint64_t size() {
    return std::uint64_t{0x7fff'ffff'ffff'ffff} >> static_cast<unsigned>(number(0, 62));
  }

  ResourceLimit limit() {
    ResourceLimit made{size(), size()};
    if (*made.soft > *made.hard || coin()) made.hard = made.soft;
    if (number(0, 3) == 0) made.hard.reset();
    if (!made.hard && coin()) made.soft.reset();
    return made;
  }

  std::mt19937 random_;
};

}  // namespace gaffer::test
