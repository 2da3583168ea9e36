/// gaffer/gaffer.h over gaffer/manager.h: texts for values, codes for errors.

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "gaffer/gaffer.h"
#include "gaffer/manager.h"
#include "wire/events.h"
#include "wire/stats.h"
#include "wire/status.h"
#include "wire/templates.h"

struct gaffer_manager {
  std::unique_ptr<gaffer::Manager> manager;
};

struct gaffer_subscription {
  gaffer::Subscription subscription;
};

namespace {

using gaffer::Errc;
using gaffer::Error;
using gaffer::Result;

std::string& last_error() {
  thread_local std::string message;
  return message;
}

gaffer_result code_of(Errc code) {
  switch (code) {
    case Errc::InvalidArgument:
      return GAFFER_INVALID_ARGUMENT;
    case Errc::NotFound:
      return GAFFER_NOT_FOUND;
    case Errc::AlreadyExists:
      return GAFFER_ALREADY_EXISTS;
    case Errc::NotRunning:
      return GAFFER_NOT_RUNNING;
    case Errc::Busy:
      return GAFFER_BUSY;
    case Errc::LimitReached:
      return GAFFER_LIMIT_REACHED;
    case Errc::PermissionDenied:
      return GAFFER_PERMISSION_DENIED;
    case Errc::Protocol:
      return GAFFER_PROTOCOL;
    case Errc::Io:
      return GAFFER_IO;
  }
  return GAFFER_IO;
}

gaffer_result fail(const Error& error) {
  last_error() = error.message;
  return code_of(error.code);
}

template <typename Value>
gaffer_result code_of(const Result<Value>& done) {
  return done ? GAFFER_OK : fail(done.error());
}

std::string_view text(const char* given) {
  return given != nullptr ? std::string_view(given) : std::string_view();
}

/// For a caller in C, who frees it.
char* copy(const std::string& from) {
  auto* const to = static_cast<char*>(std::malloc(from.size() + 1));  // NOLINT: C's own
  if (to != nullptr) std::memcpy(to, from.c_str(), from.size() + 1);
  return to;
}

template <typename Document>
char* document_or_null(const Result<Document>& document) {
  if (document) return copy(*document);
  (void)fail(document.error());
  return nullptr;
}

gaffer_subscription* subscription_or_null(Result<gaffer::Subscription> made) {
  if (made) return new gaffer_subscription{*std::move(made)};  // NOLINT: gaffer_unsubscribe
  (void)fail(made.error());
  return nullptr;
}

Result<gaffer::ProcessTemplate> template_of(const char* json) {
  gaffer::wire::TemplateReading reading = gaffer::wire::parse_template_document(text(json));
  if (reading.problems.empty()) return std::move(reading.process_template);
  return Error{Errc::InvalidArgument, 0, reading.problems.front().message};
}

std::function<void()> function_of(gaffer_callback callback, void* context) {
  if (callback == nullptr) return nullptr;
  return [callback, context] { callback(context); };
}

}  // namespace

int gaffer_c_version(void) { return GAFFER_C_VERSION; }
const char* gaffer_version(void) { return GAFFER_VERSION; }
const char* gaffer_last_error(void) { return last_error().c_str(); }
void gaffer_free(char* text) { std::free(text); }  // NOLINT: C's own

gaffer_manager* gaffer_manager_create(uv_loop_s* loop) {
  auto created = gaffer::Manager::create(loop);
  if (created) return new gaffer_manager{*std::move(created)};  // NOLINT: gaffer_manager_destroy
  (void)fail(created.error());
  return nullptr;
}

void gaffer_manager_destroy(gaffer_manager* manager) { delete manager; }  // NOLINT: C's own

uv_loop_s* gaffer_manager_loop(const gaffer_manager* manager) {
  return manager->manager->uv_loop();
}

gaffer_result gaffer_manager_start(gaffer_manager* manager) {
  return code_of(manager->manager->start());
}
gaffer_result gaffer_manager_run(gaffer_manager* manager) {
  return code_of(manager->manager->run());
}
void gaffer_manager_stop(gaffer_manager* manager, gaffer_callback on_stopped, void* context) {
  manager->manager->stop(function_of(on_stopped, context));
}
void gaffer_manager_restart(gaffer_manager* manager, gaffer_callback on_restarted, void* context) {
  manager->manager->restart(function_of(on_restarted, context));
}
void gaffer_manager_post(gaffer_manager* manager, gaffer_callback function, void* context) {
  manager->manager->post(function_of(function, context));
}

