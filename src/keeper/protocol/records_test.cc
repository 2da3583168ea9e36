#include "keeper/protocol/records.h"

#include <array>
#include <charconv>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/strings.h"
#include "support/source_tree.h"

namespace gaffer::keeper {
namespace {

struct Field {
  std::string name;
  std::size_t at = 0;
  std::size_t bytes = 0;
  bool operator==(const Field&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Field& field) {
  return out << field.at << " " << field.bytes << " " << field.name;
}

struct Layout {
  unsigned kind = 0;
  std::size_t bytes = 0;
  std::vector<Field> fields;  // Behind the head.
  bool operator==(const Layout&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Layout& layout) {
  out << "kind " << layout.kind << ", " << layout.bytes << " bytes:";
  for (const Field& field : layout.fields)
    out << " [" << field << "]";
  return out;
}

#define FIELD(record, name) \
  Field { #name, offsetof(record, name), sizeof(record::name) }
#define ENDING_FIELD(record, name) \
  Field { "ending." #name, offsetof(record, ending) + offsetof(Ending, name), sizeof(Ending::name) }
#define ENDING(record)                                                                         \
  ENDING_FIELD(record, code), ENDING_FIELD(record, signal), ENDING_FIELD(record, dumped_core), \
      ENDING_FIELD(record, max_resident_kib), ENDING_FIELD(record, user_us),                   \
      ENDING_FIELD(record, system_us), ENDING_FIELD(record, ended_ns)

template <typename Record>
Layout layout(std::vector<Field> fields) {
  return {static_cast<unsigned>(Record{}.head.kind), sizeof(Record), std::move(fields)};
}

std::map<std::string, Layout> layouts_of_code() {
  return {
      {"Hello", layout<Hello>({FIELD(Hello, oldest), FIELD(Hello, newest)})},
      {"Reserve",
       layout<Reserve>({FIELD(Reserve, descriptors), FIELD(Reserve, treatment),
                        FIELD(Reserve, reserved), FIELD(Reserve, id), FIELD(Reserve, note)})},
      {"Started", layout<Started>({FIELD(Started, reserved), FIELD(Started, id)})},
      {"Acknowledge", layout<Acknowledge>({FIELD(Acknowledge, reserved), FIELD(Acknowledge, id)})},
      {"Drop", layout<Drop>({FIELD(Drop, reserved), FIELD(Drop, id)})},
      {"Change", layout<Change>({FIELD(Change, treatment), FIELD(Change, id)})},
      {"Release", layout<Release>({FIELD(Release, descriptors), FIELD(Release, id)})},
      {"Signal", layout<Signal>({FIELD(Signal, signal), FIELD(Signal, id),
                                 FIELD(Signal, is_for_group), FIELD(Signal, reserved)})},
      {"Put", layout<Put>({FIELD(Put, reserved), FIELD(Put, name)})},
      {"Remove", layout<Remove>({FIELD(Remove, reserved), FIELD(Remove, name)})},
      {"Alive", layout<Alive>({FIELD(Alive, serial)})},
      {"Ready", layout<Ready>({FIELD(Ready, reserved)})},
      {"Quit", layout<Quit>({FIELD(Quit, exit_code)})},
      {"Upgrade", layout<Upgrade>({FIELD(Upgrade, reserved)})},
      {"Welcome", layout<Welcome>({FIELD(Welcome, version), FIELD(Welcome, flags),
                                   FIELD(Welcome, incarnation), FIELD(Welcome, crashes),
                                   FIELD(Welcome, capacity), FIELD(Welcome, last_code),
                                   FIELD(Welcome, last_signal), FIELD(Welcome, reserved),
                                   FIELD(Welcome, ended_ns), FIELD(Welcome, highest_id)})},
      {"Entry", layout<Entry>({FIELD(Entry, state), FIELD(Entry, descriptors),
                               FIELD(Entry, treatment), FIELD(Entry, reserved), FIELD(Entry, id),
                               FIELD(Entry, pid), FIELD(Entry, reserved_too),
                               FIELD(Entry, started_ns), ENDING(Entry), FIELD(Entry, note)})},
      {"Named", layout<Named>({FIELD(Named, reserved), FIELD(Named, name)})},
      {"End", layout<End>({FIELD(End, rows)})},
      {"Exit", layout<Exit>({FIELD(Exit, pid), FIELD(Exit, id), ENDING(Exit)})},
      {"Orphan", layout<Orphan>({FIELD(Orphan, pid), FIELD(Orphan, count)})},
      {"Refused",
       layout<Refused>({FIELD(Refused, what), FIELD(Refused, reserved), FIELD(Refused, id),
                        FIELD(Refused, error), FIELD(Refused, reserved_too)})},
      {"Ping", layout<Ping>({FIELD(Ping, serial)})},
  };
}

std::size_t number(std::string_view text) { return parse_number<std::size_t>(trim(text)).value(); }

// "### Reserve: kind 2, 56 bytes", and below it "| at | bytes | field | meaning |".
std::map<std::string, Layout> layouts_of_document() {
  const std::string text = test::source_file("docs/formats/keeper.md");
  std::map<std::string, Layout> layouts;
  Layout* current = nullptr;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("### ")) {
      const auto words = split(line.substr(4), ' ');
      if (words.size() != 5 || words[1] != "kind") continue;
      const std::string_view name = words[0].substr(0, words[0].size() - 1);
      current = &layouts[std::string(name)];
      current->kind = static_cast<unsigned>(number(words[2].substr(0, words[2].size() - 1)));
      current->bytes = number(words[3]);
    } else if (current && line.starts_with("| ") && line[2] >= '0' && line[2] <= '9') {
      const auto cells = split(line, '|');
      current->fields.push_back({std::string(trim(cells[3])), number(cells[1]), number(cells[2])});
    }
  }
  return layouts;
}

TEST(Records, AreByteByByteWhatTheDocumentSays) {
  EXPECT_EQ(layouts_of_code(), layouts_of_document());
}

TEST(Records, HaveNoByteThatNoFieldNames) {
  for (const auto& [name, layout] : layouts_of_code()) {
    std::size_t at = sizeof(Head);
    for (const Field& field : layout.fields) {
      EXPECT_EQ(at, field.at) << name << "." << field.name;
      at = field.at + field.bytes;
    }
    EXPECT_EQ(at, layout.bytes) << name;
    EXPECT_LE(layout.bytes, kMaxRecord) << name;
  }
}

TEST(Records, ComeBackAsTheyWere) {
  Reserve reserve{.descriptors = kInput | kErrors, .treatment = kEndGroup, .id = 77};
  ASSERT_TRUE(put_text("web.2", reserve.note));
  const auto bytes = encode(reserve);
  EXPECT_EQ(Kind::Reserve, kind_of(bytes));
  const auto decoded = decode<Reserve>(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(77U, decoded->id);
  EXPECT_EQ(kInput | kErrors, decoded->descriptors);
  EXPECT_EQ("web.2", text_in(decoded->note));
}

TEST(Records, AreNoneInAnotherLength) {
  std::array<std::byte, sizeof(Started) + 1> longer{};
  const Started started{.id = 5};
  std::memcpy(longer.data(), &started, sizeof(started));
  EXPECT_EQ(Kind::None, kind_of(longer));
  EXPECT_EQ(Kind::Started, kind_of(std::span(longer).first(sizeof(Started))));
  EXPECT_EQ(Kind::None, kind_of(std::span(longer).first(sizeof(Started) - 1)));
  EXPECT_EQ(Kind::None, kind_of(std::span(longer).first(3)));
  EXPECT_EQ(Kind::None, kind_of({}));
}

TEST(Records, AreNoneWhenTheirHeadNamesAnotherLength) {
  Started started{.id = 5};
  started.head.size = sizeof(Hello);
  EXPECT_EQ(Kind::None, kind_of(encode(started)));
}

TEST(Records, AreNotTakenForOneAnother) {
  const Drop drop{.id = 5};
  EXPECT_FALSE(decode<Acknowledge>(encode(drop)));
  EXPECT_TRUE(decode<Drop>(encode(drop)));
}

TEST(Records, OfAKindOfTheFutureAreNone) {
  Head head{static_cast<Kind>(99), sizeof(Head)};
  EXPECT_EQ(Kind::None, kind_of(std::as_bytes(std::span(&head, 1))));
}

TEST(FieldText, MayFillItsField) {
  std::array<char, 4> field{'x', 'x', 'x', 'x'};
  EXPECT_TRUE(put_text("abcd", field));
  EXPECT_EQ("abcd", text_in(field));
  EXPECT_TRUE(put_text("a", field));
  EXPECT_EQ("a", text_in(field));
  EXPECT_EQ('\0', field[3]);
}

TEST(FieldText, ThatDoesNotFitIsRefused) {
  std::array<char, 4> field{'k', 'e', 'e', 'p'};
  EXPECT_FALSE(put_text("abcde", field));
  EXPECT_FALSE(put_text(std::string_view("a\0b", 3), field));
  EXPECT_EQ("keep", text_in(field));
}

TEST(Descriptors, AreCountedByTheirBits) {
  EXPECT_EQ(0U, count_of(0));
  EXPECT_EQ(3U, count_of(kInput | kOutput | kErrors));
  EXPECT_EQ(kMaxDescriptors, count_of(kInput | kOutput | kErrors | kPidfd));
}

}  // namespace
}  // namespace gaffer::keeper
