#include "limits/table.h"

#include <array>
#include <cstdio>

namespace gaffer::bench::table {
namespace {

template <typename... Values>
std::string format(const char* how, Values... values) {
  std::array<char, 200> text{};
  const int length = std::snprintf(text.data(), text.size(), how, values...);
  return {text.data(), static_cast<std::size_t>(length)};
}

void print_line(const std::string& what, const std::string& figures) {
  const std::string line = format("%-50s", what.c_str()) + figures;
  std::printf("%s\n", line.substr(0, line.find_last_not_of(' ') + 1).c_str());
  std::fflush(stdout);
}

std::string pair_of(double bare, double gaffer) {
  return format("%10.1f %10.1f %7.2f", bare, gaffer, gaffer / bare);
}

std::string target(double figure, std::optional<double> limit) {
  if (!limit) return "";
  return format("   <= %g%s", *limit, figure > *limit ? ", missed" : "");
}

std::string variant(double figure, double first) {
  return format("%10.1f %+10.1f", figure, figure - first);
}

}  // namespace

void print_head() {
  print_line("", format("%29s   %29s", "median             ", "best              "));
  print_line("what", format("%10s %10s %7s   %10s %10s %7s   target", "bare", "gaffer", "ratio",
                            "bare", "gaffer", "ratio"));
}

void print_pair(const std::string& what, const Samples& bare, const Samples& gaffer,
                std::optional<double> limit) {
  print_line(what, pair_of(bare.median(), gaffer.median()) + "   " +
                       pair_of(bare.best(), gaffer.best()) +
                       target(gaffer.median() / bare.median(), limit));
}

void print_percentile(const std::string& what, double percent, const Samples& bare,
                      const Samples& gaffer, double limit) {
  const double bare_figure = bare.percentile(percent);
  const double gaffer_figure = gaffer.percentile(percent);
  print_line(what, format("%s %31s", pair_of(bare_figure, gaffer_figure).c_str(), "") +
                       target(gaffer_figure / bare_figure, limit));
}

void print_figure(const std::string& what, double figure, std::optional<double> limit) {
  print_line(what, format("%21.1f %40s", figure, "") + target(figure, limit));
}

void print_variants_head(const std::string& title) {
  std::printf("\n");
  print_line(title, format("%10s %10s   %10s %10s", "median", "more", "best", "more"));
}

void print_variant(const std::string& what, const Samples& one, const Samples& first) {
  print_line(what,
             variant(one.median(), first.median()) + "   " + variant(one.best(), first.best()));
}

}  // namespace gaffer::bench::table
