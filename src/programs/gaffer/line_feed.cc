#include "programs/gaffer/line_feed.h"

#include <utility>

namespace gaffer::programs {

LineFeed::LineFeed(client::Stream stream, OnLine on_line, OnEnd on_end)
    : stream_(std::move(stream)),
      splitter_([on_line = std::move(on_line)](std::string_view line) {
        on_line(line);
        return true;
      }),
      on_end_(std::move(on_end)) {}

Result<std::unique_ptr<LineFeed>> LineFeed::create(uv::Loop& loop, Result<client::Stream> stream,
                                                   OnLine on_line, OnEnd on_end) {
  if (!stream) return stream.error();
  std::unique_ptr<LineFeed> feed(
      new LineFeed(*std::move(stream), std::move(on_line), std::move(on_end)));
  GAFFER_TRY(feed->poll_, uv::Poll::create(loop, feed->stream_.fd()));
  GAFFER_TRY(feed->poll_->start([raw = feed.get()] { raw->take(); }));
  return feed;
}

void LineFeed::take() {
  const auto more =
      stream_.receive([this](std::string_view bytes) { return splitter_.take(bytes); });
  if (more && *more) return;
  poll_->stop();
  const OnEnd on_end = std::move(on_end_);  // It may destroy this.
  on_end(more ? nullptr : &more.error());
}

}  // namespace gaffer::programs
