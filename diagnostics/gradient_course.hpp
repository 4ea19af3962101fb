// What a run shows whose log has gradient norms and no value.
//
// The value is what tells a plateau, a descent or a good end; without it only this can be judged: whether the gradient
// vanishes at the end (the run came to a stationary point, of whatever kind), and whether its norm falls, stands or
// grows towards the end of the run: ||grad f|| ~ t^-p by the test of trend.hpp, above 0. A norm that stands above
// the tolerance is a run that comes no closer to a stationary point; one that grows may be leaving a saddle, or
// beginning to diverge.
#ifndef PERIGEE_DIAGNOSTICS_GRADIENT_COURSE_HPP
#define PERIGEE_DIAGNOSTICS_GRADIENT_COURSE_HPP

#include <perigee/diagnostics/series.hpp>
#include <perigee/diagnostics/trend.hpp>

#include <string>

namespace perigee {

struct GradientCourse {
  Trend trend = Trend::undetermined;  // over the last half, or, where noise hides it, the last three quarters
  bool vanishes = false;              // the last norm is at most the tolerance
  double level = not_measured;        // median of the last twentieth, or of 5 records
  Index level_since = 0;              // from here on the medians over 48 blocks of records are within 25% of it
  double low = not_measured;          // where the norm grew by the greatest factor: from here, in iterations,
  double high = not_measured;         // to here
  Index low_iteration = 0;
  Index high_iteration = 0;
};

/// `norms`: at least 2 of them. `tolerance` of a gradient that counts as 0, `exponent` of test_trend. O(records).
GradientCourse course_of_gradient(const Series& norms, double tolerance, double exponent);

/// The same in at most three sentences: what the norms show, what may be behind it, what to record.
std::string words_of(const GradientCourse& course, const Series& norms, double tolerance);

}  // namespace perigee

#endif
