#pragma once

#include <optional>
#include <string>

#include "limits/samples.h"

/// The table that the program prints: a line at a time, each as soon as it is known.
namespace gaffer::bench::table {

void print_head();

/// What a bare loop takes and what gaffer takes, with the ratio of both the medians and the best.
/// `limit` bounds the ratio of the medians.
void print_pair(const std::string& what, const Samples& bare, const Samples& gaffer,
                std::optional<double> limit = std::nullopt);

/// The same for a percentile of the samples instead of the median.
void print_percentile(const std::string& what, double percent, const Samples& bare,
                      const Samples& gaffer, double limit);

/// A figure that has no bare counterpart, which is to be at most `limit`.
void print_figure(const std::string& what, double figure,
                  std::optional<double> limit = std::nullopt);

/// Variants of one thing, each with how much it is above the first.
void print_variants_head(const std::string& title);
void print_variant(const std::string& what, const Samples& one, const Samples& first);

}  // namespace gaffer::bench::table
