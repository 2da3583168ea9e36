#include "core/manager/outputs.h"

namespace gaffer {
namespace {

constexpr const char* kDefaultLabel = "output";

std::vector<std::string> labels_of(const ProcessTemplate& process_template) {
  if (process_template.detach) return {};
  if (process_template.redirect_output.empty()) return {kDefaultLabel, kDefaultLabel};
  if (process_template.pty) {  // A terminal is both streams.
    const std::string& label = process_template.redirect_output.front();
    return {label, label};
  }
  return process_template.redirect_output;
}

}  // namespace

Outputs::Outputs(uv::Loop& loop, const ProcessTemplate& process_template,
                 const stream::OutputSettings& settings, const OnGrown& on_grown)
    : labels_(labels_of(process_template)) {
  for (std::size_t at = 0; at < labels_.size(); ++at) {
    const std::string& label = labels_[at];
    if (at > 0 && label == labels_.front()) continue;
    stream::OutputSettings own = settings;
    if (!own.path.empty()) {
      own.path += process_template.redirect_output.empty() ? ".log" : "." + label + ".log";
    }
    std::unique_ptr<stream::Output>& output = outputs_.at(at);
    output = std::make_unique<stream::Output>(
        loop, std::move(own), [&output, &label, on_grown] { on_grown(label, *output); });
  }
}

bool Outputs::fit(const ProcessTemplate& process_template) const {
  return labels_ == labels_of(process_template);
}

stream::Output* Outputs::find(std::string_view label) {
  for (std::size_t at = 0; at < labels_.size(); ++at) {
    const bool is_it = label.empty() || labels_[at] == label;
    if (is_it && outputs_.at(at)) return outputs_.at(at).get();
  }
  return nullptr;
}

std::vector<std::string> Outputs::labels() const {
  std::vector<std::string> labels;
  for (std::size_t at = 0; at < labels_.size(); ++at) {
    if (outputs_.at(at)) labels.push_back(labels_[at]);
  }
  return labels;
}

ProcessStreams Outputs::streams() {
  return {.output = labels_.empty() ? nullptr : find(labels_.front()),
          .errors = labels_.size() < 2 ? nullptr : find(labels_.back())};
}

std::string_view Outputs::problem() const {
  for (const auto& output : outputs_) {
    if (output && !output->problem().empty()) return output->problem();
  }
  return "";
}

}  // namespace gaffer
