#include "programs/top/model.h"

#include <gtest/gtest.h>

namespace gaffer::programs::top {
namespace {

using enum Key::Kind;
using What = Request::What;

Row row(const std::string& name) {
  return {.target = name,
          .template_name = name.substr(0, name.find('.')),
          .name = name,
          .state = "running"};
}

Model three() {
  Model model;
  set_rows(model, {row("web.1"), row("web.2"), row("db.1")});
  return model;
}

std::optional<Request> type(Model& model, std::string_view text) {
  std::optional<Request> last;
  for (const Key& key : KeyReader().take(text))
    last = press(model, key);
  return last;
}

TEST(TopModel, TheFirstIsSelectedFirst) { EXPECT_EQ("web.1", three().selected); }

TEST(TopModel, KeysMoveTheSelectionAndStopAtTheEnds) {
  Model model = three();
  type(model, "j");
  EXPECT_EQ("web.2", model.selected);
  type(model, "\x1b[B\x1b[B\x1b[B");
  EXPECT_EQ("db.1", model.selected);
  type(model, "k");
  EXPECT_EQ("web.2", model.selected);
  type(model, "\x1b[5~");
  EXPECT_EQ("web.1", model.selected);
  type(model, "\x1b[F");
  EXPECT_EQ("db.1", model.selected);
  type(model, "\x1b[H\x1b[A");
  EXPECT_EQ("web.1", model.selected);
}

TEST(TopModel, WhoIsSelectedStaysSoWhenRowsComeAndGo) {
  Model model = three();
  type(model, "j");
  set_rows(model, {row("api.1"), row("web.1"), row("web.2")});
  EXPECT_EQ("web.2", model.selected);
  set_rows(model, {row("api.1"), row("web.1"), row("db.1")});
  EXPECT_EQ("db.1", model.selected);
  set_rows(model, {});
  EXPECT_EQ("", model.selected);
  EXPECT_EQ(nullptr, selected_row(model));
}

TEST(TopModel, KeysAskForWhatTheySay) {
  Model model = three();
  EXPECT_EQ((Request{What::Act, "web.1", "stop"}), type(model, "s"));
  EXPECT_EQ((Request{What::Act, "web.1", "start"}), type(model, "S"));
  EXPECT_EQ((Request{What::Act, "web.1", "restart"}), type(model, "r"));
  EXPECT_EQ((Request{What::Act, "web.1", "reload"}), type(model, "R"));
  EXPECT_EQ((Request{What::Scale, "web", "+1"}), type(model, "+"));
  EXPECT_EQ((Request{What::Scale, "web", "-1"}), type(model, "-"));
  EXPECT_EQ((Request{What::Quit}), type(model, "q"));
  EXPECT_EQ((Request{What::Quit}), type(model, "\x03"));
  EXPECT_EQ((Request{What::Redraw}), type(model, "\x0c"));
  EXPECT_EQ(std::nullopt, type(model, "x"));
}

TEST(TopModel, NothingIsAskedWhereNothingIsSelected) {
  Model model;
  EXPECT_EQ(std::nullopt, type(model, "s"));
  EXPECT_EQ(std::nullopt, type(model, "+"));
}

TEST(TopModel, WhatIsTypedIntoTheSearchIsNoCommand) {
  Model model = three();
  EXPECT_EQ(std::nullopt, type(model, "/qs"));
  EXPECT_TRUE(model.is_typing);
  EXPECT_EQ("qs", model.filter);
  EXPECT_EQ("", model.selected);
  type(model,
       "\x7f\x7f"
       "db");
  EXPECT_EQ("db.1", model.selected);
  EXPECT_EQ(1U, shown_rows(model).size());
  EXPECT_EQ((Request{What::Act, "db.1", "stop"}), type(model, "\rs"));
}

TEST(TopModel, EscapeShowsAllAgain) {
  Model model = three();
  type(model, "/db\r");
  press(model, {Escape});
  EXPECT_EQ(3U, shown_rows(model).size());
  EXPECT_EQ("db.1", model.selected);
  type(model, "/xä\x7f");
  EXPECT_EQ("x", model.filter);
  press(model, {Escape});
  EXPECT_FALSE(model.is_typing);
  EXPECT_EQ("", model.filter);
}

TEST(TopModel, CtrlCQuitsFromEverywhere) {
  Model model = three();
  EXPECT_EQ((Request{What::Quit}), type(model, "/\x03"));
  model = three();
  EXPECT_EQ((Request{What::Quit}), type(model, "?\x03"));
}

TEST(TopModel, HelpGoesWithAnyKeyWhichDoesNothingElse) {
  Model model = three();
  type(model, "?");
  EXPECT_EQ(Model::Page::Help, model.page);
  EXPECT_EQ(std::nullopt, type(model, "s"));
  EXPECT_EQ(Model::Page::Table, model.page);
}

TEST(TopModel, AnAnswerIsThereUntilTheNextKey) {
  Model model = three();
  model.answer = "stop web.1: stopped";
  set_rows(model, {row("web.1")});
  EXPECT_EQ("stop web.1: stopped", model.answer);
  type(model, "j");
  EXPECT_EQ("", model.answer);
}

TEST(TopModel, TheLogOnTheWholeScreenIsScrolledUpToItsFirstLines) {
  Model model = three();
  model.size = {.rows = 8, .columns = 20};  // Five lines of log.
  for (int line = 1; line <= 9; ++line)
    add_log_line(model, std::to_string(line));
  type(model, "lkk");
  EXPECT_EQ(2U, model.scrolled);
  EXPECT_EQ("web.1", model.selected);
  type(model, "\x1b[H");
  EXPECT_EQ(4U, model.scrolled);
  type(model, "\x1b[F");
  EXPECT_EQ(0U, model.scrolled);
  type(model, "k\r");
  EXPECT_EQ(Model::Page::Table, model.page);
  EXPECT_EQ(0U, model.scrolled);
}

TEST(TopModel, WhatIsReadStaysWhereItIsWhenLinesCome) {
  Model model = three();
  model.size = {.rows = 5, .columns = 20};
  for (const char* line : {"1", "2", "3", "4"})
    add_log_line(model, line);
  type(model, "lk");
  add_log_line(model, "5");
  EXPECT_EQ(2U, model.scrolled);
}

TEST(TopModel, TheOldestLinesOfALogGo) {
  Model model = three();
  for (std::size_t line = 0; line <= kMostLines; ++line)
    add_log_line(model, std::to_string(line));
  EXPECT_EQ(kMostLines, model.log.size());
  EXPECT_EQ("1", model.log.front());
}

TEST(TopModel, ALineThatGoesOnStaysOneLineUntilItIsTooLong) {
  Model model = three();
  extend_log_line(model, "one");
  extend_log_line(model, " two");
  EXPECT_EQ((std::deque<std::string>{"one two"}), model.log);
  extend_log_line(model, std::string(8192, 'x'));
  EXPECT_EQ("one two", model.log.back());
}

TEST(TopModel, AnotherProcessHasAnotherLog) {
  Model model = three();
  add_log_line(model, "of web.1");
  type(model, "j");
  EXPECT_TRUE(model.log.empty());
}

}  // namespace
}  // namespace gaffer::programs::top
