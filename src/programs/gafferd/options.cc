#include "programs/gafferd/options.h"

namespace gaffer::programs {
namespace {

std::vector<Argument> arguments(Options& options) {
  return {
      {.names = "-c,--config",
       .value = "FILE",
       .text = "ini file with [process:NAME] sections, or a folder of *.ini; may be given again",
       .into = &options.files.configs,
       .candidates = {.files = true}},
      {.names = "--procfile",
       .value = "FILE",
       .text = "Procfile; .env beside it is read too",
       .into = &options.files.procfile.path,
       .candidates = {.files = true}},
      {.names = "-e,--env",
       .value = "FILE",
       .text = "env file for the Procfile instead of .env, may be given again",
       .into = &options.files.procfile.env_files,
       .candidates = {.files = true}},
      {.names = "-p,--port",
       .value = "PORT",
       .text = "$PORT of the Procfile's first entry (5000)",
       .into = &options.files.procfile.base_port},
      {.names = "--dir",
       .value = "DIR",
       .text = "folder for socket, lock and logs (or $GAFFER_DIR)",
       .into = &options.dir,
       .candidates = {.files = true}},
      {.names = "--bind",
       .value = "ADDRESS",
       .text =
           "serve the API here too, with tokens: 127.0.0.1:5000, unix:/path; may be given again",
       .into = &options.binds},
      {.names = "--insecure-plaintext",
       .text = "let --bind and endpoints use addresses where others can listen in",
       .into = &options.insecure_plaintext},
      {.names = "--no-keeper",
       .text = "without a parent that outlives it: when gafferd dies its processes do",
       .into = &options.has_no_keeper},
      {.names = "--watchdog",
       .value = "SECONDS",
       .text = "the keeper kills a gafferd that does not answer for so long (10); 0: never",
       .into = &options.watchdog_seconds},
      {.names = "--check-config",
       .text = "say what is wrong with the files, and start nothing",
       .into = &options.checks_only},
      {.names = "--print-config",
       .text = "print what the files come to as one ini file, and start nothing",
       .into = &options.prints_only},
      {.names = "--pidfile",
       .value = "FILE",
       .text = "holds the pid while gafferd serves",
       .into = &options.pidfile,
       .candidates = {.files = true}},
      {.names = "--manual",
       .text = "print the page of the manual for man(1)",
       .into = &options.prints_manual}};
}

std::vector<Section> sections() {
  return {{"SIGNALS",
           "  INT, TERM, QUIT  stop every process, each in its own time, and end; a second\n"
           "                   one kills them, a third leaves those that may not be killed\n"
           "  HUP              reads the files again and applies what has changed in them\n"
           "  USR1             goes on in new log files, after they were moved away"},
          {"FILES",
           "/run/gaffer and /var/lib/gaffer for root, $XDG_RUNTIME_DIR/gaffer and "
           "$XDG_STATE_HOME/gaffer for a user:\n\n"
           "  gaffer.sock  where gaffer asks; for its owner alone\n"
           "  lock         held while gafferd runs\n"
           "  logs/        what processes have written\n"
           "  audit.log    who has changed something"},
          {"ENVIRONMENT",
           "GAFFER_DIR is the folder of all of these, as --dir. LISTEN_FDS, NOTIFY_SOCKET and "
           "WATCHDOG_USEC of systemd are heard, and not handed on to processes."},
          {"EXIT STATUS",
           "  0  it was asked to end, and every process has\n"
           "  1  it cannot start: another gafferd runs there, a socket cannot be opened\n"
           "  2  the command line or a file is wrong; nothing was started"},
          {"SEE ALSO", "gaffer(1), gaffer.ini(5), gaffer-procfile(5)"}};
}

}  // namespace

Program gafferd_program(Options& options) {
  return {
      .name = "gafferd",
      .manual = 8,
      .version = GAFFER_VERSION,
      .summary =
          "Keeps processes alive, in the foreground, until INT or TERM ends it and all of them.",
      .arguments = arguments(options),
      .examples = {{"gafferd -c /etc/gaffer", "what the ini files of this folder say"},
                   {"gafferd --procfile Procfile", "an application in development"},
                   {"gafferd -c shop.ini --check-config", "whether a file is right"}},
      .sections = sections()};
}

}  // namespace gaffer::programs
