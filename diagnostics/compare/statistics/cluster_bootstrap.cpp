#include <perigee/diagnostics/compare/statistics/cluster_bootstrap.hpp>
#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/quantile.hpp>
#include <perigee/diagnostics/compare/statistics/resample.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

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

// Efron's acceleration by the jackknife over clusters.
double acceleration(const Clusters& clusters, const ClusterStatistic& statistic) {
  std::vector<double> without(clusters.size());
  double mean = 0.0;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    Clusters rest = clusters;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    without[i] = statistic(rest);
    mean += without[i] / static_cast<double>(clusters.size());
  }
  double squares = 0.0;
  double cubes = 0.0;
  for (const double value : without) {
    const double off = mean - value;
    squares += off * off;
    cubes += off * off * off;
  }
  return squares == 0.0 ? 0.0 : cubes / (6.0 * std::pow(squares, 1.5));
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
  std::sort(figures.begin(), figures.end());

  double lower = 0.5 * (1.0 - options.level);
  double upper = 1.0 - lower;
  if (options.method == BootstrapMethod::bias_corrected) {
    const auto range = std::equal_range(figures.begin(), figures.end(), result.estimate);
    const double below = static_cast<double>(range.first - figures.begin());
    const double ties = static_cast<double>(range.second - range.first);
    const double z0 = normal_quantile((below + 0.5 * ties) / static_cast<double>(figures.size()));
    // The estimate lies outside of everything that was drawn: no quantile of the resamples is of use.
    if (!std::isfinite(z0)) return result;
    const double a = acceleration(clusters, statistic);
    const auto corrected = [&](double part) {
      const double z = z0 + normal_quantile(part);
      return normal_probability(z0 + z / (1.0 - a * z));
    };
    lower = corrected(lower);
    upper = corrected(upper);
    if (std::isnan(lower) || std::isnan(upper)) return result;
  }
  result.interval = {quantile_of_sorted(figures, lower), quantile_of_sorted(figures, upper)};
  return result;
}

}  // namespace perigee::statistics
