#include <stdlib.h>

#include <gtest/gtest.h>

#include "programs/setup/directories.h"
#include "programs/setup/load.h"
#include "support/temp_dir.h"

namespace gaffer::programs {
namespace {

TEST(Directories, OneFolderHoldsEverythingWhenItIsGiven) {
  const Directories directories = find_directories("/srv/shop").value();
  EXPECT_EQ("/srv/shop/gaffer.sock", directories.socket());
  EXPECT_EQ("/srv/shop/lock", directories.lock());
  EXPECT_EQ("/srv/shop/logs", directories.logs);
}

TEST(Directories, TheEnvironmentSaysTheSameAndTheOptionWins) {
  setenv("GAFFER_DIR", "/srv/env", 1);
  EXPECT_EQ("/srv/env", find_directories("").value().run);
  EXPECT_EQ("/srv/option", find_directories("/srv/option").value().run);
  unsetenv("GAFFER_DIR");
}

TEST(Directories, ARelativeFolderIsMadeAbsolute) {
  EXPECT_EQ('/', find_directories("shop").value().run.at(0));
}

TEST(LoadProcfile, ReadsTheEnvFileBesideIt) {
  const test::TempDir dir;
  dir.write(".env", "A=1\n");
  const auto loaded = load_procfile({.path = dir.write("Procfile", "web: serve\n")});
  ASSERT_EQ(1U, loaded.templates.size());
  EXPECT_EQ("1", loaded.templates[0].env.at("A"));
  EXPECT_EQ(dir.path(), loaded.templates[0].cwd);
}

TEST(LoadProcfile, GivenEnvFilesReplaceItAndTheLaterWins) {
  const test::TempDir dir;
  dir.write(".env", "A=1\n");
  const auto loaded =
      load_procfile({.path = dir.write("Procfile", "web: serve\n"),
                     .env_files = {dir.write("one", "B=2\nC=2\n"), dir.write("two", "C=3\n")}});
  ASSERT_EQ(1U, loaded.templates.size());
  EXPECT_EQ((std::map<std::string, std::string>{{"B", "2"}, {"C", "3"}}), loaded.templates[0].env);
}

TEST(LoadProcfile, AFileThatIsNotThereIsAProblem) {
  EXPECT_EQ((std::vector<std::string>{"cannot open /no/Procfile: no such file or directory"}),
            load_procfile({.path = "/no/Procfile"}).problems);
}

TEST(LoadIni, RelativeDirectoriesAreThoseOfTheFile) {
  const test::TempDir dir;
  const auto loaded = load_ini(dir.write("a.ini", "[process:web]\ncmd = serve\ncwd = sub\n"));
  ASSERT_EQ(1U, loaded.templates.size());
  EXPECT_EQ(dir.path("sub"), loaded.templates[0].cwd);
}

}  // namespace
}  // namespace gaffer::programs
