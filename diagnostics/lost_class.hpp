// Has a classifier given up on one class? The gravity well as a training log shows it.
//
// The log has one column a class: the mean probability of the right class over the examples of that class. Class k is
// lost if, throughout the second half of the log, its probability stays below 5% and does not rise (Mann-Kendall
// statistic of log p at most 1.64, 5% one-sided, on at most 48 block medians) or would not reach 5% within three times
// the length of the log, while the median of the other classes exceeds 50% at the end and the value stands still there
// (trend.hpp, last octave, excess over the bound of series.hpp). Classes that are all alike, as in a network that died,
// are not this.
//
// How far a rise would get: d log p/dt = s p^q. In the well itself q = 1 (a class pulls itself up by its probability,
// so that 1/p falls along a line); where others carry it q = 0 (log p rises along a line). q is measured, from the
// slopes s_1, s_2 of the two halves of that second half and their levels, q = log(s_2/s_1)/(log p_2 - log p_1), within
// [0, 1]; with D = log(0.05/p_2) to go, that takes (1 - exp(-q D))/(q s), s the larger of s_2 and the slope of all.
// Rewards and parameters are not in such a log, so `likely` at most, and no escape time.
#ifndef PERIGEE_DIAGNOSTICS_LOST_CLASS_HPP
#define PERIGEE_DIAGNOSTICS_LOST_CLASS_HPP

#include <perigee/diagnostics/detector.hpp>

#include <string>
#include <vector>

namespace perigee {

struct LostClass {
  Index index = 0;  // among the probability columns
  Index first = 0;  // from here on its probability stays below 5%
  double start_probability = 0.0;
  double lowest_probability = 0.0;
  double final_probability = 0.0;
  double largest_late_probability = 0.0;  // throughout the second half
  double others_median = 0.0;             // of the final probabilities of the other classes
  double trend = 0.0;                     // Mann-Kendall statistic of log p in the second half
  double time_left = not_measured;        // until its rise reaches 5%, in iterations from the end; NaN: does not rise
};

/// The lost classes, in the order of the columns; `tolerance`: of the test that the value stands still (trend.hpp).
/// O(records x classes).
std::vector<LostClass> find_lost_classes(const Trajectory& trajectory, const LostClassOptions& options = {},
                                         double tolerance = PlateauOptions{}.exponent);

/// From the evidence of such a finding: "fell from 0.0623 to 5.1e-06 and does not rise".
std::string course_of_class(const std::vector<Evidence>& evidence);

/// Adds a finding "gravity-well" for each, and explains plateaus by it.
void detect_lost_classes(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
