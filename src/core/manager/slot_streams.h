#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/manager/outputs.h"
#include "core/process/streams.h"
#include "gaffer/process_template.h"

namespace gaffer {

/// All streams of a slot by their labels: what the processes write to standard output and error, and
/// to their custom streams.
class SlotStreams {
 public:
  /// As Outputs.
  SlotStreams(uv::Loop& loop, const ProcessTemplate& process_template,
              const stream::OutputSettings& settings, const Outputs::OnGrown& on_grown);

  /// Whether these are the streams that the template wants.
  [[nodiscard]] bool fit(const ProcessTemplate& process_template) const;

  /// \name As those of Outputs; the custom streams come last.
  /// @{
  [[nodiscard]] stream::Output* find(std::string_view label);
  [[nodiscard]] std::vector<std::string> labels() const;
  [[nodiscard]] std::string_view problem() const;
  /// @}

  /// Which of the custom streams has the label, from 0; nothing if none has.
  [[nodiscard]] std::optional<std::size_t> custom_stream(std::string_view label) const;

  /// Where the streams of a process lead. REQUIRES: they fit the template.
  [[nodiscard]] ProcessStreams of_process(const ProcessTemplate& process_template);

 private:
  Outputs outputs_;
  std::vector<std::string> custom_labels_;
  std::vector<std::unique_ptr<Outputs>> custom_;  // Of one label each.
};

}  // namespace gaffer
