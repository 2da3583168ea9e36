#include "core/config/substitute.h"

#include <ostream>

#include <gtest/gtest.h>

namespace gaffer::config {
namespace {

const Variables kVariables = {
    {"HOME", "/root"}, {"A", "1"}, {"A_2", "two"}, {"EMPTY", ""}, {"DOLLAR", "$A"}};

/// The result, or the error with a mark before it.
std::string substituted(std::string_view text, const Variables& variables = kVariables) {
  const auto result = substitute(text, lookup_in(variables, nullptr));
  return result ? *result : "ERROR " + result.error().message;
}

struct Case {
  const char* text;
  const char* expected;
};

void PrintTo(const Case& tested, std::ostream* out) { *out << tested.text; }

class Substitute : public testing::TestWithParam<Case> {};

TEST_P(Substitute, PutsInTheValues) {
  EXPECT_EQ(GetParam().expected, substituted(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Substitute,
    testing::Values(Case{"", ""}, Case{"no variable } {", "no variable } {"}, Case{"$A", "1"},
                    Case{"x${A}2", "x12"}, Case{"$A_2$A", "two1"}, Case{"$A-$A.", "1-1."},
                    Case{"<$EMPTY>", "<>"}, Case{"${EMPTY}", ""},
                    Case{"$DOLLAR", "$A"},  // A value is not looked through again.
                    Case{"$$A", "$A"}, Case{"$$$A", "$1"}, Case{"${A}}", "1}"}));

INSTANTIATE_TEST_SUITE_P(DollarSignsOfTheirOwn, Substitute,
                         testing::Values(Case{"$", "$"}, Case{"5$", "5$"}, Case{"$ A", "$ A"},
                                         Case{"$1", "$1"}, Case{"$(date)", "$(date)"},
                                         Case{"$-", "$-"}, Case{"^a$|b", "^a$|b"}));

INSTANTIATE_TEST_SUITE_P(
    Otherwise, Substitute,
    testing::Values(Case{"${A:-no}", "1"}, Case{"${NO:-yes}", "yes"}, Case{"${EMPTY:-yes}", "yes"},
                    Case{"${NO:-}", ""}, Case{"${NO:-a b:-c}", "a b:-c"},
                    Case{"${NO:-$HOME/x}", "/root/x"}, Case{"${NO:-${NO2:-${A}}!}?", "1!?"},
                    Case{"${A:-$UNKNOWN}", "1"}, Case{"${A:-${UNKNOWN}}x", "1x"},
                    Case{"${NO:-$$}", "$"}, Case{"${NO:-{}}", "{}"}, Case{"${NO:-\n}", "\n"}));

INSTANTIATE_TEST_SUITE_P(
    Errors, Substitute,
    testing::Values(
        Case{"$HOM", "ERROR unknown variable $HOM (did you mean $HOME?)"},
        Case{"${HOM}/x", "ERROR unknown variable $HOM (did you mean $HOME?)"},
        Case{"$UNKNOWN", "ERROR unknown variable $UNKNOWN"},
        Case{"${NO:-$UNKNOWN}", "ERROR unknown variable $UNKNOWN"},
        Case{"a${A", R"(ERROR "${A" is not closed: after the name must stand } or :-)"},
        Case{"${A?}", R"(ERROR "${A?}" is not closed: after the name must stand } or :-)"},
        Case{"${A:-x", R"(ERROR "${A:-x" is not closed: it must end with })"},
        Case{"${NO:-${A:-x}", R"(ERROR "${NO:-${A:-x}" is not closed: it must end with })"},
        Case{"${}", R"(ERROR "${}" has no name after the ${)"},
        Case{"${1}", R"(ERROR "${1}" has no name after the ${)"},
        Case{"${", R"(ERROR "${" has no name after the ${)"}));

std::string nested(int depth) {
  std::string text = "x";
  for (int i = 0; i < depth; ++i) {
    text.insert(0, "${NO:-").append("}");
  }
  return text;
}

TEST(SubstituteBounds, NestsEightDeep) {
  EXPECT_EQ("x", substituted(nested(8)));
  EXPECT_EQ("ERROR there are more than 8 ${ in one another", substituted(nested(9)));
}

TEST(SubstituteBounds, ResultsEndAtOneMebibyte) {
  const Variables big = {{"B", std::string(524'288, 'b')}};
  EXPECT_EQ(1'048'576U, substituted("$B$B", big).size());
  EXPECT_EQ("ERROR the values have more than 1 MiB together", substituted("$B$B.", big));
}

TEST(SubstituteBounds, GuessesOnlyShortNames) {
  EXPECT_EQ("ERROR unknown variable $" + std::string(64, 'n'),
            substituted("$" + std::string(100, 'n'), {{std::string(101, 'n'), ""}}));
}

const std::vector<std::string> kBase = {"PATH=/bin", "USER=me", "PORT=1", "=odd", "X=base"};

/// The variables as one text, or the error with a mark before it.
std::string final_text(EnvironmentLayers layers) {
  const auto all = final_environment(std::move(layers));
  if (!all) return "ERROR " + all.error().message;
  std::string text;
  for (const auto& [name, value] : *all) {
    text.append(name).append("=").append(value).append(";");
  }
  return text;
}

TEST(FinalEnvironment, EachLayerWinsOverTheOneBefore) {
  EXPECT_EQ("A=env;B=file;PORT=5000;X=env;",
            final_text({.base = &kBase,
                        .file = {{"A", "file"}, {"B", "file"}, {"PORT", "2"}},
                        .env = {{"A", "env"}, {"PORT", "$NONSENSE"}, {"X", "env"}},
                        .fixed = {{"PORT", "5000"}}}));
}

TEST(FinalEnvironment, ValuesMayReferToEveryLayer) {
  EXPECT_EQ("A=/bin me;B=file;C=5000 file;PORT=5000;",
            final_text({.base = &kBase,
                        .file = {{"B", "file"}},
                        .env = {{"A", "$PATH $USER"}, {"C", "$PORT $B"}},
                        .fixed = {{"PORT", "5000"}}}));
}

TEST(FinalEnvironment, ValuesMayReferToEachOtherInAnyOrder) {
  EXPECT_EQ("A=3-2-;B=3-;C=3;Z=3-2-;",
            final_text({.env = {{"A", "${B}2-"}, {"B", "$C-"}, {"C", "3"}, {"Z", "$A"}}}));
}

TEST(FinalEnvironment, AVariableSeesItselfInTheLayerBelow) {
  EXPECT_EQ("B=<file>;PATH=/opt:/bin;X=file2;",
            final_text({.base = &kBase,
                        .file = {{"B", "file"}, {"X", "file"}},
                        .env = {{"B", "<$B>"}, {"PATH", "/opt:$PATH"}, {"X", "${X}2"}}}));
  EXPECT_EQ("PATH=/opt:;", final_text({.env = {{"PATH", "/opt:${PATH:-}"}}}));
  EXPECT_EQ("ERROR env PATH: unknown variable $PATH",
            final_text({.env = {{"PATH", "/opt:$PATH"}}}));
}

TEST(FinalEnvironment, ValuesOfTheOtherLayersAreTakenAsTheyAre) {
  EXPECT_EQ("A=$$;B=$X;C=$X$$$Y;",
            final_text({.file = {{"B", "$X"}}, .env = {{"C", "$B$A$$Y"}}, .fixed = {{"A", "$$"}}}));
}

TEST(FinalEnvironment, ACycleIsNamed) {
  EXPECT_EQ("ERROR env: A refers to itself by way of B",
            final_text({.env = {{"A", "$B"}, {"B", "x$A"}}}));
  EXPECT_EQ("ERROR env: B refers to itself by way of C, D",
            final_text({.env = {{"A", "$B"}, {"B", "$C"}, {"C", "$D"}, {"D", "$B"}}}));
  EXPECT_EQ("A=1;B=1;", final_text({.env = {{"A", "${B:-$NONE}"}, {"B", "${ONE:-1}"}}}));
}

TEST(FinalEnvironment, SaysWhoseValueIsWrongOnce) {
  EXPECT_EQ("ERROR env B: unknown variable $USR (did you mean $USER?)",
            final_text({.base = &kBase, .env = {{"A", "$B"}, {"B", "$USR"}}}));
}

TEST(FinalEnvironment, ChainsAndSizesHaveABound) {
  Variables chain = {{"V50", "end"}};
  for (int i = 0; i < 50; ++i) {
    chain.emplace("V" + std::to_string(i), "$V" + std::to_string(i + 1));
  }
  const auto result = final_environment({.env = chain});
  EXPECT_EQ("env: V0 refers to more than 50 variables in a row", result.error().message);
  chain["V49"] = "end";
  EXPECT_TRUE(final_environment({.env = chain}).has_value());

  Variables doubling = {{"B00", "0123456789abcdef"}};
  for (int i = 1; i < 30; ++i) {
    const std::string before = std::string("$B") + (i <= 10 ? "0" : "") + std::to_string(i - 1);
    doubling.emplace((i < 10 ? "B0" : "B") + std::to_string(i), before + before);
  }
  EXPECT_EQ(Errc::LimitReached, final_environment({.env = doubling}).error().code);
}

TEST(LookupIn, PrefersTheOwnVariables) {
  const Variables own = {{"X", "own"}};
  const Lookup lookup = lookup_in(own, &kBase);
  EXPECT_EQ("own", *lookup.value("X"));
  EXPECT_EQ("me", *lookup.value("USER"));
  EXPECT_EQ(std::nullopt, *lookup.value("US"));
  EXPECT_EQ("unknown variable $USR (did you mean $USER?)",
            substitute("$USR", lookup).error().message);
}

}  // namespace
}  // namespace gaffer::config
