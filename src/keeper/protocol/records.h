#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

/// \file
/// What the keeper and gafferd say to each other: docs/formats/keeper.md, byte by byte.
///
/// One record is one message of a SEQPACKET socket pair, in the byte order of the machine, because
/// both ends are on it. It begins with what it is and how long it is; a record of another length is
/// none. Descriptors travel beside it. No heap, no system call: the keeper has neither.

namespace gaffer::keeper {

/// What both ends of this version speak. Hello names a range, Welcome says what was chosen.
constexpr std::uint16_t kVersion = 1;

/// No record is longer.
constexpr std::size_t kMaxRecord = 128;

/// Most descriptors that come with one record: of a process three, and its pidfd.
constexpr std::size_t kMaxDescriptors = 4;

enum class Kind : std::uint16_t {
  None = 0,  ///< No record of this version.

  // gafferd to keeper, but for Started, which a child sends before it executes its program.
  Hello = 1,
  Reserve = 2,
  Started = 3,
  Acknowledge = 4,
  Drop = 5,
  Change = 6,
  Release = 7,
  Signal = 8,
  Put = 9,
  Remove = 10,
  Alive = 11,
  Ready = 12,
  Quit = 13,
  Upgrade = 14,

  // Keeper to gafferd.
  Welcome = 32,
  Entry = 33,
  Named = 34,
  End = 35,
  Exit = 36,
  Orphan = 37,
  Refused = 38,
  Ping = 39,
};

/// Which descriptors of a process are meant, bits; they travel in this order.
/// @{
constexpr std::uint8_t kInput = 1;   ///< What its standard input is written to.
constexpr std::uint8_t kOutput = 2;  ///< What its standard output is read from; or a terminal.
constexpr std::uint8_t kErrors = 4;  ///< The same of its standard error.
constexpr std::uint8_t kPidfd = 8;   ///< Of Entry alone: the process runs.
/// @}

/// How a process is treated, bits.
constexpr std::uint8_t kEndGroup = 1;  ///< When it ends, whoever is left of its group is killed.

enum class RowState : std::uint8_t { Reserved = 1, Running = 2, Ended = 3 };

// Of Welcome, bits.
constexpr std::uint16_t kIsSafeMode = 1;  ///< Start nothing by yourself.
constexpr std::uint16_t kIsRestart = 2;   ///< Another gafferd was here before, and ended.
constexpr std::uint16_t kWasHung = 4;     ///< It was killed because it did not answer.

struct Head {
  Kind kind = Kind::None;
  std::uint16_t size = 0;  ///< Of the whole record, bytes.
};

/// How a process ended and what it had used, as waitid(2) and getrusage(2) say.
struct Ending {
  std::int32_t code = 0;    ///< What it returned.
  std::int32_t signal = 0;  ///< What ended it, or 0.
  std::uint32_t dumped_core = 0;
  std::uint32_t max_resident_kib = 0;
  std::uint64_t user_us = 0;
  std::uint64_t system_us = 0;
  std::uint64_t ended_ns = 0;  ///< CLOCK_BOOTTIME.
};

constexpr std::size_t kNoteBytes = 40;
constexpr std::size_t kNameBytes = 80;

/// Send me the table.
struct Hello {
  Head head{Kind::Hello, sizeof(Hello)};
  std::uint16_t oldest = kVersion;
  std::uint16_t newest = kVersion;
};

/// Before a process is made: hold these descriptors for it.
struct Reserve {
  Head head{Kind::Reserve, sizeof(Reserve)};
  std::uint8_t descriptors = 0;
  std::uint8_t treatment = 0;
  std::uint16_t reserved = 0;
  std::uint64_t id = 0;        ///< gafferd's own; never 0, never used twice.
  char note[kNoteBytes] = {};  ///< For gafferd alone.
};

/// \name What concerns one row.
/// @{
struct Started {  ///< The process itself: the kernel says who sent it.
  Head head{Kind::Started, sizeof(Started)};
  std::uint32_t reserved = 0;
  std::uint64_t id = 0;
};
struct Acknowledge {  ///< Its end is written down and its output is read: forget it.
  Head head{Kind::Acknowledge, sizeof(Acknowledge)};
  std::uint32_t reserved = 0;
  std::uint64_t id = 0;
};
struct Drop {  ///< It was never made.
  Head head{Kind::Drop, sizeof(Drop)};
  std::uint32_t reserved = 0;
  std::uint64_t id = 0;
};
struct Change {  ///< Treat it like this from now on.
  Head head{Kind::Change, sizeof(Change)};
  std::uint32_t treatment = 0;
  std::uint64_t id = 0;
};
struct Release {  ///< Close these descriptors of it.
  Head head{Kind::Release, sizeof(Release)};
  std::uint32_t descriptors = 0;
  std::uint64_t id = 0;
};
struct Signal {
  Head head{Kind::Signal, sizeof(Signal)};
  std::int32_t signal = 0;
  std::uint64_t id = 0;
  std::uint32_t is_for_group = 0;  ///< Else for the process alone.
  std::uint32_t reserved = 0;
};
/// @}

/// Hold this descriptor under this name; one that had the name is closed.
struct Put {
  Head head{Kind::Put, sizeof(Put)};
  std::uint32_t reserved = 0;
  char name[kNameBytes] = {};
};
struct Remove {
  Head head{Kind::Remove, sizeof(Remove)};
  std::uint32_t reserved = 0;
  char name[kNameBytes] = {};
};

/// The answer to Ping.
struct Alive {
  Head head{Kind::Alive, sizeof(Alive)};
  std::uint32_t serial = 0;
};
/// This gafferd has what it needs: its end is not the end of a start that failed.
struct Ready {
  Head head{Kind::Ready, sizeof(Ready)};
  std::uint32_t reserved = 0;
};
/// When I have ended, end too.
struct Quit {
  Head head{Kind::Quit, sizeof(Quit)};
  std::uint32_t exit_code = 0;
};
/// Become this program, whose descriptor comes along.
struct Upgrade {
  Head head{Kind::Upgrade, sizeof(Upgrade)};
  std::uint32_t reserved = 0;
};

struct Welcome {
  Head head{Kind::Welcome, sizeof(Welcome)};
  std::uint16_t version = kVersion;
  std::uint16_t flags = 0;
  std::uint32_t incarnation = 0;  ///< Of gafferd; 1 is the first.
  std::uint32_t crashes = 0;      ///< In a row.
  std::uint32_t capacity = 0;     ///< Rows, free or not.
  std::int32_t last_code = 0;     ///< How the gafferd before ended.
  std::int32_t last_signal = 0;
  std::uint32_t reserved = 0;
  std::uint64_t ended_ns = 0;    ///< When, CLOCK_BOOTTIME; 0: there was none.
  std::uint64_t highest_id = 0;  ///< Of all that were ever reserved; 0: none was.
};

struct Entry {
  Head head{Kind::Entry, sizeof(Entry)};
  RowState state = RowState::Reserved;
  std::uint8_t descriptors = 0;  ///< What comes along.
  std::uint8_t treatment = 0;
  std::uint8_t reserved = 0;
  std::uint64_t id = 0;
  std::int32_t pid = 0;
  std::uint32_t reserved_too = 0;
  std::uint64_t started_ns = 0;  ///< CLOCK_BOOTTIME.
  Ending ending;
  char note[kNoteBytes] = {};
};
struct Named {  ///< A descriptor that was put, which comes along.
  Head head{Kind::Named, sizeof(Named)};
  std::uint32_t reserved = 0;
  char name[kNameBytes] = {};
};
/// That was the table.
struct End {
  Head head{Kind::End, sizeof(End)};
  std::uint32_t rows = 0;
};

struct Exit {
  Head head{Kind::Exit, sizeof(Exit)};
  std::int32_t pid = 0;
  std::uint64_t id = 0;
  Ending ending;
};
/// Processes that nobody knows have ended: descendants whose parents had gone.
struct Orphan {
  Head head{Kind::Orphan, sizeof(Orphan)};
  std::int32_t pid = 0;     ///< Of the last.
  std::uint32_t count = 0;  ///< Since the last Orphan.
};
/// What was asked for was not done.
struct Refused {
  Head head{Kind::Refused, sizeof(Refused)};
  Kind what = Kind::None;
  std::uint16_t reserved = 0;
  std::uint64_t id = 0;    ///< Of the row; 0: it concerns none.
  std::int32_t error = 0;  ///< An errno.
  std::uint32_t reserved_too = 0;
};
/// Answer this.
struct Ping {
  Head head{Kind::Ping, sizeof(Ping)};
  std::uint32_t serial = 0;
};

/// What a message is; None when it is not one of the records above in its full length.
Kind kind_of(std::span<const std::byte> message);

/// The record in a message; nothing if that is another one.
template <typename Record>
std::optional<Record> decode(std::span<const std::byte> message) {
  Record record;
  if (kind_of(message) != record.head.kind) return std::nullopt;
  std::memcpy(&record, message.data(), sizeof(record));
  return record;
}

template <typename Record>
std::span<const std::byte> encode(const Record& record) {
  return std::as_bytes(std::span<const Record, 1>(&record, 1));
}

/// How many descriptors these bits stand for.
constexpr std::size_t count_of(std::uint32_t descriptors) {
  std::size_t count = 0;
  for (; descriptors != 0; descriptors &= descriptors - 1)
    ++count;
  return count;
}

/// The text in a field, which ends with the first NUL or with the field.
std::string_view text_in(std::span<const char> field);

/// Fills a field; false, and nothing done, if the text is too long for it or has a NUL in it.
bool put_text(std::string_view text, std::span<char> field);

}  // namespace gaffer::keeper
