#include "apps/webhooks/webhooks.h"

#include <csignal>
#include <deque>

#include "crypto/digest.h"
#include "net/http_server.h"
#include "os/files.h"
#include "os/sockets.h"
#include "support/manager_fixture.h"
#include "support/temp_dir.h"

namespace gaffer::apps {
namespace {

using std::chrono::milliseconds;

/// Somebody who is told of events, on the same loop: answers as it is told to, or not at all.
class Receiver {
 public:
  Receiver(uv::Loop& loop, uv::Transport transport, os::UniqueFd listening) {
    server_ = std::move(
        net::HttpServer::create(loop, transport, std::move(listening), {},
                                [this](net::Exchange exchange) { take(std::move(exchange)); })
            .value());
  }

  std::deque<int> statuses;  ///< Of the next answers; 0: none. Afterwards 200.
  std::vector<net::Request> requests;

 private:
  void take(net::Exchange exchange) {
    requests.push_back(exchange.request());
    int status = 200;
    if (!statuses.empty()) {
      status = statuses.front();
      statuses.pop_front();
    }
    if (status == 0) return held_.push_back(std::move(exchange));
    exchange.reply(net::text_response(status, "noted"));
  }
  std::vector<net::Exchange> held_;
  std::unique_ptr<net::HttpServer> server_;
};

class WebhooksTest : public test::ManagerTest {
 protected:
  WebhooksTest() { signal(SIGPIPE, SIG_IGN); }

  std::unique_ptr<Receiver> at_socket() {
    os::remove_file(dir_.path("socket"));
    return std::make_unique<Receiver>(loop_, uv::Transport::Pipe,
                                      std::move(os::listen_unix(dir_.path("socket")).value()));
  }
  [[nodiscard]] std::string url() const { return "unix:" + dir_.path("socket") + ":/hook?x=1"; }
  void start(const config::WebhookConfig& webhooks) {
    webhooks_ = std::make_unique<Webhooks>(
        loop_, manager_,
        Webhooks::Settings{.path = dir_.path("webhooks.json"), .first_retry = milliseconds(10)});
    webhooks_->configure(webhooks);
    EXPECT_TRUE(webhooks_->resume());
  }
  void add(const std::string& name) {
    EXPECT_TRUE(manager_.add({.name = name, .cmd = "x", .start = false}));
  }

