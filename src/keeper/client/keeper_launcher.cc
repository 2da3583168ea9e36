#include "keeper/client/keeper_launcher.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/assert.h"
#include "core/process/launched_tree.h"
#include "os/host.h"
#include "os/proc_fs.h"

namespace gaffer::keeper {
namespace {

// Those that nobody wants are asked, and killed after this.
constexpr std::chrono::seconds kPatience{10};

/// A place as a note can hold it: a long name is cut, and told from others by a number.
std::string note_of(std::string_view place) {
  if (place.size() <= kNoteBytes) return std::string(place);
  constexpr std::uint64_t kPrime = 0x100'0000'01B3;  // FNV-1a, of 64 bits.
  std::uint64_t number = 0xCBF2'9CE4'8422'2325;
  for (const char c : place)
    number = (number ^ static_cast<unsigned char>(c)) * kPrime;
  const std::string digits = "~" + std::to_string(number);
  return std::string(place.substr(0, kNoteBytes - digits.size())) + digits;
}

}  // namespace

class KeeperLauncher::KeptProcess final : public LaunchedTree {
 public:
  KeptProcess(KeeperLauncher& launcher, std::uint64_t id, os::Child child, std::string mark,
              std::shared_ptr<const os::Cgroup> cgroup, OnExited on_exited)
      : LaunchedTree(launcher.hunt_, std::move(child), std::move(mark), std::move(cgroup),
                     std::move(on_exited)),
        launcher_(launcher),
        id_(id) {
    launcher_.processes_.emplace(id_, this);
  }
  KeptProcess(const KeptProcess&) = delete;
  KeptProcess& operator=(const KeptProcess&) = delete;

  // What is sent to a keeper that is gone concerns nobody.
  ~KeptProcess() override {
    launcher_.processes_.erase(id_);
    if (is_let_go()) child().let_go();
    if (!has_exited()) (void)launcher_.link_.send(Drop{.id = id_});
  }

  // Else the keeper kills the group with its leader.
  Result<void> ask_to_end(int signal) override {
    spare_group();
    return LaunchedTree::ask_to_end(signal);
  }
  void let_go() override {
    spare_group();
    LaunchedTree::let_go();
  }
  void close_input() override {
    (void)launcher_.link_.send(Release{.descriptors = kInput, .id = id_});
  }

  [[nodiscard]] std::shared_ptr<void> remembrance() override { return remembrance_; }

  [[nodiscard]] bool has_ended() const { return has_exited(); }
  // Nobody tells of its end any more. Who reaps it now does so soon after it.
  void watch_alone() {
    auto watch = uv::Poll::create(launcher_.loop_, child().exit_fd());
    if (!watch) return exited({.is_known = false});
    alone_.emplace(std::move(*watch), uv::Timer(launcher_.loop_));
    if (!alone_->first.start([this] { look_for_status(0); })) exited({.is_known = false});
  }

  void exited(ExitStatus status) {
    tree().leader_will_be_reaped();  // It has been.
    child().reap();
    remembrance_ = std::shared_ptr<void>(
        nullptr, [&launcher = launcher_, id = id_](void*) { launcher.acknowledge(id); });
    leader_exited(status);
  }

 private:
  void look_for_status(int looks) {
    constexpr int kMostLooks = 100;
    constexpr std::chrono::milliseconds kPause{10};
    alone_->first.stop();
    const auto status = child().status_by_pidfd();
    if (status || looks == kMostLooks)
      return exited(status.value_or(ExitStatus{.is_known = false}));
    alone_->second.start(kPause, [this, looks] { look_for_status(looks + 1); });
  }
  void spare_group() { (void)launcher_.link_.send(Change{.treatment = 0, .id = id_}); }

