#include "programs/command_line/command.h"

#include <gtest/gtest.h>

namespace gaffer::programs {
namespace {

using Words = std::vector<std::string>;

/// A program with a command of each kind.
class CommandLine : public testing::Test {
 protected:
  CommandLine() {
    program_.arguments = {{.names = "--dir",
                           .value = "DIR",
                           .text = "folder",
                           .into = &dir_,
                           .candidates = {.files = true}}};
    program_.commands = {
        {.name = "show",
         .heading = "Looking",
         .summary = "Show things.",
         .arguments = {{.names = "NAME",
                        .text = "only these",
                        .into = &names_,
                        .candidates = {.words =
                                           [] {
                                             return Words{"web", "worker"};
                                           }}},
                       {.names = "-n,--lines", .value = "N", .text = "lines", .into = &lines_},
                       {.names = "--json", .text = "as JSON", .into = &json_}},
         .examples = {{"tool show web", "web alone"}}},
        {.name = "run",
         .heading = "Acting",
         .summary = "Run a command.",
         .arguments = {{.names = "CMD", .text = "what", .into = &names_, .is_required = true},
                       {.names = "-e,--env", .value = "FILE", .text = "env", .into = &dir_}},
         .takes_the_rest = true},
        {.name = "secret", .heading = "Acting", .summary = "Not in the help.", .is_hidden = true}};
  }

  Parsed parse(Words words) {
    words.insert(words.begin(), "tool");
    std::vector<char*> pointers;
    for (std::string& word : words)
      pointers.push_back(word.data());
    return programs::parse(program_, static_cast<int>(pointers.size()), pointers.data());
  }

