#include "core/manager/outputs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "core/stream/memory_log.h"
#include "os/files.h"
#include "os/users.h"

namespace gaffer {
namespace {

constexpr const char* kDefaultLabel = "output";

/// Each open log has two descriptors; most of ours are for the processes.
std::size_t most_open_logs() {
  constexpr std::size_t kShare = 16;
  constexpr std::size_t kMost = 1024;
  return std::clamp<std::size_t>(os::descriptor_limit() / kShare, 8, kMost);
}

stream::Retention retention_of(const ProcessTemplate& process_template) {
  stream::Retention retention{.max_size = process_template.log_max_size,
                              .keep = process_template.log_keep,
                              .total = process_template.log_total,
                              .compress = process_template.log_compress};
  if (const auto age = process_template.log_max_age)
    retention.max_age = std::chrono::ceil<std::chrono::seconds>(*age);
  return retention;
}

// A log that a template names belongs to the template's user, if it has one that is known; one that
// is not known cannot run anything either.
std::optional<os::LogOwner> owner_of(const ProcessTemplate& process_template) {
  if (process_template.uid.empty()) return std::nullopt;
  const auto user = os::find_user(process_template.uid);
  if (!user) return std::nullopt;
  const os::Identity identity = os::identity_of(*user);
  return os::LogOwner{.user = identity.user, .group = identity.group};
}

/// `web.1`, or `web.1.err` where the template names its streams.
std::string stem_of(const ProcessTemplate& process_template, int slot, const std::string& label) {
  const std::string stem = process_template.name + "." + std::to_string(slot);
  return label == kDefaultLabel ? stem : stem + "." + label;
}

std::unique_ptr<stream::Log> log_for(OutputShop& shop, const ProcessTemplate& process_template,
                                     int slot, const std::string& label, const std::string& path) {
  if (path.empty() && shop.settings.log_directory.empty())
    return std::make_unique<stream::MemoryLog>(shop.settings.memory_bytes);
  stream::FileLogSettings settings;
  settings.retention = retention_of(process_template);
  settings.lists = shop.settings.log_directory;
  settings.template_prefix = process_template.name + ".";
  const std::string stem = stem_of(process_template, slot, label);
  stream::LogPlace& place = settings.place;
  if (!shop.settings.log_directory.empty()) {
    const std::string beside = shop.settings.log_directory + "/" + stem;
    place = {.path = beside + ".log", .segments = beside + ".segments", .times = beside + ".times"};
  }
  if (!path.empty()) {
    place.path = path;
    replace_all(place.path, "{name}", process_template.name);
    replace_all(place.path, "{slot}", std::to_string(slot));
    replace_all(place.path, "{label}", label);
    place.owner = owner_of(process_template);
  }
  return std::make_unique<stream::FileLog>(shop.files, std::move(settings));
}

}  // namespace

OutputShop::OutputShop(uv::Loop& its_loop, OutputSettings its_settings)
    : loop(its_loop),
      settings(std::move(its_settings)),
      intake(loop),
      files(loop, most_open_logs(), settings.log_directory, settings.log_budget) {}

// A terminal is both streams; and what goes to one file is one stream.
std::vector<Outputs::Stream> Outputs::streams_of(const ProcessTemplate& process_template) {
  if (process_template.detach) return {};
  const bool are_apart = !process_template.stderr_log.empty() &&
                         process_template.stderr_log != process_template.stdout_log;
  std::vector<Stream> streams;
  for (const std::string& label : process_template.redirect_output) {
    const std::string& path = streams.empty() || label == streams.front().label
                                  ? process_template.stdout_log
                                  : process_template.stderr_log;
    streams.push_back({.label = label, .path = path});
  }
  if (streams.empty()) {
    streams = {{.label = are_apart ? "stdout" : kDefaultLabel, .path = process_template.stdout_log},
               {.label = are_apart ? "stderr" : kDefaultLabel,
                .path = are_apart ? process_template.stderr_log : process_template.stdout_log}};
  }
  if (process_template.pty) streams.resize(1);
  if (process_template.pty) streams.push_back(streams.front());
  if (streams.size() == 2 && !streams[1].path.empty() && streams[1].path == streams[0].path)
    streams[1] = streams[0];
  return streams;
}

Outputs::Outputs(OutputShop& shop, const ProcessTemplate& process_template, int slot,
                 const OnGrown& on_grown)
    : streams_(streams_of(process_template)) {
  for (std::size_t at = 0; at < streams_.size(); ++at) {
    const auto& [label, path] = streams_[at];
    if (at > 0 && label == streams_.front().label) continue;
    std::unique_ptr<stream::Output>& output = outputs_.at(at);
    output = std::make_unique<stream::Output>(
        shop.loop, shop.intake, log_for(shop, process_template, slot, label, path),
        [&output, &own_label = streams_[at].label, on_grown] { on_grown(own_label, *output); });
  }
  adapt(process_template);
}

bool Outputs::fit(const ProcessTemplate& process_template) const {
  return streams_ == streams_of(process_template);
}

void Outputs::adapt(const ProcessTemplate& process_template) {
  for (const auto& output : outputs_) {
    if (!output) continue;
    output->set_on_full(process_template.on_full);
    output->set_retention(retention_of(process_template));
  }
}

stream::Output* Outputs::find(std::string_view label) {
  for (std::size_t at = 0; at < streams_.size(); ++at) {
    const bool is_it = label.empty() || streams_[at].label == label;
    if (is_it && outputs_.at(at)) return outputs_.at(at).get();
  }
  return nullptr;
}

std::vector<std::string> Outputs::labels() const {
  std::vector<std::string> labels;
  for (std::size_t at = 0; at < streams_.size(); ++at) {
    if (outputs_.at(at)) labels.push_back(streams_[at].label);
  }
  return labels;
}

ProcessStreams Outputs::streams() {
  return {.output = streams_.empty() ? nullptr : find(streams_.front().label),
          .errors = streams_.size() < 2 ? nullptr : find(streams_.back().label)};
}

void Outputs::reopen() {
  for (const auto& output : outputs_) {
    if (output) output->reopen();
  }
}

std::string Outputs::problem() const {
  for (const auto& output : outputs_) {
    if (output && !output->problem().empty()) return "output blocked: " + output->problem();
  }
  return "";
}

}  // namespace gaffer
