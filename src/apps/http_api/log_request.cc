#include "apps/http_api/log_request.h"

#include <array>
#include <chrono>
#include <functional>
#include <utility>

#include "base/moment_text.h"
#include "base/strings.h"

namespace gaffer::apps {
namespace {

constexpr std::size_t kUsualLines = 10;
constexpr std::size_t kMaxContext = 1000;

Error bad_value(std::string_view name, std::string_view value, std::string_view right) {
  return {Errc::InvalidArgument, 0,
          "bad value \"" + std::string(value) + "\" of " + std::string(name) + ": use " +
              std::string(right)};
}

/// Reads the parameters of one request.
class LogRequest {
 public:
  explicit LogRequest(Manager& manager) : manager_(manager) {}

  Result<void> set(const std::string& name, const std::string& value) {
    for (const auto& [known, read] : kParameters) {
      if (known == name) return (this->*read)(value);
    }
    return Error{Errc::InvalidArgument, 0,
                 "unknown parameter " + name +
                     ": use name, label, lines, since, until, run, grep, find, context, offset, "
                     "follow, format"};
  }

  Result<LogFeed::Wanted> finish() {
    if (wanted_.templates.empty() && wanted_.processes.empty()) wanted_.is_all = true;
    const auto& [last, since, until, run, matcher, context] = wanted_.lines;
    const bool is_chosen = since || until || run || matcher || wanted_.from;
    if (!has_lines_ && !is_chosen) wanted_.lines.last = kUsualLines;
    return std::move(wanted_);
  }

 private:
  using Reader = Result<void> (LogRequest::*)(const std::string& value);

  Result<void> name(const std::string& value) { return select_target(wanted_, manager_, value); }
  Result<void> label(const std::string& value) {
    wanted_.labels.insert(value);
    return {};
  }
  Result<void> lines(const std::string& value) {
    has_lines_ = true;
    if (value == "all") return {};
    GAFFER_TRY(wanted_.lines.last, number<std::size_t>("lines", value, "a number, or all"));
    return {};
  }
  Result<void> since(const std::string& value) {
    GAFFER_TRY(wanted_.lines.since, moment("since", value));
    return {};
  }
  Result<void> until(const std::string& value) {
    GAFFER_TRY(wanted_.lines.until, moment("until", value));
    return {};
  }
  Result<void> run(const std::string& value) {
    GAFFER_TRY(wanted_.lines.run, number<int>("run", value, "0 for the last one, -1, -2 …"));
    if (*wanted_.lines.run > 0) return bad_value("run", value, "0 for the last one, -1, -2 …");
    return {};
  }
  Result<void> grep(const std::string& value) {
    GAFFER_TRY(stream::Matcher matcher, stream::Matcher::of_expression(value));
    wanted_.lines.matcher = std::make_shared<const stream::Matcher>(std::move(matcher));
    return {};
  }
  Result<void> find(const std::string& value) {
    wanted_.lines.matcher =
        std::make_shared<const stream::Matcher>(stream::Matcher::of_text(value));
    return {};
  }
  Result<void> context(const std::string& value) {
    const std::string right = "a number up to " + std::to_string(kMaxContext);
    GAFFER_TRY(wanted_.lines.context, number<std::size_t>("context", value, right));
    if (wanted_.lines.context > kMaxContext) return bad_value("context", value, right);
    return {};
  }
  Result<void> offset(const std::string& value) {
    GAFFER_TRY(wanted_.from, number<std::uint64_t>("offset", value, "a number of bytes"));
    return {};
  }
  Result<void> follow(const std::string& value) {
    wanted_.follow = value == "true" || value == "1";  // The route knows what else there may be.
    return {};
  }
  Result<void> format(const std::string& value) {
    constexpr std::array<std::pair<std::string_view, LogFeed::Format>, 4> kFormats = {
        {{"text", LogFeed::Format::Text},
         {"records", LogFeed::Format::Records},
         {"json", LogFeed::Format::Json},
         {"raw", LogFeed::Format::Raw}}};
    for (const auto& [word, format] : kFormats) {
      if (word == value) wanted_.format = format;
      if (word == value) return {};
    }
    return bad_value("format", value, "text, records, json or raw");
  }

  template <typename T>
  static Result<T> number(std::string_view name, const std::string& value, std::string_view right) {
    const auto parsed = parse_number<T>(value);
    if (!parsed) return bad_value(name, value, right);
    return *parsed;
  }
  static Result<WallTime> moment(std::string_view name, const std::string& value) {
    const auto parsed = parse_moment(value, std::chrono::system_clock::now());
    if (!parsed) return bad_value(name, value, kMomentForms);
    return *parsed;
  }

  static constexpr std::array<std::pair<std::string_view, Reader>, 12> kParameters = {
      {{"name", &LogRequest::name},
       {"label", &LogRequest::label},
       {"lines", &LogRequest::lines},
       {"since", &LogRequest::since},
       {"until", &LogRequest::until},
       {"run", &LogRequest::run},
       {"grep", &LogRequest::grep},
       {"find", &LogRequest::find},
       {"context", &LogRequest::context},
       {"offset", &LogRequest::offset},
       {"follow", &LogRequest::follow},
       {"format", &LogRequest::format}}};

  Manager& manager_;
  LogFeed::Wanted wanted_;
  bool has_lines_ = false;
};

}  // namespace

Result<void> select_target(LogFeed::Wanted& wanted, const Manager& manager,
                           const std::string& target) {
  GAFFER_TRY(const auto infos, manager.infos(target));
  for (const TemplateInfo& info : infos) {
    const std::string& of = info.process_template.name;
    if (of == target || target == "*" || target.ends_with(":*")) {
      wanted.templates.insert(of);
      continue;
    }
    for (const ProcessInfo& process : info.processes)
      wanted.processes.insert(of + "." + std::to_string(process.slot));
  }
  return {};
}

Result<LogFeed::Wanted> parse_log_request(const net::Request& request, Manager& manager) {
  LogRequest log_request(manager);
  for (const auto& [name, value] : request.query)
    GAFFER_TRY(log_request.set(name, value));
  return log_request.finish();
}

}  // namespace gaffer::apps
