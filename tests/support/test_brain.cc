// What gafferd is for a keeper, at the command of a test: reads words from standard input, one line
// a command, and writes what the keeper says to standard output, one line a record.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "keeper/protocol/records.h"
#include "os/files.h"
#include "os/packets.h"
#include "os/spawn.h"

namespace {

using namespace gaffer;  // NOLINT(google-build-using-namespace): a program of one file

constexpr int kSocket = 3;

using Words = std::vector<std::string>;

void say(const std::string& line) {
  const std::string whole = line + "\n";
  if (::write(1, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) std::abort();
}

template <typename Number>
std::string text(Number number) {
  return std::to_string(number);
}

class TestBrain {
 public:
  TestBrain() { ::fcntl(kSocket, F_SETFD, FD_CLOEXEC); }

  [[noreturn]] void run() {
    say("brain " + text(::getpid()));
    while (true) {
      std::array<pollfd, 2> wanted{pollfd{0, POLLIN, 0},
                                   pollfd{is_deaf_ ? -1 : kSocket, POLLIN, 0}};
      if (::poll(wanted.data(), wanted.size(), -1) < 0) continue;
      if (wanted[1].revents != 0) hear();
      if (wanted[0].revents != 0) obey(next_line());
    }
  }

 private:
  // Byte by byte: what is not read belongs to the next incarnation.
  static std::string next_line() {
    std::string line;
    char byte = 0;
    while (::read(0, &byte, 1) == 1) {
      if (byte == '\n') return line;
      line += byte;
    }
    ::_exit(0);
  }

  template <typename Record>
  static void send(const Record& record, std::span<const int> descriptors = {}) {
    if (!os::send_packet(kSocket, keeper::encode(record), descriptors)) say("keeper gone");
  }

  static std::uint64_t number(const std::string& word) {
    return parse_number<std::uint64_t>(word).value();
  }

  static void reserve(std::uint64_t id, std::uint8_t bits, std::span<const int> descriptors) {
    keeper::Reserve record{.descriptors = bits, .treatment = keeper::kEndGroup, .id = id};
    (void)keeper::put_text("note-" + text(id), record.note);
    send(record, descriptors);
  }

  // A process of the puppet's, whose output the keeper holds.
  void start(const Words& words) {
    const std::uint64_t id = number(words[1]);
    os::Pipe pipe = std::move(os::make_pipe().value());
    const std::array<int, 1> held{pipe.read.get()};
    reserve(id, keeper::kOutput, held);
    os::SpawnPlan plan{.argv = Words(words.begin() + 2, words.end()),
                       .environment = {"PATH=/usr/bin:/bin"},
                       .stdio = {-1, pipe.write.get(), pipe.write.get()}};
    const keeper::Started started{.id = id};
    const auto made =
        spawner_.spawn_sibling(plan, {.socket = kSocket, .record = keeper::encode(started)});
    say(made ? "started " + text(id) + " " + text(made->pid) : "failed " + made.error().message);
  }

  // Processes that begin, cannot execute anything, and end.
  void start_many(std::uint64_t first, std::uint64_t count) {
    const os::SpawnPlan plan{.argv = {"/nonexistent"}};
    for (std::uint64_t id = first; id < first + count; ++id) {
      reserve(id, 0, {});
      const keeper::Started started{.id = id};
      (void)spawner_.spawn_sibling(plan, {.socket = kSocket, .record = keeper::encode(started)});
    }
    say("started many");
  }

  // What comes out of the output of a process that a table brought, until its end.
  void read_output(std::uint64_t id) {
    std::string all;
    std::array<char, 4096> buffer{};
    const int pipe = outputs_.at(id).get();
    ::fcntl(pipe, F_SETFL, 0);
    for (ssize_t got = 0; (got = ::read(pipe, buffer.data(), buffer.size())) > 0;)
      all.append(buffer.data(), static_cast<std::size_t>(got));
    outputs_.erase(id);
    say("output " + text(id) + " " + std::string(trim(all)));
  }

  // Anything but what ends or replaces the keeper.
  static void send_rubbish(std::uint64_t count, unsigned seed) {
    std::minstd_rand random{seed};
    const auto below = [&random](unsigned end) { return static_cast<unsigned>(random() % end); };
    const std::array<int, 3> descriptors{0, 1, 2};
    for (std::uint64_t i = 0; i < count; ++i) {
      std::array<std::byte, 160> bytes{};
      for (std::byte& byte : bytes)
        byte = static_cast<std::byte>(below(4) == 0 ? below(256) : below(3));
      std::size_t size = below(bytes.size()) + 1;
      keeper::Head head{static_cast<keeper::Kind>(below(44)), static_cast<std::uint16_t>(size)};
      if (head.kind == keeper::Kind::Quit || head.kind == keeper::Kind::Upgrade) continue;
      constexpr std::array<std::uint16_t, 6> kSizes{8, 16, 24, 40, 56, 112};
      if (below(2) == 0) head.size = kSizes.at(below(kSizes.size()));
      if (below(8) != 0) size = std::min<std::size_t>(head.size, bytes.size());
      if (below(16) != 0) std::memcpy(bytes.data(), &head, sizeof(head));
      const std::size_t with = below(8) == 0 ? below(4) : 0;
      (void)os::send_packet(kSocket, std::span(bytes).first(std::max<std::size_t>(size, 1)),
                            std::span(descriptors).first(with));
    }
    say("sent rubbish");
  }

  static void put(const std::string& name, int fd) {
    keeper::Put record;
    if (!keeper::put_text(name, record.name)) std::abort();
    send(record, std::array<int, 1>{fd});
  }

  static void remove(const std::string& name) {
    keeper::Remove record;
    if (!keeper::put_text(name, record.name)) std::abort();
    send(record);
  }

  static void upgrade(const std::string& path) {
    const os::UniqueFd program(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    send(keeper::Upgrade{}, std::array<int, 1>{program.get()});
  }

  void obey(const std::string& line) {
    Words words;
    for (const std::string_view word : split(line, ' '))
      words.emplace_back(word);
    const std::map<std::string, std::function<void()>> verbs = {
        {"hello", [] { send(keeper::Hello{}); }},
        {"hello-from-the-future", [] { send(keeper::Hello{.oldest = 700, .newest = 800}); }},
        {"ready", [] { send(keeper::Ready{}); }},
        {"reserve", [&] { reserve(number(words[1]), 0, {}); }},
        {"fill",
         [&] {
           for (std::uint64_t id = 1; id <= number(words[1]); ++id)
             reserve(id, 0, {});
         }},
        {"start", [&] { start(words); }},
        {"start-many", [&] { start_many(number(words[1]), number(words[2])); }},
        {"announce", [&] { send(keeper::Started{.id = number(words[1])}); }},
        {"ack", [&] { send(keeper::Acknowledge{.id = number(words[1])}); }},
        {"drop", [&] { send(keeper::Drop{.id = number(words[1])}); }},
        {"release",
         [&] { send(keeper::Release{.descriptors = keeper::kOutput, .id = number(words[1])}); }},
        {"spare-group", [&] { send(keeper::Change{.treatment = 0, .id = number(words[1])}); }},
        {"signal",
         [&] {
           send(keeper::Signal{.signal = static_cast<std::int32_t>(number(words[2])),
                               .id = number(words[1]),
                               .is_for_group = 1});
         }},
        {"read", [&] { read_output(number(words[1])); }},
        {"put", [&] { put(words[1], 0); }},
        {"put-many",
         [&] {
           for (std::uint64_t i = 0; i < number(words[1]); ++i)
             put("name-" + text(i), 0);
         }},
        {"remove", [&] { remove(words[1]); }},
        {"rubbish", [&] { send_rubbish(number(words[1]), 7); }},
        {"upgrade", [&] { upgrade(words[1]); }},
        {"deaf", [&] { is_deaf_ = true; }},
        {"listen", [&] { is_deaf_ = false; }},
        {"no-pongs", [&] { does_answer_ = false; }},
        {"quit",
         [&] { send(keeper::Quit{.exit_code = static_cast<std::uint32_t>(number(words[1]))}); }},
        {"exit", [&] { ::_exit(static_cast<int>(number(words[1]))); }},
        {"kill-self", [] { ::kill(::getpid(), SIGKILL); }},
        {"echo", [&] { say(words[1]); }},
    };
    const auto verb = verbs.find(words[0]);
    if (verb == verbs.end()) return say("no such verb: " + words[0]);
    verb->second();
  }

  void hear() {
    auto packet = os::receive_packet(kSocket, keeper::kMaxRecord);
    if (!packet) return;
    if (packet->bytes.empty()) {
      say("keeper gone");
      is_deaf_ = true;
      return;
    }
    const std::span<const std::byte> message = packet->bytes;
    if (const auto welcome = keeper::decode<keeper::Welcome>(message)) {
      say("welcome " + text(welcome->incarnation) + " flags " + text(welcome->flags) + " crashes " +
          text(welcome->crashes) + " last " + text(welcome->last_code) + " " +
          text(welcome->last_signal));
    } else if (const auto entry = keeper::decode<keeper::Entry>(message)) {
      hear_entry(*entry, std::move(packet->descriptors));
    } else if (const auto end = keeper::decode<keeper::End>(message)) {
      say("end " + text(end->rows));
    } else if (const auto exit = keeper::decode<keeper::Exit>(message)) {
      say("exit " + text(exit->id) + " code " + text(exit->ending.code) + " signal " +
          text(exit->ending.signal));
    } else if (const auto named = keeper::decode<keeper::Named>(message)) {
      say("named " + std::string(keeper::text_in(named->name)) + " with " +
          text(packet->descriptors.size()));
    } else if (const auto orphan = keeper::decode<keeper::Orphan>(message)) {
      say("orphans " + text(orphan->count));
    } else if (const auto refused = keeper::decode<keeper::Refused>(message)) {
      say("refused " + text(static_cast<unsigned>(refused->what)) + " id " + text(refused->id) +
          " error " + text(refused->error));
    } else if (const auto ping = keeper::decode<keeper::Ping>(message)) {
      if (does_answer_) send(keeper::Alive{.serial = ping->serial});
    }
  }

  void hear_entry(const keeper::Entry& entry, std::vector<os::UniqueFd> descriptors) {
    const bool has_pidfd = (entry.descriptors & keeper::kPidfd) != 0;
    const bool is_whole = descriptors.size() == keeper::count_of(entry.descriptors);
    if ((entry.descriptors & keeper::kOutput) != 0)
      outputs_[entry.id] = std::move(descriptors.front());
    say("entry " + text(entry.id) + " state " + text(static_cast<unsigned>(entry.state)) + " pid " +
        text(entry.pid) + " code " + text(entry.ending.code) + " signal " +
        text(entry.ending.signal) + (has_pidfd ? " pidfd " : " ") +
        std::string(keeper::text_in(entry.note)) + (is_whole ? "" : " torn"));
  }

  os::Spawner spawner_ = std::move(os::Spawner::create().value());
  std::map<std::uint64_t, os::UniqueFd> outputs_;
  bool is_deaf_ = false;
  bool does_answer_ = true;
};

}  // namespace

int main() { TestBrain().run(); }
