#include "keeper/server/table.h"

namespace gaffer::keeper {

std::uint32_t Table::bucket_of(std::uint64_t number) {
  constexpr std::uint64_t kGolden = 0x9E37'79B9'7F4A'7C15;  // 2^64 / golden ratio: spreads numbers.
  constexpr int kShift = 64 - 14;
  static_assert(kBuckets == 1U << 14U);
  return static_cast<std::uint32_t>((number * kGolden) >> kShift);
}

Table::Link Table::link_to(const Row& row) const {
  return static_cast<Link>(&row - rows_.data() + 1);
}

Row* Table::add(std::uint64_t id) {
  if (id == 0 || find(id)) return nullptr;
  Row* row = row_at(free_);
  if (row) {
    free_ = row->next_of_id_;
  } else {
    if (used_ == kCapacity) return nullptr;
    row = &rows_[used_++];
  }
  *row = Row{};
  row->id = id;
  row->state = RowState::Reserved;
  Link& head = by_id_[bucket_of(id)];
  row->next_of_id_ = head;
  head = link_to(*row);
  ++size_;
  return row;
}

void Table::remove(Row& row) {
  unlink(by_id_[bucket_of(row.id)], &Row::next_of_id_, row);
  if (row.state == RowState::Running) {
    unlink(by_pid_[bucket_of(static_cast<std::uint64_t>(row.pid))], &Row::next_of_pid_, row);
  } else {
    mark_told(row);
  }
  row.state = {};
  row.next_of_id_ = free_;
  free_ = link_to(row);
  --size_;
}

void Table::unlink(Link& head, Link Row::*next, const Row& row) {
  const Link wanted = link_to(row);
  Link* at = &head;
  while (*at != 0 && *at != wanted)
    at = &(rows_[*at - 1U].*next);
  if (*at != 0) *at = row.*next;
}

Row* Table::find(std::uint64_t id) {
  Row* row = row_at(by_id_[bucket_of(id)]);
  while (row && row->id != id)
    row = row_at(row->next_of_id_);
  return row;
}

Row* Table::find_running(pid_t pid) {
  Row* row = row_at(by_pid_[bucket_of(static_cast<std::uint64_t>(pid))]);
  while (row && row->pid != pid)
    row = row_at(row->next_of_pid_);
  return row;
}

void Table::start(Row& row, pid_t pid, std::uint64_t now) {
  row.state = RowState::Running;
  row.pid = pid;
  row.started_ns = now;
  Link& head = by_pid_[bucket_of(static_cast<std::uint64_t>(pid))];
  row.next_of_pid_ = head;
  head = link_to(row);
}

void Table::end(Row& row, const Ending& ending) {
  unlink(by_pid_[bucket_of(static_cast<std::uint64_t>(row.pid))], &Row::next_of_pid_, row);
  row.state = RowState::Ended;
  row.ending = ending;
  row.is_news = true;
  row.next_of_pid_ = 0;
  Row* last = row_at(last_news_);
  (last ? last->next_of_pid_ : first_news_) = link_to(row);
  last_news_ = link_to(row);
}

void Table::mark_told(Row& row) {
  if (!row.is_news) return;
  row.is_news = false;
  Link before = 0;
  for (Link at = first_news_; at != link_to(row); at = row_at(at)->next_of_pid_)
    before = at;
  (before == 0 ? first_news_ : row_at(before)->next_of_pid_) = row.next_of_pid_;
  if (last_news_ == link_to(row)) last_news_ = before;
}

void Table::forget_news() {
  while (Row* row = news())
    mark_told(*row);
}

Row* Table::next_from(std::uint32_t& at) {
  while (at < used_) {
    Row& row = rows_[at++];
    if (row.state != RowState{}) return &row;
  }
  return nullptr;
}

}  // namespace gaffer::keeper
