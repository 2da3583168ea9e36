#include "keeper/server/report.h"

#include "keeper/server/kernel.h"
#include "keeper/server/text.h"

namespace gaffer::keeper {

Report& Report::operator<<(std::string_view text) {
  for (const char c : text) {
    if (length_ + 1 < line_.size()) line_[length_++] = c;
  }
  return *this;
}

Report& Report::operator<<(std::uint64_t number) { return *this << Decimal(number).text(); }

Report::~Report() {
  line_[length_++] = '\n';
  // Nobody to tell when it cannot be written.
  kernel::write(2, {line_.data(), length_});
}

}  // namespace gaffer::keeper
