#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/process/process.h"
#include "core/stream/file_log.h"
#include "core/stream/intake.h"
#include "core/stream/output.h"
#include "gaffer/manager.h"
#include "gaffer/process_template.h"
#include "uv/loop.h"

namespace gaffer {

/// What the outputs of all slots of a manager share.
struct OutputShop {
  OutputShop(uv::Loop& its_loop, OutputSettings its_settings);

  uv::Loop& loop;
  OutputSettings settings;
  stream::Intake intake;
  stream::LogFiles files;
};

/// The output streams of a slot by their labels: one for both, one for standard output alone, or
/// one each for standard output and standard error.
class Outputs {
 public:
  using OnGrown = std::function<void(const std::string& label, stream::Output&)>;

  /// CALLS: `on_grown` in the turn in which bytes came. LIFETIME: `shop` outlives this.
  Outputs(OutputShop& shop, const ProcessTemplate& process_template, int slot,
          const OnGrown& on_grown);

  /// Whether these are the streams that the template wants, in the places that it wants.
  [[nodiscard]] bool fit(const ProcessTemplate& process_template) const;

  /// Takes over what can be changed while they are written: how much is kept.
  void adapt(const ProcessTemplate& process_template);

  /// The stream of a label, an empty one the first; nullptr if there is none.
  [[nodiscard]] stream::Output* find(std::string_view label);

  /// Each label once.
  [[nodiscard]] std::vector<std::string> labels() const;

  /// Where a process writes to.
  [[nodiscard]] ProcessStreams streams();

  /// For log rotators, as stream::Output.
  void reopen();

  /// Why a stream is stuck; empty while all flow.
  [[nodiscard]] std::string problem() const;

 private:
  /// Of standard output and of standard error: what it is called, and its path if it has one.
  struct Stream {
    std::string label;
    std::string path;
    bool operator==(const Stream&) const = default;
  };
  static std::vector<Stream> streams_of(const ProcessTemplate& process_template);

  std::vector<Stream> streams_;
  std::array<std::unique_ptr<stream::Output>, 2> outputs_;
};

}  // namespace gaffer
