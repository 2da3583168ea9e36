#include "core/config/names.h"

#include <gtest/gtest.h>

namespace gaffer::config {
namespace {

TEST(Names, MayBeginWithAGroup) {
  EXPECT_EQ("shop", group_of("shop:web"));
  EXPECT_EQ("", group_of("web"));
  EXPECT_EQ(std::nullopt, wrong_with_name("shop:web"));
  EXPECT_EQ(std::nullopt, wrong_with_name(std::string(64, 'a') + ":" + std::string(64, 'b')));
}

TEST(Names, AreOfTheSameFormInAGroup) {
  EXPECT_EQ(R"(name is "a:b:c": it must be one name, or group:name)", wrong_with_name("a:b:c"));
  EXPECT_EQ(R"(the group in name is empty: it must have letters, digits, ".", "_" or "-")",
            wrong_with_name(":web"));
  EXPECT_EQ(
      R"(what follows the group in name is empty: it must have letters, digits, ".", "_" or "-")",
      wrong_with_name("shop:"));
  EXPECT_EQ(
      R"(what follows the group in name is "1": it needs at least one letter, because a number alone is a pid)",
      wrong_with_name("shop:1"));
  EXPECT_EQ(R"(the group in name is "a b": only letters, digits, ".", "_" and "-" are allowed)",
            wrong_with_name("a b:web"));
  EXPECT_EQ("what follows the group in name has 65 characters: at most 64 are allowed",
            wrong_with_name("a:" + std::string(65, 'b')));
}

TEST(Names, OfLabelsMayBeNumbers) {
  EXPECT_EQ(std::nullopt, wrong_with_label("redirect_output", "1"));
  EXPECT_EQ(R"(a label of custom_streams is ".": it must be a word, such as out)",
            wrong_with_label("custom_streams", "."));
}

}  // namespace
}  // namespace gaffer::config
