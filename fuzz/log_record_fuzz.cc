// A line of `GET /logs` is a record that is written again as the same, or none.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "wire/log_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaffer;
  const std::string line(data, data + size);
  const auto record = wire::parse_record(line);
  if (!record) return 0;
  std::string written;
  wire::append_record(written, *record);
  if (written.find('\n') + 1 != written.size()) return 0;  // Only a text without newlines is one.
  written.pop_back();
  GAFFER_ASSERT(wire::parse_record(written) == record, "written, read again");
  std::string json;
  wire::append_json_record(json, *record);
  GAFFER_ASSERT(json.ends_with("}\n"), "one object");
  return 0;
}