  // NOLINTBEGIN(cppcoreguidelines-non-private-member-variables-in-classes)
  test::TempDir dir_;
  std::unique_ptr<Webhooks> webhooks_;
  // NOLINTEND(cppcoreguidelines-non-private-member-variables-in-classes)
};

TEST_F(WebhooksTest, PostAnEventAsItIs) {
  const auto receiver = at_socket();
  start({.hooks = {{"create", url()}}, .secret = "s3"});
  add("web");
  ASSERT_TRUE(run_until([&] { return webhooks_->facts().delivered == 1; }));
  const net::Request& request = receiver->requests.at(0);
  EXPECT_EQ("POST /hook?x=1", request.method + " " + request.target);
  EXPECT_EQ("application/json", *request.header("Content-Type"));
  EXPECT_EQ("create", *request.header("Gaffer-Event"));
  EXPECT_EQ(24U, request.header("Gaffer-Delivery")->size());
  EXPECT_EQ(0U, request.body.find(R"({"event":"create",)")) << request.body;
  EXPECT_EQ("sha256=" + crypto::hex(crypto::hmac_sha256("s3", request.body)),
            *request.header("Gaffer-Signature"));
}

TEST_F(WebhooksTest, GoOverTcpToo) {
  os::UniqueFd listening = std::move(os::listen_loopback(0).value());
  const auto port = os::local_port(listening.get()).value();
  Receiver receiver(loop_, uv::Transport::Tcp, std::move(listening));
  start({.hooks = {{".", "http://127.0.0.1:" + std::to_string(port) + "/"}}, .secret = {}});
  add("web");
  EXPECT_TRUE(run_until([&] { return webhooks_->facts().delivered == 1; }));
  EXPECT_EQ(nullptr, receiver.requests.at(0).header("Gaffer-Signature"));
}

TEST_F(WebhooksTest, OnlyOfTheirTopicAndOnce) {
  const auto receiver = at_socket();
  start({.hooks = {{"proc.b", url()}, {"proc.b.create", url()}, {"delete", url()}}, .secret = {}});
  add("a");
  add("b");
  add("c");
  EXPECT_TRUE(manager_.remove("a"));
  ASSERT_TRUE(run_until([&] { return webhooks_->facts().delivered == 2; }));
  EXPECT_NE(std::string::npos, receiver->requests.at(0).body.find(R"("name":"b")"));
  EXPECT_NE(std::string::npos, receiver->requests.at(1).body.find(R"({"event":"delete")"));
}

TEST_F(WebhooksTest, TryAgainInOrderWhenTheReceiverFails) {
  const auto receiver = at_socket();
  receiver->statuses = {500, 429};
  start({.hooks = {{".", url()}}, .secret = {}});
  add("a");
  add("b");
  ASSERT_TRUE(run_until([&] { return webhooks_->facts().delivered == 2; }));
  ASSERT_EQ(4U, receiver->requests.size());
  for (int at = 0; at < 3; ++at)  // The same one, and it says so.
    EXPECT_EQ(*receiver->requests[0].header("Gaffer-Delivery"),
              *receiver->requests[at].header("Gaffer-Delivery"));
  EXPECT_NE(std::string::npos, receiver->requests[3].body.find(R"("name":"b")"));
  EXPECT_EQ(2U, webhooks_->facts().failed);
  EXPECT_EQ("", webhooks_->facts().problem);
}

TEST_F(WebhooksTest, WaitForAReceiverThatComesBack) {
  start({.hooks = {{".", url()}}, .secret = {}});
  add("a");
  ASSERT_TRUE(run_until([&] { return webhooks_->facts().failed >= 2; }));
  EXPECT_EQ(1U, webhooks_->facts().waiting);
  EXPECT_EQ(0U, webhooks_->facts().problem.find("unix:" + dir_.path("socket") + ": "))
      << webhooks_->facts().problem;
  const auto receiver = at_socket();
  EXPECT_TRUE(run_until([&] { return webhooks_->facts().delivered == 1; }));
}

TEST_F(WebhooksTest, OneThatHangsKeepsNobodyFromTheOthers) {
  const auto receiver = at_socket();
  receiver->statuses = {0};
  os::UniqueFd listening = std::move(os::listen_loopback(0).value());
  const auto port = os::local_port(listening.get()).value();
  Receiver other(loop_, uv::Transport::Tcp, std::move(listening));
  start({.hooks = {{".", url()}, {".", "http://127.0.0.1:" + std::to_string(port) + "/"}},
         .secret = {}});
  for (const char* name : {"a", "b", "c"})
    add(name);
  EXPECT_TRUE(run_until([&] { return other.requests.size() == 3; }));
  EXPECT_TRUE(run_until([&] { return webhooks_->facts().waiting == 3; }));
  EXPECT_EQ(1U, receiver->requests.size());
}

TEST_F(WebhooksTest, WhatIsRefusedIsDroppedAndCounted) {
  const auto receiver = at_socket();
  receiver->statuses = {410};
  start({.hooks = {{".", url()}}, .secret = {}});
  add("a");
  add("b");
  EXPECT_TRUE(run_until([&] { return webhooks_->facts().delivered == 1; }));
  EXPECT_EQ(1U, webhooks_->facts().dropped);
}

TEST_F(WebhooksTest, TheOldestMakeRoomWhenTooManyWait) {
  const auto receiver = at_socket();
  receiver->statuses = {0};
  start({.hooks = {{"create", url()}}, .secret = {}});
  for (std::size_t at = 0; at < Webhooks::kMostWaiting + 5; ++at) {
    add("a" + std::to_string(at));
    run_some_turns();
  }
  EXPECT_EQ(Webhooks::kMostWaiting, webhooks_->facts().waiting);
  EXPECT_EQ(5U, webhooks_->facts().dropped);
}

TEST_F(WebhooksTest, WhatWaitsIsPostedByTheNextLife) {
  start({.hooks = {{".", url()}}, .secret = {}});
  add("a");
  EXPECT_TRUE(run_until([&] { return webhooks_->facts().failed > 0; }));
  webhooks_.reset();
  const auto receiver = at_socket();
  start({.hooks = {{".", url()}}, .secret = {}});
  EXPECT_TRUE(run_until([&] { return webhooks_->facts().delivered == 1; }));
  EXPECT_NE(std::string::npos, receiver->requests.at(0).body.find(R"("name":"a")"));
}

TEST_F(WebhooksTest, WhatWaitsIsInTheFileBeforeItsEnd) {
  start({.hooks = {{".", url()}}, .secret = {}});
  add("a");
  EXPECT_TRUE(run_until([&] {
    const auto text = os::read_file(dir_.path("webhooks.json"));
    return text && text->find(R"("event":"create")") != std::string::npos;
  }));
  const auto receiver = at_socket();
  EXPECT_TRUE(run_until([&] { return os::read_file(dir_.path("webhooks.json")).value().empty(); }));
}

TEST_F(WebhooksTest, AFileThatIsNoneIsSaidAndLeft) {
  dir_.write("webhooks.json", "{}\n");
  webhooks_ = std::make_unique<Webhooks>(loop_, manager_,
                                         Webhooks::Settings{.path = dir_.path("webhooks.json")});
  const auto resumed = webhooks_->resume();
  ASSERT_FALSE(resumed);
  EXPECT_EQ(0U, resumed.error().message.find(dir_.path("webhooks.json") + ": line 1: "));
}

TEST_F(WebhooksTest, WhatIsNoLongerConfiguredIsDropped) {
  start({.hooks = {{".", url()}}, .secret = {}});
  add("a");
  EXPECT_TRUE(run_until([&] { return webhooks_->facts().failed > 0; }));
  webhooks_->configure({});
  EXPECT_FALSE(webhooks_->is_in_use());
  EXPECT_EQ(1U, webhooks_->facts().dropped);
  add("b");
  run_some_turns();
  EXPECT_EQ(0U, webhooks_->facts().waiting);
}

TEST_F(WebhooksTest, MayEndWithAPostUnderWay) {
  const auto receiver = at_socket();
  receiver->statuses = {0};
  start({.hooks = {{".", url()}}, .secret = {}});
  add("a");
  EXPECT_TRUE(run_until([&] { return receiver->requests.size() == 1; }));
  webhooks_.reset();
}

}  // namespace
}  // namespace gaffer::apps
