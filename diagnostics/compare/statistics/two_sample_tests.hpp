// Do two samples of censored times differ? Two tests, and the correction for asking often.
//
//     log-rank:  chi^2 = (O - E)^2/V,  E = sum n_1i d_i/n_i,  V = sum d_i (n_1i/n_i)(1 - n_1i/n_i)(n_i - d_i)/(n_i - 1)
//     restricted means:  z = (m_1 - m_2)/sqrt(se_1^2 + se_2^2)
//
// The first (Mantel 1966) is the sharper where one curve lies below the other throughout, and may see nothing where
// they cross; the second (Royston and Parmar 2013) compares the mean cost up to the horizon, whatever the curves'
// shape. Holm (1979) bounds the probability of one or more false alarms among several tests, dependent or not.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_TWO_SAMPLE_TESTS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_TWO_SAMPLE_TESTS_HPP

#include <perigee/diagnostics/compare/statistics/censored.hpp>
#include <perigee/diagnostics/compare/statistics/interval.hpp>

#include <span>
#include <vector>

namespace perigee::statistics {

struct TestResult {
  double statistic = 0.0;  // chi^2 with one degree of freedom (log-rank), or z
  double p_value = 1.0;    // two-sided; NaN: there was nothing to test
};

/// NaN where no event happened while both were at risk. Throws std::invalid_argument if a sample is empty or a time is
/// negative or not finite.
TestResult log_rank_test(std::span<const CensoredTime> first, std::span<const CensoredTime> second);

struct MeanDifference {
  double difference = 0.0;  // restricted mean of the first minus that of the second
  Interval interval{};
  TestResult test{};  // NaN where neither varies and they are equal
};

/// Restricted means up to `horizon`. Throws as kaplan_meier and restricted_mean.
MeanDifference restricted_mean_test(std::span<const CensoredTime> first, std::span<const CensoredTime> second,
                                    double horizon, double level = usual_level);

/// Holm's adjusted p values, in the order given: with the p in increasing order, max_{j <= i} min(1, (m - j + 1) p_j).
/// NaN stay NaN and do not count among the m tests.
std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace perigee::statistics

#endif