  std::string dir_;        // NOLINT(*-non-private-member-variables-in-classes)
  Words names_;            // NOLINT(*-non-private-member-variables-in-classes)
  std::size_t lines_ = 0;  // NOLINT(*-non-private-member-variables-in-classes)
  bool json_ = false;      // NOLINT(*-non-private-member-variables-in-classes)
  Program program_{        // NOLINT(*-non-private-member-variables-in-classes)
                   .name = "tool",
                   .version = "1.2",
                   .summary = "Does things.",
                   .arguments = {},
                   .examples = {}};
};

TEST_F(CommandLine, PutsValuesWhereTheTableSays) {
  const Parsed parsed = parse({"--dir", "/x", "show", "web", "-n", "5", "--json", "db"});
  ASSERT_NE(nullptr, parsed.command) << parsed.err;
  EXPECT_EQ("show", parsed.command->name);
  EXPECT_EQ("/x", dir_);
  EXPECT_EQ((Words{"web", "db"}), names_);
  EXPECT_EQ(5U, lines_);
  EXPECT_TRUE(json_);
}

TEST_F(CommandLine, OptionsOfTheProgramMayStandBehindTheCommand) {
  EXPECT_FALSE(parse({"show", "--dir", "/x"}).status);
  EXPECT_EQ("/x", dir_);
}

TEST_F(CommandLine, WhatStandsBehindACommandThatTakesTheRestIsNotRead) {
  const Parsed parsed = parse({"run", "-e", "a.env", "make", "-n", "--help", "--", "x"});
  ASSERT_NE(nullptr, parsed.command) << parsed.err;
  EXPECT_EQ((Words{"make", "-n", "--help", "--", "x"}), names_);
  EXPECT_EQ("a.env", dir_);
}

TEST_F(CommandLine, AMistakeIsOneLineWithAHint) {
  EXPECT_EQ("tool: no command shwo (did you mean show?); see tool --help\n", parse({"shwo"}).err);
  const Parsed parsed = parse({"show", "--jsno"});
  EXPECT_EQ(2, parsed.status);
  EXPECT_EQ("tool: unknown option --jsno (did you mean --json?); see tool show --help\n",
            parsed.err);
  EXPECT_EQ(2, parse({"show", "-n", "-1"}).status);
}

TEST_F(CommandLine, AnUnknownOptionIsNamedAlsoWithoutACommand) {
  EXPECT_EQ("tool: unknown option --dri (did you mean --dir?); see tool --help\n",
            parse({"--dri=/x"}).err);
  EXPECT_EQ("tool: unknown option --x; see tool show --help\n", parse({"show", "--x"}).err);
  EXPECT_EQ("", parse({"run", "serve", "--x"}).err) << "it is another program's";
}

TEST_F(CommandLine, HelpOfACommandHasItsArgumentsAndExamples) {
  const Parsed parsed = parse({"show", "--help"});
  EXPECT_EQ(0, parsed.status);
  EXPECT_EQ(
      "Show things.\n\nUsage: tool show [OPTION...] [NAME...]\n"
      "\nArguments:\n  NAME  only these\n"
      "\nOptions:\n  -n, --lines N  lines\n  --json         as JSON\n"
      "\nOptions of every command:\n  --dir DIR  folder\n"
      "\nExamples:\n  tool show web  web alone\n",
      parsed.out);
}

TEST_F(CommandLine, HelpOfTheProgramListsItsCommandsUnderTheirHeadings) {
  const std::string text = parse({"--help"}).out;
  EXPECT_NE(std::string::npos, text.find("\nLooking:\n  show  Show things.\n")) << text;
  EXPECT_NE(std::string::npos, text.find("\nActing:\n  run  Run a command.\n")) << text;
  EXPECT_EQ(std::string::npos, text.find("secret"));
}

TEST_F(CommandLine, TheManualHasEveryCommandOptionAndExample) {
  const std::string page = manual_page(program_);
  EXPECT_NE(std::string::npos, page.find(".SS \\fBshow\\fR \\fINAME\\fR\nShow things.\n")) << page;
  EXPECT_NE(std::string::npos, page.find("\\fB\\-n\\fR, \\fB\\-\\-lines\\fR \\fIN\\fR\nlines\n"));
  EXPECT_NE(std::string::npos, page.find("\\fBtool show web\\fR\nweb alone\n"));
  EXPECT_EQ(std::string::npos, page.find("secret"));
}

TEST_F(CommandLine, TheManualHasNoLineThatGroffWouldTakeForARequest) {
  program_.sections = {{"FILES", "'quoted' and\n.env beside it"}};
  EXPECT_NE(std::string::npos, manual_page(program_).find("\\&'quoted' and\n\\&.env beside it"));
}

TEST_F(CommandLine, CompletesCommandsOptionsAndNames) {
  EXPECT_EQ((Words{"show\tShow things."}), complete(program_, {"sh"}));
  EXPECT_EQ((Words{"--json\tas JSON"}), complete(program_, {"show", "--js"}));
  EXPECT_EQ((Words{"web", "worker"}), complete(program_, {"show", "w"}));
  EXPECT_EQ((Words{"worker"}), complete(program_, {"show", "web", "wo"}));
  EXPECT_EQ((Words{":files"}), complete(program_, {"--dir", ""}));
  EXPECT_EQ((Words{":files"}), complete(program_, {"show", "--dir", "/t"}));
  EXPECT_EQ(Words{}, complete(program_, {"show", "-n", ""}));
  EXPECT_EQ((Words{"web", "worker"}), complete(program_, {"--dir", "x", "show", "w"}));
}

/// The same with commands of two words.
class Family : public CommandLine {
 protected:
  Family() {
    program_.commands.push_back(
        {.name = "token make",
         .heading = "Tokens",
         .summary = "Make one.",
         .arguments = {{.names = "NAME", .text = "its name", .into = &dir_, .is_required = true}}});
    program_.commands.push_back(
        {.name = "token list", .heading = "Tokens", .summary = "Show them.", .arguments = {}});
  }
};

TEST_F(Family, TheSecondWordChoosesTheCommand) {
  const Parsed parsed = parse({"token", "make", "ci"});
  ASSERT_NE(nullptr, parsed.command) << parsed.err;
  EXPECT_EQ("token make", parsed.command->name);
  EXPECT_EQ("ci", dir_);
  EXPECT_EQ("token list", parse({"--dir", "/x", "token", "list"}).command->name);
}

TEST_F(Family, AMistakeSaysWhichHelpToRead) {
  EXPECT_EQ("tool: token needs a second word; see tool token --help\n", parse({"token"}).err);
  EXPECT_EQ("tool: no command token mkae (did you mean token make?); see tool --help\n",
            parse({"token", "mkae"}).err);
  EXPECT_EQ("tool: NAME is required; see tool token make --help\n", parse({"token", "make"}).err);
}

TEST_F(Family, HasHelpForTheFirstWordAndForBoth) {
  EXPECT_EQ(
      "Usage: tool token COMMAND [ARGUMENT...]\n"
      "\nCommands:\n  token make  Make one.\n  token list  Show them.\n"
      "\nOptions of every command:\n  --dir DIR  folder\n",
      parse({"token", "--help"}).out);
  EXPECT_TRUE(parse({"token", "make", "--help"})
                  .out.starts_with("Make one.\n\nUsage: tool token "
                                   "make NAME\n"));
}

TEST_F(Family, IsCompletedWordByWord) {
  EXPECT_EQ((Words{"token"}), complete(program_, {"to"}));
  EXPECT_EQ((Words{"make\tMake one.", "list\tShow them."}), complete(program_, {"token", ""}));
  EXPECT_EQ((Words{"make\tMake one."}), complete(program_, {"--dir", "x", "token", "m"}));
}

}  // namespace
}  // namespace gaffer::programs
