#pragma once

#include <cstdint>
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
  SlotStreams(OutputShop& shop, const ProcessTemplate& process_template, int slot,
              const Outputs::OnGrown& on_grown);

  /// Whether these are the streams that the template wants.
  [[nodiscard]] bool fit(const ProcessTemplate& process_template) const;

  /// \name As those of Outputs; the custom streams come last.
  /// @{
  [[nodiscard]] stream::Output* find(std::string_view label);
  [[nodiscard]] std::vector<std::string> labels() const;
  void adapt(const ProcessTemplate& process_template);
  void reopen();
  [[nodiscard]] std::string problem() const;
  /// @}

  /// Which of the custom streams has the label, from 0; nothing if none has.
  [[nodiscard]] std::optional<std::size_t> custom_stream(std::string_view label) const;

  /// Where the streams of the process `run` lead. REQUIRES: they fit the template.
  [[nodiscard]] ProcessStreams of_process(const ProcessTemplate& process_template,
                                          std::uint64_t run);

 private:
  Outputs outputs_;
  std::vector<std::string> custom_labels_;
  std::vector<std::unique_ptr<Outputs>> custom_;  // Of one label each.
};

}  // namespace gaffer
