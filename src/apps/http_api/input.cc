#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "base/strings.h"

namespace gaffer::apps {
namespace {

std::string label_of(const Call& call) {
  const std::string* label = call.exchange.request().query_value("label");
  return label == nullptr ? "" : *label;
}

void reply_done(Call call, const Result<void>& done) {
  call.reply(done ? net::json_response(200, R"({"ok":true})") : error_response(done.error()));
}

/// 1 … 65,535; nothing if it is missing or something else.
std::optional<int> side_of(const Call& call, std::string_view name) {
  const std::string* given = call.exchange.request().query_value(name);
  const auto number = given == nullptr ? std::nullopt : parse_number<std::uint16_t>(*given);
  return number && *number > 0 ? std::optional<int>(*number) : std::nullopt;
}

}  // namespace

void write(HttpApi& api, Call call) {
  const auto done =
      api.manager().write(call.parameter("target"), call.exchange.request().body, label_of(call));
  reply_done(std::move(call), done);
}

void end_input(HttpApi& api, Call call) {
  const auto done = api.manager().close_input(call.parameter("target"), label_of(call));
  reply_done(std::move(call), done);
}

void resize(HttpApi& api, Call call) {
  const auto rows = side_of(call, "rows");
  const auto columns = side_of(call, "columns");
  if (!rows || !columns)
    return call.reply(error_response(400, "bad_value", "rows and columns must be 1 to 65535"));
  const auto done =
      api.manager().resize(call.parameter("target"), {.rows = *rows, .columns = *columns});
  reply_done(std::move(call), done);
}

}  // namespace gaffer::apps
