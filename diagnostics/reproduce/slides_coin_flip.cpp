// The slides' coin flips, after Dauphin et al. (2014): critical points of high value are saddles, minima lie low, and
// saddles outnumber minima the more the higher the dimension.
//
// On random landscapes (lib/problems/random_field.hpp) critical points are found by Newton's method from normal starts;
// the index is the number of negative eigenvalues of the Hessian there, which Sylvester's law reads off the pivots of
// its symmetric elimination. A point found twice counts once.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/slides.hpp>
#include <perigee/diagnostics/robust_slope.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/random_field.hpp>
#include <perigee/lib/random.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace perigee::reproduce {
namespace {

struct CriticalPoint {
  Vector x;
  double value = 0.0;
  Index index = 0;
};

// Dense H by columns from products with unit vectors.
std::vector<double> hessian(const Objective& objective, const Vector& x) {
  const Index n = x.size();
  std::vector<double> matrix;
  Vector unit(n);
  Vector column(n);
  for (Index i = 0; i < n; ++i) {
    unit[i] = 1.0;
    objective.hessian_vector_product(x, unit, column);
    unit[i] = 0.0;
    matrix.insert(matrix.end(), column.begin(), column.end());
  }
  return matrix;
}

// Elimination without exchanges: solves H s = g into `g` and counts negative pivots. Nothing if a pivot is too small.
std::optional<Index> eliminate(std::vector<double> matrix, Vector& g) {
  const Index n = g.size();
  const auto at = [&](Index row, Index column) -> double& {
    return matrix[static_cast<std::size_t>(column * n + row)];
  };
  Index negative = 0;
  for (Index k = 0; k < n; ++k) {
    const double pivot = at(k, k);
    if (!(std::abs(pivot) > 1e-8)) return std::nullopt;
    negative += pivot < 0.0 ? 1 : 0;
    for (Index i = k + 1; i < n; ++i) {
      const double factor = at(i, k) / pivot;
      for (Index j = k; j < n; ++j) at(i, j) -= factor * at(k, j);
      g[i] -= factor * g[k];
    }
  }
  for (Index i = n - 1; i >= 0; --i) {
    for (Index j = i + 1; j < n; ++j) g[i] -= at(i, j) * g[j];
    g[i] /= at(i, i);
  }
  return negative;
}

std::optional<CriticalPoint> newton(const Objective& objective, Vector x) {
  Vector step(x.size());
  for (int k = 0; k < 100; ++k) {
    const double value = objective.value_and_gradient(x, step);
    const double gradient_norm = step.view().norm();
    const std::optional<Index> index = eliminate(hessian(objective, x), step);
    if (!index) return std::nullopt;
    if (gradient_norm < 1e-11) return CriticalPoint{x, value, *index};
    const double length = step.view().norm();
    x.view() -= std::min(1.0, 0.5 / length) * step.view();
    if (!(x.view().norm() < 20.0)) return std::nullopt;
  }
  return std::nullopt;
}

std::vector<CriticalPoint> critical_points(Index dimension, std::uint64_t seed, std::size_t starts) {
  const problems::RandomField field({.dimension = dimension, .features = 200, .confinement = 0.0, .seed = seed});
  std::vector<CriticalPoint> found;
  for (std::size_t i = 0; i < starts; ++i) {
    RandomEngine engine = RandomSource(seed).engine("newton-start", i);
    Vector start(dimension);
    fill_standard_normal(engine, start);
    start.view() *= 3.0;
    const std::optional<CriticalPoint> point = newton(field, start);
    if (!point) continue;
    const bool is_new = std::none_of(found.begin(), found.end(), [&](const CriticalPoint& other) {
      return (other.x.view() - point->x.view()).norm() < 1e-6;
    });
    if (is_new) found.push_back(*point);
  }
  return found;
}

struct Statistics {
  Index dimension = 0;
  double points = 0.0;
  double minima = 0.0;
  double correlation = 0.0;        // of value and index
  double slope = 0.0;              // of index/n over value
  double minimum_share_low = 0.0;  // among the lowest fifth of the points
  double minimum_share_high = 0.0;
  std::vector<double> mean_value_of_index;  // NaN: none
};

Statistics statistics_of(Index dimension, std::size_t fields, std::size_t starts, const Options& options) {
  std::vector<std::vector<CriticalPoint>> found(fields);
  for_each_index(fields, options.threads, [&](std::size_t i) {
    found[i] =
        critical_points(dimension, options.seed * 100000 + static_cast<std::uint64_t>(dimension) * 1000 + i, starts);
  });
  std::vector<std::pair<double, double>> pairs;  // value, index
  for (const auto& points : found) {
    for (const CriticalPoint& point : points) pairs.emplace_back(point.value, static_cast<double>(point.index));
  }
  std::sort(pairs.begin(), pairs.end());
  Statistics result;
  result.dimension = dimension;
  result.points = static_cast<double>(pairs.size());
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> sums(static_cast<std::size_t>(dimension + 1), 0.0);
  std::vector<double> counts(sums.size(), 0.0);
  const std::size_t fifth = pairs.size() / 5;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [value, index] = pairs[i];
    x.push_back(value);
    y.push_back(index);
    sums[static_cast<std::size_t>(index)] += value;
    counts[static_cast<std::size_t>(index)] += 1.0;
    if (index > 0.0) continue;
    result.minima += 1.0;
    if (i < fifth) result.minimum_share_low += 1.0 / static_cast<double>(fifth);
    if (i >= pairs.size() - fifth) result.minimum_share_high += 1.0 / static_cast<double>(fifth);
  }
  const Line line = fit_line(x, y);
  const Line reverse = fit_line(y, x);
  result.slope = line.slope / static_cast<double>(dimension);
  result.correlation = std::copysign(std::sqrt(std::max(0.0, line.slope * reverse.slope)), line.slope);
  for (std::size_t k = 0; k < sums.size(); ++k) {
    result.mean_value_of_index.push_back(counts[k] >= 5.0 ? sums[k] / counts[k] : not_measured);
  }
  return result;
}

