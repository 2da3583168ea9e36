#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/process/process.h"
#include "core/stream/output.h"
#include "gaffer/process_template.h"
#include "uv/loop.h"

namespace gaffer {

/// The output streams of a slot by their labels: one for both, one for standard output alone, or
/// one each for standard output and standard error.
class Outputs {
 public:
  using OnGrown = std::function<void(const std::string& label, stream::Output&)>;

  /// `settings.path` is without its ending: `.log` is put to it, or `.LABEL.log` where the template
  /// names its streams.
  /// CALLS: `on_grown` in the turn in which bytes came.
  Outputs(uv::Loop& loop, const ProcessTemplate& process_template,
          const stream::OutputSettings& settings, const OnGrown& on_grown);

  /// Whether these are the streams that the template wants.
  [[nodiscard]] bool fit(const ProcessTemplate& process_template) const;

  /// The stream of a label, an empty one the first; nullptr if there is none.
  [[nodiscard]] stream::Output* find(std::string_view label);

  /// Each label once.
  [[nodiscard]] std::vector<std::string> labels() const;

  /// Where a process writes to.
  [[nodiscard]] ProcessStreams streams();

  /// Why a stream is stuck; empty while all flow.
  [[nodiscard]] std::string_view problem() const;

 private:
  std::vector<std::string> labels_;  // Of standard output and of standard error.
  std::array<std::unique_ptr<stream::Output>, 2> outputs_;
};

}  // namespace gaffer