  KeeperLauncher& launcher_;
  const std::uint64_t id_;
  std::shared_ptr<void> remembrance_;  // Once it has ended.
  std::optional<std::pair<uv::Poll, uv::Timer>> alone_;
};

KeeperLauncher::KeeperLauncher(uv::Loop& loop, KeeperLink& link, os::Spawner spawner, pid_t keeper)
    : loop_(loop),
      link_(link),
      spawner_(std::move(spawner)),
      hunt_(loop, keeper),
      patience_(loop),
      turn_end_(loop) {
  link_.set_on_gone([this] { go_on_alone(); });
  link_.set_on_exited([this](std::uint64_t id, ExitStatus status) { exited(id, status); });
  last_number_ = link_.table().welcome.highest_id;
  for (LeftRow& row : std::exchange(link_.table().rows, {})) {
    auto place = std::pair(row.note, row.id);
    left_.emplace(std::move(place), std::move(row));
  }
}

Result<std::unique_ptr<KeeperLauncher>> KeeperLauncher::create(uv::Loop& loop, KeeperLink& link) {
  GAFFER_TRY(os::Spawner spawner, os::Spawner::create());
  const pid_t keeper = os::parent_pid();
  GAFFER_TRY(const os::ProcStat stat, os::read_proc_stat(keeper));
  std::unique_ptr<KeeperLauncher> launcher(
      new KeeperLauncher(loop, link, std::move(spawner), keeper));
  // The same for each gafferd of a keeper, and for no other.
  const std::string outer = os::environment_variable(std::string(os::kTreeVariable));
  launcher->tree_prefix_ = (outer.empty() ? "" : outer + "/") + std::to_string(keeper) + "-" +
                           std::to_string(stat.start_ticks) + ".";
  return launcher;
}

Result<void> KeeperLauncher::reserve(const os::SpawnPlan& plan) {
  Reserve reserve{.treatment = kEndGroup, .id = plan.number};
  GAFFER_ASSERT(put_text(note_of(plan.place), reserve.note), "a note fits");
  std::vector<int> descriptors;
  constexpr std::array kBits{kInput, kOutput, kErrors};
  for (std::size_t at = 0; at < kBits.size(); ++at) {
    if (plan.ours.at(at) < 0) continue;
    descriptors.push_back(plan.ours.at(at));
    reserve.descriptors |= kBits.at(at);
  }
  return link_.send(reserve, descriptors);
}

Result<std::unique_ptr<LaunchedProcess>> KeeperLauncher::launch(
    const os::SpawnPlan& plan, std::shared_ptr<const os::Cgroup> cgroup, OnExited on_exited) {
  if (alone_) return alone_->launch(plan, std::move(cgroup), std::move(on_exited));
  if (processes_.size() + left_.size() >= link_.table().welcome.capacity) {
    return Error{Errc::LimitReached, 0, "the keeper holds as many processes as it can"};
  }
  GAFFER_TRY(reserve(plan));
  const Started started{.id = plan.number};
  auto made = spawner_.spawn_sibling(plan, {.socket = link_.socket(), .record = encode(started)});
  if (!made) {
    (void)link_.send(Drop{.id = plan.number});  // Also one that had begun: it ends untold.
    return std::move(made).error();
  }
  last_number_ = std::max(last_number_, plan.number);
  auto child = os::Child::of_parent(made->pid, std::move(made->pidfd), std::move(made->refused));
  return std::make_unique<KeptProcess>(*this, plan.number, std::move(child), mark_of(plan),
                                       std::move(cgroup), std::move(on_exited));
}

// Of two in a place, as while one is reloaded, the older one.
KeeperLauncher::Left::const_iterator KeeperLauncher::left_in(std::string_view place) const {
  const std::string note = note_of(place);
  const auto found = left_.lower_bound({note, 0});
  return found != left_.end() && found->first.first == note ? found : left_.end();
}

std::optional<std::uint64_t> KeeperLauncher::number_left_in(std::string_view place) const {
  const auto found = left_in(place);
  return found == left_.end() ? std::nullopt : std::optional(found->second.id);
}

// To be asked it was let out of the keeper's care, who would end its group with it.
bool KeeperLauncher::is_ending_in(std::string_view place) const {
  const auto found = left_in(place);
  return found != left_.end() &&
         (found->second.has_ended || (found->second.treatment & kEndGroup) == 0);
}

std::optional<Launcher::LeftProcess> KeeperLauncher::take_left(std::string_view place,
                                                               OnExited on_exited) {
  const auto found = left_in(place);
  if (found == left_.end()) return std::nullopt;
  LeftRow row = std::move(left_.extract(found).mapped());
  auto child = os::Child::of_parent(row.pid, std::move(row.pidfd), {});
  auto process = std::make_unique<KeptProcess>(*this, row.id, std::move(child),
                                               tree_prefix_ + std::to_string(row.id), nullptr,
                                               std::move(on_exited));
  if (row.has_ended) tell_later(row.id, row.status);
  return LeftProcess{.process = std::move(process),
                     .age = os::since_boot() - row.started,
                     .input = std::move(row.input),
                     .output = std::move(row.output),
                     .errors = std::move(row.errors)};
}

void KeeperLauncher::go_on_alone() {
  if (auto alone = LocalLauncher::create(loop_)) alone_ = *std::move(alone);
  std::vector<std::uint64_t> ids;
  ids.reserve(processes_.size());
  for (const auto& [id, process] : processes_)
    ids.push_back(id);
  for (const std::uint64_t id : ids) {  // One that cannot be watched may end others.
    const auto process = processes_.find(id);
    if (process != processes_.end() && !process->second->has_ended())
      process->second->watch_alone();
  }
  if (on_gone_) on_gone_();
}

void KeeperLauncher::acknowledge(std::uint64_t id) {
  auto send = [&link = link_, id] { (void)link.send(Acknowledge{.id = id}); };
  if (acknowledge_) return acknowledge_(std::move(send));
  send();
}

void KeeperLauncher::tell_later(std::uint64_t id, ExitStatus status) {
  ended_before_.emplace_back(id, status);
  turn_end_.start({}, [this] {
    for (const auto& [ended, how] : std::exchange(ended_before_, {}))
      exited(ended, how);
  });
}

void KeeperLauncher::exited(std::uint64_t id, ExitStatus status) {
  for (auto& [place, row] : left_) {
    if (place.second != id) continue;
    row.has_ended = true;
    row.status = status;
  }
  const auto process = processes_.find(id);
  if (process != processes_.end() && !process->second->has_ended()) process->second->exited(status);
}

void KeeperLauncher::end_what_is_left() {
  for (auto& [place, row] : std::exchange(left_, {})) {
    const std::uint64_t id = row.id;
    auto child = os::Child::of_parent(row.pid, std::move(row.pidfd), {});
    auto process = std::make_unique<KeptProcess>(
        *this, id, std::move(child), tree_prefix_ + std::to_string(id), nullptr,
        [this, ended = id](ExitStatus) { unwanted_.erase(ended); });
    KeptProcess& unwanted = *process;
    unwanted_.emplace(id, std::move(process));
    if (row.has_ended) {
      tell_later(id, row.status);
    } else {
      (void)unwanted.ask_to_end(SIGTERM);
    }
  }
  if (!unwanted_.empty()) patience_.start(kPatience, [this] { unwanted_.clear(); });
}

}  // namespace gaffer::keeper
