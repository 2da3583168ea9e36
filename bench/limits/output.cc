/// What it takes to keep what processes write: a Manager with its logs on tmpfs, beside a loop that
/// reads pipes and writes files with the same pauses and the same size of pipes.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.h"
#include "base/clock.h"
#include "core/manager/manager.h"
#include "core/process/local_launcher.h"
#include "core/stream/log_reader.h"
#include "limits/bare.h"
#include "limits/cases.h"
#include "limits/samples.h"
#include "limits/table.h"
#include "os/files.h"
#include "os/pipes.h"
#include "support/programs.h"
#include "uv/loop.h"

namespace gaffer::bench {
namespace {

constexpr std::size_t kMegabyte = 1'000'000;
constexpr std::size_t kRead = std::size_t{64} << 10;
constexpr useconds_t kNap = 200;

/// What some processes write, all of them together `bytes`.
struct Load {
  std::size_t writers = 1;
  std::size_t write_size = 100;
  std::size_t bytes = 0;

  [[nodiscard]] std::vector<std::string> argv() const {
    return {test::program("bench_child"), "write", std::to_string(write_size),
            std::to_string(bytes / writers / write_size)};
  }
  [[nodiscard]] std::size_t bytes_each() const { return bytes / writers / write_size * write_size; }
};

/// Microseconds by the clock and of this process's own time.
struct Taken {
  double time = 0;
  double cpu = 0;
};

double own_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto microseconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
}

/// A directory in memory.
class Shelf {
 public:
  Shelf() : path_("/dev/shm/gaffer-bench-" + std::to_string(::getpid())) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directory(path_);
  }
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;
  ~Shelf() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// epoll, read, write, and a nap after a round of small reads.
class BareIntake {
 public:
  explicit BareIntake(const Load& load) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t number = 0; number < load.writers; ++number) {
      os::Pipe pipe = std::move(os::make_pipe().value());  // NOLINT: aborting is right here.
      (void)os::enlarge_pipe(pipe.read.get());
      const std::string path = shelf_.path() + "/" + std::to_string(number);
      files_.emplace_back(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
      processes_.push_back(spawner_.spawn(load.argv(), usual_environment(), pipe.write.get()));
      epoll_event event{.events = EPOLLIN, .data = {.u64 = number}};
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, pipe.read.get(), &event);
      pipes_.push_back(std::move(pipe.read));
    }
    left_ = load.bytes_each() * load.writers;
  }

  void run() {
    while (left_ > 0)
      turn();
    for (const BareProcess& process : processes_)
      BareSpawner::reap(process);
  }

 private:
  void turn() {
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 20'000);
    GAFFER_ASSERT(count > 0 || errno == EINTR, "something happens in time");
    std::size_t moved = 0;
    for (int at = 0; at < count; ++at)
      moved += move(events.at(static_cast<std::size_t>(at)).data.u64);
    if (moved < static_cast<std::size_t>(count) * kRead) ::usleep(kNap);
  }

  std::size_t move(std::size_t number) {
    const ssize_t got = ::read(pipes_[number].get(), buffer_.data(), buffer_.size());
    if (got <= 0) return 0;
    left_ -= static_cast<std::size_t>(got);  // The spawner holds the end of a pipe open.
    GAFFER_ASSERT(
        ::write(files_[number].get(), buffer_.data(), static_cast<std::size_t>(got)) == got,
        "there is space");
    return static_cast<std::size_t>(got);
  }

  Shelf shelf_;
  BareSpawner spawner_;
  os::UniqueFd epoll_;
  std::vector<os::UniqueFd> files_;
  std::vector<os::UniqueFd> pipes_;
  std::vector<BareProcess> processes_;
  std::size_t left_ = 0;
  std::array<char, kRead> buffer_{};
};

enum class Follower { None, One };

/// The same with a Manager; a follower reads all that comes.
class GafferIntake {
 public:
  GafferIntake(const Load& load, Follower follower) : load_(load) {
    Manager::Settings settings;
    settings.output.log_directory = shelf_.path();
    settings.environment = usual_environment();
    manager_ = std::make_unique<Manager>(loop_, clock_, *launcher_, std::move(settings));
    if (follower == Follower::One) {
      growth_ = manager_->subscribe_output(
          [this](const Manager::Growth& growth) { read(growth.output); });
    }
    for (std::size_t number = 0; number < load.writers; ++number) {
      ProcessTemplate writer{.name = "w" + std::to_string(number), .cmd = load.argv().front()};
      const auto argv = load.argv();
      writer.args.assign(argv.begin() + 1, argv.end());
      writer.restart = Restart::Never;
      writer.log_max_size = 0;
      GAFFER_ASSERT(manager_->add(writer).has_value(), "the template is taken");
    }
  }