gaffer_result gaffer_manager_add(gaffer_manager* manager, const char* template_json) {
  auto process_template = template_of(template_json);
  if (!process_template) return fail(process_template.error());
  return code_of(manager->manager->add(*std::move(process_template)));
}
gaffer_result gaffer_manager_update(gaffer_manager* manager, const char* template_json) {
  auto process_template = template_of(template_json);
  if (!process_template) return fail(process_template.error());
  return code_of(manager->manager->update(*std::move(process_template)));
}
gaffer_result gaffer_manager_remove(gaffer_manager* manager, const char* target) {
  return code_of(manager->manager->remove(text(target)));
}

gaffer_result gaffer_start(gaffer_manager* manager, const char* target) {
  return code_of(manager->manager->start(text(target)));
}
gaffer_result gaffer_stop(gaffer_manager* manager, const char* target) {
  return code_of(manager->manager->stop(text(target)));
}
gaffer_result gaffer_restart(gaffer_manager* manager, const char* target) {
  return code_of(manager->manager->restart(text(target)));
}
gaffer_result gaffer_reload(gaffer_manager* manager, const char* target) {
  return code_of(manager->manager->reload(text(target)));
}
gaffer_result gaffer_signal(gaffer_manager* manager, const char* target, int number) {
  return code_of(manager->manager->signal(text(target), number));
}

gaffer_result gaffer_scale(gaffer_manager* manager, const char* name, const char* expression,
                           int* number) {
  const auto scaled = manager->manager->scale(text(name), text(expression));
  if (scaled && number != nullptr) *number = *scaled;
  return code_of(scaled);
}

gaffer_result gaffer_write(gaffer_manager* manager, const char* target, const void* bytes,
                           size_t size, const char* label) {
  const std::string_view all(static_cast<const char*>(bytes), size);
  return code_of(manager->manager->write(text(target), all, text(label)));
}
gaffer_result gaffer_close_input(gaffer_manager* manager, const char* target, const char* label) {
  return code_of(manager->manager->close_input(text(target), text(label)));
}

char* gaffer_status(gaffer_manager* manager, const char* target) {
  return document_or_null(Result<std::string>(
      manager->manager->infos(text(target)).map(gaffer::wire::status_document)));
}
char* gaffer_stats(gaffer_manager* manager, const char* target) {
  return document_or_null(
      Result<std::string>(manager->manager->stats(text(target)).map([](const auto& stats) {
        return gaffer::wire::stats_document(stats, {});
      })));
}

gaffer_subscription* gaffer_subscribe(gaffer_manager* manager, const char* name,
                                      gaffer_on_event on_event, void* context) {
  return subscription_or_null(manager->manager->subscribe(
      text(name), [on_event, context](std::string_view event_name, const gaffer::Event& event) {
        on_event(context, std::string(event_name).c_str(),
                 gaffer::wire::event_document(event).c_str());
      }));
}

gaffer_subscription* gaffer_monitor(gaffer_manager* manager, const char* target,
                                    unsigned refresh_ms, gaffer_on_stats on_stats, void* context) {
  return subscription_or_null(manager->manager->monitor(
      text(target),
      [on_stats, context](std::string_view /*event*/, const auto& stats) {
        on_stats(context, gaffer::wire::stats_document(stats, {}).c_str());
      },
      {.refresh = std::chrono::milliseconds(refresh_ms)}));
}

gaffer_subscription* gaffer_monitor_io(gaffer_manager* manager, const char* target,
                                       const char* label, gaffer_on_io on_io, void* context) {
  return subscription_or_null(manager->manager->monitor_io(
      text(target), text(label),
      [on_io, context](std::string_view /*label*/, const gaffer::IoEvent& output) {
        const gaffer_io given{.name = output.name.c_str(),
                              .slot = output.slot,
                              .pid = output.pid,
                              .label = output.label.c_str(),
                              .data = output.data.data(),
                              .size = output.data.size(),
                              .offset = output.offset,
                              .gap = output.gap};
        on_io(context, &given);
      }));
}

void gaffer_unsubscribe(gaffer_subscription* subscription) { delete subscription; }  // NOLINT
