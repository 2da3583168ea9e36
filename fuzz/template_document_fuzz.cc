// Any text must come out of the reader of template documents as a valid template or as problems,
// and what was read is written and read again as the same.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "core/config/validate.h"
#include "wire/templates.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaffer;
  const std::string text(data, data + size);
  const wire::TemplateReading reading = wire::parse_template_document(text);
  for (const config::Problem& problem : reading.problems) {
    GAFFER_ASSERT(!problem.message.empty(), "a problem has a message");
  }
  if (!reading.problems.empty()) return 0;
  GAFFER_ASSERT(config::validate(reading.process_template).empty(), "a template is valid");
  const std::string written =
      wire::template_document(reading.process_template, wire::Secrets::Shown);
  GAFFER_ASSERT(wire::parse_template_document(written).process_template == reading.process_template,
                "written, read again");
  return 0;
}
