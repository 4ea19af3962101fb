// What it costs to arrive if failed runs are started again.
//
//     ERT = (sum of the costs of all runs, failed ones up to their end) / (number that arrived)
//
// A simulated restart draws runs with replacement until one has arrived, and adds up their costs: one simulated
// running time. Its expectation is the ERT of the sample: with success rate p and mean costs c_s, c_f,
// c_s + (1 - p)/p c_f. N runs with k successes hold about k such times, so the mean of k simulated ones varies as the
// ERT does; percentiles of such means are the interval. Auger and Hansen (2005); Hansen, Auger, Ros, Mersmann, Tusar
// and Brockhoff (2021), "COCO: a platform for comparing continuous optimizers in a black-box setting".
// It depends on the cap of failed runs: compare at the same cap, and read it beside the success rate.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_EXPECTED_RUNNING_TIME_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_EXPECTED_RUNNING_TIME_HPP

#include <perigee/diagnostics/compare/statistics/censored.hpp>
#include <perigee/diagnostics/compare/statistics/interval.hpp>
#include <perigee/lib/random.hpp>

#include <span>
#include <vector>

namespace perigee::statistics {

/// Events are arrivals; censored times are the costs of failed runs. Infinite if none arrived.
/// Throws std::invalid_argument if there are no runs or a time is negative or not finite.
double expected_running_time(std::span<const CensoredTime> runs);

/// `count` simulated running times, infinite ones if none arrived. Throws likewise.
/// Cost: count/p draws at success rate p.
std::vector<double> simulated_running_times(std::span<const CensoredTime> runs, Index count, RandomEngine& engine);

struct RunningTimeOptions {
  Index resamples = 1000;  // >= 1
  double level = usual_level;
};

/// Percentiles of means of k simulated running times, k the number that arrived. [NaN, inf] if none arrived; wide and
/// rough below about ten arrivals. Throws likewise. Cost: resamples x runs draws up to 50,000 runs; beyond, sums of
/// more than 1000 independent costs or counts are drawn as the normal numbers they are to three digits (central limit
/// theorem), at most a few thousand draws a resample.
Interval running_time_interval(std::span<const CensoredTime> runs, const RandomSource& random,
                               const RunningTimeOptions& options = {});

}  // namespace perigee::statistics

#endif
