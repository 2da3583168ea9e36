#include "programs/top/screen.h"

#include <gtest/gtest.h>

#include "base/strings.h"

namespace gaffer::programs::top {
namespace {

using Lines = std::vector<std::string>;

Row web(int slot) {
  const std::string name = "web." + std::to_string(slot);
  return {.target = name,
          .template_name = "web",
          .name = name,
          .state = "running",
          .tone = Tone::Good,
          .os_pid = "4711",
          .uptime = "3m12s",
          .restarts = "0",
          .cpu = "12.5",
          .memory = "20M"};
}

Row failed() {
  return {.target = "db.1",
          .template_name = "db",
          .name = "db.1",
          .state = "failed",
          .tone = Tone::Bad,
          .restarts = "5",
          .why = "exit code 3"};
}

/// Without colours, in 60 columns.
Model plain(int rows) {
  Model model;
  model.size = {.rows = rows, .columns = 60};
  model.is_coloured = false;
  model.daemon = "gafferd 1";
  model.load = "load 0.52";
  set_rows(model, {web(1), failed()});
  return model;
}

/// Blanks at the ends of lines say nothing.
Lines trimmed(const Lines& lines) {
  Lines result;
  for (const std::string& line : lines)
    result.push_back(line.substr(0, line.find_last_not_of(' ') + 1));
  return result;
}

Lines shown(const Model& model) { return trimmed(screen(model)); }

/// From one on to the last but one.
Lines between(const Lines& lines, std::ptrdiff_t from) {
  return {lines.begin() + from, lines.end() - 1};
}

std::string all(const Model& model) {
  std::string text;
  for (const std::string& line : screen(model))
    text += line + "\n";
  return text;
}

TEST(TopScreen, HasAHeaderATableTheLogAndTheKeys) {
  Model model = plain(9);
  add_log_line(model, "listening");
  EXPECT_EQ(
      (Lines{"gafferd 1  2 processes: 1 running, 1 failed  load 0.52",
             "  NAME   STATE    OS_PID  UPTIME   CPU%    MEM  WHY",
             "> web.1  running    4711   3m12s   12.5    20M",
             "  db.1   failed        -       -      -      -  exit code 3", "log of web.1",
             "listening", "", "", "q quit  ? help  s stop  S start  r restart  R reload  + - sc"}),
      shown(model));
}

TEST(TopScreen, AWideOneHasEveryColumn) {
  Model model = plain(9);
  model.size.columns = 100;
  EXPECT_EQ("  NAME   STATE    OS_PID  UPTIME  RESTARTS   CPU%    MEM  WHY", shown(model)[1]);
}

TEST(TopScreen, ANarrowOneLosesColumnsAndNoLineIsTooLong) {
  Model model = plain(9);
  model.size.columns = 20;
  EXPECT_EQ("  NAME   STATE    WH", shown(model)[1]);
  EXPECT_EQ("> web.1  running", shown(model)[2]);
  for (const std::string& line : screen(model))
    EXPECT_GE(20U, line.size()) << line;
}

TEST(TopScreen, FillsEverySizeThatThereIs) {
  for (const int rows : {1, 2, 3, 4, 5, 6, 7, 50}) {
    Model model = plain(rows);
    for (const auto page : {Model::Page::Table, Model::Page::Log, Model::Page::Help}) {
      model.page = page;
      model.size.columns = rows;
      EXPECT_EQ(static_cast<std::size_t>(rows), screen(model).size());
    }
  }
}

TEST(TopScreen, ALongTableShowsTheSelectedRowAndLeavesRoomForTheLog) {
  Model model = plain(12);
  std::vector<Row> rows;
  for (int slot = 1; slot <= 50; ++slot)
    rows.push_back(web(slot));
  set_rows(model, rows);
  model.selected = "web.30";
  const Lines lines = shown(model);
  EXPECT_TRUE(lines[2].starts_with("  web.28 ")) << lines[2];
  EXPECT_TRUE(lines[4].starts_with("> web.30 ")) << lines[4];
  EXPECT_EQ("log of web.30", lines[6]);
  model.selected = "web.50";
  EXPECT_TRUE(shown(model)[5].starts_with("> web.50 ")) << shown(model)[5];
}

TEST(TopScreen, TheEndOfTheLogIsShown) {
  Model model = plain(8);
  for (const char* line : {"1", "2", "3"})
    add_log_line(model, line);
  EXPECT_EQ((Lines{"log of web.1", "2", "3"}), between(shown(model), 4));
}

TEST(TopScreen, OnTheWholeScreenLongLinesOfTheLogAreWrapped) {
  Model model = plain(6);
  model.size.columns = 12;
  model.page = Model::Page::Log;
  add_log_line(model, "one");
  add_log_line(model, "abcdefghijklmno");
  EXPECT_EQ((Lines{"log of web.1", "one", "abcdefghijkl", "mno"}), between(shown(model), 1));
  model.scrolled = 1;
  EXPECT_EQ("one", shown(model)[2]);
}

TEST(TopScreen, TheLastLineIsTheAnswerOrWhatIsTyped) {
  Model model = plain(9);
  model.answer = "stop web.1: stopped";
  EXPECT_EQ("stop web.1: stopped", shown(model).back());
  model.filter = "we";
  model.is_typing = true;
  EXPECT_EQ("/we_", shown(model).back());
  model.is_typing = false;
  model.answer.clear();
  EXPECT_TRUE(shown(model).back().starts_with("/we (Esc: all)  q quit"));
}

TEST(TopScreen, SaysWhyThereIsNothingToSee) {
  Model model = plain(9);
  model.filter = "x\x1b[2J";
  EXPECT_EQ("  no name holds \"x^[[2J\"", shown(model)[2]);
  set_rows(model, {});
  EXPECT_EQ("  no processes: gaffer load brings some", shown(model)[2]);
  model.trouble = "no gafferd answers";
  EXPECT_EQ("no gafferd answers", shown(model)[0]);
}

TEST(TopScreen, WithoutColoursThereIsNoSequenceAtAll) {
  Model model = plain(9);
  model.trouble = "gone";
  model.answer = "so";
  add_log_line(model, "\x1b[31mred\x1b[0m");
  EXPECT_EQ(std::string::npos, all(model).find('\x1b'));
}

TEST(TopScreen, ColoursEndWithTheirLine) {
  Model model = plain(9);
  model.is_coloured = true;
  add_log_line(model, "\x1b[31mred");
  for (const std::string& line : screen(model)) {
    const bool has = line.find('\x1b') != std::string::npos;
    EXPECT_TRUE(!has || line.ends_with("\x1b[0m")) << line;
  }
  EXPECT_NE(std::string::npos, all(model).find("\x1b[31mfailed "));
  EXPECT_NE(std::string::npos, all(model).find("\x1b[7m> web.1"));
}

TEST(TopChanges, OnlyLinesThatDifferAreSent) {
  EXPECT_EQ("\x1b[2;1H\x1b[2Kx", changes({"a", "b", "c"}, {"a", "x", "c"}));
  EXPECT_EQ("", changes({"a"}, {"a"}));
}

TEST(TopChanges, AnotherHeightIsDrawnAnew) {
  EXPECT_EQ("\x1b[2J\x1b[1;1H\x1b[2Ka", changes({}, {"a"}));
  EXPECT_EQ("\x1b[2J\x1b[1;1H\x1b[2Ka", changes({"a", "b"}, {"a"}));
}

}  // namespace
}  // namespace gaffer::programs::top
