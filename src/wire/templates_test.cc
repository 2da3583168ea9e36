#include "wire/templates.h"

#include <ostream>

#include <gtest/gtest.h>

#include "support/random_template.h"

namespace gaffer::wire {
namespace {

using Problems = std::vector<config::Problem>;

std::string document(const ProcessTemplate& process_template) {
  return template_document(process_template, Secrets::Shown);
}

TEST(TemplateDocument, HasTheNameTheCommandAndWhatIsNotAtItsDefault) {
  EXPECT_EQ(R"({"cmd":"","name":""})", document({}));
  EXPECT_EQ(
      R"({"args":["-p","$PORT"],"cmd":"serve","env":{"A":"1"},"flapping":{"attempts":3,)"
      R"("max_retry":5,"retry_in":7,"window":1.5},"graceful_timeout":0.25,"name":"shop:web",)"
      R"("numprocesses":2,"rlimits":{"nofile":1024},"shell":true,"stop_signal":"INT",)"
      R"("umask":"022"})",
      document({.name = "shop:web",
                .cmd = "serve",
                .args = {"-p", "$PORT"},
                .env = {{"A", "1"}},
                .numprocesses = 2,
                .shell = true,
                .umask = 022U,
                .stop_signal = 2,
                .flapping = Flapping{.attempts = 3, .window = std::chrono::milliseconds(1500)},
                .rlimits = {{"nofile", {1024, 1024}}},
                .graceful_timeout = std::chrono::milliseconds(250)}));
}

TEST(TemplateDocument, HidesTheValuesOfVariables) {
  const ProcessTemplate secret{.name = "web", .cmd = "x", .env = {{"TOKEN", "planted-secret"}}};
  EXPECT_EQ(R"({"cmd":"x","env":{"TOKEN":"***"},"name":"web"})",
            template_document(secret, Secrets::Hidden));
}

TEST(TemplateDocument, StaysReadableWhateverTheBytes) {
  const TemplateReading reading =
      parse_template_document(document({.name = "web", .cmd = "echo \xff"}));
  EXPECT_EQ(Problems{}, reading.problems);
  EXPECT_EQ("echo \uFFFD", reading.process_template.cmd);
}

TEST(TemplateDocument, ReadsBackAsItWasWritten) {
  test::RandomTemplates templates(21);
  for (int round = 0; round < 2000; ++round) {
    const ProcessTemplate written = templates.next();
    const TemplateReading reading = parse_template_document(document(written));
    ASSERT_EQ(Problems{}, reading.problems) << document(written);
    ASSERT_EQ(written, reading.process_template) << document(written);
  }
}

TEST(TemplateDocument, TakesTheTextFormsOfIniFilesToo) {
  const TemplateReading reading = parse_template_document(
      R"({"name": "web", "cmd": "x", "flapping": "3, 1m", "graceful_timeout": "500ms",)"
      R"( "memory_limit": "1G", "pty": "24x80", "port": null})");
  EXPECT_EQ(Problems{}, reading.problems);
  EXPECT_EQ((ProcessTemplate{.name = "web",
                             .cmd = "x",
                             .flapping = Flapping{.attempts = 3, .window = std::chrono::minutes(1)},
                             .pty = TerminalSize{},
                             .memory_limit = 1U << 30U,
                             .graceful_timeout = std::chrono::milliseconds(500)}),
            reading.process_template);
}

TEST(TemplateDocument, HasAProblemForEachKey) {
  EXPECT_EQ(
      (Problems{
          {"args", "args is a value of another kind: it must be words as a shell splits them"},
          {"cmd", "cmd is 3: it must be a text"},
          {"numproceses", R"(unknown key "numproceses" (did you mean numprocesses?))"},
          {"priority", "priority is a list: it must be a whole number"},
          {"shell", R"(shell is a value of another kind: it must be yes or no (true, false, on, )"
                    "off, 1 and 0 will do)"},
          {"nice", "nice is 20: it must be a whole number from -20 to 19"}}),
      parse_template_document(
          R"({"name": "web", "cmd": 3, "nice": 20, "numproceses": 2, "priority": [],)"
          R"( "args": [["a"]], "shell": {"a": null}})")
          .problems);
}

TEST(TemplateDocument, TakesNumbersAsTheyAre) {
  EXPECT_EQ((Problems{{"memory_limit",
                       "memory_limit is a value of another kind: it must be a number of bytes, "
                       "such as 512M (K, M, G and T are powers of 1024)"}}),
            parse_template_document(
                R"({"name": "web", "cmd": "x", "memory_limit": 18446744073709551615})")
                .problems);
}

struct BadCase {
  std::string text;
  const char* problem;
};

void PrintTo(const BadCase& tested, std::ostream* out) { *out << tested.text.substr(0, 40); }

class BadTemplateDocuments : public testing::TestWithParam<BadCase> {};

TEST_P(BadTemplateDocuments, HaveOneProblemWithoutAKey) {
  const TemplateReading reading = parse_template_document(GetParam().text);
  ASSERT_EQ(1U, reading.problems.size());
  EXPECT_EQ("", reading.problems[0].key);
  EXPECT_EQ(0U, reading.problems[0].message.find(GetParam().problem))
      << reading.problems[0].message;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadTemplateDocuments,
    testing::Values(
        BadCase{"", "cannot read the template: "}, BadCase{"{", "cannot read the template: "},
        BadCase{"{\"cmd\": \"\xff\"}", "cannot read the template: "},
        BadCase{"[]", "cannot read the template: it must be an object with the keys of a template"},
        BadCase{"null",
                "cannot read the template: it must be an object with the keys of a template"},
        BadCase{std::string(32, '[') + std::string(32, ']'),
                "cannot read the template: it must be an object with the keys of a template"},
        BadCase{std::string(33, '[') + std::string(33, ']'),
                "cannot read the template: it has more than 32 lists and objects in one another"},
        BadCase{std::string(500'000, '[') + std::string(500'000, ']'),
                "cannot read the template: it has more than 32 lists and objects in one another"},
        BadCase{std::string(1'048'577, ' '), "cannot read the template: it is longer than 1 MiB"}));

TEST(TemplatesDocument, HasOneOrManyTemplates) {
  const auto many = parse_templates_document(
      R"({"templates": [{"name": "a", "cmd": "serve"}, {"name": "b", "cmd": "serve"}]})");
  ASSERT_EQ(2U, many.size());
  EXPECT_EQ("b", many[1].process_template.name);
  EXPECT_TRUE(many[1].problems.empty());
  const auto one = parse_templates_document(R"({"name": "a", "cmd": "serve"})");
  ASSERT_EQ(1U, one.size());
  EXPECT_EQ("a", one[0].process_template.name);
}

TEST(TemplatesDocument, HasAProblemForEachTemplateThatIsNone) {
  const auto readings = parse_templates_document(R"({"templates": [7, {"name": "b"}]})");
  ASSERT_EQ(2U, readings.size());
  EXPECT_EQ("a template must be an object", readings[0].problems.at(0).message);
  EXPECT_EQ("cmd", readings[1].problems.at(0).key);
  EXPECT_EQ("templates must be a list",
            parse_templates_document(R"({"templates": {}})").at(0).problems.at(0).message);
  EXPECT_EQ(1U, parse_templates_document("").at(0).problems.size());
}

TEST(TemplateDocumentBounds, ProblemsEndAtAHundred) {
  std::string text = R"({"a0": 1)";
  for (int i = 1; i < 1000; ++i) {
    text += ", \"a" + std::to_string(i) + "\": 1";
  }
  EXPECT_EQ(100U, parse_template_document(text + "}").problems.size());
}

}  // namespace
}  // namespace gaffer::wire
