#ifndef GAFFER_GAFFER_H
#define GAFFER_GAFFER_H

/*
 * Gaffer for C, and for whatever can call C: keeps the processes of templates alive and acts on them.
 * The engine is that of gaffer/manager.h, which says more about each call.
 *
 *     gaffer_manager* manager = gaffer_manager_create(NULL);
 *     gaffer_manager_start(manager);
 *     gaffer_manager_add(manager, "{\"name\": \"web\", \"cmd\": \"python3 -m http.server\"}");
 *     gaffer_manager_run(manager);       // until somebody calls gaffer_manager_stop
 *     gaffer_manager_destroy(manager);
 *
 * Everything belongs to the thread that runs the loop, but for what says "any thread". Texts are
 * UTF-8 and end with a NUL. Values of more than one field are JSON, as the HTTP API has them
 * (docs/guide/api.md): fields may be added to them, none is taken away.
 *
 * The ABI is stable: functions may be added, none is changed or taken away as long as
 * GAFFER_C_VERSION stays the same.
 *
 * A target is "web" (a template), "web.2" (the process in its slot 2), "7" (a pid of gaffer's own),
 * "shop:*" (a group) or "*".
 */

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define GAFFER_C_API __attribute__((visibility("default")))
#else
#define GAFFER_C_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* NOLINTBEGIN(modernize-use-using, readability-identifier-naming): C. */

struct uv_loop_s;

#define GAFFER_C_VERSION 1

/* GAFFER_C_VERSION of the library that was linked, and its version, "0.1.0". */
GAFFER_C_API int gaffer_c_version(void);
GAFFER_C_API const char* gaffer_version(void);

/* What a call came to. gaffer_last_error says why in words. */
typedef enum gaffer_result {
  GAFFER_OK = 0,
  GAFFER_INVALID_ARGUMENT = 1,
  GAFFER_NOT_FOUND = 2,
  GAFFER_ALREADY_EXISTS = 3,
  GAFFER_NOT_RUNNING = 4,
  GAFFER_BUSY = 5,
  GAFFER_LIMIT_REACHED = 6,
  GAFFER_PERMISSION_DENIED = 7,
  GAFFER_PROTOCOL = 8,
  GAFFER_IO = 9
} gaffer_result;

/* Why the last call of this thread that failed did, in one sentence. Valid until the next one. */
GAFFER_C_API const char* gaffer_last_error(void);

/* Frees a text that a call returned; NULL is nothing. */
GAFFER_C_API void gaffer_free(char* text);

typedef struct gaffer_manager gaffer_manager;
typedef struct gaffer_subscription gaffer_subscription;

/* A manager on the host's loop, or on one of its own where that is NULL. The loop outlives it. NULL
 * when it cannot be made: gaffer_last_error. */
GAFFER_C_API gaffer_manager* gaffer_manager_create(struct uv_loop_s* loop);

/* Ends what still runs, at once, but for what is detached. NULL is nothing. Subscriptions that are
 * left hear nothing more, and are still to be ended. */
GAFFER_C_API void gaffer_manager_destroy(gaffer_manager* manager);

GAFFER_C_API struct uv_loop_s* gaffer_manager_loop(const gaffer_manager* manager);

/* From now on the loop keeps running until gaffer_manager_stop. */
GAFFER_C_API gaffer_result gaffer_manager_start(gaffer_manager* manager);

/* Runs the loop until a stop has been carried out. */
GAFFER_C_API gaffer_result gaffer_manager_run(gaffer_manager* manager);

typedef void (*gaffer_callback)(void* context);

/* Any thread. Stops all processes, for good; then on_stopped is called, on the loop's thread. NULL:
 * nobody. */
GAFFER_C_API void gaffer_manager_stop(gaffer_manager* manager, gaffer_callback on_stopped,
                                      void* context);

/* Any thread. Replaces all processes; then on_restarted is called, on the loop's thread. NULL:
 * nobody. */
GAFFER_C_API void gaffer_manager_restart(gaffer_manager* manager, gaffer_callback on_restarted,
                                         void* context);

