#pragma once

#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/stream/file_log.h"
#include "core/stream/intake.h"
#include "core/stream/lines.h"
#include "core/stream/log_reader.h"
#include "core/stream/memory_log.h"
#include "core/stream/output.h"
#include "os/files.h"
#include "support/loop_fixture.h"
#include "support/temp_dir.h"

namespace gaffer::test {

/// All bytes of a log that are kept, gaps left out.
inline std::string text_of(const stream::LogView& view) {
  stream::LogReader log(view);
  std::string text;
  std::string block(1 << 16, '\0');
  for (std::uint64_t offset = 0;;) {
    const auto piece = log.read(offset, block);
    EXPECT_TRUE(piece.has_value()) << piece.error().message;
    if (!piece || piece->size == 0) return text;
    text.append(block, 0, piece->size);
    offset = piece->offset + piece->size;
  }
}

/// An output in memory.
struct MemoryOutput {
  explicit MemoryOutput(
      uv::Loop& loop, stream::Output::OnGrown on_grown = [] {},
      std::uint64_t keep_bytes = std::uint64_t{1} << 20)
      : intake(loop),
        output(loop, intake, std::make_unique<stream::MemoryLog>(keep_bytes), std::move(on_grown)) {
  }

  [[nodiscard]] std::string text() const { return text_of(output.view()); }

  stream::Intake intake;
  stream::Output output;
};

/// A test with outputs, in memory and in the files of a directory.
class StreamTest : public LoopTest {
 protected:
  std::unique_ptr<stream::Output> in_memory(std::uint64_t keep_bytes = std::uint64_t{1} << 20) {
    return std::make_unique<stream::Output>(
        loop_, intake_, std::make_unique<stream::MemoryLog>(keep_bytes), [this] { ++grown_; });
  }

  [[nodiscard]] stream::LogPlace place(const std::string& name = "web.1") const {
    return {.path = dir_.path(name + ".log"),
            .segments = dir_.path(name + ".segments"),
            .times = dir_.path(name + ".times")};
  }
  std::unique_ptr<stream::Output> on_disk(stream::FileLogSettings settings) {
    return std::make_unique<stream::Output>(
        loop_, intake_, std::make_unique<stream::FileLog>(files_, std::move(settings)),
        [this] { ++grown_; });
  }
  std::unique_ptr<stream::Output> on_disk(stream::Retention retention = {}) {
    return on_disk({.place = place(), .retention = retention});
  }

  /// The write end of a pipe that the output reads.
  static os::UniqueFd pipe_into(stream::Output& output, std::uint64_t run = 1) {
    os::Pipe pipe = std::move(os::make_pipe().value());
    EXPECT_TRUE(output.attach(std::move(pipe.read), run).has_value());
    return std::move(pipe.write);
  }

  static void write(const os::UniqueFd& pipe, std::string_view bytes) {
    ASSERT_EQ(static_cast<ssize_t>(bytes.size()), ::write(pipe.get(), bytes.data(), bytes.size()));
  }

  /// Writes and waits until the log has it.
  void say(stream::Output& output, const os::UniqueFd& pipe, std::string_view bytes) {
    const std::uint64_t before = output.view().end;
    write(pipe, bytes);
    EXPECT_TRUE(run_until([&] { return output.view().end >= before + bytes.size(); }))
        << output.problem();
  }

  // NOLINTBEGIN
  TempDir dir_;
  stream::Intake intake_{loop_};
  stream::LogFiles files_{loop_, 4, dir_.path()};
  int grown_ = 0;
  // NOLINTEND
};

}  // namespace gaffer::test
