#include <perigee/diagnostics/compare/statistics/cluster_bootstrap.hpp>
#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/quantile.hpp>
#include <perigee/diagnostics/compare/statistics/resample.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace perigee::statistics {

namespace {

void check(const Clusters& clusters, const BootstrapOptions& options) {
  const auto require = [](bool holds, const std::string& rule, std::size_t got) {
    if (!holds) throw std::invalid_argument("cluster_bootstrap: " + rule + ", got " + std::to_string(got));
  };
  const std::size_t least = options.method == BootstrapMethod::bias_corrected ? 2 : 1;
  require(clusters.size() >= least, "there must be at least " + std::to_string(least) + " clusters", clusters.size());
  for (const std::vector<double>& cluster : clusters) require(!cluster.empty(), "no cluster may be empty", 0);
  if (options.resamples < 1) {
    throw std::invalid_argument("cluster_bootstrap: resamples must be >= 1, got " + std::to_string(options.resamples));
  }
  (void)two_sided_normal_quantile(options.level, "cluster_bootstrap");
}

void draw(const Clusters& clusters, Resampling resampling, RandomEngine& engine, Clusters& drawn) {
  for (std::vector<double>& to : drawn) {
    const std::vector<double>& from = clusters[uniform_place(engine, clusters.size())];
    to = from;
    if (resampling == Resampling::clusters) continue;
    for (double& member : to) member = from[uniform_place(engine, from.size())];
  }
}

// The mean of what `draw` would draw, without a copy of it.
double drawn_mean(const Clusters& clusters, Resampling resampling, RandomEngine& engine) {
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    const std::vector<double>& from = clusters[uniform_place(engine, clusters.size())];
    for (const double member : from) {
      sum += resampling == Resampling::clusters ? member : from[uniform_place(engine, from.size())];
    }
    count += static_cast<double>(from.size());
  }
  return sum / count;
}

double mean_of_all(const Clusters& clusters) {
  double sum = 0.0;
  double count = 0.0;
  for (const std::vector<double>& cluster : clusters) {
    for (const double member : cluster) sum += member;
    count += static_cast<double>(cluster.size());
  }
  return sum / count;
}

// The jackknife over clusters: the figure without each of them.
std::vector<double> figures_without(const Clusters& clusters, const ClusterStatistic& statistic) {
  std::vector<double> without(clusters.size());
  Clusters rest(clusters.begin() + 1, clusters.end());  // without cluster i
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    without[i] = statistic(rest);
    if (i + 1 < clusters.size()) rest[i] = clusters[i];
  }
  return without;
}

// Sums are of what lies above or below `mean`, so that taking one cluster's away loses no digits.
std::vector<double> means_without(const Clusters& clusters, double mean) {
  std::vector<double> sums;
  double sum = 0.0;
  double count = 0.0;
  for (const std::vector<double>& cluster : clusters) {
    double own = 0.0;
    for (const double member : cluster) own += member - mean;
    sums.push_back(own);
    sum += own;
    count += static_cast<double>(cluster.size());
  }
  std::vector<double> without;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    without.push_back(mean + (sum - sums[i]) / (count - static_cast<double>(clusters[i].size())));
  }
  return without;
}

// Efron's acceleration. Where the figures differ by rounding only, they have no skewness.
double acceleration(const std::vector<double>& without) {
  double mean = 0.0;
  double greatest = 0.0;
  for (const double value : without) {
    mean += value / static_cast<double>(without.size());
    greatest = std::max(greatest, std::abs(value));
  }
  double squares = 0.0;
  double cubes = 0.0;
  for (const double value : without) {
    const double off = mean - value;
    squares += off * off;
    cubes += off * off * off;
  }
  const double rounding = 8.0 * std::numeric_limits<double>::epsilon() * greatest;
  if (squares <= rounding * rounding * static_cast<double>(without.size())) return 0.0;
  return cubes / (6.0 * std::pow(squares, 1.5));
}

// The interval of `figures`, the resamples'. `jackknife` is asked where the method needs it.
template <class Jackknife>
Interval interval_of(double estimate, std::vector<double> figures, const BootstrapOptions& options,
                     const Jackknife& jackknife) {
  std::sort(figures.begin(), figures.end());
  double lower = 0.5 * (1.0 - options.level);
  double upper = 1.0 - lower;
  if (options.method == BootstrapMethod::bias_corrected) {
    const auto range = std::equal_range(figures.begin(), figures.end(), estimate);
    const double below = static_cast<double>(range.first - figures.begin());
    const double ties = static_cast<double>(range.second - range.first);
    const double z0 = normal_quantile((below + 0.5 * ties) / static_cast<double>(figures.size()));
    // The estimate lies outside of everything that was drawn: no quantile of the resamples is of use.
    if (!std::isfinite(z0)) return {};
    const double a = acceleration(jackknife());
    const auto corrected = [&](double part) {
      const double z = z0 + normal_quantile(part);
      return normal_probability(z0 + z / (1.0 - a * z));
    };
    lower = corrected(lower);
    upper = corrected(upper);
    if (std::isnan(lower) || std::isnan(upper)) return {};
  }
  return {quantile_of_sorted(figures, lower), quantile_of_sorted(figures, upper)};
}

}  // namespace

BootstrapResult cluster_bootstrap(const Clusters& clusters, const ClusterStatistic& statistic,
                                  const RandomSource& random, const BootstrapOptions& options) {
  check(clusters, options);
  BootstrapResult result;
  result.estimate = statistic(clusters);
  std::vector<double> figures(static_cast<std::size_t>(options.resamples));
  RandomEngine engine = random.engine("cluster bootstrap");
  Clusters drawn(clusters.size());
  for (double& figure : figures) {
    draw(clusters, options.resampling, engine, drawn);
    figure = statistic(drawn);
    if (std::isnan(figure)) return result;
  }
  result.interval =
      interval_of(result.estimate, std::move(figures), options, [&] { return figures_without(clusters, statistic); });
  return result;
}

BootstrapResult cluster_bootstrap_of_mean(const Clusters& clusters, const RandomSource& random,
                                          const BootstrapOptions& options) {
  check(clusters, options);
  BootstrapResult result;
  result.estimate = mean_of_all(clusters);
  if (std::isnan(result.estimate)) return result;
  std::vector<double> figures(static_cast<std::size_t>(options.resamples));
  RandomEngine engine = random.engine("cluster bootstrap");
  for (double& figure : figures) figure = drawn_mean(clusters, options.resampling, engine);
  result.interval = interval_of(result.estimate, std::move(figures), options,
                                [&] { return means_without(clusters, result.estimate); });
  return result;
}

}  // namespace perigee::statistics
