/* Gaffer from C: keeps one command alive, hears what it writes and how it ends, and scales it.
 *
 *     $ hello
 *     web.1 out: hello
 *     exit
 *     web.2 out: hello
 *     stopped
 */

#include <gaffer/gaffer.h>
#include <stdio.h>
#include <string.h>

struct state {
  gaffer_manager* manager;
  int lines;
};

static void on_output(void* context, const gaffer_io* output) {
  struct state* state = context;
  printf("%s.%d %s: %.*s", output->name, output->slot, output->label, (int)output->size,
         output->data);
  if (++state->lines == 1) {
    /* A command that ends is started again; this one is not, for now there is to be another. */
    int number = 0;
    gaffer_scale(state->manager, "web", "+1", &number);
    if (number != 2) printf("there are %d\n", number);
  } else {
    gaffer_manager_stop(state->manager, NULL, NULL);
  }
}

static void on_event(void* context, const char* name, const char* event_json) {
  (void)context;
  if (strstr(event_json, "\"name\":\"web\"") != NULL) printf("%s\n", name);
}

static void on_stopped(void* context) {
  (void)context;
  puts("stopped");
}

int main(void) {
  struct state state = {gaffer_manager_create(NULL), 0};
  if (state.manager == NULL || gaffer_c_version() != GAFFER_C_VERSION) return 1;
  gaffer_manager_start(state.manager);
  if (gaffer_manager_add(state.manager, "{\"name\": \"web\", \"cmd\": 7}") !=
      GAFFER_INVALID_ARGUMENT)
    return 1;
  if (gaffer_manager_add(state.manager,
                         "{\"name\": \"web\", \"cmd\": \"sh -c 'echo hello; exec sleep 100'\","
                         " \"redirect_output\": [\"out\"]}") != GAFFER_OK) {
    puts(gaffer_last_error());
    return 1;
  }
  gaffer_subscription* output =
      gaffer_monitor_io(state.manager, "web", "out", on_output, &state);
  gaffer_subscription* updates = gaffer_subscribe(state.manager, "update", on_event, NULL);
  gaffer_result done = gaffer_manager_run(state.manager);
  char* status = gaffer_status(state.manager, "web");
  if (status == NULL || strstr(status, "\"running\":0") == NULL) return 1;
  gaffer_free(status);
  gaffer_unsubscribe(output);
  gaffer_unsubscribe(updates);
  on_stopped(NULL);
  gaffer_manager_destroy(state.manager);
  return done == GAFFER_OK ? 0 : 1;
}
