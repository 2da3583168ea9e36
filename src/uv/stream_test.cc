#include "uv/stream.h"

#include <memory>
#include <optional>
#include <thread>

#include "os/sockets.h"
#include "support/loop_fixture.h"
#include "support/temp_dir.h"

namespace gaffer::uv {
namespace {

/// A listener and one client, over unix socket and over TCP.
class StreamTest : public test::LoopTest, public testing::WithParamInterface<Transport> {
 protected:
  StreamTest() {
    os::UniqueFd socket = is_pipe() ? std::move(os::listen_unix(dir_.path("socket")).value())
                                    : std::move(os::listen_loopback(0).value());
    if (!is_pipe()) port_ = os::local_port(socket.get()).value();
    listener_.emplace(
        std::move(Listener::create(loop_, GetParam(), std::move(socket), [this](Stream stream) {
                    server_.emplace(std::move(stream));
                  }).value()));
    client_.emplace(std::move(Stream::adopt(loop_, GetParam(), connect()).value()));
    EXPECT_TRUE(run_until([&] { return server_.has_value(); }));
  }

  static bool is_pipe() { return GetParam() == Transport::Pipe; }
  os::UniqueFd connect() {
    return std::move(
        (is_pipe() ? os::connect_unix(dir_.path("socket")) : os::connect_loopback(port_)).value());
  }

  // NOLINTBEGIN
  test::TempDir dir_;
  std::uint16_t port_ = 0;
  std::optional<Listener> listener_;
  std::optional<Stream> server_;
  std::optional<Stream> client_;
  // NOLINTEND
};

INSTANTIATE_TEST_SUITE_P(Transports, StreamTest, testing::Values(Transport::Pipe, Transport::Tcp),
                         [](const auto& tested) {
                           return tested.param == Transport::Pipe ? "Pipe" : "Tcp";
                         });

TEST_P(StreamTest, CarriesBytesBothWaysAndTellsTheEnd) {
  std::string heard;
  bool ended = false;
  server_->read([&](std::string_view bytes) { server_->write("echo " + std::string(bytes)); },
                [](auto*) {});
  client_->read([&](std::string_view bytes) { heard += bytes; },
                [&](const Error* error) { ended = error == nullptr; });
  client_->write("hello");
  EXPECT_TRUE(run_until([&] { return heard == "echo hello"; }));
  server_.reset();
  EXPECT_TRUE(run_until([&] { return ended; }));
}

TEST_P(StreamTest, WritesInOrderHoweverSlowlyTheOtherSideReads) {
  constexpr std::size_t kChunk = 1 << 20;
  std::size_t heard = 0;
  bool in_order = true;
  int written = 0;
  for (char letter = 'a'; letter < 'e'; ++letter) {
    server_->write(std::string(kChunk, letter),
                   [&](const Result<void>& done) { written += done ? 1 : 100; });
  }
  EXPECT_GT(server_->queued_bytes(), 0U);
  client_->read(
      [&](std::string_view bytes) {
        for (const char c : bytes)
          in_order = in_order && c == static_cast<char>('a' + heard++ / kChunk);
      },
      [](auto*) {});
  EXPECT_TRUE(run_until([&] { return heard == 4 * kChunk && written == 4; }));
  EXPECT_TRUE(in_order);
  EXPECT_EQ(0U, server_->queued_bytes());
}

TEST_P(StreamTest, StoppedReadingMakesTheOtherSideWait) {
  client_->read([&](std::string_view) { client_->stop_reading(); }, [](auto*) {});
  server_->write(std::string(32 << 20, 'x'));
  run_some_turns();
  EXPECT_GT(server_->queued_bytes(), 0U);
}

TEST_P(StreamTest, PromiseA_ADestroyedOwnerIsNeverCalled) {
  server_->read([](std::string_view) { FAIL(); }, [](auto*) { FAIL(); });
  server_->write(std::string(32 << 20, 'x'), [](const Result<void>&) { FAIL(); });
  client_->write("hello");
  server_.reset();
  run_some_turns();
}

TEST_P(StreamTest, PromiseB_TheClosureOutlivesItsOwnRun) {
  auto witness = std::make_shared<int>(7);
  bool alive_after_destruction = false;
  server_->read(
      [&, held = std::move(witness)](std::string_view) {
        server_.reset();
        alive_after_destruction = *held == 7;
      },
      [](auto*) { FAIL(); });
  client_->write("hello");
  EXPECT_TRUE(run_until([&] { return alive_after_destruction; }));
}

TEST_P(StreamTest, PromiseC_ItMayBeDestroyedFromTheWriteCallbackToo) {
  client_->write("x", [&](const Result<void>&) { client_.reset(); });
  EXPECT_TRUE(run_until([&] { return !client_.has_value(); }));
}

TEST_P(StreamTest, PromiseC_ReadingMayBeStartedAnewFromItsOwnCallback) {
  bool second = false;
  server_->read(
      [&](std::string_view) {
        server_->stop_reading();
        server_->read([&](std::string_view) { second = true; }, [](auto*) {});
      },
      [](auto*) {});
  client_->write("a");
  run_some_turns();
  client_->write("b");
  EXPECT_TRUE(run_until([&] { return second; }));
}

TEST_P(StreamTest, AListenerMayBeDestroyedFromItsOwnCallback) {
  std::optional<Listener> listener;
  os::UniqueFd socket = std::move(os::listen_unix(dir_.path("other")).value());
  bool connected = false;
  listener.emplace(
      std::move(Listener::create(loop_, Transport::Pipe, std::move(socket), [&](const Stream&) {
                  listener.reset();
                  connected = true;
                }).value()));
  const auto client = os::connect_unix(dir_.path("other"));
  EXPECT_TRUE(run_until([&] { return connected; }));
}

}  // namespace
}  // namespace gaffer::uv
