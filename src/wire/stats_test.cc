#include "wire/stats.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gaffer::wire {
namespace {

ProcessStats sample() {
  return {.pid = 3,
          .slot = 1,
          .os_pid = 4711,
          .mem_info1 = 4096,
          .mem_info2 = 8192,
          .cpu = 12.5,
          .mem = 0.25,
          .ctime = std::chrono::milliseconds(1250),
          .ended_ctime = std::chrono::seconds(0),
          .username = "me",
          .nice = -5,
          .cmdline = "a \"b\"",
          .threads = 2};
}

TEST(StatsDocument, SaysNumbersAsNumbersAndWhatCannotBeKnownAsNull) {
  ProcessStats process = sample();
  process.children = {{.os_pid = 4712}};
  const std::vector<TemplateStats> templates = {
      {.name = "web", .processes = {process}, .cpu = 12.5, .max_cpu = 12.5, .min_cpu = 12.5}};
  EXPECT_EQ(R"({"event":"STATS","templates":[{"name":"web","cpu":12.5,"max_cpu":12.5,)"
            R"("min_cpu":12.5,"mem":0,"max_mem":0,"min_mem":0,"processes":[{"pid":3,"slot":1,)"
            R"("os_pid":4711,"mem_info1":4096,"mem_info2":8192,"cpu":12.5,"mem":0.25,)"
            R"("ctime":1.25,"ended_ctime":0,"username":"me","nice":-5,"cmdline":"a \"b\"",)"
            R"("threads":2,"children":[{"os_pid":4712,"mem_info1":null,"mem_info2":null,)"
            R"("cpu":null,"mem":null,"ctime":null,"ended_ctime":null,"username":null,)"
            R"("nice":null,"cmdline":null,"threads":null,"children":[]}]}]}]})",
            stats_document(templates, {}));
}

TEST(StatsDocument, SaysMoreWhereMoreWasAskedFor) {
  ProcessStats process = sample();
  process.open_files = 7;
  process.pss = 1024;
  const std::vector<TemplateStats> templates = {{.name = "web", .processes = {process}}};
  const std::string more = stats_document(templates, {.io = true, .pss = true});
  EXPECT_NE(std::string::npos,
            more.find(R"("open_files":7,"read_bytes":null,"written_bytes":null,"pss":1024)"))
      << more;
}

TEST(StatsDocument, IsReadBackAsItWas) {
  ProcessStats process = sample();
  process.read_bytes = 1;
  process.children = {{.os_pid = 4712, .cpu = 1.0 / 3}};
  const std::vector<TemplateStats> templates = {{.name = "web", .processes = {process}}};
  const std::string text = stats_document(templates, {.io = true});
  const auto parsed = parse_stats_document(text);
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  EXPECT_EQ(text, stats_document(*parsed, {.io = true}));
  EXPECT_EQ(0.333, parsed->at(0).processes.at(0).children.at(0).cpu);
}

TEST(StatsDocument, IsRefusedWhenItIsSomethingElse) {
  for (const char* text : {"", "[]", "{}", R"({"templates":7})", R"({"templates":[{}]})"})
    EXPECT_EQ(Errc::Protocol, parse_stats_document(text).error().code) << text;
}

}  // namespace
}  // namespace gaffer::wire
