#include "wire/metrics.h"

#include <gtest/gtest.h>

namespace gaffer::wire {
namespace {

TEST(MetricsDocument, HasTypeAndHelpOfEachMetricOnceAndAllValuesBehindThem) {
  const TemplateInfo info{.process_template = {.name = "shop:web", .numprocesses = 2},
                          .is_wanted = true,
                          .processes = {{.name = "shop:web",
                                         .slot = 1,
                                         .os_pid = 42,
                                         .restarts = 3,
                                         .uptime = std::chrono::milliseconds(1500)},
                                        {.name = "shop:web", .slot = 2},
                                        {.name = "shop:web", .slot = 0, .os_pid = 43}}};
  using std::chrono::milliseconds;
  const TemplateStats stats{
      .name = "shop:web",
      .processes = {{.slot = 1,
                     .mem_info1 = 4096,
                     .ctime = milliseconds(1250),
                     .ended_ctime = milliseconds(250),
                     .children = {{.mem_info1 = 1024, .ctime = milliseconds(500)}}},
                    {.slot = 1, .mem_info1 = 2048, .ctime = milliseconds(500)},
                    {.slot = 0, .mem_info1 = 1, .ctime = milliseconds(1)}}};
  EXPECT_EQ(
      "# HELP gaffer_template_processes Processes to keep alive.\n"
      "# TYPE gaffer_template_processes gauge\n"
      "gaffer_template_processes{template=\"shop:web\"} 2\n"
      "# HELP gaffer_template_wanted Whether it is started.\n"
      "# TYPE gaffer_template_wanted gauge\n"
      "gaffer_template_wanted{template=\"shop:web\"} 1\n"
      "# HELP gaffer_template_running Processes that run.\n"
      "# TYPE gaffer_template_running gauge\n"
      "gaffer_template_running{template=\"shop:web\"} 2\n"
      "# HELP gaffer_process_up Whether the process runs.\n"
      "# TYPE gaffer_process_up gauge\n"
      "gaffer_process_up{template=\"shop:web\",slot=\"1\"} 1\n"
      "gaffer_process_up{template=\"shop:web\",slot=\"2\"} 0\n"
      "# HELP gaffer_process_failed Whether it was given up.\n"
      "# TYPE gaffer_process_failed gauge\n"
      "gaffer_process_failed{template=\"shop:web\",slot=\"1\"} 0\n"
      "gaffer_process_failed{template=\"shop:web\",slot=\"2\"} 0\n"
      "# HELP gaffer_process_restarts_total Starts after the first.\n"
      "# TYPE gaffer_process_restarts_total counter\n"
      "gaffer_process_restarts_total{template=\"shop:web\",slot=\"1\"} 3\n"
      "gaffer_process_restarts_total{template=\"shop:web\",slot=\"2\"} 0\n"
      "# HELP gaffer_process_uptime_seconds Since it was started.\n"
      "# TYPE gaffer_process_uptime_seconds gauge\n"
      "gaffer_process_uptime_seconds{template=\"shop:web\",slot=\"1\"} 1.500000\n"
      "# HELP gaffer_process_cpu_seconds_total Processor time, with that of ended children.\n"
      "# TYPE gaffer_process_cpu_seconds_total counter\n"
      "gaffer_process_cpu_seconds_total{template=\"shop:web\",slot=\"1\"} 2.500000\n"
      "# HELP gaffer_process_resident_memory_bytes Resident memory.\n"
      "# TYPE gaffer_process_resident_memory_bytes gauge\n"
      "gaffer_process_resident_memory_bytes{template=\"shop:web\",slot=\"1\"} 7168\n"
      "# HELP gaffer_events_total Events that have happened.\n"
      "# TYPE gaffer_events_total counter\n"
      "gaffer_events_total 7\n"
      "# HELP gaffer_http_connections Connections to the API.\n"
      "# TYPE gaffer_http_connections gauge\n"
      "gaffer_http_connections 2\n"
      "# HELP process_resident_memory_bytes Memory of gafferd.\n"
      "# TYPE process_resident_memory_bytes gauge\n"
      "process_resident_memory_bytes 4096\n",
      metrics_document({info}, {stats}, {.revision = 7, .resident_bytes = 4096, .connections = 2}));
}

}  // namespace
}  // namespace gaffer::wire
