#include "net/exchange.h"

#include <utility>

#include "net/gzip.h"

namespace gaffer::net {
namespace {

bool is_text(const Response& response) {
  const std::string* type = find_header(response.headers, "Content-Type");
  if (type == nullptr || find_header(response.headers, "Content-Encoding") != nullptr) return false;
  return type->starts_with("application/json") || type->starts_with("text/");
}

}  // namespace

BodyWriter& BodyWriter::operator=(BodyWriter&& other) noexcept {
  std::swap(responder_, other.responder_);
  const BodyWriter ended(std::move(other));
  return *this;
}

BodyWriter::~BodyWriter() {
  if (const auto responder = responder_.lock()) (*responder)->end_body();
}

void BodyWriter::write(std::string_view bytes) {
  if (const auto responder = responder_.lock()) (*responder)->write_body(bytes);
}

std::size_t BodyWriter::queued_bytes() const {
  const auto responder = responder_.lock();
  return responder ? (*responder)->queued_bytes() : 0;
}

bool BodyWriter::is_open() const { return !responder_.expired(); }

void BodyWriter::on_drained(std::function<void()> callback) {
  if (const auto responder = responder_.lock()) (*responder)->on_drained(std::move(callback));
}

void BodyWriter::on_closed(std::function<void()> callback) {
  if (const auto responder = responder_.lock()) (*responder)->on_closed(std::move(callback));
}

Exchange::Exchange(ResponderLink responder, Request request)
    : responder_(std::move(responder)), request_(std::move(request)) {}

Exchange& Exchange::operator=(Exchange&& other) noexcept {
  std::swap(responder_, other.responder_);
  std::swap(request_, other.request_);
  std::swap(headers_, other.headers_);
  const Exchange dropped(std::move(other));
  return *this;
}

Exchange::~Exchange() {
  if (is_open()) reply(text_response(500, "the request was not answered\n"));
}

void Exchange::reply(const Response& response) {
  const auto responder = std::exchange(responder_, {}).lock();
  if (!responder) return;
  const bool is_compressed =
      response.body.size() >= kCompressedBytes && accepts_gzip(request_) && is_text(response);
  if (!is_compressed && headers_.empty()) return (*responder)->reply(response);
  Response whole = response;
  whole.headers.insert(whole.headers.end(), headers_.begin(), headers_.end());
  if (is_compressed) {
    whole.body = gzip(response.body);
    whole.headers.push_back({"Content-Encoding", "gzip"});
    whole.headers.push_back({"Vary", "Accept-Encoding"});
  }
  (*responder)->reply(whole);
}

WebSocket Exchange::upgrade() {
  const auto responder = std::exchange(responder_, {}).lock();
  return responder ? (*responder)->upgrade(request_) : WebSocket();
}

BodyWriter Exchange::start(const Response& head) {
  const ResponderLink link = std::exchange(responder_, {});
  const auto responder = link.lock();
  Response whole = head;
  whole.headers.insert(whole.headers.end(), headers_.begin(), headers_.end());
  return responder && (*responder)->start_body(whole) ? BodyWriter(link) : BodyWriter();
}

}  // namespace gaffer::net
