#include "apps/http_api/channel.h"

#include <utility>
#include <vector>

#include "apps/http_api/http_api.h"
#include "base/strings.h"

namespace gaffer::apps {

/// One request under way. It is gone when it is answered; what its calls do last is to end it.
class Channel::Request final : public net::Responder {
 public:
  Request(Channel& channel, std::string id)
      : channel_(channel),
        id_(std::move(id)),
        link_(std::make_shared<net::Responder* const>(this)) {}

  [[nodiscard]] net::ResponderLink link() const { return link_; }
  /// \name Copies, which may be called when this is gone.
  /// @{
  [[nodiscard]] auto drained() const { return on_drained_; }
  [[nodiscard]] auto closed() const { return on_closed_; }
  /// @}

  void reply(const net::Response& response) override {
    const std::string* type = net::find_header(response.headers, "Content-Type");
    channel_.send(wire::channel_answer(id_, response.status, type ? *type : "", response.body));
    end();
  }

  bool start_body(const net::Response& head) override {
    const std::string* type = net::find_header(head.headers, "Content-Type");
    has_lines_ = type && (*type == "application/json" || *type == "application/x-ndjson");
    channel_.send(wire::channel_begin(id_, head.status));
    write_body(head.body);
    return true;
  }

  // Feeds write whole lines; an empty one is their heartbeat, of which a WebSocket has its own.
  void write_body(std::string_view bytes) override {
    if (!has_lines_) {
      if (!bytes.empty()) channel_.send(wire::channel_text(id_, bytes));
      return;
    }
    for (const std::string_view line : split(bytes, '\n')) {
      const std::string_view json = trim(line);
      if (!json.empty()) channel_.send(wire::channel_data(id_, json));
    }
  }

  void end_body() override {
    channel_.send(wire::channel_end(id_));
    end();
  }

  void on_drained(std::function<void()> callback) override {
    on_drained_ = std::make_shared<const std::function<void()>>(std::move(callback));
    channel_.drained_later();
  }
  void on_closed(std::function<void()> callback) override {
    on_closed_ = std::make_shared<const std::function<void()>>(std::move(callback));
  }
  [[nodiscard]] std::size_t queued_bytes() const override {
    return channel_.socket_.queued_bytes();
  }
  net::WebSocket upgrade(const net::Request& /*request*/) override { return {}; }

 private:
  using Callback = std::shared_ptr<const std::function<void()>>;

  void end() {
    const auto dying = channel_.requests_.extract(id_);  // Destroys this.
  }

  Channel& channel_;
  const std::string id_;
  bool has_lines_ = false;
  Callback on_drained_;
  Callback on_closed_;
  std::shared_ptr<net::Responder* const> link_;
};

Channel::Channel(HttpApi& api, Caller caller, net::WebSocket socket, std::function<void()> on_done)
    : api_(api),
      caller_(std::move(caller)),
      on_done_(std::move(on_done)),
      later_(api.manager().loop()),
      socket_(std::move(socket)) {
  socket_.listen({.on_message = [this](const net::WebSocketMessage& message) { heard(message); },
                  .on_drained = [this] { drained(); },
                  .on_closed = [this] { ended(); }});
}

Channel::~Channel() = default;

void Channel::heard(const net::WebSocketMessage& message) {
  if (!api_.is_valid(caller_)) {
    socket_.close(net::CloseCode::Policy, "the token was revoked");
    return ended();
  }
  const auto wanted = wire::parse_channel_request(message.bytes);
  wanted.is_cancel&& wanted.problem.empty() ? cancel(wanted.id) : begin(wanted);
}

void Channel::begin(const wire::ChannelRequest& wanted) {
  const auto refuse = [&](const net::Response& refusal) {
    send(wire::channel_answer(wanted.id, refusal.status, "application/json", refusal.body));
  };
  if (!wanted.problem.empty()) return refuse(error_response(400, "bad_value", wanted.problem));
  if (requests_.contains(wanted.id))
    return refuse(error_response(409, "conflict", "a request of this id is under way"));
  if (requests_.size() == kMaxRequests)
    return refuse(error_response(503, "busy", "too many requests are under way"));
  auto request = net::make_request(wanted.method, wanted.path);
  if (!request) return refuse(error_response(request.error()));
  if (!wanted.content_type.empty())
    request->headers.push_back({"Content-Type", wanted.content_type});
  request->body = wanted.body;
  auto& under_way = requests_[wanted.id];
  under_way = std::make_unique<Request>(*this, wanted.id);
  api_.handle(net::Exchange(under_way->link(), std::move(*request)), caller_);
}

void Channel::cancel(const std::string& id) {
  auto request = requests_.extract(id);
  if (!request.empty()) {
    const auto closed = request.mapped()->closed();
    request.mapped().reset();
    if (closed && *closed) (*closed)();
  }
  send(wire::channel_end(id));
}

// A callback may end any of them, and begin none.
void Channel::drained() {
  std::vector<std::string> ids;
  for (const auto& [id, request] : requests_)
    ids.push_back(id);
  for (const std::string& id : ids) {
    const auto request = requests_.find(id);
    if (request == requests_.end()) continue;
    if (const auto callback = request->second->drained(); callback && *callback) (*callback)();
  }
}

// As after the head of an answer over a connection.
void Channel::drained_later() {
  if (!later_.is_armed()) later_.start(std::chrono::milliseconds(0), [this] { drained(); });
}

void Channel::ended() {
  std::vector<decltype(std::declval<Request>().closed())> all;
  for (const auto& [id, request] : requests_)
    all.push_back(request->closed());
  requests_.clear();
  for (const auto& closed : all)
    if (closed && *closed) (*closed)();
  later_.start(std::chrono::milliseconds(0), [this] { on_done_(); });
}

void Channel::send(std::string_view text) { socket_.send(net::WebSocketMessage::Kind::Text, text); }

}  // namespace gaffer::apps
