#include "programs/gaffer/manual.h"

#include <memory>
#include <string>

#include "core/config/properties.h"
#include "programs/gaffer/commands.h"

namespace gaffer::programs {
namespace {

std::string keys_of_ini() {
  std::string text;
  for (const config::Property& property : config::properties()) {
    if (property.name == "name") continue;
    text += std::string(property.name) + " must be " + std::string(property.form) + ".\n" +
            std::string(property.summary) +
            (property.effect == config::Effect::Live ? "" : " A change needs new processes.") +
            "\n\n";
  }
  return text;
}

Program ini_page() {
  return {.name = "gaffer.ini",
          .manual = 5,
          .version = GAFFER_VERSION,
          .summary = "Templates of processes for gafferd.",
          .arguments = {},
          .sections = {{"DESCRIPTION",
                        "An ini file has a section for each template:\n\n"
                        "  [process:web]\n"
                        "  cmd = ./server --port $PORT\n"
                        "  numprocesses = 2\n"
                        "  port = 8000\n"
                        "  env:LANG = C\n\n"
                        "  [env:web]\n"
                        "  PATH = /opt/app/bin:$PATH\n\n"
                        "and, of gafferd itself:\n\n"
                        "  [gaffer]\n"
                        "  http_endpoints = local, public\n"
                        "  log_budget = 10G\n\n"
                        "  [endpoint:public]\n"
                        "  bind = 127.0.0.1:5000\n\n"
                        "  [webhooks]\n"
                        "  exit = https://hooks.example.com/exits\n"
                        "  secret = ...\n\n"
                        "A group stands before the name: [process:shop:web]. A line that begins "
                        "with # or ; is a comment; there are no others. A line that is indented "
                        "continues the value above it. [env:NAME] holds variables of the template "
                        "NAME. Whatever else stands in the file is an error with its line, and "
                        "then nothing of the file is loaded; gaffer check says the same "
                        "beforehand."},
                       {"KEYS", keys_of_ini()},
                       {"SEE ALSO", "gafferd(8), gaffer(1), gaffer-procfile(5)"}}};
}

Program procfile_page() {
  return {
      .name = "gaffer-procfile",
      .manual = 5,
      .version = GAFFER_VERSION,
      .summary = "Procfiles and .env files as gaffer reads them.",
      .arguments = {},
      .sections = {
          {"PROCFILE",
           "A line for each template, its name and a command for /bin/sh:\n\n"
           "  web: ./server --port $PORT\n"
           "  worker: ./worker\n\n"
           "A name has letters, digits, _ and -, and stands at the very start of the line. Blank "
           "lines and lines that begin with # or // are nothing. Any other line is an error.\n\n"
           "The first entry gets $PORT 5000, each further one 100 more, and the processes of one "
           "entry one more each. Another base comes from --port, or PORT in .env.\n\n"
           "An entry called release is not started with the others, because Heroku runs it once "
           "before a new version: gaffer run release."},
          {"ENV FILES",
           "The .env beside the Procfile, or what --env names, later ones over earlier ones; all "
           "of "
           "them over the environment gaffer was started with.\n\n"
           "NAME=value, with an optional export before it and blanks around the =. A plain value "
           "is "
           "trimmed, and # with a blank before it begins a comment. 'Single quotes' are literal; "
           "\"double quotes\" know \\n, \\r, \\t, \\\", \\\\ and \\$. Quoted values may span "
           "lines. $ means nothing. The last of several equal names wins."},
          {"OTHER TOOLS",
           "Where foreman, honcho, Heroku, Overmind or godotenv would read a line differently, "
           "gaffer check warns. $PS of foreman and Overmind is $GAFFER_NAME.$GAFFER_SLOT here."},
          {"SEE ALSO", "gaffer(1), gaffer.ini(5)"}}};
}

}  // namespace

std::vector<Section> manual_sections() {
  return {{"TARGETS",
           "Where a command takes a TARGET, it can be\n\n"
           "  web         a template, all its processes\n"
           "  web.2       the process in slot 2 of it\n"
           "  7 or #7     the process with this pid of gaffer's own\n"
           "  shop:       all templates of the group shop\n"
           "  shop:web    the template web of the group shop\n"
           "  wor* web.?  whatever is called so, ? * and [...] as in a shell\n\n"
           "and several of them, or --all."},
          {"EXIT STATUS",
           "  0  done\n"
           "  1  failed; also a start of which a process does not run\n"
           "  2  the command line or a file is wrong\n"
           "  3  nothing is called so; of status: it does not run\n"
           "  4  there is no daemon\n"
           "  5  it took longer than --timeout\n\n"
           "gaffer up and gaffer run exit with the status of the process: its code, or 128 and the "
           "number of the signal that ended it."},
          {"ENVIRONMENT",
           "GAFFER_DIR is the folder of the daemon, as --dir. NO_COLOR and FORCE_COLOR say whether "
           "output is coloured."},
          {"SEE ALSO", "gafferd(8), gaffer.ini(5), gaffer-procfile(5)"}};
}

Command manual_command(const Program& program) {
  const auto page = std::make_shared<std::string>();
  return {.name = "manual",
          .heading = "About gaffer",
          .summary = "Print a page of the manual for man(1).",
          .arguments = {{.names = "PAGE",
                         .text = "gaffer, gaffer.ini or gaffer-procfile",
                         .into = page.get(),
                         .is_required = true}},
          .examples = {},
          .run =
              [page, &program] {
                if (*page == "gaffer") return print(manual_page(program));
                if (*page == "gaffer.ini") return print(manual_page(ini_page()));
                if (*page == "gaffer-procfile") return print(manual_page(procfile_page()));
                return report({Errc::InvalidArgument, 0,
                               "no page " + *page + ": use gaffer, gaffer.ini or gaffer-procfile"});
              },
          .is_hidden = true};
}

}  // namespace gaffer::programs
