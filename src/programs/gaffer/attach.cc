#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/daemon.h"
#include "os/host.h"
#include "os/terminal.h"
#include "programs/gaffer/commands.h"
#include "uv/loop.h"
#include "uv/poll.h"
#include "uv/signal_watch.h"

namespace gaffer::programs {
namespace {

constexpr char kDetach = '\x1d';  // Ctrl-]

/// This terminal and a process, each told what the other says.
class Attachment {
 public:
  Attachment(uv::Loop& loop, const client::Daemon& daemon, std::string process)
      : loop_(loop), daemon_(daemon), process_(std::move(process)) {}

  Result<void> run() {
    GAFFER_TRY(output_,
               daemon_.open_logs(
                   {{"name", process_}, {"format", "raw"}, {"lines", "10"}, {"follow", "true"}}));
    GAFFER_TRY(enter_terminal());
    GAFFER_TRY(auto from_process, uv::Poll::create(loop_, output_->fd()));
    GAFFER_TRY(auto from_person, uv::Poll::create(loop_, 0));
    GAFFER_TRY(from_process.start([this] { take_output(); }));
    GAFFER_TRY(from_person.start([this] { take_input(); }));
    const uv::SignalWatch resized(loop_, SIGWINCH, [this] { (void)resize(); });
    const uv::SignalWatch ended(loop_, SIGTERM, [this] { loop_.stop(); });
    loop_.run();
    raw_.reset();
    return outcome_;
  }

  /// Whether a person has left; otherwise the output has ended.
  [[nodiscard]] bool has_left() const { return has_left_; }

 private:
  /// Keys go to a process in a terminal one by one, others read lines.
  Result<void> enter_terminal() {
    auto resized = resize();
    if (!resized && resized.error().code == Errc::InvalidArgument)
      return daemon_.write(process_, "", "");  // It has none, but perhaps an input.
    if (!resized) return resized;
    GAFFER_TRY(raw_, os::RawTerminal::enter());
    return {};
  }

  Result<void> resize() {
    const auto size = os::own_terminal_size();
    return daemon_.resize(process_, size.value_or(TerminalSize{}));
  }

  void take_output() {
    const auto more = output_->receive([this](std::string_view bytes) {
      outcome_ = os::write_standard(1, bytes);
      return outcome_.has_value();
    });
    if (more && *more && outcome_) return;
    if (!more) outcome_ = more.error();
    loop_.stop();
  }

  void take_input() {
    constexpr std::size_t kPiece = 4096;
    auto typed = os::read_standard_input(kPiece);
    if (!typed || typed->empty()) return leave(typed ? Result<void>() : typed.error());
    const auto end = typed->find(kDetach);
    if (end != std::string::npos) typed->resize(end);
    if (!typed->empty()) {
      if (auto sent = daemon_.write(process_, *typed, ""); !sent) return leave(std::move(sent));
    }
    if (end != std::string::npos) leave({});
  }

  void leave(Result<void> outcome) {
    has_left_ = true;
    outcome_ = std::move(outcome);
    loop_.stop();
  }

  uv::Loop& loop_;
  const client::Daemon& daemon_;
  const std::string process_;
  std::optional<client::Stream> output_;
  std::optional<os::RawTerminal> raw_;
  Result<void> outcome_;
  bool has_left_ = false;
};

Result<bool> attach(const std::string& socket, const std::string& target) {
  const client::Daemon daemon(socket);
  GAFFER_TRY(const auto targets, resolve(socket, {target}));
  if (targets.size() != 1)
    return Error{Errc::InvalidArgument, 0, target + " is several: say which one"};
  GAFFER_TRY(const std::string process, single_process(daemon, targets.front()));
  GAFFER_TRY(uv::Loop loop, uv::Loop::create());
  print_problems("gaffer", {"attached to " + process + "; Ctrl-] leaves it running"});
  Attachment attachment(loop, daemon, process);
  GAFFER_TRY(attachment.run());
  return attachment.has_left();
}

int run_attach(const std::string& socket, const std::string& target) {
  if (!os::is_terminal(0)) {
    return report({Errc::InvalidArgument, 0,
                   "standard input is no terminal: gaffer send and gaffer logs are for programs"});
  }
  const auto has_left = attach(socket, target);
  if (!has_left) return report(has_left.error());
  print_problems("gaffer", {*has_left ? "left " + target : target + " is gone"});
  return kDone;
}

}  // namespace

Command attach_command(const Globals& globals) {
  const auto targets = std::make_shared<std::vector<std::string>>();
  Argument target = target_argument(*targets, globals);
  target.is_required = true;
  return {
      .name = "attach",
      .heading = "Talking to processes",
      .summary = "Be at the input and output of a process, as if it ran here.",
      .arguments = {std::move(target)},
      .examples = {{"gaffer attach shell", "Ctrl-] leaves, and it runs on"}},
      .run =
          [targets, &globals] {
            if (targets->size() != 1)
              return report({Errc::InvalidArgument, 0, "one process at a time"});
            return at_socket(globals, [&](const std::string& socket) {
              return run_attach(socket, targets->front());
            });
          },
      .details =
          "Of a process with a terminal (pty) every key but Ctrl-] is its own, also Ctrl-C, and "
          "the terminal gets the size of this one. One with redirect_input is sent lines. You "
          "stay attached when it is restarted."};
}

}  // namespace gaffer::programs
