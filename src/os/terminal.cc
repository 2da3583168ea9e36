#include "os/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <utility>

namespace gaffer::os {

Result<Terminal> open_terminal(TerminalSize size, std::optional<uid_t> owner) {
  constexpr auto kCannot = "cannot open a terminal";
  // No grantpt(3): on devpts the kernel has done its work.
  UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  if (!master.is_open() || ::unlockpt(master.get()) != 0) return os_error(kCannot, errno);
  // By the master (Linux 4.13), not by name: /dev/pts may be another mount namespace's.
  UniqueFd slave(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!slave.is_open()) return os_error(kCannot, errno);
  if (owner && ::fchown(slave.get(), *owner, static_cast<gid_t>(-1)) != 0) {
    return os_error("cannot give the terminal to user " + std::to_string(*owner), errno);
  }
  GAFFER_TRY(resize(master.get(), size));
  return Terminal{std::move(master), std::move(slave)};
}

// Asked of the master, Linux answers for the other end (tty_mode_ioctl).
std::optional<char> end_of_file(int master) {
  termios settings{};
  if (::tcgetattr(master, &settings) != 0 || (settings.c_lflag & ICANON) == 0) return std::nullopt;
  const cc_t character = settings.c_cc[VEOF];
  if (character == _POSIX_VDISABLE) return std::nullopt;
  return static_cast<char>(character);
}

Result<void> resize(int master, TerminalSize size) {
  const winsize wanted{.ws_row = static_cast<unsigned short>(size.rows),
                       .ws_col = static_cast<unsigned short>(size.columns)};
  if (::ioctl(master, TIOCSWINSZ, &wanted) == 0) return {};
  return os_error("cannot set the size of a terminal", errno);
}

std::optional<TerminalSize> own_terminal_size() {
  winsize size{};
  if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    return std::nullopt;
  return TerminalSize{.rows = size.ws_row, .columns = size.ws_col};
}

struct RawTerminal::Settings {
  termios raw{};
};

RawTerminal::RawTerminal(std::unique_ptr<Settings> before) : before_(std::move(before)) {}
RawTerminal::RawTerminal(RawTerminal&& other) noexcept = default;
RawTerminal& RawTerminal::operator=(RawTerminal&& other) noexcept = default;

Result<RawTerminal> RawTerminal::enter() {
  constexpr auto kCannot = "cannot take over the terminal";
  auto before = std::make_unique<Settings>();
  if (::tcgetattr(STDIN_FILENO, &before->raw) != 0) return os_error(kCannot, errno);
  termios raw = before->raw;
  ::cfmakeraw(&raw);
  if (::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0) return os_error(kCannot, errno);
  return RawTerminal(std::move(before));
}

RawTerminal::~RawTerminal() {
  if (before_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_->raw);
}

}  // namespace gaffer::os
