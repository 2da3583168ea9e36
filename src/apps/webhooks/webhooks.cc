#include "apps/webhooks/webhooks.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "crypto/digest.h"
#include "os/files.h"
#include "wire/events.h"

namespace gaffer::apps {
namespace {

constexpr std::chrono::milliseconds kLongestRetry = std::chrono::minutes(5);
constexpr std::chrono::seconds kUnwritten(1);
constexpr std::size_t kMaxFile = std::size_t{64} << 20;
constexpr std::size_t kIdBytes = 12;
constexpr const char* kUserAgent = "User-Agent: gaffer/" GAFFER_VERSION;

/// What may be shown of a URL: its path can be a secret.
std::string place_of(const std::string& url) {
  if (url.starts_with("unix:")) return url.substr(0, url.find(":/", 6));
  const std::size_t host = url.find("://") + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
  const std::size_t at = url.rfind('@', end);
  return url.substr(0, host) + (at != std::string::npos && at > host
                                    ? url.substr(at + 1, end - at - 1)
                                    : url.substr(host, end - host));
}

bool is_refusal(int status) { return status / 100 == 4 && status != 408 && status != 429; }

}  // namespace

/// A URL with what is to go there; the first of it is under way, or waits for the timer.
struct Webhooks::Receiver {
  Receiver(uv::Loop& loop, std::string its_url) : url(std::move(its_url)), timer(loop) {}

