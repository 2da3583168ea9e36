#include "apps/http_api/handlers.h"
#include "apps/http_api/http_api.h"
#include "base/signal_names.h"

namespace gaffer::apps {
namespace {

/// What the target will still be found by afterwards: a pid is gone when its process is.
std::string lasting(const Manager& manager, const std::string& target) {
  const auto infos = manager.infos(target);
  const bool is_process = infos && infos->size() == 1 && infos->front().processes.size() == 1 &&
                          !target.ends_with('*') && !manager.info(target);
  if (!is_process) return target;
  const ProcessInfo& process = infos->front().processes.front();
  if (process.slot == 0) return process.name;
  return process.name + "." + std::to_string(process.slot);
}

/// Acts on the target and answers when that has come about.
template <typename Action>
void act(HttpApi& api, Call call, Action action) {
  const std::string target = call.parameter("target");
  call.parameters["target"] = lasting(api.manager(), target);
  Result<void> done = action(api.manager(), target);
  api.reply_when_settled(std::move(call), std::move(done));
}

void scale_by(HttpApi& api, Call call, const std::string& expression) {
  act(api, std::move(call), [&](Manager& manager, const std::string& name) -> Result<void> {
    const auto scaled = manager.scale(name, expression);
    return scaled ? Result<void>() : scaled.error();
  });
}

std::string count_of(const Call& call) {
  const auto given = call.parameters.find("count");
  return given == call.parameters.end() ? "1" : given->second;
}

}  // namespace

void start(HttpApi& api, Call call) {
  act(api, std::move(call), [](Manager& manager, const auto& on) { return manager.start(on); });
}

void stop(HttpApi& api, Call call) {
  act(api, std::move(call), [](Manager& manager, const auto& on) { return manager.stop(on); });
}

void restart(HttpApi& api, Call call) {
  act(api, std::move(call), [](Manager& manager, const auto& on) { return manager.restart(on); });
}

void reload(HttpApi& api, Call call) {
  act(api, std::move(call), [](Manager& manager, const auto& on) { return manager.reload(on); });
}

void signal(HttpApi& api, Call call) {
  const std::string name = call.parameter("signal");
  act(api, std::move(call), [&name](Manager& manager, const auto& on) -> Result<void> {
    if (const auto number = signal_number(name)) return manager.signal(on, *number);
    return Error{Errc::InvalidArgument, 0,
                 "no signal " + name + ": use a name such as HUP or TERM"};
  });
}

void scale(HttpApi& api, Call call) {
  const std::string expression = call.parameter("expression");
  scale_by(api, std::move(call), expression);
}

void add_some(HttpApi& api, Call call) {
  const std::string count = count_of(call);
  scale_by(api, std::move(call), "+" + count);
}

void sub_some(HttpApi& api, Call call) {
  const std::string count = count_of(call);
  scale_by(api, std::move(call), "-" + count);
}

void reopen_logs(HttpApi& api, Call call) {
  api.manager().reopen_logs();
  call.reply(net::json_response(200, R"({"ok":true})"));
}

}  // namespace gaffer::apps
