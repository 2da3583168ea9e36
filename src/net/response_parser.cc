#include "net/response_parser.h"

#include "base/assert.h"
#include "net/message_parser.h"

namespace gaffer::net {
namespace {

constexpr std::size_t kHeadBytes = 65'536;
constexpr std::size_t kChunkHeadBytes = 4'096;

Error broken(const std::string& why) {
  return {.code = Errc::Protocol, .message = "cannot understand the answer: " + why};
}

}  // namespace

class ResponseParser::Machine final : public MessageParser<false> {
 public:
  explicit Machine(Body body) : MessageParser(kHeadBytes, kChunkHeadBytes) {
    skip(body == Body::None);
    body_limit(boost::none);  // It is taken as it comes.
  }

  [[nodiscard]] const Response& head() const { return response_; }
  std::string take_body() { return std::exchange(body_, {}); }
  [[nodiscard]] bool is_interim() const { return is_done() && response_.status / 100 == 1; }

 private:
  void on_request_impl(boost::beast::http::verb /*verb*/, Text /*method*/, Text /*target*/,
                       int /*version*/, ErrorCode& /*error*/) override {}
  void on_response_impl(int status, Text /*reason*/, int /*version*/,
                        ErrorCode& /*error*/) override {
    response_.status = status;
  }
  void on_field(std::string_view name, std::string_view value, ErrorCode& /*error*/) override {
    response_.headers.push_back({std::string(name), std::string(value)});
  }
  void on_header_impl(ErrorCode& error) override {
    // Beast would give out the coded bytes as if they were the body.
    const std::string* encoding = find_header(response_.headers, "Transfer-Encoding");
    if (encoding != nullptr && !equals_ignoring_case(*encoding, "chunked")) {
      error = make_error_code(boost::beast::http::error::bad_transfer_encoding);
    }
  }
  void on_body(std::string_view bytes) override { body_ += bytes; }

  Response response_;
  std::string body_;
};

ResponseParser::ResponseParser(Body body)
    : body_(body), machine_(std::make_unique<Machine>(body)) {}
ResponseParser::~ResponseParser() = default;

Result<void> ResponseParser::feed(std::string_view bytes) {
  buffer_ += bytes;
  return take_elements();
}

Result<void> ResponseParser::take_elements() {
  std::string_view rest = buffer_;
  while (!rest.empty() && !machine_->is_done()) {
    const auto step = machine_->step(rest);
    if (step == Machine::Step::TooLong) return broken("its head is too long");
    if (step == Machine::Step::Broken) {
      return broken(machine_->error() ? machine_->error().message() : "its lines are malformed");
    }
    if (step == Machine::Step::Waiting) break;
    if (machine_->is_interim()) machine_ = std::make_unique<Machine>(body_);
  }
  if (machine_->is_done() && !rest.empty()) return broken("there is more than one");
  buffer_.erase(0, buffer_.size() - rest.size());
  return {};
}

Result<void> ResponseParser::finish() {
  boost::beast::error_code error;
  if (machine_->is_header_done() && !machine_->is_done()) machine_->put_eof(error);
  if (error || !machine_->is_done()) return broken("the connection ended in the middle of it");
  return {};
}

const Response* ResponseParser::head() const {
  return machine_->is_header_done() ? &machine_->head() : nullptr;
}

std::string ResponseParser::take_body() { return machine_->take_body(); }

bool ResponseParser::is_complete() const { return machine_->is_done(); }

bool ResponseParser::keep_alive() const {
  GAFFER_ASSERT(is_complete(), "the answer is complete");
  return machine_->keep_alive();
}

}  // namespace gaffer::net
