#pragma once

#include <signal.h>
#include <sys/resource.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "keeper/protocol/records.h"
#include "keeper/server/link.h"
#include "keeper/server/state.h"

namespace gaffer::keeper {

/// \name Options of the program that an upgrade uses, each with a number behind it.
/// @{
constexpr std::string_view kResume = "--resume=";  ///< Go on with the state in this file.
constexpr std::string_view kCanResume =
    "--can-resume=";  ///< Exit 0 if a state of this size is yours.
/// @}

/// What a keeper is told when it starts. Lists end with null.
struct Settings {
  const char* const* brain_arguments = nullptr;  ///< The program, a path, is the first.
  const char* const* brain_environment = nullptr;
  const char* const* own_arguments = nullptr;  ///< To go on as another program.
  const char* const* own_environment = nullptr;
  int state_file = -1;            ///< Where the state lies.
  std::uint64_t watchdog_ns = 0;  ///< How long gafferd may take to answer; 0: for ever.
};

/// The parent of gafferd and of all that gafferd starts, so that gafferd can die.
///
/// It decides nothing. It holds what would be lost with gafferd, the ends of pipes and how
/// processes ended, and starts gafferd again. One thread, no heap; waits for nothing but a signal, a
/// record, and the few moments when it owes or is owed something.
class Keeper {
 public:
  /// LIFETIME: both outlive this. `state` may be one that another keeper left, as it is.
  Keeper(State& state, const Settings& settings) : state_(state), settings_(settings) {}

  /// Until gafferd quits, or could not be started the first time; returns what to exit with.
  int run();

  /// One turn: waits, does what has come up. Returns what to exit with when it is over.
  std::optional<int> turn();

  /// \name For what comes in. keeper/server/records_in.cc
  /// @{
  void handle(Letter& letter);
  /// @}

 private:
  // keeper.cc
  [[nodiscard]] std::int64_t time_to_wait() const;
  void read_signals();
  void forward(int signal);
  void look_at_clock();
  void reap();
  void reap(const siginfo_t& ended, const rusage& used);
  void look_whether_stopped();

  // brain.cc
  void start_brain();
  [[noreturn]] void become_brain(int socket) const;
  void brain_ended(const siginfo_t& ended);
  bool read_to_end();
  void remember_program();
  void kill_half_made();
  void drop_reserved();
  void plan_restart(const siginfo_t& ended);
  void finish(int code) { exit_code_ = code; }

  // records_in.cc
  void listen();
  void handle_row(Kind kind, Letter& letter);
  void hello(const Hello& hello);
  void reserve(const Reserve& reserve, Letter& letter);
  void started(std::uint64_t id, pid_t sender);
  void drop(Row& row);
  static void release(Row& row, std::uint32_t descriptors);
  void signal(Row* row, const Signal& signal);
  void put(const Put& put, Letter& letter);
  void remove(const Remove& remove);
  void ready();
  void answered(const Alive& alive);

  // upgrade.cc
  void upgrade(Letter& letter);
  [[nodiscard]] bool can_take_over(int program) const;

  // records_out.cc
  void tell();
  bool tell_table();
  bool tell_welcome();
  bool tell_row();
  bool tell_entry(Row& row);
  bool tell_name();
  bool tell_news();
  bool tell_rest();
  bool send(std::span<const std::byte> record, std::span<const int> descriptors = {});
  void refuse(Kind what, std::uint64_t id, int error);
  void want_answer();

  State& state_;
  const Settings& settings_;
  std::optional<int> exit_code_;
  bool has_child_ended_ = true;      // Perhaps before we looked.
  bool is_socket_full_ = false;      // It is to be told when it can be written to.
  std::uint64_t send_again_at_ = 0;  // 0: nothing was put off.
};

}  // namespace gaffer::keeper
