// The uncertainty of a figure that sums up several problems, each with several runs.
//
// Runs of one problem resemble each other, so problems are drawn with replacement first, and then, within each drawn
// one, its runs (Davison and Hinkley 1997, section 3.8). From the figures of the resamples:
//
//     percentile: the quantiles (1 - level)/2 and (1 + level)/2
//     BCa: the quantiles at Phi(z_0 + (z_0 + z)/(1 - a (z_0 + z))),  z = Phi^{-1}((1 -+ level)/2),
//          z_0 = Phi^{-1}(share of resamples below the estimate, ties half),
//          a = sum_i (m - t_i)^3/(6 (sum_i (m - t_i)^2)^(3/2)), t_i the figure without cluster i, m their mean
//
// BCa corrects for bias and skewness: Efron (1987), "Better bootstrap confidence intervals". With fewer than ten
// clusters neither covers at its level; say how many there were.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_CLUSTER_BOOTSTRAP_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_CLUSTER_BOOTSTRAP_HPP

#include <perigee/diagnostics/compare/statistics/interval.hpp>
#include <perigee/lib/random.hpp>

#include <functional>
#include <vector>

namespace perigee::statistics {

enum class BootstrapMethod { percentile, bias_corrected };  // bias_corrected: BCa
enum class Resampling { clusters_and_members, clusters };   // whether the runs within a problem are drawn anew, too

struct BootstrapOptions {
  Index resamples = 10000;  // >= 1
  double level = usual_level;
  BootstrapMethod method = BootstrapMethod::bias_corrected;
  Resampling resampling = Resampling::clusters_and_members;
};

/// One cluster a problem, one element a run.
using Clusters = std::vector<std::vector<double>>;

/// The figure in question, a function of resampled clusters that sees neither their order nor how often one was drawn.
using ClusterStatistic = std::function<double(const Clusters&)>;

struct BootstrapResult {
  double estimate = 0.0;  // of the clusters as they are
  Interval interval{};    // NaN where the resamples give NaN
};

/// Throws std::invalid_argument if there are no clusters (bias_corrected: fewer than two), one is empty, or options are
/// out of range. Cost: resamples + clusters + 1 calls of `statistic`.
BootstrapResult cluster_bootstrap(const Clusters& clusters, const ClusterStatistic& statistic,
                                  const RandomSource& random, const BootstrapOptions& options = {});

/// The same for the mean over all members of all clusters, from the same draws; the jackknife by sums, to rounding.
/// Throws as cluster_bootstrap. Cost: linear in (resamples + 2) x members, while a statistic that is called for every
/// cluster left out makes that quadratic in the clusters.
BootstrapResult cluster_bootstrap_of_mean(const Clusters& clusters, const RandomSource& random,
                                          const BootstrapOptions& options = {});

}  // namespace perigee::statistics

#endif
