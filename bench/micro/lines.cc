/// Reading 1 MB of output line by line, against walking the same bytes in memory.

#include "core/stream/lines.h"

#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "base/assert.h"
#include "core/stream/intake.h"
#include "core/stream/memory_log.h"
#include "core/stream/output.h"
#include "os/files.h"
#include "uv/loop.h"

namespace gaffer {
namespace {

constexpr std::size_t kMegabyte = 1'000'000;
constexpr std::size_t kBlock = 50'000;  // Fits a pipe.

std::string block_of_lines() {
  std::string block;
  while (block.size() < kBlock)
    block += std::string(99, 'a') + "\n";
  return block;
}

void fill(stream::Output& output) {
  os::Pipe pipe = std::move(os::make_pipe().value());  // NOLINT: aborting is right here.
  GAFFER_ASSERT(output.attach(std::move(pipe.read)).has_value(), "the pipe is taken");
  const std::string block = block_of_lines();
  while (output.view().end < kMegabyte) {
    const auto written = ::write(pipe.write.get(), block.data(), block.size());
    GAFFER_ASSERT(written == static_cast<ssize_t>(block.size()), "the pipe takes it");
    output.drain();
  }
}

void read_lines(benchmark::State& state) {
  uv::Loop loop = std::move(uv::Loop::create().value());
  stream::Intake intake(loop);
  stream::Output output(loop, intake, std::make_unique<stream::MemoryLog>(2 * kMegabyte), [] {});
  fill(output);
  stream::LogReader log(output.view());
  for ([[maybe_unused]] auto turn : state) {
    std::size_t lines = 0;
    stream::LineCursor cursor(0);
    stream::Line line;
    while (cursor.next(log, line).value_or(false))
      ++lines;
    GAFFER_ASSERT(lines == kMegabyte / 100, "every line is there");
  }
  state.SetBytesProcessed(state.iterations() * std::int64_t{kMegabyte});
}
BENCHMARK(read_lines);

void read_lines_bare(benchmark::State& state) {
  std::string bytes;
  while (bytes.size() < kMegabyte)
    bytes += block_of_lines();
  for ([[maybe_unused]] auto turn : state) {
    std::size_t lines = 0;
    std::string_view rest = bytes;
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      rest.remove_prefix(end + 1);
      ++lines;
    }
    benchmark::DoNotOptimize(lines);
  }
  state.SetBytesProcessed(state.iterations() * std::int64_t{kMegabyte});
}
BENCHMARK(read_lines_bare);

}  // namespace
}  // namespace gaffer
