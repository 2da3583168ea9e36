#include "apps/http_api/routes.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"

namespace gaffer::apps {
namespace {

using Kind = wire::Parameter::Kind;
using wire::Answer;
using wire::Body;
using wire::Scope;

const Answer kStatus{200, "The status of what it was about", "application/json", "Status"};
const Answer kDone{200, R"(`{"ok": true}`)"};
const Answer kUnknown{404, "There is nothing of that name"};
const Answer kConflict{409, "Not in its present state, or the name is taken"};
const Answer kBusy{503, "Too many ask for this at once"};

/// What is the same for processes and for groups.
Route control(std::string_view path, std::string_view summary,
              void (*handle)(HttpApi& api, Call call)) {
  return {{.method = "POST",
           .path = path,
           .scope = Scope::Write,
           .summary = summary,
           .answers = {kStatus, kUnknown, kConflict}},
          handle};
}

Route get(std::string_view path, std::string_view summary, std::vector<Answer> answers,
          void (*handle)(HttpApi& api, Call call)) {
  return {{.method = "GET", .path = path, .summary = summary, .answers = std::move(answers)},
          handle};
}

std::vector<Route> about_routes() {
  std::vector<Route> all = {
      get("/", "Who this is", {{200, R"(`{"welcome": "gaffer", "version": …}`)"}}, welcome),
      get("/ping", "Whether it lives", {{200, "`OK`", "text/plain"}}, ping),
      get("/version", "Its version", {{200, R"(`{"name": "gaffer", "version": …}`)"}}, version),
      get("/health", "Whether all is well: 503 when something was given up",
          {{200, R"(`{"ok": true, "failed": []}`)"}, {503, "What was given up"}}, health),
      get("/openapi.json", "This document", {{200, "OpenAPI 3.1"}}, openapi)};
  for (Route& route : all)
    route.about.scope = Scope::None;
  return all;
}

std::vector<Route> status_routes() {
  return {
      get("/daemon", "Which process this is",
          {{200, R"(`{"version": …, "pid": 4711, "revision": 7}`)"}}, daemon),
      get("/status",
          "Every template with its processes. Has an ETag, which is about everything "
          "but the passing of time",
          {{200, "The status of all", "application/json", "Status"}, {304, "It is as you know it"}},
          status),
      get("/status/{target}", "Some templates or processes", {kStatus, kUnknown}, status_of),
      {{.method = "GET",
        .path = "/processes",
        .summary = "The names of the templates",
        .query = {{"running", "The pids of the processes that run instead", Kind::Flag},
                  {"full", "The templates with their processes instead", Kind::Flag}},
        .answers = {{200, "An array"}}},
       list_processes},
      {{.method = "GET",
        .path = "/processes/{target}",
        .summary = "A template, or a single process",
        .query = {{"reveal", "`env`: the values of variables too, for admins"}},
        .answers = {{200, "A template, or a process"}, kUnknown}},
       get_process},
      get("/processes/{target}/_pids", "The pids, gaffer's own, of the processes that run",
          {{200, R"(`{"ok": true, "pids": [1, 2]}`)"}, kUnknown}, pids),
      {{.method = "GET",
        .path = "/runs/{name}",
        .summary = "The last processes of a template with how they ended, the newest first, also "
                   "those of a template that is gone",
        .query = {{"count", "How many at most, 1000 or less; 20", Kind::Count}},
        .answers = {{200, R"(`[{"name": "web", "slot": 1, "pid": 7, "exit_status": 3, …}]`)"},
                    kUnknown}},
       runs},
      get("/groups", "The names of the groups", {{200, "An array"}}, groups),
      get("/groups/{group}", "The names of the templates of a group", {{200, "An array"}, kUnknown},
          group),
  };
}

std::vector<Route> control_routes() {
  return {
      control("/processes/{target}/_start", "Starts, also what was given up", start),
      control("/processes/{target}/_stop", "Stops, with the whole tree below", stop),
      control("/processes/{target}/_restart", "Stops each process and starts it again", restart),
      control("/processes/{target}/_reload",
              "Replaces one process after the other, the new one "
              "before the old one goes",
              reload),
      control("/processes/{target}/_signal/{signal}", "Signals the processes that run", signal),
      control("/processes/{name}/_scale/{expression}", "Changes how many there are", scale),
      control("/processes/{name}/_add", "One process more", add_some),
      control("/processes/{name}/_add/{count}", "So many processes more", add_some),
      control("/processes/{name}/_sub", "One process less", sub_some),
      control("/processes/{name}/_sub/{count}", "So many processes less", sub_some),
      control("/groups/{group}/_start", "Starts a group", start),
      control("/groups/{group}/_stop", "Stops a group", stop),
      control("/groups/{group}/_restart", "Restarts a group", restart),
      control("/groups/{group}/_reload", "Reloads a group", reload),
      control("/groups/{group}/_signal/{signal}", "Signals the processes of a group", signal),
  };
}

std::vector<Route> input_routes() {
  const wire::Parameter label{"label", "One of custom_streams instead"};
  std::vector<Route> all = {
      {{.method = "POST",
        .path = "/processes/{target}/_write",
        .summary = "Writes the body to the standard input, or the terminal, of those that run",
        .query = {label},
        .body = Body::Bytes,
        .answers = {kDone, kUnknown, kConflict, kBusy}},
       write},
      {{.method = "POST",
        .path = "/processes/{target}/_end_input",
        .summary = "Ends what can be read there",
        .query = {label},
        .answers = {kDone, kUnknown, kConflict}},
       end_input},
      {{.method = "POST",
        .path = "/processes/{target}/_resize",
        .summary = "Gives the terminals another size",
        .query = {{"rows", "1 to 65535", Kind::Count}, {"columns", "1 to 65535", Kind::Count}},
        .answers = {kDone, kUnknown, kConflict}},
       resize},
  };
  for (Route& route : all)
    route.about.scope = Scope::Write;
  return all;
}

std::vector<Route> template_routes() {
  return {
      {{.method = "POST",
        .path = "/processes",
        .scope = Scope::Admin,
        .summary = "Adds a template and, unless `start` is false, starts it",
        .body = Body::Template,
        .answers = {kStatus, kConflict}},
       create},
      {{.method = "PUT",
        .path = "/processes/{name}",
        .scope = Scope::Admin,
        .summary = "Replaces a template; of its processes only those that must be",
        .body = Body::Template,
        .answers = {{200, R"(`{"ok": true, "way": "live", "changed": ["nice"]}`)"},
                    kUnknown,
                    kConflict}},
       update},
      {{.method = "DELETE",
        .path = "/processes/{target}",
        .scope = Scope::Admin,
        .summary = "Stops and forgets templates, or stops a single process",
        .answers = {kDone, kUnknown, kConflict}},
       remove},
      {{.method = "DELETE",
        .path = "/groups/{group}",
        .scope = Scope::Admin,
        .summary = "Stops and forgets the templates of a group",
        .answers = {kDone, kUnknown, kConflict}},
       remove},
      {{.method = "POST",
        .path = "/processes/{name}/_commit",
        .scope = Scope::Admin,
        .summary = "Runs one process more, that is not counted and not started again",
        .body = Body::Object,
        .fields = {{"env", "Variables on top of the template's", Kind::Map}},
        .answers = {{200, R"(`{"ok": true, "pid": 7}`)"}, kUnknown, kConflict}},
       commit},
  };
}

std::vector<Route> security_routes() {
  std::vector<Route> all = {
      get("/tokens", "The tokens, without their secrets", {{200, R"(`{"tokens": […]}`)"}},
          list_tokens),
      {{.method = "POST",
        .path = "/tokens",
        .summary = "Makes a token and tells its secret, this once",
        .body = Body::Object,
        .fields = {{"name", "For people"},
                   {"scopes", "Of read, logs, write, admin", Kind::List},
                   {"targets", "`web`, `shop:*`: all that it gets at; none: everything",
                    Kind::List}},
        .answers = {{200, R"(`{"ok": true, "token": "gaffer_…"}`)"}, kConflict, kBusy}},
       create_token},
      {{.method = "DELETE",
        .path = "/tokens/{token}",
        .summary = "Revokes a token",
        .answers = {kDone, kUnknown}},
       revoke_token},
      get("/endpoints", "Where the API is served",
          {{200, R"(`[{"name": "local", "address": "unix:/…", "connections": 1}]`)"}},
          list_endpoints),
      {{.method = "POST",
        .path = "/endpoints",
        .summary =
            "Serves at one more address. The fields are the keys of a section [endpoint:NAME]",
        .body = Body::Object,
        .fields = {{"name", "Its name"},
                   {"bind", "`127.0.0.1:5000`, `[::1]:5000`, `unix:/path`"},
                   {"hosts", "Further values of Host, with commas between"},
                   {"origins", "Whose pages may ask, with commas between"},
                   {"certfile", "TLS: the certificate with its chain, PEM, an absolute path"},
                   {"keyfile", "Its key"},
                   {"cafile", "Who signs certificates of clients"},
                   {"backlog", "Clients that wait to be accepted", Kind::Count},
                   {"mode", "Of a unix socket: `0600`"},
                   {"tokens", "Whether a unix socket wants one", Kind::Flag}},
        .answers = {{200, R"(`{"ok": true, "address": "127.0.0.1:5000"}`)"}, kConflict, kBusy}},
       open_endpoint},
      {{.method = "POST",
        .path = "/endpoints/_reload",
        .summary = "Reads the certificates anew, for those who connect from then on",
        .answers = {kDone}},
       reload_certificates},
      {{.method = "DELETE",
        .path = "/endpoints/{endpoint}",
        .summary = "Serves there no more",
        .answers = {kDone, kUnknown}},
       close_endpoint},
  };
  for (Route& route : all)
    route.about.scope = Scope::Admin;
  return all;
}

Route events_at(std::string_view path, std::string_view summary) {
  Route route = get(path, summary,
                    {{200, "Events, each a line of JSON, or server-sent events"}, kBusy}, events);
  route.about.query = {
      {"feed", "`longpoll` (what there is, at least one), `continuous` or `eventsource`"},
      {"since", "The revision of the last event that you have; otherwise only what comes"},
      {"topic", "`exit`, `proc.web`, `proc.web.exit`; `.` is all"},
      {"heartbeat", "Seconds between blank lines, or `false`; 60"}};
  return route;
}

std::vector<Route> event_routes() {
  return {
      events_at("/events", "What happens. Events that are no longer kept are a `gap`"),
      events_at("/watch", "The same"),
      events_at("/watch/{first}", "The topic `first`"),
      events_at("/watch/{first}/{second}", "The topic `first.second`"),
      events_at("/watch/{first}/{second}/{third}", "The topic `first.second.third`"),
      get("/metrics", "For Prometheus", {{200, "Text, version 0.0.4", "text/plain; version=0.0.4"}},
          metrics),
  };
}

Route stats_at(std::string_view path, std::string_view summary) {
  Route route = get(
      path, summary,
      {{200, "Statistics, each a line of JSON, or server-sent events"}, kUnknown, kBusy}, stats);
  route.about.query = {{"feed", "`longpoll` (once), `continuous` or `eventsource`"},
                       {"refresh", "Seconds between two looks, 0.01 to 3600; 0.1", Kind::Seconds},
                       {"io", "Open files, bytes read and written too", Kind::Flag},
                       {"pss", "Proportional memory too, which takes the kernel long", Kind::Flag},
                       {"heartbeat", "Seconds between blank lines, or `false`; 60"}};
  return route;
}

std::vector<Route> stats_routes() {
  return {
      stats_at("/stats", "What all processes use of the machine"),
      stats_at("/stats/{target}", "What some processes use of the machine"),
  };
}

std::vector<Route> log_routes() {
  return {
      {{.method = "GET",
        .path = "/logs",
        .scope = Scope::Logs,
        .summary = "What processes have written, in the order in which it came",
        .query = {{"name", "A target; none: everything", Kind::Text, true},
                  {"label", "One stream of each"},
                  {"lines",
                   "Of the past of each, a number or `all`. Without it 10, or all with "
                   "since, until, run, grep or find"},
                  {"since", "What came then or later: `10m` (ago), `2026-11-24T23:41:11Z`, `@1.5`"},
                  {"until", "What came before"},
                  {"run", "What one process wrote: `0` is the last one, `-1` the one before"},
                  {"grep", "Lines that match an expression of RE2"},
                  {"find", "Lines that hold a text"},
                  {"context", "So many lines before and behind each of them", Kind::Count},
                  {"offset", "From that offset of each log on, in place of the past", Kind::Count},
                  {"follow", "Go on with what comes", Kind::Flag},
                  {"format", "`text` (`NAME.SLOT<tab>line`), `records`, `json` or `raw`"}},
        .answers = {{200, "Lines", "text/tab-separated-values"}, kUnknown, kBusy}},
       [](HttpApi& api, Call call) { api.logs(std::move(call)); }},
      {{.method = "POST",
        .path = "/logs/_reopen",
        .scope = Scope::Write,
        .summary = "Goes on in the files that are at the places of the logs now, for log rotators",
        .answers = {kDone}},
       reopen_logs},
  };
}

std::vector<wire::Parameter> stream_parameters() {
  return {{"offset", "From that offset of the stream on, in place of the past", Kind::Count},
          {"lines", "So many lines of the past first, or `all`; otherwise only what comes"},
          {"format", "`raw`, or `json`: a record for each line, with its time, offset and gap"}};
}

std::vector<Route> stream_routes() {
  Route read = get("/streams/{target}/{label}",
                   "What processes write into a stream, from now on. Server-sent events of one "
                   "process carry the offset behind them as `id`, and tell a `gap`",
                   {{200, "Bytes, lines of JSON or server-sent events", "application/octet-stream"},
                    kUnknown,
                    kBusy},
                   stream);
  read.about.scope = Scope::Logs;
  read.about.query = stream_parameters();
  read.about.query.push_back(
      {"feed", "`longpoll` (the next bytes), `continuous` or `eventsource`"});
  read.about.query.push_back({"follow", "`false`: only what there is", Kind::Flag});
  read.about.query.push_back({"heartbeat", "Seconds between blank lines, or `false`; 60"});
  Route socket =
      get("/wstreams/{target}",
          "A WebSocket: messages from here are output, messages to here are input (which needs the "
          "scope write)",
          {{101, "Frames follow"}, kUnknown, {426, "It is a WebSocket"}, kBusy}, stream_socket);
  socket.about.scope = Scope::Logs;
  socket.about.query = stream_parameters();
  socket.about.query.push_back({"labels", "With commas between; standard output and error"});
  socket.about.query.push_back(
      {"control",
       "Texts are commands: `{\"write\": …}`, `{\"resize\": {\"rows\": 30, \"columns\": 100}}`, "
       "`{\"end_input\": true}`",
       Kind::Flag});
  Route requests = get("/channel",
                       "A WebSocket with requests of this API as messages, and their answers: "
                       "`{\"id\": 1, \"path\": \"/status\"}`",
                       {{101, "Frames follow"}, {426, "It is a WebSocket"}}, channel);
  requests.about.scope = Scope::None;  // Each request has its own.
  Route input{{.method = "POST",
               .path = "/streams/{target}/stdin",
               .scope = Scope::Write,
               .summary = "As `/processes/{target}/_write`",
               .body = Body::Bytes,
               .answers = {kDone, kUnknown, kConflict, kBusy}},
              write};
  Route size{
      {.method = "POST",
       .path = "/streams/{target}/resize",
       .scope = Scope::Write,
       .summary = "As `/processes/{target}/_resize`",
       .query = {{"rows", "1 to 65535", Kind::Count}, {"columns", "1 to 65535", Kind::Count}},
       .answers = {kDone, kUnknown, kConflict}},
      resize};
  return {std::move(read), std::move(socket), std::move(requests), std::move(input),
          std::move(size)};
}

std::vector<Route> all_routes() {
  std::vector<Route> all;
  for (auto part :
       {about_routes(), status_routes(), control_routes(), input_routes(), template_routes(),
        security_routes(), event_routes(), stats_routes(), log_routes(), stream_routes()})
    std::ranges::move(part, std::back_inserter(all));
  return all;
}

}  // namespace

std::span<const Route> routes() {
  static const std::vector<Route> all = all_routes();
  return all;
}

}  // namespace gaffer::apps
