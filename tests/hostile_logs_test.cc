/// Logs that somebody else has a hand in: what is in them, and where they lie.

#include <array>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "support/daemon.h"

namespace gaffer::test {
namespace {

class HostileLogs : public ProgramsTest {};

/// What a terminal obeys, and what it may be mixed with.
// NOLINTBEGIN(bugprone-suspicious-missing-comma, misc-misleading-bidirectional): it is what is tested
constexpr auto kParts = std::to_array<std::string_view>({"\x1b[2J",
                                                         "\x1b[H",
                                                         "\x1b[1;1H",
                                                         "\x1b[6n",
                                                         "\x1b[c",
                                                         "\x1b[?1049h",
                                                         "\x1b[20t",
                                                         "\x1b[5i",
                                                         "\x1b[4l",
                                                         "\x1b]0;title\x07",
                                                         "\x1b]52;c;cm0gLXJm\x07",
                                                         "\x1b]8;;http://x\x1b\\",
                                                         "\x1bP$q\x1b\\",
                                                         "\x1b_x\x1b\\",
                                                         "\x1b^x\x1b\\",
                                                         "\x1bX\x1b\\",
                                                         "\x1b"
                                                         "c",
                                                         "\x1b#8",
                                                         "\x1b(0",
                                                         "\x1bZ",
                                                         "\x1b",
                                                         "\x1b[",
                                                         "\x1b[31",
                                                         "\x1b[38;5;",
                                                         "\x1b[31;\x1b[2J",
                                                         "\x1b[m",
                                                         "\x1b[1;31m",
                                                         "\x1b[38:2::1:2:3m",
                                                         "\x9b"
                                                         "2J",
                                                         "\xc2\x9b"
                                                         "2J",
                                                         "\xc2\x9d"
                                                         "0;x\x07",
                                                         "\xc2\x90q\xc2\x9c",
                                                         "\xc2\x85",
                                                         "\a",
                                                         "\b\b\b",
                                                         "\r",
                                                         "\x0b",
                                                         "\x0c",
                                                         "\x0e",
                                                         "\x0f",
                                                         "\x7f",
                                                         "\x05",
                                                         "\xe2\x80\xae",
                                                         "\xe2\x80\xaa",
                                                         "\xe2\x81\xa6",
                                                         "\xe2\x81\xa9",
                                                         "\xe2\x80\x8f",
                                                         "\xd8\x9c",
                                                         "\xff",
                                                         "\xc0\x80",
                                                         "\xed\xa0\x80",
                                                         "\xf4\x90\x80\x80",
                                                         "\xe2\x80",
                                                         "plain",
                                                         "\t",
                                                         "\xc3\xa4",
                                                         "\xe6\x97\xa5",
                                                         "m",
                                                         "[2J",
                                                         "]0;",
                                                         std::string_view("\0", 1)});
// NOLINTEND(bugprone-suspicious-missing-comma, misc-misleading-bidirectional)

/// Each of them alone, and mixed.
std::vector<std::string> payloads() {
  std::vector<std::string> all(kParts.begin(), kParts.end());
  std::minstd_rand random(20121124);  // NOLINT: the same ones each time.
  while (all.size() < 500) {
    std::string mixed;
    for (std::size_t length = 2 + random() % 4; length > 0; --length)
      mixed += kParts.at(random() % kParts.size());
    all.push_back(mixed);
  }
  return all;
}

/// The first thing in a text that is neither a colour, a tab, the end of a line nor a character to be
/// printed; empty if there is none.
std::string what_is_obeyed(std::string_view text) {
  while (!text.empty()) {
    if (text.starts_with("\x1b[")) {
      const auto end = text.find_first_not_of("0123456789;:", 2);
      if (end == std::string_view::npos || text[end] != 'm') return std::string(text.substr(0, 20));
      text.remove_prefix(end + 1);
      continue;
    }
    const auto character = first_character(text);
    if (!character) return "no UTF-8: " + std::string(text.substr(0, 20));
    const auto code = character->code;
    const bool is_control =
        (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0);
    const bool is_return = text.starts_with("\r\n");  // The terminal's own.
    const bool turns = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
                       code == 0x200e || code == 0x200f || code == 0x061c;
    if ((is_control && !is_return) || turns) return std::string(text.substr(0, 20));
    text.remove_prefix(character->bytes);
  }
  return "";
}

TEST_F(HostileLogs, NothingInThemCommandsATerminal) {
  std::string log;
  for (const std::string& payload : payloads())
    log += "<" + payload + ">\n";
  std::filesystem::create_directory(dir_.path("gaffer/logs"));
  dir_.write("gaffer/logs/web.1.log", log);
  Command command = this->command("gaffer", {"logs", "-n", "all", "web"});
  command.output = Command::Output::Terminal;
  Program logs(command);
  const Ended ended = logs.wait_for_end();
  EXPECT_EQ(0, ended.status);
  EXPECT_EQ("", what_is_obeyed(ended.out));
  EXPECT_EQ(500, std::ranges::count(ended.out, '<')) << "each payload is shown";
  EXPECT_EQ(log, gaffer({"logs", "-n", "all", "--raw", "web"}).out);
}

TEST_F(HostileLogs, ADirectoryThatHangsHoldsUpItsOwnProcessOnly) {
  std::filesystem::create_directory(dir_.path("stuck"));
  write("gaffer.ini",
        section("stuck", "print hello sleep", "stdout_log = " + dir_.path("stuck/web.log")) +
            section("web", "print hello sleep", "numprocesses = 3"));
  Command gafferd = command("gafferd", {"-c", "gaffer.ini"});
  gafferd.environment["LD_PRELOAD"] = program("stuck_disk.so");
  gafferd.environment["ASAN_OPTIONS"] += ":verify_asan_link_order=0";
  gafferd.environment["GAFFER_TEST_UNSTUCK"] = dir_.path("unstuck");
  start_gafferd_as(gafferd);
  // The others write, are read, end and start again.
  const std::string all_three = "web.1 | hello\nweb.2 | hello\nweb.3 | hello\n";
  EXPECT_TRUE(eventually([&] {
    const std::string said = gaffer({"logs", "web"}).out;
    std::vector<std::string_view> lines = split(said, '\n');
    return lines.size() == 4 && std::ranges::is_permutation(lines, split(all_three, '\n'));
  }));
  EXPECT_EQ(0, gaffer({"restart", "web"}).status);
  EXPECT_EQ(ProcessState::Running, process("stuck").state);
  EXPECT_FALSE(std::filesystem::exists(dir_.path("stuck/web.log")));
  EXPECT_EQ(0, gaffer({"restart", "stuck"}).status);
  // Nothing is lost of either run.
  dir_.write("unstuck", "");
  EXPECT_TRUE(eventually([&] {
    return gaffer({"logs", "stuck"}).out == "hello\nhello\n";
  })) << gaffer({"logs", "stuck"}).out;
}

}  // namespace
}  // namespace gaffer::test