  const std::string url;
  std::deque<wire::Delivery> waiting;
  bool is_posting = false;
  std::chrono::milliseconds delay{0};  // Before the last attempt.
  uv::Timer timer;
  std::shared_ptr<char> alive = std::make_shared<char>();
};

Webhooks::Webhooks(uv::Loop& loop, Manager& manager, Settings settings)
    : loop_(loop),
      manager_(manager),
      settings_(std::move(settings)),
      write_timer_(loop),
      client_(loop) {}

// Beside the loop nothing is done any more, and what has begun there has its turn before.
Webhooks::~Webhooks() {
  const std::lock_guard lock(file_->mutex);
  file_->is_over = true;
  if (!is_changed_ || settings_.path.empty()) return;
  (void)os::write_file_atomically(settings_.path, wire::deliveries_document(waiting()));
}

void Webhooks::configure(config::WebhookConfig webhooks) {
  webhooks_ = std::move(webhooks);
  std::set<std::string> urls;
  for (const auto& hook : webhooks_.hooks)
    urls.insert(hook.url);
  std::erase_if(receivers_, [&](const auto& entry) {
    if (urls.contains(entry.first)) return false;
    facts_.dropped += entry.second->waiting.size();
    if (!entry.second->waiting.empty()) changed();
    return true;
  });
  for (const std::string& url : urls) {
    auto& receiver = receivers_[url];
    if (!receiver) receiver = std::make_unique<Receiver>(loop_, url);
  }
  events_ = {};
  if (!receivers_.empty())
    events_ = manager_.subscribe([this](const Event& event) { happened(event); });
}

Result<void> Webhooks::resume() {
  if (settings_.path.empty()) return {};
  const auto text = os::read_file(settings_.path, kMaxFile);
  if (!text && text.error().code == Errc::NotFound) return {};
  if (!text) return text.error();
  auto deliveries = wire::parse_deliveries_document(*text);
  if (!deliveries) return deliveries.error().within(settings_.path);
  is_file_empty_ = deliveries->empty();
  for (wire::Delivery& delivery : *deliveries) {
    const auto receiver = receivers_.find(delivery.url);
    if (receiver != receivers_.end()) {
      enqueue(*receiver->second, std::move(delivery));
    } else {
      ++facts_.dropped;
    }
  }
  return {};
}

wire::WebhookFacts Webhooks::facts() const {
  wire::WebhookFacts facts = facts_;
  for (const auto& [url, receiver] : receivers_)
    facts.waiting += receiver->waiting.size();
  return facts;
}

// --- What is posted ------------------------------------------------------------------------------

void Webhooks::happened(const Event& event) {
  std::set<std::string> urls;  // Once each, however many topics it is of.
  for (const auto& hook : webhooks_.hooks)
    if (wire::is_of_topic(event, hook.topic)) urls.insert(hook.url);
  for (const std::string& url : urls) {
    enqueue(*receivers_.at(url), {.id = crypto::hex(crypto::random_bytes(kIdBytes)),
                                  .url = url,
                                  .event = std::string(event_name(event.kind)),
                                  .body = wire::event_document(event)});
  }
}

void Webhooks::enqueue(Receiver& receiver, wire::Delivery delivery) {
  receiver.waiting.push_back(std::move(delivery));
  if (receiver.waiting.size() > kMostWaiting) {
    receiver.waiting.erase(receiver.waiting.begin() + 1);  // The first may be under way.
    ++facts_.dropped;
  }
  changed();
  if (!receiver.is_posting && !receiver.timer.is_armed()) post_next(receiver);
}

void Webhooks::post_next(Receiver& receiver) {
  if (receiver.waiting.empty()) return;
  const wire::Delivery& delivery = receiver.waiting.front();
  net::HttpClient::Post post{
      .url = delivery.url,
      .headers = {"Content-Type: application/json", "Expect:", kUserAgent,
                  "Gaffer-Event: " + delivery.event, "Gaffer-Delivery: " + delivery.id},
      .body = delivery.body};
  if (!webhooks_.secret.empty()) {
    post.headers.push_back("Gaffer-Signature: sha256=" +
                           crypto::hex(crypto::hmac_sha256(webhooks_.secret, delivery.body)));
  }
  receiver.is_posting = true;
  const std::weak_ptr<char> is_alive = receiver.alive;
  client_.post(std::move(post), [this, &receiver, is_alive](const Result<int>& status) {
    if (!is_alive.expired()) answered(receiver, status);
  });
}

void Webhooks::answered(Receiver& receiver, const Result<int>& status) {
  receiver.is_posting = false;
  if (!status) return retry_later(receiver, status.error().message);
  if (*status / 100 == 2) {
    ++facts_.delivered;
    facts_.problem.clear();
  } else if (is_refusal(*status)) {
    ++facts_.failed;
    ++facts_.dropped;
    facts_.problem = place_of(receiver.url) + ": refused with " + std::to_string(*status);
  } else {
    return retry_later(receiver, "answered " + std::to_string(*status));
  }
  receiver.delay = {};
  receiver.waiting.pop_front();
  changed();
  post_next(receiver);
}

void Webhooks::retry_later(Receiver& receiver, const std::string& problem) {
  ++facts_.failed;
  facts_.problem = place_of(receiver.url) + ": " + problem;
  receiver.delay = std::min(kLongestRetry, std::max(settings_.first_retry, receiver.delay * 2));
  receiver.timer.start(receiver.delay, [this, &receiver] { post_next(receiver); });
}

// --- What is written down ------------------------------------------------------------------------

// What is delivered within a second never gets to the disk.
void Webhooks::changed() {
  is_changed_ = true;
  if (settings_.path.empty() || write_timer_.is_armed() || writing_.is_waiting()) return;
  write_timer_.start(kUnwritten, [this] { write_down(); });
}

void Webhooks::write_down() {
  std::vector<wire::Delivery> all = waiting();
  is_changed_ = false;
  if (all.empty() && is_file_empty_) return;
  is_file_empty_ = all.empty();
  writing_ = manager_.pool().run(
      settings_.path,
      [path = settings_.path, all = std::move(all), file = file_]() -> Result<void> {
        const std::lock_guard lock(file->mutex);
        if (file->is_over) return {};  // What it would write is older than what is there.
        return os::write_file_atomically(path, wire::deliveries_document(all));
      },
      [this](const Result<void>& written) {
        writing_ = {};
        if (!written) facts_.problem = written.error().message;
        if (is_changed_ || !written) changed();
      });
}

std::vector<wire::Delivery> Webhooks::waiting() const {
  std::vector<wire::Delivery> all;
  for (const auto& [url, receiver] : receivers_)
    all.insert(all.end(), receiver->waiting.begin(), receiver->waiting.end());
  return all;
}

}  // namespace gaffer::apps
