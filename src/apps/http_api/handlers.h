#pragma once

#include "apps/http_api/call.h"

/// \file
/// What the routes do, by file. Each answers its call, at once or later.

namespace gaffer::apps {

class HttpApi;

/// \name about.cc
/// @{
void welcome(HttpApi& api, Call call);
void ping(HttpApi& api, Call call);
void version(HttpApi& api, Call call);
void daemon(HttpApi& api, Call call);
void runs(HttpApi& api, Call call);
void openapi(HttpApi& api, Call call);
void health(HttpApi& api, Call call);
void metrics(HttpApi& api, Call call);
/// @}

/// \name status.cc
/// @{
void status(HttpApi& api, Call call);
void status_of(HttpApi& api, Call call);
void list_processes(HttpApi& api, Call call);
void get_process(HttpApi& api, Call call);
void pids(HttpApi& api, Call call);
void groups(HttpApi& api, Call call);
void group(HttpApi& api, Call call);
/// @}

/// \name control.cc: answers when what was asked for has come about, so that who asked need not ask
/// again.
/// @{
void start(HttpApi& api, Call call);
void stop(HttpApi& api, Call call);
void restart(HttpApi& api, Call call);
void reload(HttpApi& api, Call call);
void signal(HttpApi& api, Call call);
void scale(HttpApi& api, Call call);
void add_some(HttpApi& api, Call call);
void sub_some(HttpApi& api, Call call);
void reopen_logs(HttpApi& api, Call call);
/// @}

/// \name templates.cc
/// @{
void create(HttpApi& api, Call call);
void update(HttpApi& api, Call call);
void remove(HttpApi& api, Call call);
void commit(HttpApi& api, Call call);
/// @}

/// \name input.cc
/// @{
void write(HttpApi& api, Call call);
void end_input(HttpApi& api, Call call);
void resize(HttpApi& api, Call call);
/// @}

/// \name streams.cc: what processes write, and over a WebSocket what they read.
/// @{
void stream(HttpApi& api, Call call);
void stream_socket(HttpApi& api, Call call);
void channel(HttpApi& api, Call call);
/// @}

/// feeds.cc: the manager's events, as they come.
void events(HttpApi& api, Call call);

/// stats.cc: what processes use, again and again.
void stats(HttpApi& api, Call call);

/// \name security.cc
/// @{
void list_tokens(HttpApi& api, Call call);
void create_token(HttpApi& api, Call call);
void revoke_token(HttpApi& api, Call call);
void list_endpoints(HttpApi& api, Call call);
void open_endpoint(HttpApi& api, Call call);
void close_endpoint(HttpApi& api, Call call);
void reload_certificates(HttpApi& api, Call call);
/// @}

}  // namespace gaffer::apps
