#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/explain.h"
#include "client/daemon.h"
#include "os/host.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {
namespace {

struct SendOptions {
  std::vector<std::string> words;  ///< The target, and what to send.
  std::string label;
  bool no_newline = false;
  bool end = false;
};

/// Sends a piece; where the process is slow to read, again until there is room.
Result<void> send_piece(const client::Daemon& daemon, const std::string& target,
                        const std::string& piece, const std::string& label) {
  constexpr std::chrono::milliseconds kPace{20};
  for (;; os::pause(kPace)) {
    auto sent = daemon.write(target, piece, label);
    if (sent || sent.error().code != Errc::Busy) return sent;
  }
}

/// What comes on standard input. To one process only: two would not read at one pace.
Result<void> send_standard_input(const client::Daemon& daemon, const std::string& target,
                                 const SendOptions& options) {
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  GAFFER_TRY(const std::string process, single_process(daemon, target));
  while (true) {
    GAFFER_TRY(const std::string piece, os::read_standard_input(kPiece));
    if (piece.empty()) return {};
    GAFFER_TRY(send_piece(daemon, process, piece, options.label));
  }
}

Result<void> send(const std::string& socket, const SendOptions& options) {
  const client::Daemon daemon(socket);
  GAFFER_TRY(const auto targets, resolve(socket, {options.words.front()}));
  std::string text;
  for (std::size_t at = 1; at < options.words.size(); ++at)
    text += (at == 1 ? "" : " ") + options.words[at];
  if (options.words.size() < 2 && !options.end)
    return Error{Errc::InvalidArgument, 0,
                 "what is to be sent? Give text, or - for standard input"};
  if (!options.no_newline && options.words.size() > 1) text += '\n';
  for (const std::string& target : targets) {
    if (options.words.size() == 2 && options.words[1] == "-") {
      GAFFER_TRY(send_standard_input(daemon, target, options));
    } else if (!text.empty()) {
      GAFFER_TRY(daemon.write(target, text, options.label));
    }
    if (options.end) GAFFER_TRY(daemon.end_input(target, options.label));
  }
  return {};
}

}  // namespace

Result<std::string> single_process(const client::Daemon& daemon, const std::string& target) {
  GAFFER_TRY(const auto templates, daemon.status(target));
  std::vector<std::string> running;
  for (const TemplateInfo& info : templates) {
    for (const ProcessInfo& process : info.processes) {
      if (process.os_pid != 0) running.push_back(label_of(process));
    }
  }
  if (running.size() == 1) return running.front();
  if (running.empty()) return Error{Errc::NotRunning, 0, target + ": nothing runs"};
  return Error{Errc::InvalidArgument, 0,
               target + " has several processes: say which, such as " + running.front()};
}

Command send_command(const Globals& globals) {
  const auto options = std::make_shared<SendOptions>();
  Argument words = target_argument(options->words, globals);
  words.names = "TARGET and TEXT";
  words.text = "to whom; and the words of a line, or - for standard input as it is";
  words.is_required = true;
  return {
      .name = "send",
      .heading = "Talking to processes",
      .summary = "Write to the standard input, or the terminal, of processes.",
      .arguments = {std::move(words),
                    {.names = "-n,--no-newline",
                     .text = "put no newline behind the text",
                     .into = &options->no_newline},
                    {.names = "--end",
                     .text = "end their input behind it, as Ctrl-D does",
                     .into = &options->end},
                    {.names = "--label",
                     .value = "LABEL",
                     .text = "another stream: one of custom_streams",
                     .into = &options->label}},
      .examples = {{"gaffer send game say good night", "a line"},
                   {"gaffer send import - --end < rows.csv", "a file, and its end"}},
      .run =
          [options, &globals] {
            return at_socket(globals, [&](const std::string& socket) {
              const auto sent = send(socket, *options);
              return sent ? kDone : report(sent.error());
            });
          },
      .details =
          "Their template needs redirect_input or pty. Text comes whole or not at all; standard "
          "input waits until the process reads, and goes to one process only."};
}

}  // namespace gaffer::programs
