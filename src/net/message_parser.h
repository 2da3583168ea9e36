#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "net/framing.h"

/// \file
/// What the request and the response parser have in common. It pulls in Boost: for their .cc files
/// only, never for a header.

namespace gaffer::net {

/// Drives Beast's parser through one message, element by element, and tells what it found to the
/// virtual functions that remain: `on_field`, `on_body` and those about the first line and the
/// head.
template <bool kIsRequest>
class MessageParser : public boost::beast::http::basic_parser<kIsRequest> {
 public:
  using ErrorCode = boost::beast::error_code;
  using Text = boost::beast::string_view;
  enum class Step { Waiting, Taken, TooLong, Broken };

  MessageParser(std::size_t head_bytes, std::size_t chunk_head_bytes)
      : head_bytes_(head_bytes), chunk_head_bytes_(chunk_head_bytes) {
    this->header_limit(static_cast<std::uint32_t>(head_bytes));
  }

  /// Takes the next element off the front of `bytes`, or a part of the body. Nothing of a `Waiting`
  /// one is taken. After `TooLong` and `Broken` the parser is spent.
  /// REQUIRES: not done; when `Waiting`, the next call is given the same bytes and more.
  Step step(std::string_view& bytes) {
    if (bytes.empty()) return Step::Waiting;
    const Extent extent = next_extent(bytes);
    if (extent.kind == Extent::Kind::Malformed) return Step::Broken;
    if (extent.kind == Extent::Kind::Incomplete) {
      return bytes.size() >= element_limit() ? Step::TooLong : Step::Waiting;
    }
    const std::size_t taken =
        this->put(boost::asio::const_buffer(bytes.data(), extent.size), error_);
    bytes.remove_prefix(taken);
    return error_ ? Step::Broken : Step::Taken;
  }

  /// Why it is broken; no error when the framing was.
  [[nodiscard]] const ErrorCode& error() const { return error_; }

 protected:
  virtual void on_field(std::string_view name, std::string_view value, ErrorCode& error) = 0;
  virtual void on_body(std::string_view bytes) = 0;

 private:
  [[nodiscard]] bool is_in_body() const {
    return this->is_header_done() && (!this->chunked() || chunk_left_ > 0);
  }
  [[nodiscard]] std::size_t element_limit() const {
    return this->is_header_done() ? chunk_head_bytes_ : head_bytes_;
  }
  Extent next_extent(std::string_view bytes) {
    if (is_in_body()) return {Extent::Kind::Whole, bytes.size()};
    // Never looks beyond the limit, so that the verdict is the same however much has come at once.
    bytes = bytes.substr(0, element_limit());
    if (this->is_header_done()) return chunk_head_extent(bytes, is_first_chunk_);
    const Extent extent = head_extent(bytes, scanned_);
    scanned_ = bytes.size();
    return extent;
  }

  void on_field_impl(boost::beast::http::field /*name*/, Text name, Text value,
                     ErrorCode& error) final {
    if (this->is_header_done()) return;  // A trailer: it came too late to be trusted with anything.
    on_field({name.data(), name.size()}, {value.data(), value.size()}, error);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                         ErrorCode& /*error*/) final {}
  std::size_t on_body_impl(Text body, ErrorCode& /*error*/) final {
    on_body({body.data(), body.size()});
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t size, Text /*extensions*/, ErrorCode& /*error*/) final {
    is_first_chunk_ = false;
    chunk_left_ = size;
  }
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, Text body, ErrorCode& /*error*/) final {
    chunk_left_ -= body.size();
    on_body({body.data(), body.size()});
    return body.size();
  }
  void on_finish_impl(ErrorCode& /*error*/) final {}

  std::size_t head_bytes_;
  std::size_t chunk_head_bytes_;
  std::size_t scanned_ = 0;
  std::uint64_t chunk_left_ = 0;
  bool is_first_chunk_ = true;
  ErrorCode error_;
};

}  // namespace gaffer::net
