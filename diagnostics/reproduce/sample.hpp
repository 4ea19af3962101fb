// What the reproductions share to speak of samples: logarithmic grids, quantiles, text for numbers with intervals.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_SAMPLE_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_SAMPLE_HPP

#include <perigee/diagnostics/compare/statistics/interval.hpp>
#include <perigee/diagnostics/compare/statistics/quantile.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/vector.hpp>

#include <string>
#include <vector>

namespace perigee::reproduce {

/// Increasing whole numbers from 0 to `last` >= 1, evenly spaced on a logarithmic scale of k + 1, at most `count`.
std::vector<Index> logarithmic_steps(Index last, std::size_t count);

using statistics::Interval;
using statistics::quantile;

/// A 95% interval of the median from order statistics, by the normal approximation of the binomial. n >= 6, else NaN.
Interval median_interval(std::vector<double> sample);

struct Mean {
  double mean = 0.0;
  double lower = 0.0;  // mean -+ 1.96 standard errors
  double upper = 0.0;
};
Mean mean_of(const std::vector<double>& sample);

/// "[0.1, 0.25]", to `digits` significant digits.
std::string interval_text(double lower, double upper, int digits = 3);

/// K independent draws of U[0, 1): random rewards.
std::vector<double> uniform_rewards(RandomEngine& engine, Index arms);

}  // namespace perigee::reproduce

#endif
