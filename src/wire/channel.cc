#include "wire/channel.h"

#include <utility>

#include "base/strings.h"
#include "wire/json_values.h"
#include "wire/json_writer.h"

namespace gaffer::wire {
namespace {

Error bad(std::string message) { return {Errc::InvalidArgument, 0, std::move(message)}; }

std::string dump(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<void> read_text(std::string& field, const std::string& name, const nlohmann::json& value) {
  if (!value.is_string()) return bad(name + " must be a text");
  field = value.get<std::string>();
  return {};
}

Result<void> read_field(ChannelRequest& request, const std::string& name,
                        const nlohmann::json& value) {
  if (name == "method") return read_text(request.method, name, value);
  if (name == "path") return read_text(request.path, name, value);
  if (name == "text") {
    request.content_type = "application/octet-stream";
    return read_text(request.body, name, value);
  }
  if (name == "body") {
    request.content_type = "application/json";
    request.body = dump(value);
    return value.is_object() ? Result<void>() : bad("body must be an object");
  }
  if (name == "cancel") {
    request.is_cancel = value == true;
    return request.is_cancel ? Result<void>() : bad("cancel can only be true");
  }
  if (name != "id")
    return bad("unknown field " + name + ": use id, method, path, body, text, cancel");
  if (!value.is_number_integer() && !value.is_string())
    return bad("id must be a whole number or a text");
  request.id = dump(value);
  return {};
}

bool is_json(std::string_view content_type) {
  return content_type.substr(0, content_type.find(';')) == "application/json";
}

JsonWriter message_about(std::string_view id) {
  JsonWriter json;
  json.object().key("id").raw(id);
  return json;
}

Result<int> side(const nlohmann::json& size, const char* name) {
  constexpr int kMost = 65'535;
  const auto given = size.find(name);
  if (given == size.end() || !given->is_number_integer() || given->get<std::int64_t>() < 1 ||
      given->get<std::int64_t>() > kMost)
    return bad(std::string(name) + " must be 1 to 65535");
  return given->get<int>();
}

}  // namespace

ChannelRequest parse_channel_request(std::string_view text) {
  ChannelRequest request;
  const auto message = read_object("message", text);
  if (!message) request.problem = message.error().message;
  if (!message) return request;
  for (const auto& [name, value] : message->items()) {
    const auto read = read_field(request, name, value);
    if (!read && request.problem.empty()) request.problem = read.error().message;
  }
  if (!request.problem.empty()) return request;
  if (!message->contains("id")) request.problem = "id is missing";
  if (request.path.empty() && !request.is_cancel) request.problem = "path is missing";
  return request;
}

std::string channel_answer(std::string_view id, int status, std::string_view content_type,
                           std::string_view body) {
  JsonWriter json = message_about(id);
  json.key("status").number(status);
  if (is_json(content_type) && !body.empty()) {
    json.key("body").raw(trim(body));
  } else if (!body.empty()) {
    json.key("text").text(body);
  }
  return json.end_object().take();
}

std::string channel_begin(std::string_view id, int status) {
  return message_about(id)
      .key("status")
      .number(status)
      .key("stream")
      .boolean(true)
      .end_object()
      .take();
}

std::string channel_data(std::string_view id, std::string_view json) {
  return message_about(id).key("data").raw(json).end_object().take();
}

std::string channel_text(std::string_view id, std::string_view bytes) {
  return message_about(id).key("text").text(bytes).end_object().take();
}

std::string channel_end(std::string_view id) {
  return message_about(id).key("end").boolean(true).end_object().take();
}

Result<TerminalCommand> parse_terminal_command(std::string_view text) {
  GAFFER_TRY(const nlohmann::json message, read_object("message", text));
  if (message.size() != 1) return bad("use one of write, end_input, resize");
  const auto only = message.begin();
  const std::string& name = only.key();
  const nlohmann::json& value = only.value();
  if (name == "write" && value.is_string())
    return TerminalCommand{.text = value.get<std::string>()};
  if (name == "end_input" && value.is_boolean() && value.get<bool>())
    return TerminalCommand{.kind = TerminalCommand::Kind::EndInput, .text = {}};
  if (name != "resize" || !value.is_object())
    return bad("use write with a text, end_input with true, or resize with rows and columns");
  TerminalCommand command{.kind = TerminalCommand::Kind::Resize, .text = {}};
  GAFFER_TRY(command.rows, side(value, "rows"));
  GAFFER_TRY(command.columns, side(value, "columns"));
  return command;
}

}  // namespace gaffer::wire
