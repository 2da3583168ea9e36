#include "base/terminal_text.h"

#include <gtest/gtest.h>

namespace gaffer {
namespace {

TEST(TerminalText, OrdinaryTextColoursAndTabsPass) {
  EXPECT_EQ("a\tb \x1b[1;32mgreen\x1b[0m é 漢 🦊",
            terminal_safe("a\tb \x1b[1;32mgreen\x1b[0m é 漢 🦊"));
}

TEST(TerminalText, OtherSequencesAreShownNotObeyed) {
  EXPECT_EQ("^[[2J", terminal_safe("\x1b[2J"));
  EXPECT_EQ("^[]0;title^G", terminal_safe("\x1b]0;title\a"));
  EXPECT_EQ("^[[", terminal_safe("\x1b["));
  EXPECT_EQ("a^Mb^@", terminal_safe(std::string_view("a\rb\0", 4)));
  EXPECT_EQ("^?", terminal_safe("\x7f"));
}

TEST(TerminalText, HiddenControlsAreShownToo) {
  EXPECT_EQ("\\xc2\\x9b31m", terminal_safe("\xc2\x9b"
                                           "31m"));
  constexpr const char* kOverride =
      "\xe2\x80\xae!";  // NOLINT(misc-misleading-bidirectional): the point
  EXPECT_EQ("\\xe2\\x80\\xae!", terminal_safe(kOverride));
}

TEST(TerminalText, BytesThatAreNoUtf8AreShown) {
  EXPECT_EQ("\\x9b31m", terminal_safe("\x9b"
                                      "31m"));
  EXPECT_EQ("\\xc0\\x80", terminal_safe("\xc0\x80"));
  EXPECT_EQ("\\xed\\xa0\\x80", terminal_safe("\xed\xa0\x80"));
  EXPECT_EQ("a\\xe2\\x82", terminal_safe("a\xe2\x82"));
}

}  // namespace
}  // namespace gaffer
