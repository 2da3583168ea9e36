/// How fast the gaffer program reads a log back, of a daemon that has kept it.

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "base/assert.h"
#include "limits/cases.h"
#include "limits/daemon.h"
#include "limits/samples.h"
#include "limits/table.h"
#include "os/child.h"
#include "os/files.h"
#include "os/spawn.h"
#include "support/programs.h"

namespace gaffer::bench {
namespace {

constexpr std::size_t kMegabyte = 1'000'000;

/// A log of so many megabytes: lines of 100 bytes, a needle in every ten thousandth.
void write_log(const std::string& path, std::size_t megabytes) {
  std::ofstream file(path, std::ios::binary);
  std::string block;
  for (std::size_t line = 0; line < 10'000; ++line) {
    std::string text = "2026-11-24 request " + std::to_string(line) + " took 12 ms, status 200 ";
    if (line == 5000) text += "NEEDLE ";
    text.resize(99, 'x');
    block += text + "\n";
  }
  for (std::size_t written = 0; written < megabytes * kMegabyte; written += block.size())
    file << block;
}

/// How long a program takes to write all it has to say, and that it says something.
double time_of(os::Spawner& spawner, const std::vector<std::string>& argv) {
  os::Pipe pipe = std::move(os::make_pipe().value());  // NOLINT: aborting is right here.
  const double start = now();
  const os::Child child = std::move(spawner
                                        .spawn({.argv = argv,
                                                .environment = usual_environment(),
                                                .stdio = {-1, pipe.write.get(), -1}})
                                        .value());  // NOLINT: the same.
  pipe.write.reset();
  std::array<char, 1 << 16> buffer{};
  std::size_t said = 0;
  pollfd readable{.fd = pipe.read.get(), .events = POLLIN, .revents = 0};
  while (::poll(&readable, 1, 60'000) == 1) {
    const ssize_t got = ::read(pipe.read.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    said += static_cast<std::size_t>(got);
  }
  GAFFER_ASSERT(said > 0, "the program says something");
  return now() - start;
}

}  // namespace

void measure_logs(const Effort& effort) {
  auto daemon = Daemon::start(1);
  if (!daemon) {
    std::fprintf(stderr, "%s\n", daemon.error().message.c_str());
    return;
  }
  os::Spawner spawner = std::move(os::Spawner::create().value());  // NOLINT: as above.
  const std::string log = (*daemon)->directory() + "/logs/p1.1.log";
  write_log(log, effort.megabytes);
  const std::vector<std::string> gaffer = {test::program("gaffer"), "--dir", (*daemon)->directory(),
                                           "logs"};
  const auto ask = [&](std::vector<std::string> words) {
    words.insert(words.begin(), gaffer.begin(), gaffer.end());
    return [&spawner, words] { return time_of(spawner, words); };
  };
  const auto run = [&](const std::vector<std::string>& words) {
    return [&spawner, words] { return time_of(spawner, words); };
  };
  const auto raw =
      alternate(effort.output_rounds, {run({"/bin/cat", log}), ask({"--raw", "-n", "all"})});
  table::print_pair("all of a log, beside cat (us)", raw[0], raw[1]);
  const auto grep = alternate(effort.output_rounds,
                              {run({"/bin/grep", "-F", "NEEDLE", log}), ask({"-F", "NEEDLE"})});
  table::print_pair("a text in it, beside grep -F (us)", grep[0], grep[1], 1.5);
  const auto tail =
      alternate(effort.output_rounds, {run({"/usr/bin/tail", "-n", "10", log}), ask({"-n", "10"})});
  table::print_pair("its last 10 lines, beside tail (us)", tail[0], tail[1]);
}

}  // namespace gaffer::bench
