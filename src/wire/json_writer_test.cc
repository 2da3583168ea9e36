#include "wire/json_writer.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace gaffer::wire {
namespace {

TEST(JsonWriter, PutsCommasBetweenValuesAndNowhereElse) {
  JsonWriter json;
  json.object().key("a").array().number(1).number(2).array().end_array().end_array();
  json.key("b").object().end_object().key("c").null().end_object();
  EXPECT_EQ(R"({"a":[1,2,[]],"b":{},"c":null})", json.take());
}

TEST(JsonWriter, EscapesWhatWouldEndAText) {
  EXPECT_EQ(R"("a\"b\\c\n\r\t\u0000\u001f")",
            JsonWriter().text(std::string_view("a\"b\\c\n\r\t\0\x1f", 10)).take());
}

TEST(JsonWriter, LeavesUtf8AsItIsAndReplacesWhatIsNone) {
  EXPECT_EQ("\"gr\u00fcn \U0001F600 \x7f\"", JsonWriter().text("gr\u00fcn \U0001F600 \x7f").take());
  EXPECT_EQ("\"a\uFFFDb\"", JsonWriter()
                                .text("a\xff"
                                      "b")
                                .take());
  EXPECT_EQ("\"\uFFFD\uFFFD\"", JsonWriter().text("\xc3\xc3").take());
}

TEST(JsonWriter, WritesNumbersThatReadBackAsTheSame) {
  JsonWriter json;
  json.array().number(0.1).number(12.0).number(-7).number(
      std::numeric_limits<std::uint64_t>::max());
  json.number(std::nan("")).end_array();
  EXPECT_EQ("[0.1,12,-7,18446744073709551615,null]", json.take());
}

TEST(JsonWriter, EscapesKeysOfOthers) {
  EXPECT_EQ(R"({"a\"b":true})",
            JsonWriter().object().any_key("a\"b").boolean(true).end_object().take());
}

TEST(JsonWriter, IsEmptyAfterItWasTaken) {
  JsonWriter json;
  json.number(1);
  EXPECT_EQ("1", json.take());
  EXPECT_EQ("2", json.number(2).take());
}

}  // namespace
}  // namespace gaffer::wire
