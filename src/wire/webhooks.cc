#include "wire/webhooks.h"

#include "base/strings.h"
#include "wire/json_values.h"
#include "wire/json_writer.h"

namespace gaffer::wire {

std::string deliveries_document(const std::vector<Delivery>& deliveries) {
  std::string text;
  for (const Delivery& delivery : deliveries) {
    JsonWriter json;
    json.object().key("id").text(delivery.id).key("url").text(delivery.url);
    json.key("event").text(delivery.event).key("body").text(delivery.body);
    text.append(json.end_object().take()) += '\n';
  }
  return text;
}

// The library throws; it is caught where it is called.
Result<std::vector<Delivery>> parse_deliveries_document(std::string_view text) {
  std::vector<Delivery> deliveries;
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    try {
      const auto document = nlohmann::json::parse(line);
      const auto field = [&document](const char* name) {
        return document.at(name).get<std::string>();
      };
      deliveries.push_back({field("id"), field("url"), field("event"), field("body")});
    } catch (const nlohmann::json::exception& failure) {
      return Error{Errc::Protocol, 0, "line " + std::to_string(number) + ": " + failure.what()};
    }
  }
  return deliveries;
}

}  // namespace gaffer::wire
