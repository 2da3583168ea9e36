#include "wire/daemon.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "wire/json_values.h"
#include "wire/json_writer.h"

namespace gaffer::wire {
namespace {

using nlohmann::json;
using Way = Update::Way;

constexpr std::array<std::pair<Way, std::string_view>, 4> kWays = {{{Way::Nothing, "nothing"},
                                                                    {Way::Live, "live"},
                                                                    {Way::Reload, "reload"},
                                                                    {Way::Restart, "restart"}}};

Error unreadable(const std::string& why) {
  return {Errc::Protocol, 0, "cannot read what gafferd answers: " + why};
}

}  // namespace

std::string daemon_document(const DaemonFacts& facts) {
  JsonWriter to;
  to.object().key("version").text(facts.version).key("pid").number(std::int64_t{facts.pid});
  to.key("revision").number(facts.revision);
  if (facts.webhooks) {
    to.key("webhooks").object().key("waiting").number(facts.webhooks->waiting);
    to.key("delivered").number(facts.webhooks->delivered);
    to.key("failed").number(facts.webhooks->failed).key("dropped").number(facts.webhooks->dropped);
    to.key("problem").text(facts.webhooks->problem).end_object();
  }
  return to.end_object().take();
}

// The library throws; each of these catches it where it is called.
Result<DaemonFacts> parse_daemon_document(std::string_view text) {
  try {
    const json document = json::parse(text);
    return DaemonFacts{document.at("version").get<std::string>(), document.at("pid").get<pid_t>(),
                       document.at("revision").get<std::uint64_t>(), std::nullopt};
  } catch (const json::exception& failure) {
    return unreadable(failure.what());
  }
}

Result<std::uint64_t> parse_started_document(std::string_view text) {
  try {
    return json::parse(text).at("pid").get<std::uint64_t>();
  } catch (const json::exception& failure) {
    return unreadable(failure.what());
  }
}

std::string update_document(const Update& update) {
  const auto* const way =
      std::ranges::find(kWays, update.way, [](const auto& one) { return one.first; });
  JsonWriter to;
  to.object().key("ok").boolean(true).key("way").text(way->second).key("changed").array();
  for (const std::string& name : update.changed)
    to.text(name);
  return to.end_array().end_object().take();
}

Result<Update> parse_update_document(std::string_view text) {
  try {
    const json document = json::parse(text);
    const auto name = document.at("way").get<std::string>();
    const auto* const way =
        std::ranges::find(kWays, name, [](const auto& one) { return one.second; });
    if (way == kWays.end()) return unreadable("no way is called " + name);
    return Update{way->first, document.at("changed").get<std::vector<std::string>>()};
  } catch (const json::exception& failure) {
    return unreadable(failure.what());
  }
}

}  // namespace gaffer::wire
