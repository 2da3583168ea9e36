/// The fragments of Gaffer's first page, in C++: a manager, an application, statistics and output.
///
///     $ page
///     a: hello
///     STATS of greeter: 1 process
///     stopped

#include <cstdio>
#include <optional>
#include <vector>

#include "gaffer/manager.h"

namespace {

// class MyApplication(object):
class MyApplication final : public gaffer::Application {
 public:
  // def start(self, loop, manager): this method is called by the manager to start the controller
  gaffer::Result<void> start(uv_loop_s* /*loop*/, gaffer::Manager& manager) override {
    exits_ = manager.subscribe("exit", [](auto /*name*/, const gaffer::Event& /*event*/) {});
    return {};
  }
  // def stop(self): method called when the manager stops
  void stop() override { std::puts("stopped"); }
  // def restart(self): method called when the manager restarts
  void restart() override {}

 private:
  gaffer::Subscription exits_;
};

}  // namespace

int main() {
  // initialize the controller with the default loop: manager = Manager(loop=loop)
  auto manager = gaffer::Manager::create().value();

  // start the controller
  MyApplication application;
  if (!manager->start({&application})) return 1;

  // process = manager.running[pid]; process.writelines(["line", "line"])
  const auto spawned = manager->subscribe_once("spawn", [&](auto, const gaffer::Event& event) {
    const gaffer::ProcessInfo process = manager->running().at(event.pid);
    const std::vector<std::string> lines = {"hello\n"};
    (void)manager->writelines(std::to_string(process.pid), lines);
  });

  // manager.add_process("nameofprocesstemplate", cmd, redirect_output=["stdout", "stderr"]); here
  // with another name for stdout
  if (!manager->add({.name = "greeter",
                     .cmd = "cat",
                     .redirect_output = {"a", "stderr"},
                     .redirect_input = true}))
    return 1;

  // manager.monitor(<nameorid>, <listener>), callback signature: callback(evtype, msg)
  std::optional<gaffer::Subscription> stats;
  const auto on_stats = [&](std::string_view evtype,
                            const std::vector<gaffer::TemplateStats>& msg) {
    std::printf("%.*s of %s: %zu process\n", static_cast<int>(evtype.size()), evtype.data(),
                msg.at(0).name.c_str(), msg.at(0).processes.size());
    stats.reset();    // manager.unmonitor(<nameorid>, <listener>)
    manager->stop();  // stop the controller
  };

  // process.monitor_io("stdout", somecallback), callback signature: callback(evtype, msg)
  const auto output = manager->monitor_io("greeter", ".", [&](auto evtype, const auto& msg) {
    std::printf("%.*s: %.*s", static_cast<int>(evtype.size()), evtype.data(),
                static_cast<int>(msg.data.size()), msg.data.data());
    stats = manager->monitor("greeter", on_stats).value();
  });
  if (!output) return 1;

  return manager->run() ? 0 : 1;  // run the event loop
}
