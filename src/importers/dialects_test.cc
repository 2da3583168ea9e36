// The corpus of tests/dialects: what people have written for foreman, honcho, Heroku, dokku, Overmind
// and godotenv, each file with what it comes to here beside it, `.expected`: the templates or the
// variables, then the problems and the warnings.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "importers/env_file.h"
#include "importers/procfile.h"
#include "support/source_tree.h"

namespace gaffer::importers {
namespace {

constexpr std::string_view kExpected = ".expected";

std::string lines_of(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences)
    text += sentence + "\n";
  return text;
}

std::string of_procfile(const std::string& content) {
  const config::Loaded loaded = load_procfile(content, "Procfile", {.directory = "/srv"});
  std::string text;
  for (const ProcessTemplate& one : loaded.templates) {
    text += one.name + " " + std::to_string(one.port.value_or(0)) +
            (one.start ? " " : " (not started) ") + one.cmd + "\n";
  }
  return text + lines_of(loaded.problems) + lines_of(loaded.warnings);
}

std::string of_env_file(const std::string& content) {
  const EnvFile file = parse_env_file(content, ".env");
  std::string text;
  for (const auto& [name, value] : file.variables) {
    text += name + "=";
    for (const char c : value) {
      text += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\\' ? "\\\\" : std::string(1, c);
    }
    text += "\n";
  }
  return text + lines_of(file.problems) + lines_of(file.warnings);
}

std::vector<std::string> files_of(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(GAFFER_SOURCE_DIR) + "/" + folder)) {
    if (entry.path().extension() != kExpected) {
      files.push_back(folder + "/" + entry.path().filename().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path(info.param).filename().string();
}

class ProcfileCorpus : public testing::TestWithParam<std::string> {};

TEST_P(ProcfileCorpus, ComesToWhatStandsBesideIt) {
  EXPECT_EQ(test::source_file(GetParam() + std::string(kExpected)),
            of_procfile(test::source_file(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Files, ProcfileCorpus,
                         testing::ValuesIn(files_of("tests/dialects/procfile")), name_of);

class EnvFileCorpus : public testing::TestWithParam<std::string> {};

TEST_P(EnvFileCorpus, ComesToWhatStandsBesideIt) {
  EXPECT_EQ(test::source_file(GetParam() + std::string(kExpected)),
            of_env_file(test::source_file(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Files, EnvFileCorpus, testing::ValuesIn(files_of("tests/dialects/env")),
                         name_of);

}  // namespace
}  // namespace gaffer::importers
