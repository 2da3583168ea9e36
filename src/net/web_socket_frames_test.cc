#include "net/web_socket_frames.h"

#include <gtest/gtest.h>

#include "support/web_socket.h"

namespace gaffer::net {
namespace {

using test::close_payload;
using test::Frame;
using test::frame;
using Kind = WebSocketMessage::Kind;

constexpr std::size_t kMost = 1'000;

class WebSocketFramesTest : public testing::Test {
 protected:
  /// What comes of some bytes.
  std::vector<WebSocketMessage> hear(const std::string& bytes) {
    frames_.feed(bytes);
    return frames_.take_messages();
  }
  /// The close that a client gets for its bytes.
  Frame close_after(const std::string& bytes) {
    EXPECT_EQ(0U, hear(bytes).size());
    EXPECT_TRUE(frames_.has_ended());
    std::string output = frames_.take_output();
    const auto said = test::take_frame(output);
    EXPECT_TRUE(said && output.empty());
    return said.value_or(Frame{});
  }
  WebSocketFrames frames_{kMost};  // NOLINT
};

TEST_F(WebSocketFramesTest, TakesMessagesAsTheyAre) {
  const std::vector<WebSocketMessage> expected = {
      {Kind::Text, "grüße"}, {Kind::Binary, std::string("\0\xff", 2)}, {Kind::Text, ""}};
  EXPECT_EQ(expected,
            hear(frame(test::kText, "grüße") + frame(test::kBinary, std::string("\0\xff", 2)) +
                 frame(test::kText, "")));
}

TEST_F(WebSocketFramesTest, TakesThemByteByByte) {
  std::vector<WebSocketMessage> heard;
  for (const char byte : frame(test::kText, std::string(300, 'x')))
    for (WebSocketMessage& message : hear(std::string(1, byte)))
      heard.push_back(std::move(message));
  EXPECT_EQ((std::vector<WebSocketMessage>{{Kind::Text, std::string(300, 'x')}}), heard);
}

TEST_F(WebSocketFramesTest, PutsAMessageTogetherAroundAPing) {
  const auto heard = hear(frame(test::kText, "ab", false) + frame(0, "", false) +
                          frame(test::kPing, "there?") + frame(0, "cd"));
  EXPECT_EQ((std::vector<WebSocketMessage>{{Kind::Text, "abcd"}}), heard);
  std::string output = frames_.take_output();
  EXPECT_EQ((Frame{test::kPong, "there?"}), test::take_frame(output));
}

TEST_F(WebSocketFramesTest, ACharacterMayBeSplitBetweenFrames) {
  EXPECT_EQ((std::vector<WebSocketMessage>{{Kind::Text, "\xc3\xbc"}}),
            hear(frame(test::kText, "\xc3", false) + frame(0, "\xbc")));
}

TEST_F(WebSocketFramesTest, AMessageMayHaveAsMuchAsItMay) {
  EXPECT_EQ(1U, hear(frame(test::kBinary, std::string(kMost, 'x'))).size());
  EXPECT_EQ(1U,
            hear(frame(test::kBinary, std::string(kMost - 1, 'x'), false) + frame(0, "x")).size());
  EXPECT_FALSE(frames_.has_ended());
}

TEST_F(WebSocketFramesTest, OneThatIsTooLongIsNotReadToItsEnd) {
  EXPECT_EQ(1009, close_after(frame(test::kBinary, std::string(kMost + 1, 'x'))).code());
}

TEST_F(WebSocketFramesTest, NorOneThatIsSoInParts) {
  EXPECT_EQ(
      1009,
      close_after(frame(test::kBinary, std::string(kMost, 'x'), false) + frame(0, "x")).code());
}

TEST_F(WebSocketFramesTest, NorOneThatSaysItWillBe) {
  EXPECT_EQ(1009, close_after("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xffmaskx").code());
}

TEST_F(WebSocketFramesTest, NoLengthIsNegative) {
  EXPECT_EQ(1002, close_after("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xffmask").code());
}

TEST_F(WebSocketFramesTest, WhatIsNoTextIsRefused) {
  EXPECT_EQ(1007, close_after(frame(test::kText, "\xff")).code());
}

TEST_F(WebSocketFramesTest, NorIsHalfACharacter) {
  EXPECT_EQ(1007, close_after(frame(test::kText, "\xc3")).code());
}

TEST_F(WebSocketFramesTest, AFrameWithoutAMaskIsRefused) {
  EXPECT_EQ(1002, close_after("\x81\x02hi").code());
}

TEST_F(WebSocketFramesTest, SoIsOneOfAnExtension) {
  EXPECT_EQ(1002, close_after("\xc1" + frame(test::kText, "hi").substr(1)).code());
}

TEST_F(WebSocketFramesTest, SoIsAnUnknownKind) {
  EXPECT_EQ(1002, close_after(frame(3, "")).code());
}

TEST_F(WebSocketFramesTest, SoIsAContinuationOfNothing) {
  EXPECT_EQ(1002, close_after(frame(0, "x")).code());
}

TEST_F(WebSocketFramesTest, SoIsAMessageWithinAMessage) {
  EXPECT_EQ(1002, close_after(frame(test::kText, "a", false) + frame(test::kText, "b")).code());
}

TEST_F(WebSocketFramesTest, SoIsAPingInParts) {
  EXPECT_EQ(1002, close_after(frame(test::kPing, "a", false)).code());
}

TEST_F(WebSocketFramesTest, SoIsAPingThatIsTooLong) {
  EXPECT_EQ(1002, close_after(frame(test::kPing, std::string(126, 'x'))).code());
}

TEST_F(WebSocketFramesTest, SoIsALengthThatIsLongerThanItNeedsToBe) {
  EXPECT_EQ(1002, close_after(std::string("\x82\xfe\x00\x01maskx", 9)).code());
}

TEST_F(WebSocketFramesTest, ACloseIsAnsweredWithTheSame) {
  EXPECT_EQ((Frame{test::kClose, close_payload(1001, "bye")}),
            close_after(frame(test::kClose, close_payload(1001, "bye"))));
  EXPECT_TRUE(frames_.is_closed_by_client());
}

TEST_F(WebSocketFramesTest, ACloseMayHaveNoCode) {
  EXPECT_EQ((Frame{test::kClose, ""}), close_after(frame(test::kClose, "")));
}

TEST_F(WebSocketFramesTest, ButNotHalfACode) {
  EXPECT_EQ(1002, close_after(frame(test::kClose, "\x03")).code());
}

TEST_F(WebSocketFramesTest, ItsReasonIsText) {
  EXPECT_EQ(1007, close_after(frame(test::kClose, close_payload(1000, "\xff"))).code());
}

TEST_F(WebSocketFramesTest, ACodeThatNobodyMaySendIsRefused) {
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000}) {
    WebSocketFrames frames(kMost);
    frames.feed(frame(test::kClose, close_payload(code)));
    std::string output = frames.take_output();
    EXPECT_EQ(1002, test::take_frame(output).value_or(Frame{}).code()) << code;
  }
}

