#pragma once

namespace gaffer::apps {

/// A WebSocket with whoever serves it.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;
};

}  // namespace gaffer::apps