Result run(const Options& options) {
  const std::size_t fields = sized<std::size_t>(options, 40, 8);
  const std::size_t starts = sized<std::size_t>(options, 300, 40);
  std::vector<Statistics> all;
  for (const Index dimension : {1, 2, 3, 4, 6, 8}) all.push_back(statistics_of(dimension, fields, starts, options));
  Result result{.set_up = std::to_string(fields) +
                          " random landscapes for each n = 1, 2, 3, 4, 6, 8 (200 features, no "
                          "bowl), Newton's method from " +
                          std::to_string(starts) + " starts N(0, 9 I) each, |g| < 1e-11."};
  result.choices = {"The slides name no function: nearly Gaussian random fields of variance 1.",
                    "Newton's method does not find critical points with equal probability: shares are of those found."};
  Table table{.name = "critical-points",
              .columns = {"dimension", "points", "minima", "saddles_per_minimum", "correlation",
                          "minima_in_lowest_fifth", "minima_in_highest_fifth"},
              .rows = {}};
  Chart chart = chart_over({}, "Mean value of the critical points over the share of negative eigenvalues",
                           "mean f at index k", "k/n", Axes::linear);
  std::vector<double> log_ratios;
  std::vector<double> dimensions;
  double least_correlation = 1.0;
  double greatest_correlation = -1.0;
  double greatest_high = 0.0;
  std::string ratios;
  for (const Statistics& each : all) {
    const double saddles_per_minimum = (each.points - each.minima) / std::max(1.0, each.minima);
    table.rows.push_back({static_cast<double>(each.dimension), each.points, each.minima, saddles_per_minimum,
                          each.correlation, each.minimum_share_low, each.minimum_share_high});
    ratios += (ratios.empty() ? "" : ", ") + format_number(saddles_per_minimum, 3);
    log_ratios.push_back(std::log(each.points / std::max(1.0, each.minima)));
    dimensions.push_back(static_cast<double>(each.dimension));
    if (each.dimension >= 2) {
      least_correlation = std::min(least_correlation, each.correlation);
      greatest_correlation = std::max(greatest_correlation, each.correlation);
      greatest_high = std::max(greatest_high, each.minimum_share_high);
      std::vector<std::pair<double, double>> points;
      for (std::size_t k = 0; k < each.mean_value_of_index.size(); ++k) {
        if (std::isnan(each.mean_value_of_index[k])) continue;
        points.emplace_back(static_cast<double>(k) / static_cast<double>(each.dimension), each.mean_value_of_index[k]);
      }
      add_points(chart,
                 {.label = "n = " + std::to_string(each.dimension),
                  .values = {},
                  .style = static_cast<int>(chart.series.size())},
                 points);
    }
  }
  const double growth = fit_line(dimensions, log_ratios).slope;
  const Statistics& four = all[3];
  result.claims = {
      {.id = "index-grows",
       .printed = "Eigenvalues are more likely to be positive in regions of lower cost.",
       .measured = "Correlation of value and index between " + format_number(least_correlation, 3) + " and " +
                   format_number(greatest_correlation, 3) + " for n = 2 to 8.",
       .value = least_correlation,
       .lower = least_correlation,
       .upper = greatest_correlation,
       .verdict = verdict_if(least_correlation > 0.5)},
      {.id = "minima-low",
       .printed = "Local minima are much more likely to have low cost than high cost.",
       .measured = "For n = 4 " + format_number(100.0 * four.minimum_share_low, 3) +
                   "% of the lowest fifth of the critical points are minima, " +
                   format_number(100.0 * four.minimum_share_high, 3) + "% of the highest; over n = 2 to 8 at most " +
                   format_number(100.0 * greatest_high, 3) + "% of the highest.",
       .value = four.minimum_share_low - four.minimum_share_high,
       .verdict = verdict_if(four.minimum_share_low > 0.05 && greatest_high < 0.01)},
      {.id = "exponential",
       .printed = "The ratio of saddles to minima grows exponentially with the dimension.",
       .measured = "Other critical points for each minimum, n = 1, 2, 3, 4, 6, 8: " + ratios +
                   "; the fitted factor per dimension is " + format_number(std::exp(growth), 3) +
                   " (fair coins would give 2).",
       .value = std::exp(growth),
       .lower = 1.0,
       .verdict = verdict_if(std::is_sorted(log_ratios.begin(), log_ratios.end()) && growth > 0.2)}};
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("The higher, the more saddle",
                           "The slides' coin flips, after Dauphin et al. (2014): critical points of random "
                           "landscapes.",
                           {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction slides_coin_flip() {
  return {.name = "slides-coin-flip",
          .source = "slides, saddle points in neural networks, after Dauphin et al. (2014)",
          .claim = "the index of critical points grows with their value, and saddles outnumber minima exponentially",
          .run = run};
}

}  // namespace perigee::reproduce
