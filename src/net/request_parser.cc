#include "net/request_parser.h"

#include <algorithm>
#include <optional>

#include "base/assert.h"
#include "base/strings.h"
#include "net/message_parser.h"

namespace gaffer::net {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kLineEnd = "\r\n";

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Well-formed but not ours, as against not a version at all.
bool ends_with_version(std::string_view line) {
  if (line.size() < 8) return false;
  const std::string_view version = line.substr(line.size() - 8);
  return version.starts_with("HTTP/") && is_digits(version.substr(5, 1)) && version[6] == '.' &&
         is_digits(version.substr(7));
}

}  // namespace

/// One request in the making: what Beast lets pass and we do not is refused here.
class RequestParser::Machine final : public MessageParser<true> {
 public:
  Machine(const Limits& limits, bool tells_head)
      : MessageParser(limits.head_bytes, limits.chunk_head_bytes),
        limits_(limits),
        has_untold_head_(tells_head) {
    body_limit(limits.body_bytes);
  }

  [[nodiscard]] bool is_refused() const { return refusal_.has_value(); }
  [[nodiscard]] const Refusal& refusal() const { return *refusal_; }
  Request take() { return std::move(request_); }
  [[nodiscard]] const Request& request() const { return request_; }

  /// The head is there, the body is not, and nobody knows yet.
  [[nodiscard]] bool has_news() const {
    return has_untold_head_ && is_header_done() && !is_done() && !is_refused();
  }
  void tell() { has_untold_head_ = false; }

  /// Whether to tell the client to go on; true once.
  bool take_continue() { return std::exchange(expects_continue_, false); }

  /// One element. False when it needs more bytes.
  bool advance(std::string_view& bytes) {
    const std::string_view before = bytes;
    switch (step(bytes)) {
      case Step::Waiting:
        return false;
      case Step::Taken:
        return true;
      case Step::TooLong:
        refuse_length(before.substr(0, limits_.head_bytes));
        return true;
      case Step::Broken:
        if (!refusal_) refuse_broken(before.substr(0, before.find(kLineEnd)));
        return true;
    }
    return false;
  }

 private:
  void refuse(int status, std::string reason) { refusal_ = Refusal{status, std::move(reason)}; }
  void refuse(int status, std::string reason, ErrorCode& error) {
    refuse(status, std::move(reason));
    error = http::make_error_code(http::error::bad_field);  // Any: it only stops Beast.
  }

  void refuse_length(std::string_view head) {
    if (is_header_done()) {
      refuse(400, "the head of a chunk is too long");
    } else if (head.find(kLineEnd) == std::string_view::npos) {
      refuse(414, "the request line is too long");
    } else {
      refuse(431, "the headers are too long");
    }
  }

  void refuse_broken(std::string_view line) {
    if (error() == http::error::body_limit) {
      refuse(413, "the body is longer than " + std::to_string(limits_.body_bytes) + " bytes");
    } else if (error() == http::error::bad_version && ends_with_version(line)) {
      refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    } else if (!error() || error() == http::error::need_more) {
      refuse(400, "the request is malformed");
    } else {
      refuse(400, "the request is malformed: " + error().message());
    }
  }

  void on_request_impl(http::verb /*verb*/, Text method, Text target, int version,
                       ErrorCode& error) override {
    const std::string_view whole(target.data(), target.size());
    if (whole.size() > limits_.target_bytes) return refuse(414, "the target is too long", error);
    auto made = make_request({method.data(), method.size()}, whole);
    if (!made) return refuse(400, made.error().message, error);
    request_ = *std::move(made);
    request_.version_minor = version % 10;
  }
  void on_response_impl(int /*status*/, Text /*reason*/, int /*version*/,
                        ErrorCode& /*error*/) override {}

  void on_field(std::string_view name, std::string_view value, ErrorCode& error) override {
    if (request_.headers.size() == limits_.header_count)
      return refuse(431, "there are too many headers", error);
    if (equals_ignoring_case(name, "Content-Length") && !is_digits(value)) {
      return refuse(400, "Content-Length is not a number", error);
    }
    request_.headers.push_back({std::string(name), std::string(value)});
  }

