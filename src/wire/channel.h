#pragma once

#include <string>
#include <string_view>

#include "gaffer/result.h"

/// \file
/// What goes over `/channel`, one message each, since version 1: requests of the API and their
/// answers, many at once over one WebSocket.
///
///     -> {"id": 1, "method": "POST", "path": "/processes/web/_stop"}      and with "body": {…} JSON,
///        with "text": "…" the bytes of one that takes bytes
///     <- {"id": 1, "status": 200, "body": {…}}                            or "text" if it is no JSON
///     -> {"id": 2, "path": "/events?feed=continuous"}                     GET, where nothing is said
///     <- {"id": 2, "status": 200, "stream": true}
///     <- {"id": 2, "data": {…}}     for each line of JSON; "text" with what came if it is no JSON
///     -> {"id": 2, "cancel": true}
///     <- {"id": 2, "end": true}

namespace gaffer::wire {

struct ChannelRequest {
  std::string id = "null";  ///< As it came: a number or a text of JSON.
  bool is_cancel = false;
  std::string method = "GET";
  std::string path;  ///< With its query.
  std::string content_type;
  std::string body;
  std::string problem;  ///< What is wrong with it; empty: nothing.
};

ChannelRequest parse_channel_request(std::string_view text);

/// A whole answer, or the beginning of one that goes on.
std::string channel_answer(std::string_view id, int status, std::string_view content_type,
                           std::string_view body);
std::string channel_begin(std::string_view id, int status);
/// One line of JSON.
std::string channel_data(std::string_view id, std::string_view json);
/// Bytes; what is no UTF-8 becomes U+FFFD.
std::string channel_text(std::string_view id, std::string_view bytes);
std::string channel_end(std::string_view id);

/// What a WebSocket of a process's terminal is told besides bytes: `{"resize": {"rows": 30,
/// "columns": 100}}`, `{"write": "…"}`, `{"end_input": true}`.
struct TerminalCommand {
  enum class Kind { Write, EndInput, Resize };
  Kind kind = Kind::Write;
  std::string text;
  int rows = 0;
  int columns = 0;
};
/// ERRORS: InvalidArgument, naming the field.
Result<TerminalCommand> parse_terminal_command(std::string_view text);

}  // namespace gaffer::wire
