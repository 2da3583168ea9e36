#include "exporters/exported.h"

#include <gtest/gtest.h>

#include "core/config/ini_templates.h"
#include "support/random_template.h"

namespace gaffer::exporters {
namespace {

using Warnings = std::vector<std::string>;

std::string file(const Exported& exported, const std::string& name) {
  for (const File& one : exported.files) {
    if (one.name == name) return one.content;
  }
  ADD_FAILURE() << "no file " << name;
  return {};
}

TEST(ExportIni, IsReadBackAsTheSameTemplates) {
  test::RandomTemplates random(7);
  int whole = 0;
  for (int round = 0; round < 300; ++round) {
    const ProcessTemplate wanted = random.next();
    const Exported exported = to_ini({wanted});
    if (!exported.warnings.empty()) continue;  // It has said what it left out.
    ++whole;
    const config::Loaded loaded =
        config::load_ini(file(exported, "gaffer.ini"), "gaffer.ini", "/elsewhere");
    ASSERT_EQ(Warnings{}, loaded.problems) << file(exported, "gaffer.ini");
    ASSERT_EQ(std::vector{wanted}, loaded.templates) << file(exported, "gaffer.ini");
  }
  EXPECT_LT(50, whole);
}

TEST(ExportIni, SaysWhatAnIniFileCannotHold) {
  const Exported exported =
      to_ini({{.name = "web", .cmd = "serve", .env = {{"A", " x"}, {"B", "one\ntwo"}}}});
  EXPECT_EQ("[process:web]\ncmd = serve\n", file(exported, "gaffer.ini"));
  EXPECT_EQ((Warnings{"web: env:A is left out: an ini file has no form for blanks at its ends and "
                      "for more than one line",
                      "web: env:B is left out: an ini file has no form for blanks at its ends and "
                      "for more than one line"}),
            exported.warnings);
}

TEST(ExportProcfile, KeepsWhatAllHaveInCommonInTheEnvFile) {
  const Exported exported =
      to_procfile({{.name = "shop:web",
                    .cmd = "serve",
                    .args = {"two words"},
                    .env = {{"LANG", "C"}, {"SECRET", "a\"$\nb"}}},
                   {.name = "shop:work.er", .cmd = "work", .env = {{"LANG", "C"}, {"Q", "x y"}}}});
  EXPECT_EQ("web: SECRET='a\"$\nb' serve 'two words'\nwork-er: Q='x y' work\n",
            file(exported, "Procfile"));
  EXPECT_EQ("LANG=\"C\"\n", file(exported, ".env"));
}

TEST(ExportProcfile, SaysWhatAProcfileHasNoWordFor) {
  EXPECT_EQ((Warnings{"web: a Procfile has no numprocesses; start it with -c web=3",
                      "web: a Procfile has no nice"}),
            to_procfile({{.name = "web", .cmd = "serve", .numprocesses = 3, .nice = 5}}).warnings);
}

Launch launch() {
  return {.process_template = {.name = "web", .cmd = "serve"},
          .argv = {"/bin/sh", "-c", "echo \"$HOME\" 100%"},
          .environment = {"A=50% \"of\" $X", "PORT=5000"},
          .directory = "/srv/my shop"};
}

TEST(ExportSystemd, QuotesWhatItWouldRead) {
  const std::string unit = file(to_systemd("shop", {launch()}), "shop-web.1.service");
  EXPECT_EQ(
      "[Unit]\nDescription=shop web 1\nPartOf=shop.target\n\n[Service]\n"
      "WorkingDirectory=/srv/my\\x20shop\n"
      "Environment=\"A=50%% \\\"of\\\" $X\"\nEnvironment=\"PORT=5000\"\n"
      "ExecStart=/bin/sh \"-c\" \"echo \\\"$$HOME\\\" 100%%\"\n"
      "Restart=always\nRestartSec=100ms\nKillSignal=SIGTERM\nTimeoutStopSec=10000ms\n"
      "\n[Install]\nWantedBy=shop.target\n",
      unit);
}

TEST(ExportSystemd, WantsWhatIsStarted) {
  Launch idle = launch();
  idle.process_template.name = "release";
  idle.process_template.start = false;
  const Exported exported = to_systemd("shop", {launch(), idle});
  EXPECT_EQ(
      "[Unit]\nDescription=shop\nWants=shop-web.1.service\n\n[Install]\n"
      "WantedBy=multi-user.target\n",
      file(exported, "shop.target"));
  EXPECT_EQ(std::string::npos, file(exported, "shop-release.1.service").find("[Install]"));
}

TEST(ExportSupervisord, HasAProgramForEachProcessAndAGroup) {
  EXPECT_EQ(
      "[program:shop-web-1]\n"
      "command=/bin/sh -c 'echo \"$HOME\" 100%%'\n"
      "directory=/srv/my shop\n"
      "environment=A=\"50%% \\\"of\\\" $X\",PORT=\"5000\"\n"
      "autostart=true\nautorestart=true\nexitcodes=0\nstopsignal=TERM\nstopwaitsecs=10\n"
      "stopasgroup=true\nkillasgroup=true\npriority=999\nredirect_stderr=true\n"
      "\n[group:shop]\nprograms=shop-web-1\n",
      file(to_supervisord("shop", {launch()}), "shop.conf"));
}

}  // namespace
}  // namespace gaffer::exporters