  void on_header_impl(ErrorCode& error) override {
    request_.keep_alive = keep_alive();
    if (count("Host") > 1 || (count("Host") == 0 && request_.version_minor == 1)) {
      return refuse(400, "there must be one Host header", error);
    }
    if (count("Content-Length") > 1)
      return refuse(400, "there is more than one Content-Length", error);
    if (count("Transfer-Encoding") > 0) check_encoding(error);
    if (!error) check_expectation(error);
  }

  // What is neither chunked nor refused here Beast takes for a request without a body.
  void check_encoding(ErrorCode& error) {
    if (request_.version_minor == 0 || count("Content-Length") > 0 ||
        count("Transfer-Encoding") > 1 || !chunked()) {
      refuse(400, "Transfer-Encoding leaves the length of the body unclear", error);
    } else if (!equals_ignoring_case(*request_.header("Transfer-Encoding"), "chunked")) {
      refuse(501, "no transfer coding but chunked is known here", error);
    }
  }

  void check_expectation(ErrorCode& error) {
    const std::string* expect = request_.header("Expect");
    if (expect == nullptr || request_.version_minor == 0) return;
    if (!equals_ignoring_case(*expect, "100-continue"))
      return refuse(417, "only 100-continue can be expected", error);
    expects_continue_ = !is_done();
  }

  void on_body(std::string_view bytes) override {
    request_.body += bytes;
    expects_continue_ = false;  // It does not wait.
  }

  [[nodiscard]] std::ptrdiff_t count(std::string_view name) const {
    return std::count_if(
        request_.headers.begin(), request_.headers.end(),
        [name](const Header& header) { return equals_ignoring_case(header.name, name); });
  }

  Limits limits_;
  Request request_;
  std::optional<Refusal> refusal_;
  bool expects_continue_ = false;
  bool has_untold_head_;
};

RequestParser::RequestParser(const Limits& limits, Heads heads) : limits_(limits), heads_(heads) {}
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;
RequestParser::~RequestParser() = default;

void RequestParser::feed(std::string_view bytes) {
  buffer_.erase(0, std::exchange(used_, 0));
  buffer_ += bytes;
}

RequestParser::Found RequestParser::next() {
  std::string_view rest = std::string_view(buffer_).substr(used_);
  // Some clients send a line end too much after a body. One is forgiven.
  if (!machine_ && !skipped_line_ && rest.starts_with(kLineEnd)) {
    rest.remove_prefix(kLineEnd.size());
    skipped_line_ = true;
  }
  // A lone CR may yet become one.
  const bool may_be_line_end = !machine_ && !skipped_line_ && rest == kLineEnd.substr(0, 1);
  if (!rest.empty() && !machine_ && !may_be_line_end)
    machine_ = std::make_unique<Machine>(limits_, heads_ == Heads::Told);
  while (machine_ && !machine_->is_refused() && !machine_->is_done() && !machine_->has_news() &&
         machine_->advance(rest)) {
  }
  used_ = buffer_.size() - rest.size();
  if (rest.empty()) {
    buffer_ = {};
    used_ = 0;
  }
  if (!machine_) return Found::Nothing;
  if (machine_->is_refused()) return Found::Refusal;
  if (machine_->is_done()) return Found::Request;
  if (machine_->has_news()) {
    machine_->tell();
    return Found::Head;
  }
  return rest.empty() && machine_->take_continue() ? Found::Continue : Found::Nothing;
}

Request RequestParser::take() {
  GAFFER_ASSERT(machine_ && machine_->is_done(), "a request is complete");
  Request request = machine_->take();
  machine_.reset();
  skipped_line_ = false;
  return request;
}

const Request& RequestParser::head() const {
  GAFFER_ASSERT(machine_ != nullptr, "a request has begun");
  return machine_->request();
}

const Refusal& RequestParser::refusal() const {
  GAFFER_ASSERT(machine_ && machine_->is_refused(), "a request was refused");
  return machine_->refusal();
}

std::string RequestParser::take_rest() {
  buffer_.erase(0, std::exchange(used_, 0));
  return std::exchange(buffer_, {});
}

bool RequestParser::has_begun() const { return machine_ != nullptr || buffered_bytes() > 0; }

}  // namespace gaffer::net
