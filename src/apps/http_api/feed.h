#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gaffer/result.h"
#include "net/exchange.h"
#include "uv/loop.h"
#include "uv/timer.h"

namespace gaffer::apps {

/// One thing that a feed tells.
struct Record {
  std::string id;     ///< Where to go on after it.
  std::string event;  ///< Its kind, for those who listen to some kinds only.
  std::string data;   ///< JSON, in one line.
};

/// What a feed tells: a reader of something that is kept elsewhere, so that a client which is late
/// or slow costs no memory here.
class FeedSource {
 public:
  FeedSource() = default;
  FeedSource(const FeedSource&) = delete;
  FeedSource& operator=(const FeedSource&) = delete;
  virtual ~FeedSource() = default;

  /// The next record; nothing if there is none for now.
  virtual std::optional<Record> next() = 0;
  /// CALLS: `on_more` when there may be one again. It may destroy this.
  virtual void listen(std::function<void()> on_more) = 0;
};

/// Sends what a source tells to one client, as fast as the client takes it: never more than 256 KiB
/// wait in its connection.
class Feed {
 public:
  enum class Form {
    Longpoll,     ///< What there is, at least one record, each a line; then the end.
    Continuous,   ///< A line for each record, for ever.
    Eventsource,  ///< The same as server-sent events with an `id`, so that a browser resumes itself.
  };
  struct Settings {
    Form form = Form::Longpoll;
    std::chrono::milliseconds heartbeat = std::chrono::seconds(60);  ///< A blank line; 0: never.
  };

  /// CALLS: `on_done` once, on a later turn, when all is told or the client is gone. It may destroy
  /// this.
  Feed(uv::Loop& loop, std::unique_ptr<FeedSource> source, Settings settings,
       net::BodyWriter writer, std::function<void()> on_done);

  static std::string content_type(Form form);

  /// What the query of a request asks for, `feed` and `heartbeat`, or its header Accept.
  /// ERRORS: InvalidArgument.
  static Result<Settings> settings_of(const net::Request& request);

 private:
  void pump();
  void append(std::string& text, const Record& record) const;
  void beat();

  const Settings settings_;
  const std::function<void()> on_done_;
  std::unique_ptr<FeedSource> source_;
  uv::Timer heartbeat_;
  uv::Timer end_;  // On a later turn, for what calls us is not to be destroyed.
  bool is_ending_ = false;
  net::BodyWriter writer_;
};

}  // namespace gaffer::apps
