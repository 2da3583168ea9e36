#include "net/exchange.h"

#include "net/connection.h"

namespace gaffer::net {

BodyWriter& BodyWriter::operator=(BodyWriter&& other) noexcept {
  std::swap(connection_, other.connection_);
  const BodyWriter ended(std::move(other));
  return *this;
}

BodyWriter::~BodyWriter() {
  if (const auto connection = connection_.lock()) (*connection)->end_body();
}

void BodyWriter::write(std::string_view bytes) {
  if (const auto connection = connection_.lock()) (*connection)->write_body(bytes);
}

std::size_t BodyWriter::queued_bytes() const {
  const auto connection = connection_.lock();
  return connection ? (*connection)->queued_bytes() : 0;
}

bool BodyWriter::is_open() const { return !connection_.expired(); }

void BodyWriter::on_drained(std::function<void()> callback) {
  if (const auto connection = connection_.lock()) (*connection)->on_drained(std::move(callback));
}

void BodyWriter::on_closed(std::function<void()> callback) {
  if (const auto connection = connection_.lock()) (*connection)->on_closed(std::move(callback));
}

Exchange::Exchange(ConnectionLink connection, Request request)
    : connection_(std::move(connection)), request_(std::move(request)) {}

Exchange& Exchange::operator=(Exchange&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(request_, other.request_);
  const Exchange dropped(std::move(other));
  return *this;
}

Exchange::~Exchange() {
  if (is_open()) reply(text_response(500, "the request was not answered\n"));
}

void Exchange::reply(const Response& response) {
  if (const auto connection = std::exchange(connection_, {}).lock()) {
    (*connection)->reply(response);
  }
}

BodyWriter Exchange::start(const Response& head) {
  const ConnectionLink link = std::exchange(connection_, {});
  const auto connection = link.lock();
  return connection && (*connection)->start_body(head) ? BodyWriter(link) : BodyWriter();
}

}  // namespace gaffer::net
