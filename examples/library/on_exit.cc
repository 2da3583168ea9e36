/// An application that reacts to exits: after three of them it stops the manager that it belongs to.

#include <cstdio>

#include "gaffer/application.h"
#include "gaffer/manager.h"

namespace {

class ThreeStrikes final : public gaffer::Application {
 public:
  gaffer::Result<void> start(uv_loop_s* /*loop*/, gaffer::Manager& manager) override {
    exits_ = manager.subscribe("proc.fragile.exit", [&](auto name, const gaffer::Event& event) {
      std::printf("%.*s: %s\n", static_cast<int>(name.size()), name.data(), event.reason.c_str());
      if (++strikes_ == 3) manager.stop();
    });
    return {};
  }
  void stop() override { std::puts("stopped"); }

 private:
  int strikes_ = 0;
  gaffer::Subscription exits_;
};

}  // namespace

int main() {
  ThreeStrikes strikes;
  auto manager = gaffer::Manager::create();
  if (!manager || !(*manager)->start({&strikes})) return 1;
  if (!(*manager)->add({.name = "fragile", .cmd = "sh -c 'exit 7'"})) return 1;
  return (*manager)->run() ? 0 : 1;
}
