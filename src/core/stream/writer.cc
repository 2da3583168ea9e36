#include "gaffer/writer.h"

#include "core/stream/input.h"

namespace gaffer {

Result<void> Writer::write(std::string_view bytes) const { return input_->write(bytes); }
Result<void> Writer::writelines(std::span<const std::string> lines) const {
  return input_->write_lines(lines);
}
Result<void> Writer::close() const { return input_->close(); }
std::size_t Writer::queued() const { return input_->queued(); }

}  // namespace gaffer
