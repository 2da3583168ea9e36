#pragma once

#include "apps/http_api/log_feed.h"
#include "core/manager/manager.h"
#include "gaffer/result.h"
#include "net/http_message.h"

namespace gaffer::apps {

/// What a `GET /logs` asks for.
///
///     name=web        a target, core/manager/manager.h; may be repeated; none: everything
///     label=err       one stream of each
///     lines=10        of the past of each; `all`. Without it 10, or all with since, until, run or grep
///     since=10m       base/moment_text.h
///     until=…
///     run=-1          the part of one process: 0 is the last one, -1 the one before
///     grep=RE         lines that match an expression of RE2 …
///     find=TEXT       … or hold a text
///     context=3       with so many lines before and behind each
///     offset=N        from that offset on instead; one log only
///     follow=true     and what comes
///     format=text     text, records, json or raw, log_feed.h
///
/// ERRORS: InvalidArgument naming the parameter and what would be right, NotFound.
Result<LogFeed::Wanted> parse_log_request(const net::Request& request, Manager& manager);

/// Wants what a target has written too. ERRORS: NotFound.
Result<void> select_target(LogFeed::Wanted& wanted, const Manager& manager,
                           const std::string& target);

}  // namespace gaffer::apps