  void run() {
    for (std::size_t number = 0; number < load_.writers; ++number) {
      const OutputId id{.name = "w" + std::to_string(number), .slot = 1};
      while (manager_->output(id)->view().end < load_.bytes_each())
        loop_.run_once();
    }
  }

 private:
  void read(const stream::Output& output) {
    if (!reader_) reader_.emplace(output.view());
    reader_->refresh(output.view());
    while (true) {
      const auto piece = reader_->read(followed_, buffer_);
      GAFFER_ASSERT(piece.has_value(), "the log can be read");
      followed_ = piece->offset + piece->size;
      if (piece->size == 0) return;
    }
  }

  Load load_;
  Shelf shelf_;
  SystemClock clock_;
  uv::Loop loop_ = std::move(uv::Loop::create().value());  // NOLINT: aborting is right here.
  std::unique_ptr<LocalLauncher> launcher_ =
      std::move(LocalLauncher::create(loop_).value());  // NOLINT: aborting is right here.
  std::unique_ptr<Manager> manager_;
  std::optional<stream::LogReader> reader_;
  std::uint64_t followed_ = 0;
  std::array<char, kRead> buffer_{};
  Subscription growth_;
};

template <typename Intake, typename... Arguments>
Taken take(const Load& load, Arguments... arguments) {
  const double cpu = own_cpu();
  const double start = now();
  auto intake = std::make_unique<Intake>(load, arguments...);
  intake->run();
  return {.time = now() - start, .cpu = own_cpu() - cpu};
}

void print(const std::string& what, Load load, const Effort& effort, double time_limit,
           double cpu_limit) {
  load.bytes = effort.megabytes * kMegabyte;
  const auto megabytes = static_cast<double>(effort.megabytes);
  std::array<Samples, 4> samples;
  for (std::size_t round = 0; round < effort.output_rounds; ++round) {
    const Taken bare = take<BareIntake>(load);
    const Taken gaffer = take<GafferIntake>(load, Follower::None);
    samples[0].add(bare.time / megabytes);
    samples[1].add(gaffer.time / megabytes);
    samples[2].add(bare.cpu / megabytes);
    samples[3].add(gaffer.cpu / megabytes);
  }
  table::print_pair(what + " (us/MB)", samples[0], samples[1], time_limit);
  table::print_pair("  own CPU (us/MB)", samples[2], samples[3], cpu_limit);
}

void print_follower(const Effort& effort) {
  const Load load{.bytes = effort.megabytes * kMegabyte};
  const auto megabytes = static_cast<double>(effort.megabytes);
  Samples alone;
  Samples followed;
  for (std::size_t round = 0; round < effort.output_rounds; ++round) {
    alone.add(take<GafferIntake>(load, Follower::None).cpu / megabytes);
    followed.add(take<GafferIntake>(load, Follower::One).cpu / megabytes);
  }
  table::print_pair("with a follower, beside none, own CPU (us/MB)", alone, followed, 1.5);
}

std::int64_t own_memory() {
  const std::string statm = os::read_file("/proc/self/statm").value_or("0 0");
  return std::stoll(statm.substr(statm.find(' ') + 1)) * (::sysconf(_SC_PAGESIZE) / 1024);
}

}  // namespace

// Throughput is held to nine tenths of the bare loop's, blocks to 0.85: the time to its inverse.
void measure_output(const Effort& effort) {
  (void)take<GafferIntake>({.bytes = 10 * kMegabyte}, Follower::None);
  const std::int64_t before = own_memory();
  print("lines of 100 bytes, a write each", {}, effort, 1 / 0.9, 1.25);
  print("blocks of 64 KiB", {.write_size = std::size_t{64'000}}, effort, 1 / 0.85, 1.25);
  print("100 writers of such lines", {.writers = 100}, effort, 1 / 0.9, 1.25);
  print_follower(effort);
  table::print_figure("resident memory, more than before (KiB)",
                      static_cast<double>(own_memory() - before), 2048);
}

}  // namespace gaffer::bench
