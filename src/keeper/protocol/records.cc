#include "keeper/protocol/records.h"

namespace gaffer::keeper {
namespace {

/// 0 for a kind that there is not.
std::size_t size_of(Kind kind) {
  switch (kind) {
    case Kind::Hello:
      return sizeof(Hello);
    case Kind::Reserve:
      return sizeof(Reserve);
    case Kind::Started:
      return sizeof(Started);
    case Kind::Acknowledge:
      return sizeof(Acknowledge);
    case Kind::Drop:
      return sizeof(Drop);
    case Kind::Change:
      return sizeof(Change);
    case Kind::Release:
      return sizeof(Release);
    case Kind::Signal:
      return sizeof(Signal);
    case Kind::Put:
      return sizeof(Put);
    case Kind::Remove:
      return sizeof(Remove);
    case Kind::Alive:
      return sizeof(Alive);
    case Kind::Ready:
      return sizeof(Ready);
    case Kind::Quit:
      return sizeof(Quit);
    case Kind::Upgrade:
      return sizeof(Upgrade);
    case Kind::Welcome:
      return sizeof(Welcome);
    case Kind::Entry:
      return sizeof(Entry);
    case Kind::Named:
      return sizeof(Named);
    case Kind::End:
      return sizeof(End);
    case Kind::Exit:
      return sizeof(Exit);
    case Kind::Orphan:
      return sizeof(Orphan);
    case Kind::Refused:
      return sizeof(Refused);
    case Kind::Ping:
      return sizeof(Ping);
    case Kind::None:
      break;
  }
  return 0;
}

static_assert(sizeof(Entry) <= kMaxRecord && sizeof(Exit) <= kMaxRecord);

}  // namespace

Kind kind_of(std::span<const std::byte> message) {
  Head head;
  if (message.size() < sizeof(head)) return Kind::None;
  std::memcpy(&head, message.data(), sizeof(head));
  const bool is_whole = head.size == message.size() && head.size == size_of(head.kind);
  return is_whole ? head.kind : Kind::None;
}

std::string_view text_in(std::span<const char> field) {
  std::size_t length = 0;
  while (length < field.size() && field[length] != '\0')
    ++length;
  return {field.data(), length};
}

bool put_text(std::string_view text, std::span<char> field) {
  if (text.size() > field.size() || text_in(text).size() != text.size()) return false;
  for (std::size_t at = 0; at < field.size(); ++at)
    field[at] = at < text.size() ? text[at] : '\0';
  return true;
}

}  // namespace gaffer::keeper
