// The distribution of running times over targets, problems and seeds, failed runs started again.
//
//     ECDF(c) = the share of (target, problem) pairs, each with its simulated running times, that took at most c
//
// Each pair has weight one, whatever its number of runs. A pair that no run solved stays infinite. The area above the
// curve up to a cost is the mean logarithm of the running time cut off there: small is good. Hansen et al. (2021),
// "COCO: a platform for comparing continuous optimizers in a black-box setting".
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_TARGET_DISTRIBUTION_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_TARGET_DISTRIBUTION_HPP

#include <perigee/diagnostics/compare/statistics/censored.hpp>
#include <perigee/lib/random.hpp>

#include <span>
#include <vector>

namespace perigee::statistics {

/// Simulated running times in increasing order, infinite ones last; `draws` of each pair.
struct TargetDistribution {
  std::vector<double> times;
};

/// pairs[i]: the runs of one solver on one (target, problem) pair. Random streams are named by i, so that a pair's
/// times do not depend on what comes before it. Throws std::invalid_argument if there are no pairs, one has no runs, or
/// draws < 1.
TargetDistribution target_distribution(std::span<const std::vector<CensoredTime>> pairs, Index draws,
                                       const RandomSource& random);

/// ECDF(cost).
double fraction_reached(const TargetDistribution& distribution, double cost);

/// (1/log(most/least)) int_least^most (1 - ECDF(c)) dc/c, in [0, 1]: the area above the curve. Throws
/// std::invalid_argument unless 0 < least < most.
double area_above(const TargetDistribution& distribution, double least, double most);

}  // namespace perigee::statistics

#endif
