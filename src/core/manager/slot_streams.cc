#include "core/manager/slot_streams.h"

#include <algorithm>

namespace gaffer {

SlotStreams::SlotStreams(OutputShop& shop, const ProcessTemplate& process_template, int slot,
                         const Outputs::OnGrown& on_grown)
    : outputs_(shop, process_template, slot, on_grown),
      custom_labels_(process_template.custom_streams) {
  for (const std::string& label : custom_labels_) {
    ProcessTemplate of_one = process_template;
    of_one.redirect_output = {label};
    of_one.stdout_log.clear();
    custom_.push_back(std::make_unique<Outputs>(shop, of_one, slot, on_grown));
  }
}

bool SlotStreams::fit(const ProcessTemplate& process_template) const {
  return outputs_.fit(process_template) && custom_labels_ == process_template.custom_streams;
}

stream::Output* SlotStreams::find(std::string_view label) {
  const auto at = custom_stream(label);
  return at ? custom_[*at]->find(label) : outputs_.find(label);
}

std::vector<std::string> SlotStreams::labels() const {
  std::vector<std::string> labels = outputs_.labels();
  labels.insert(labels.end(), custom_labels_.begin(), custom_labels_.end());
  return labels;
}

void SlotStreams::adapt(const ProcessTemplate& process_template) {
  outputs_.adapt(process_template);
  for (const auto& one : custom_)
    one->adapt(process_template);
}

void SlotStreams::reopen() {
  outputs_.reopen();
  for (const auto& one : custom_)
    one->reopen();
}

std::string SlotStreams::problem() const {
  std::string problem = outputs_.problem();
  for (const auto& one : custom_) {
    if (problem.empty()) problem = one->problem();
  }
  return problem;
}

std::optional<std::size_t> SlotStreams::custom_stream(std::string_view label) const {
  const auto found = std::ranges::find(custom_labels_, label);
  if (found == custom_labels_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - custom_labels_.begin());
}

ProcessStreams SlotStreams::of_process(const ProcessTemplate& process_template, std::uint64_t run) {
  ProcessStreams streams = outputs_.streams();
  streams.run = run;
  streams.has_input = process_template.redirect_input;
  streams.terminal = process_template.pty;
  for (const auto& one : custom_)
    streams.further.push_back(one->streams().output);
  return streams;
}

}  // namespace gaffer
