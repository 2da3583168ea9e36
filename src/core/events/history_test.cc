#include "core/events/history.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gaffer {
namespace {

void add(EventHistory& history, const std::string& names) {
  for (const char name : names)
    history.add({.kind = Event::Kind::Create, .name = std::string(1, name)});
}

std::string names(const Result<std::vector<Event>>& events) {
  std::string names;
  for (const Event& event : events.value())
    names += event.name;
  return names;
}

TEST(EventHistory, GivesEachEventTheNextRevision) {
  EventHistory history(10, 0);
  EXPECT_EQ(0U, history.revision());
  EXPECT_EQ(1U, history.add({.kind = Event::Kind::Create}).revision);
  EXPECT_EQ(2U, history.add({.kind = Event::Kind::Delete}).revision);
  EXPECT_EQ(2U, history.revision());
}

TEST(EventHistory, GoesOnFromTheFirstRevisionThatItIsGiven) {
  EventHistory history(10, 500);
  EXPECT_EQ(500U, history.revision());
  EXPECT_EQ(501U, history.add({.kind = Event::Kind::Create}).revision);
  EXPECT_EQ(Errc::NotFound, history.after(499, 10).error().code);
}

TEST(EventHistory, AReaderGoesOnAfterTheLastOneItHasHeard) {
  EventHistory history(10, 0);
  add(history, "abcd");
  EXPECT_EQ("abcd", names(history.after(0, 10)));
  EXPECT_EQ("cd", names(history.after(2, 10)));
  EXPECT_EQ("", names(history.after(4, 10)));
}

TEST(EventHistory, GivesNoMoreThanWhatFits) {
  EventHistory history(10, 0);
  add(history, "abcd");
  EXPECT_EQ("bc", names(history.after(1, 2)));
  EXPECT_EQ("", names(history.after(1, 0)));
}

TEST(EventHistory, AReaderThatFellBehindLearnsIt) {
  EventHistory history(2, 0);
  add(history, "abcd");
  EXPECT_EQ("cd", names(history.after(2, 10)));
  const auto late = history.after(1, 10);
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(Errc::NotFound, late.error().code);
  EXPECT_EQ("cannot go on after revision 1: only those after 2 up to 4 are kept",
            late.error().message);
}

TEST(EventHistory, ARevisionThatNeverWasIsNoPlaceToGoOnFrom) {
  EventHistory history(2, 0);
  add(history, "a");
  EXPECT_EQ(Errc::NotFound, history.after(2, 10).error().code);
}

}  // namespace
}  // namespace gaffer
