#include "core/stream/log_query.h"

#include <string>
#include <utility>
#include <vector>

#include "support/stream_fixture.h"

namespace gaffer::stream {
namespace {

using Texts = std::vector<std::string>;

class LogQueryTest : public test::StreamTest {
 protected:
  static Texts texts_of(LogQuery& query) {
    Texts texts;
    LogQuery::Found found;
    while (query.next(found).value())
      texts.emplace_back(found.line.text);
    return texts;
  }
  Texts select(LineSelection selection) {
    LogQuery query(std::move(selection));
    EXPECT_TRUE(query.add(output_->view()).has_value());
    return texts_of(query);
  }
  static std::shared_ptr<const Matcher> text(const std::string& what) {
    return std::make_shared<const Matcher>(Matcher::of_text(what));
  }
  static std::shared_ptr<const Matcher> expression(const std::string& what) {
    return std::make_shared<const Matcher>(std::move(Matcher::of_expression(what).value()));
  }
  /// Time is written down every 10 ms.
  void let_time_pass() {
    bool has_passed = false;
    uv::Timer timer(loop_);
    timer.start(std::chrono::milliseconds(12), [&] { has_passed = true; });
    run_until([&] { return has_passed; });
  }

  // NOLINTBEGIN
  std::unique_ptr<Output> output_ = in_memory(64 << 20);
  os::UniqueFd pipe_ = pipe_into(*output_);
  // NOLINTEND
};

TEST_F(LogQueryTest, EverythingOrTheLastLines) {
  say(*output_, pipe_, "one\ntwo\nthree\n");
  EXPECT_EQ((Texts{"one", "two", "three"}), select({}));
  EXPECT_EQ((Texts{"two", "three"}), select({.last = 2}));
  EXPECT_EQ((Texts{}), select({.last = 0}));
  EXPECT_EQ((Texts{"one", "two", "three"}), select({.last = 100}));
}

TEST_F(LogQueryTest, GoesOnWithWhatComes) {
  say(*output_, pipe_, "one\nhal");
  LogQuery query({});
  ASSERT_TRUE(query.add(output_->view()).has_value());
  EXPECT_EQ((Texts{"one"}), texts_of(query));
  say(*output_, pipe_, "f\ntwo\n");
  query.refresh(0, output_->view());
  EXPECT_EQ((Texts{"half", "two"}), texts_of(query));
}

TEST_F(LogQueryTest, TheRestOfALineIsToldOnceAndMarked) {
  say(*output_, pipe_, "one\nprompt> ");
  LogQuery query({});
  ASSERT_TRUE(query.add(output_->view()).has_value());
  EXPECT_EQ((Texts{"one"}), texts_of(query));
  LogQuery::Found found;
  ASSERT_TRUE(query.next_rest(found).value());
  EXPECT_EQ("prompt> ", found.line.text);
  EXPECT_FALSE(found.line.is_whole);
  EXPECT_FALSE(query.next_rest(found).value());
  EXPECT_EQ(output_->view().end, query.offset(0));
}

TEST_F(LogQueryTest, FindsATextOrAnExpression) {
  std::string all;
  for (int i = 0; i < 20'000; ++i)
    all += "line " + std::to_string(i) + (i % 5000 == 7 ? " NEEDLE here\n" : " of hay\n");
  for (std::size_t at = 0; at < all.size(); at += 60'000)
    say(*output_, pipe_, std::string_view(all).substr(at, 60'000));
  const Texts expected{"line 7 NEEDLE here", "line 5007 NEEDLE here", "line 10007 NEEDLE here",
                       "line 15007 NEEDLE here"};
  EXPECT_EQ(expected, select({.matcher = text("NEEDLE")}));
  EXPECT_EQ(expected, select({.matcher = expression("NE+DLE he.e$")}));
  EXPECT_EQ((Texts{"line 10007 NEEDLE here", "line 15007 NEEDLE here"}),
            select({.last = 2, .matcher = text("NEEDLE")}));
  EXPECT_EQ((Texts{"line 15007 NEEDLE here"}),
            select({.last = 1, .matcher = expression("^line [0-9]+ NEEDLE")}));
  EXPECT_EQ((Texts{}), select({.matcher = text("nowhere")}));
}

TEST_F(LogQueryTest, ShowsTheLinesAroundAMatch) {
  say(*output_, pipe_, "a\nb\nc\nX1\nd\nX2\ne\nf\ng\nX3\n");
  EXPECT_EQ((Texts{"c", "X1", "d", "X2", "e", "g", "X3"}),
            select({.matcher = text("X"), .context = 1}));
}

TEST_F(LogQueryTest, APartOfTimeIsSelected) {
  say(*output_, pipe_, "before\n");
  let_time_pass();
  const WallTime since = std::chrono::system_clock::now();
  let_time_pass();
  say(*output_, pipe_, "between\n");
  let_time_pass();
  const WallTime until = std::chrono::system_clock::now();
  let_time_pass();
  say(*output_, pipe_, "after\n");
  EXPECT_EQ((Texts{"between", "after"}), select({.since = since}));
  EXPECT_EQ((Texts{"before", "between"}), select({.until = until}));
  EXPECT_EQ((Texts{"between"}), select({.since = since, .until = until}));
  EXPECT_EQ((Texts{"between"}), select({.last = 1, .until = until}));
  EXPECT_EQ((Texts{}), select({.since = std::chrono::system_clock::now()}));
}

TEST_F(LogQueryTest, APartOfOneRunIsSelected) {
  say(*output_, pipe_, "first\n");
  const os::UniqueFd second = pipe_into(*output_, 2);
  say(*output_, second, "second\n");
  const os::UniqueFd third = pipe_into(*output_, 3);
  say(*output_, third, "third\n");
  EXPECT_EQ((Texts{"third"}), select({.run = 0}));
  EXPECT_EQ((Texts{"second"}), select({.run = -1}));
  EXPECT_EQ((Texts{"first"}), select({.run = -2}));
  EXPECT_EQ((Texts{}), select({.run = -3}));
}

TEST_F(LogQueryTest, SeveralLogsAreMergedAsTheyCame) {
  const auto other = in_memory();
  const os::UniqueFd other_pipe = pipe_into(*other, 2);
  for (int i = 0; i < 3; ++i) {
    say(*output_, pipe_, "a" + std::to_string(i) + "\n");
    let_time_pass();
    say(*other, other_pipe, "b" + std::to_string(i) + "\n");
    let_time_pass();
  }
  LogQuery query({});
  ASSERT_TRUE(query.add(output_->view()).has_value());
  ASSERT_TRUE(query.add(other->view()).has_value());
  EXPECT_EQ((Texts{"a0", "b0", "a1", "b1", "a2", "b2"}), texts_of(query));
}

TEST_F(LogQueryTest, EachLineSaysWhoseItIsAndWhenItCame) {
  const WallTime before = std::chrono::system_clock::now();
  say(*output_, pipe_, "one\n");
  LogQuery query({});
  ASSERT_TRUE(query.add(output_->view()).has_value());
  LogQuery::Found found;
  ASSERT_TRUE(query.next(found).value());
  ASSERT_TRUE(found.time.has_value());
  EXPECT_EQ(1U, found.time->run);
  EXPECT_GE(found.time->wall(), before);
  EXPECT_LE(found.time->wall(), std::chrono::system_clock::now());
}

TEST_F(LogQueryTest, WhoFellBehindIsToldHowFar) {
  const auto small = in_memory(64 << 10);
  const os::UniqueFd pipe = pipe_into(*small);
  say(*small, pipe, "first\n");
  LogQuery query({});
  ASSERT_TRUE(query.add(small->view()).has_value());
  EXPECT_EQ((Texts{"first"}), texts_of(query));
  for (int i = 0; i < 100; ++i)
    say(*small, pipe, std::string(4999, 'x') + "\n");
  query.refresh(0, small->view());
  LogQuery::Found found;
  std::uint64_t gap = 0;
  std::uint64_t seen = 6;
  while (query.next(found).value()) {
    gap += found.line.gap;
    seen += found.line.text.size() + 1;
  }
  EXPECT_GT(gap, 0U);
  EXPECT_EQ(small->view().end, seen + gap);
}

TEST_F(LogQueryTest, AllOfALogIsCopiedWithoutItsLines) {
  say(*output_, pipe_, std::string_view("a\0b\nno end", 10));
  LogQuery query({});
  ASSERT_TRUE(query.add(output_->view()).has_value());
  std::string bytes(100, 'x');
  ASSERT_EQ(10U, query.copy(bytes).value());
  EXPECT_EQ(std::string_view("a\0b\nno end", 10), bytes.substr(0, 10));
  EXPECT_EQ(0U, query.copy(bytes).value());
}

TEST_F(LogQueryTest, AnEndlessLineComesInPieces) {
  for (int i = 0; i < 3; ++i)
    say(*output_, pipe_, std::string(60'000, 'x'));
  say(*output_, pipe_, "\nnext\n");
  LogQuery query({});
  ASSERT_TRUE(query.add(output_->view()).has_value());
  std::vector<std::pair<std::size_t, bool>> pieces;
  LogQuery::Found found;
  while (query.next(found).value())
    pieces.emplace_back(found.line.text.size(), found.line.is_whole);
  EXPECT_EQ((std::vector<std::pair<std::size_t, bool>>{
                {65'536, false}, {65'536, false}, {180'000 - 131'072, true}, {4, true}}),
            pieces);
}

TEST_F(LogQueryTest, FindsTheLastLinesOfALongLog) {
  for (int i = 0; i < 200; ++i)
    say(*output_, pipe_, std::string(2999, 'x') + "\n");
  LogReader log(output_->view());
  EXPECT_EQ(600'000U - 3000 * 150, offset_of_last_lines(log, log.end(), 150).value());
  EXPECT_EQ(0U, offset_of_last_lines(log, log.end(), 1000).value());
  say(*output_, pipe_, "partial");
  log.refresh(output_->view());
  EXPECT_EQ(600'000U, offset_of_last_lines(log, log.end(), 1).value());
  EXPECT_EQ(597'000U, begin_of_line(log, 598'123).value());
  EXPECT_EQ(597'000U, begin_of_line(log, 597'000).value());
  EXPECT_EQ(0U, begin_of_line(log, 0).value());
}

TEST(Matcher, AnExpressionThatIsNoneIsRefused) {
  const auto matcher = Matcher::of_expression("a(b");
  ASSERT_FALSE(matcher.has_value());
  EXPECT_EQ("bad expression \"a(b\": missing ): a(b", matcher.error().message);
}

TEST(Matcher, FindsATextWhereverItStands) {
  const Matcher matcher = Matcher::of_text("abc");
  EXPECT_TRUE(matcher.matches("abc"));
  EXPECT_TRUE(matcher.matches("xxabc"));
  EXPECT_TRUE(matcher.matches("abcabx"));
  EXPECT_TRUE(matcher.matches("ababcx"));
  EXPECT_FALSE(matcher.matches("ab"));
  EXPECT_FALSE(matcher.matches("xabxbc"));
  EXPECT_FALSE(matcher.matches(""));
}

TEST(Matcher, AnyBytesAreBytes) {
  EXPECT_TRUE(Matcher::of_text(std::string("\0\xff", 2)).matches(std::string("a\0\xff", 3)));
  EXPECT_TRUE(std::move(Matcher::of_expression("\\xff.$").value()).matches("\xff\x80"));
}

}  // namespace
}  // namespace gaffer::stream
