#include "core/process/process.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/assert.h"
#include "os/files.h"

namespace gaffer {
namespace {

using std::chrono::milliseconds;

// Nobody tells when the last of a tree has ended, so while a stop waits for stragglers it is
// looked at again after 1 ms, 2 ms, … and then twice a second.
constexpr milliseconds kFirstLook{1};
constexpr milliseconds kLongestLook{500};

// Who is not there any more needs no signal: its exit is on the way.
Result<void> unless_not_there(Result<void> done) {
  if (!done && done.error().code == Errc::NotFound) return {};
  return done;
}

}  // namespace

Process::Process(uv::Loop& loop, ProcessStreams streams, OnGone on_gone)
    : loop_(loop), streams_(std::move(streams)), on_gone_(std::move(on_gone)) {}

Result<std::unique_ptr<Process>> Process::start(uv::Loop& loop, Launcher& launcher,
                                                os::SpawnPlan plan, ProcessStreams streams,
                                                OnGone on_gone,
                                                std::shared_ptr<const os::Cgroup> cgroup) {
  const auto owner = plan.identity ? std::optional(plan.identity->user) : std::nullopt;
  GAFFER_ASSERT(streams.output || !streams.terminal, "somebody reads what a terminal shows");
  GAFFER_TRY(StreamEnds ends, make_stream_ends(streams, owner));
  plan.stdio = ends.stdio;
  for (const os::SocketPair& pair : ends.further)
    plan.further.push_back(pair.theirs.get());
  plan.has_terminal = streams.terminal.has_value();
  plan.ours = {ends.input.get(), ends.output.get(), ends.errors.get()};
  if (cgroup) plan.cgroup = cgroup->descriptor();
  std::unique_ptr<Process> process(new Process(loop, std::move(streams), std::move(on_gone)));
  GAFFER_TRY(process->launched_,
             launcher.launch(plan, std::move(cgroup), [self = process.get()](ExitStatus status) {
               self->leader_exited(status);
             }));
  GAFFER_TRY(process->attach(ends));
  return process;
}

Result<Process::Resumed> Process::resume(uv::Loop& loop, Launcher& launcher, std::string_view place,
                                         ProcessStreams streams, OnGone on_gone) {
  std::unique_ptr<Process> process(new Process(loop, std::move(streams), std::move(on_gone)));
  auto left = launcher.take_left(
      place, [self = process.get()](ExitStatus status) { self->leader_exited(status); });
  GAFFER_ASSERT(left, "there is a process in the place");
  process->launched_ = std::move(left->process);
  StreamEnds ends;
  ends.input = std::move(left->input);
  if (process->streams_.output) ends.output = std::move(left->output);
  if (process->streams_.errors) ends.errors = std::move(left->errors);
  GAFFER_TRY(process->attach(ends));
  return Resumed{std::move(process), left->age};
}

Result<void> Process::attach(StreamEnds& ends) {
  if (ends.input.is_open()) {
    const auto kind = streams_.terminal ? stream::Input::Kind::Terminal : stream::Input::Kind::Pipe;
    GAFFER_TRY(input_, stream::Input::create(loop_, std::move(ends.input), kind));
    input_->set_on_closed([this] { launched_->close_input(); });
  }
  if (ends.output.is_open()) {
    GAFFER_TRY(streams_.output->attach(std::move(ends.output), streams_.run));
  }
  if (ends.errors.is_open()) {
    GAFFER_TRY(streams_.errors->attach(std::move(ends.errors), streams_.run));
  }
  return attach_further(ends.further);
}

// Two descriptors, because one handle of the loop watches for reading and another for writing.
Result<void> Process::attach_further(std::vector<os::SocketPair>& pairs) {
  for (std::size_t at = 0; at < pairs.size(); ++at) {
    GAFFER_TRY(os::UniqueFd to_write, os::duplicate(pairs[at].ours.get()));
    GAFFER_TRY(further_inputs_.emplace_back(),
               stream::Input::create(loop_, std::move(to_write), stream::Input::Kind::Socket));
    GAFFER_TRY(streams_.further[at]->attach(std::move(pairs[at].ours), streams_.run));
  }
  return {};
}

Result<void> Process::signal(int number) {
  return unless_not_there(launched_->signal_group(number));
}

Result<void> Process::stop(int signal, milliseconds patience) {
  if (is_stopping_) return {};
  is_stopping_ = true;
  deadline_.emplace(loop_).start(patience,
                                 [this] { (void)kill(); });  // What it says `stop` has said.
  return unless_not_there(launched_->ask_to_end(signal));
}

Result<void> Process::kill() {
  is_stopping_ = true;
  deadline_.reset();
  auto killed = unless_not_there(launched_->kill_tree());
  if (look_again_) look_again_->start(kFirstLook, [this] { look_for_survivors(kFirstLook); });
  return killed;
}

void Process::let_go() {
  is_let_go_ = true;
  launched_->let_go();
}

void Process::leader_exited(ExitStatus status) {
  status_ = status;
  if (!is_stopping_ && is_let_go_) return gone();
  if (!is_stopping_) (void)launched_->kill_tree();
  look_for_survivors(kFirstLook);
}

void Process::look_for_survivors(milliseconds next_look) {
  if (!launched_->has_survivors(is_stopping_ ? Kin::Tree : Kin::Group)) return gone();
  if (!look_again_) look_again_.emplace(loop_);
  look_again_->start(next_look, [this, after = std::min(next_look * 2, kLongestLook)] {
    look_for_survivors(after);
  });
}

void Process::gone() {
  deadline_.reset();
  std::vector<stream::Output*> outputs = streams_.further;
  outputs.insert(outputs.end(), {streams_.output, streams_.errors});
  for (stream::Output* output : outputs) {
    if (!output) continue;
    output->drain();
    output->hold_until_drained(launched_->remembrance());
  }
  // The last act, with copies of its own: the callee may destroy this.
  const auto on_gone = std::move(on_gone_);
  const ExitStatus status = *status_;
  on_gone(status);
}

}  // namespace gaffer
