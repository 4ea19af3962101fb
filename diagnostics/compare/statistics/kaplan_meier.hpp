// The probability of not having arrived by time t, from times some of which are censored.
//
//     S(t) = prod_{t_i <= t} (1 - d_i/n_i)                       d_i events at t_i among n_i still at risk
//     var S(t) = S(t)^2 sum_{t_i <= t} d_i/(n_i (n_i - d_i))     Greenwood
//     band: S(t)^exp(-+ z s), s^2 = sum_{t_i <= t} d_i/(n_i (n_i - d_i)) / (log S(t))^2     on the scale log(-log S)
//     mean up to tau: int_0^tau S,  its variance sum_i A_i^2 d_i/(n_i (n_i - d_i)), A_i = int_{t_i}^tau S
//
// Kaplan and Meier (1958); Greenwood (1926); Kalbfleisch and Prentice (2002), section 1.4; Royston and Parmar (2013)
// for the restricted mean. The bands hold at each t, not for all t at once.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_KAPLAN_MEIER_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_STATISTICS_KAPLAN_MEIER_HPP

#include <perigee/diagnostics/compare/statistics/censored.hpp>
#include <perigee/diagnostics/compare/statistics/interval.hpp>
#include <perigee/lib/vector.hpp>

#include <optional>
#include <span>
#include <vector>

namespace perigee::statistics {

/// S from `time` on, until the next step.
struct SurvivalStep {
  double time = 0.0;  // of an event
  Index at_risk = 0;  // n_i, just before
  Index events = 0;   // d_i
  double survival = 1.0;
  double standard_error = 0.0;  // Greenwood's; 0 where S = 0
  Interval band{};              // log-log; NaN where S = 0, as there is none
};

struct SurvivalCurve {
  std::vector<SurvivalStep> steps;  // before the first, S = 1
  double last_time = 0.0;           // of event or censoring: S is not known beyond it, unless it is 0
  Index runs = 0;
};

/// Throws std::invalid_argument if there are no times, one is negative or not finite, or level is not in (0, 1).
/// O(n log n).
SurvivalCurve kaplan_meier(std::span<const CensoredTime> times, double level = usual_level);

/// S(t), t >= 0; NaN where it is not known.
double survival_at(const SurvivalCurve& curve, double time);

/// int_0^horizon S with its standard error. Throws std::invalid_argument unless 0 < horizon, and horizon <= last_time
/// or S(last_time) = 0.
Estimate restricted_mean(const SurvivalCurve& curve, double horizon);

/// The first time with S <= 1/2; nothing: more than half had not arrived when last seen.
std::optional<double> median_time(const SurvivalCurve& curve);

}  // namespace perigee::statistics

#endif
