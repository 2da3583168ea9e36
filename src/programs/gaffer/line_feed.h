#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "client/daemon.h"
#include "programs/gaffer/line_splitter.h"
#include "uv/loop.h"
#include "uv/poll.h"

namespace gaffer::programs {

/// The lines of an answer that comes bit by bit, taken as they come beside other things.
class LineFeed {
 public:
  using OnLine = std::function<void(std::string_view line)>;
  /// With the error of the answer, or none at its end.
  using OnEnd = std::function<void(const Error* error)>;

  /// CALLS: `on_line` for each line; it may not destroy this. `on_end` once, and then nothing; it
  /// may destroy this.
  static Result<std::unique_ptr<LineFeed>> create(uv::Loop& loop, Result<client::Stream> stream,
                                                  OnLine on_line, OnEnd on_end);

 private:
  LineFeed(client::Stream stream, OnLine on_line, OnEnd on_end);
  void take();

  client::Stream stream_;
  LineSplitter splitter_;
  OnEnd on_end_;
  std::optional<uv::Poll> poll_;  // Last, so that it goes before the socket.
};

}  // namespace gaffer::programs
