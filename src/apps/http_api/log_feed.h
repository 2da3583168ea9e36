#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "core/manager/manager.h"
#include "core/stream/lines.h"
#include "net/exchange.h"

namespace gaffer::apps {

/// Sends the output of some templates, line by line, as `NAME.SLOT<tab>line`, any bytes.
///
/// It writes only as fast as the client takes: what waits for a slow one stays in the output, not
/// in memory. Where a client fell so far behind that bytes were given up, a line says how many.
class LogFeed {
 public:
  struct Wanted {
    std::set<std::string> names;  ///< Of templates.
    std::size_t lines = 10;       ///< Of the past, for each process.
    bool follow = false;          ///< Go on with what comes.
  };

  /// CALLS: `on_done` once on a later turn, when all is sent or the client is gone. It may destroy
  /// this.
  LogFeed(Manager& manager, Wanted wanted, net::BodyWriter writer, std::function<void()> on_done);

 private:
  void add_present_sources();
  void send_all();
  bool send(const OutputId& source);
  void send_growth(const Manager::Growth& growth);
  bool take(const OutputId& source, const stream::Line& line);
  void flush();

  Manager& manager_;
  Wanted wanted_;
  std::function<void()> on_done_;
  std::map<OutputId, stream::LineReader> readers_;
  std::string pending_;  // Lines not yet given to the writer.
  Subscription growth_;
  net::BodyWriter writer_;
};

}  // namespace gaffer::apps
