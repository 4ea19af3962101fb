// The constant rate at which something happens, from times some of which are censored, and whether it is constant.
//
//     lambda = d / sum t                                                          d events, all times
//     [chi2(alpha/2; 2d), chi2(1 - alpha/2; 2d + 2)] / (2 sum t)                  its interval
//
// The interval is exact but for the two degrees of freedom between its ends, which make it somewhat too wide: with them
// it holds both where every time was waited for (2 lambda sum t is then chi-squared with 2d degrees of freedom) and
// where the watching ended at given times (Garwood 1936, for the number of events). Lawless (2003), section 4.1.
//
// Exponential or not: the largest distance between Kaplan and Meier's curve and exp(-lambda t), held against that of
// simulated exponential times of the same rate, each censored where the run behind it would have been, the rate being
// estimated anew each time (Lilliefors 1969, for times that are all known; the parametric bootstrap for the others).
// Into which direction the rate changes is told by the mean place of the events in the total time on test,
//     u = 1/(d - 1) sum_{i < d} T(t_i)/T(t_d),  T(t) = sum_j min(t_j, t)          the events in order of time,
// about 1/2 for a constant rate, more for one that rises with the time waited (Barlow and Campo 1975).
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_EXPONENTIAL_RATE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_EXPONENTIAL_RATE_HPP

#include <perigee/diagnostics/compare/statistics/censored.hpp>
#include <perigee/diagnostics/compare/statistics/interval.hpp>
#include <perigee/lib/random.hpp>

#include <span>
#include <vector>

namespace perigee::statistics {

struct ExponentialRate {
  double rate = 0.0;  // lambda, in events per unit of time
  Interval interval{};
  Index events = 0;  // d
  double total_time = 0.0;
};

/// Without an event the rate is 0, and the interval begins there. All NaN if no time has passed.
/// Throws std::invalid_argument if a time is negative or not finite, or level is not in (0, 1).
ExponentialRate exponential_rate(std::span<const CensoredTime> times, double level = usual_level);

struct ExponentialityOptions {
  Index resamples = 999;  // simulated samples, >= 1
  double spacing = 0.0;   // of the moments at which events are noticed: simulated times are rounded up to it; 0: none
};

struct ExponentialityTest {
  double distance = 0.0;           // between the curve and the exponential law
  double p_value = 0.0;            // of at least that distance
  double mean_time_on_test = 0.0;  // u; > 1/2: the longer it lasted, the sooner it ends
};

/// `limits[i]` is the time at which times[i] would have been censored, >= times[i].time: of an event too.
/// Throws std::invalid_argument on fewer than 3 events, on limits that are not as many, and likewise.
/// O(resamples n log n).
ExponentialityTest exponentiality_test(std::span<const CensoredTime> times, std::span<const double> limits,
                                       const RandomSource& random, const ExponentialityOptions& options = {});

}  // namespace perigee::statistics

#endif
