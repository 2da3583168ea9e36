#include "core/process/process.h"

#include <algorithm>
#include <csignal>

#include "os/files.h"

namespace gaffer {
namespace {

using std::chrono::milliseconds;

// Nobody tells when a process group becomes empty, so while a stop waits for stragglers it is
// looked at again after 1 ms, 2 ms, … and then twice a second.
constexpr milliseconds kFirstLook{1};
constexpr milliseconds kLongestLook{500};

}  // namespace

Process::Process(uv::Loop& loop, stream::Output& output, OnGone on_gone)
    : output_(output), on_gone_(std::move(on_gone)), deadline_(loop), look_again_(loop) {}

Result<std::unique_ptr<Process>> Process::start(uv::Loop& loop, Launcher& launcher,
                                                os::SpawnPlan plan, stream::Output& output,
                                                OnGone on_gone) {
  GAFFER_TRY(os::Pipe pipe, os::make_pipe());
  // One pipe for both: the order between standard output and error is the order of the writes.
  plan.stdio = {-1, pipe.write.get(), pipe.write.get()};
  std::unique_ptr<Process> process(new Process(loop, output, std::move(on_gone)));
  GAFFER_TRY(process->launched_, launcher.launch(plan, [self = process.get()](ExitStatus status) {
    self->leader_exited(status);
  }));
  GAFFER_TRY(output.attach(std::move(pipe.read)));
  return process;
}

Result<void> Process::stop(int signal, milliseconds patience) {
  if (is_stopping_) return {};
  is_stopping_ = true;
  deadline_.start(patience, [this] { (void)kill(); });  // What it says `stop` has said.
  GAFFER_TRY(signal_group(signal));
  return signal_group(SIGCONT);
}

Result<void> Process::kill() {
  is_stopping_ = true;
  deadline_.cancel();
  return signal_group(SIGKILL);
}

// A group that is not there any more is no failure: its exit is on the way.
Result<void> Process::signal_group(int signal) {
  auto done = launched_->signal_group(signal);
  if (!done && done.error().code == Errc::NotFound) return {};
  return done;
}

void Process::leader_exited(ExitStatus status) {
  status_ = status;
  if (!is_stopping_) (void)signal_group(SIGKILL);
  look_for_survivors(kFirstLook);
}

void Process::look_for_survivors(milliseconds next_look) {
  if (launched_->has_survivors()) {
    look_again_.start(next_look, [this, after = std::min(next_look * 2, kLongestLook)] {
      look_for_survivors(after);
    });
    return;
  }
  deadline_.cancel();
  output_.drain();
  // The last act, with copies of its own: the callee may destroy this.
  const auto on_gone = std::move(on_gone_);
  const ExitStatus status = *status_;
  on_gone(status);
}

}  // namespace gaffer