/* Any thread. Calls function on the loop's thread: the way to everything that is not for any
 * thread. Not called if the manager is destroyed before. */
GAFFER_C_API void gaffer_manager_post(gaffer_manager* manager, gaffer_callback function,
                                      void* context);

/* Adds a template, or replaces that of the same name: a JSON object with the properties of
 * docs/guide/templates.md. */
GAFFER_C_API gaffer_result gaffer_manager_add(gaffer_manager* manager, const char* template_json);
GAFFER_C_API gaffer_result gaffer_manager_update(gaffer_manager* manager,
                                                 const char* template_json);
/* Stops templates and forgets them. */
GAFFER_C_API gaffer_result gaffer_manager_remove(gaffer_manager* manager, const char* target);

GAFFER_C_API gaffer_result gaffer_start(gaffer_manager* manager, const char* target);
GAFFER_C_API gaffer_result gaffer_stop(gaffer_manager* manager, const char* target);
GAFFER_C_API gaffer_result gaffer_restart(gaffer_manager* manager, const char* target);
GAFFER_C_API gaffer_result gaffer_reload(gaffer_manager* manager, const char* target);
GAFFER_C_API gaffer_result gaffer_signal(gaffer_manager* manager, const char* target, int number);

/* "3", "=3", "+1" or "-1" processes. The new number is put in *number, which may be NULL. */
GAFFER_C_API gaffer_result gaffer_scale(gaffer_manager* manager, const char* name,
                                        const char* expression, int* number);

/* Writes to the standard input of the processes that run, or to a custom stream of that label,
 * which may be NULL: to each all of it or nothing. */
GAFFER_C_API gaffer_result gaffer_write(gaffer_manager* manager, const char* target,
                                        const void* bytes, size_t size, const char* label);
GAFFER_C_API gaffer_result gaffer_close_input(gaffer_manager* manager, const char* target,
                                              const char* label);

/* The status, or what is used, as JSON; NULL when the target names nothing. To be freed with
 * gaffer_free. */
GAFFER_C_API char* gaffer_status(gaffer_manager* manager, const char* target);
GAFFER_C_API char* gaffer_stats(gaffer_manager* manager, const char* target);

/* name is "exit", "proc.web", "proc.web.exit" …; event_json the event. Valid as long as the call. */
typedef void (*gaffer_on_event)(void* context, const char* name, const char* event_json);
typedef void (*gaffer_on_stats)(void* context, const char* stats_json);

typedef struct gaffer_io {
  const char* name; /* Of the template. */
  int slot;
  uint64_t pid; /* gaffer's own. */
  const char* label;
  const char* data; /* Not ended by a NUL. */
  size_t size;
  uint64_t offset;
  uint64_t gap; /* Bytes right before these that are not kept any more. */
} gaffer_io;
typedef void (*gaffer_on_io)(void* context, const gaffer_io* output);

/* Hear events of a name and below it, "." for all; what is used, every refresh_ms; what processes
 * write to the streams of a label, "." for all. NULL when it cannot be: gaffer_last_error. A handler
 * may do anything but destroy the manager. */
GAFFER_C_API gaffer_subscription* gaffer_subscribe(gaffer_manager* manager, const char* name,
                                                   gaffer_on_event on_event, void* context);
GAFFER_C_API gaffer_subscription* gaffer_monitor(gaffer_manager* manager, const char* target,
                                                 unsigned refresh_ms, gaffer_on_stats on_stats,
                                                 void* context);
GAFFER_C_API gaffer_subscription* gaffer_monitor_io(gaffer_manager* manager, const char* target,
                                                    const char* label, gaffer_on_io on_io,
                                                    void* context);

/* Ends one, also in its own handler. NULL is nothing. */
GAFFER_C_API void gaffer_unsubscribe(gaffer_subscription* subscription);

/* NOLINTEND(modernize-use-using, readability-identifier-naming) */

#ifdef __cplusplus
}
#endif

#endif