TEST_F(WebSocketFramesTest, NothingIsHeardBehindAClose) {
  EXPECT_EQ(0U, hear(frame(test::kClose, "") + frame(test::kText, "late")).size());
}

TEST_F(WebSocketFramesTest, NothingIsSaidBehindAClose) {
  frames_.close(CloseCode::Policy, "enough");
  frames_.send(Kind::Text, "late");
  frames_.ping();
  std::string output = frames_.take_output();
  EXPECT_EQ((Frame{test::kClose, close_payload(1008, "enough")}), test::take_frame(output));
  EXPECT_EQ("", output);
  EXPECT_FALSE(frames_.is_closed_by_client());
  frames_.feed(frame(test::kClose, close_payload(1008)));
  EXPECT_TRUE(frames_.is_closed_by_client());
  EXPECT_EQ("", frames_.take_output());
}

TEST_F(WebSocketFramesTest, SaysMessagesOfEverySize) {
  for (const std::size_t size : {0U, 125U, 126U, 65'535U, 65'536U, 1'000'000U}) {
    frames_.send(Kind::Binary, std::string(size, 'x'));
    std::string output = frames_.take_output();
    EXPECT_EQ((Frame{test::kBinary, std::string(size, 'x')}), test::take_frame(output));
  }
}

TEST_F(WebSocketFramesTest, ALongReasonIsCut) {
  frames_.close(CloseCode::Failed, std::string(200, 'x'));
  std::string output = frames_.take_output();
  EXPECT_EQ((Frame{test::kClose, close_payload(1011, std::string(123, 'x'))}),
            test::take_frame(output));
}

}  // namespace
}  // namespace gaffer::net
