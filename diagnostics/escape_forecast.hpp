// How much longer would a run have stayed where it is slow? And for one that left: what would have been forecast from
// the first half of the slow phase, held against what happened.
//
// Near a saddle with smallest Hessian eigenvalue lambda < 0 and unit eigenvector v, gradient steps of size eta multiply
// the distance r along v by 1 + eta |lambda|, until at R the quadratic model has fallen by the departure D:
//
//     remaining = ln(R/r)/ln(1 + eta |lambda|),  r = |v'g|/|lambda|,  R = sqrt(2 D/|lambda|),
//
// D a hundredth of what is left to gain (value_left). The interval allows for a factor 2 in R/r, for an error of 5% in
// lambda besides its residual, and for one iteration; where more than one direction leads down, for all of the gradient
// along v. Without the objective the growth rate of the gradient norm stands for ln(1 + eta |lambda|), with Sen's
// (1968) interval; the norm of the exit is then |lambda| R = sqrt(2 D |lambda|). r = 0 to the last bit: the run stays
// on the stable manifold for ever, but for rounding.
//
// In a gravity well the exact flow is integrated from the last policy (escape_time.hpp). Its speed is compared with
// what was recorded, in 8 blocks of the well so far: with q_j the recorded change of 1/pi(a*) over the flow's, and
// s their standard deviation, the remaining time is the flow's over q, q in mean -+ t s sqrt(1/8 + 1/m), t the 95%
// quantile of Student's law with 7 degrees of freedom and m the blocks still to come: a prediction interval of 90% for
// independent speeds. At least 2% are allowed for what the flow differs from the steps by.
#ifndef PERIGEE_DIAGNOSTICS_ESCAPE_FORECAST_HPP
#define PERIGEE_DIAGNOSTICS_ESCAPE_FORECAST_HPP

#include <perigee/diagnostics/detector.hpp>
#include <perigee/diagnostics/gravity_well.hpp>
#include <perigee/diagnostics/recorded_policies.hpp>
#include <perigee/diagnostics/spectrum.hpp>

#include <span>

namespace perigee {

inline constexpr double saddle_departure_share = 0.01;  // D over what is left

/// From now on, in iterations; NaN: no forecast. Infinite: it does not leave by itself.
struct EscapeForecast {
  double remaining = not_measured;
  double lower = not_measured;  // nominal 90% interval
  double upper = not_measured;
};

/// How far a value can still fall: down to the optimal value or a known lower bound; the range of the values recorded,
/// where none is known.
double value_left(const Trajectory& trajectory, double level);

/// What a saddle does to gradient steps; see above for the symbols.
struct SaddleState {
  double curvature = 0.0;        // lambda < 0
  double curvature_error = 0.0;  // its residual, >= 0
  double slope = 0.0;            // |v'g| >= 0
  double greatest_slope = 0.0;   // the same, if all directions that may lead down counted; >= slope
  double step_size = 0.0;        // eta > 0
  double departure = 0.0;        // D > 0
};
EscapeForecast forecast_saddle(const SaddleState& saddle);

/// From recorded gradient norms that grow: `log_norm` over `time` in iterations, up to now. NaN with fewer than 6
/// points or without growth at 95%. O(m^2 log m).
EscapeForecast forecast_growth(std::span<const double> time, std::span<const double> log_norm, double step_size,
                               double departure);

/// From the policies of rows [first, now] in a well of a softmax policy gradient: `time` in iterations, one policy a
/// row. Left where (pi* - pi)'r < threshold. NaN with fewer than 9 rows.
EscapeForecast forecast_well(std::span<const double> time, std::span<const std::vector<double>> policies,
                             const std::vector<double>& rewards, double learning_rate, double threshold);

/// Adds to a finding in which the run ended `remaining_forecast`, `remaining_lower` and `remaining_upper`, to one that
/// was left `forecast_exit`, `forecast_exit_lower`, `forecast_exit_upper`, `actual_exit` and `forecast_ratio` (of the
/// times from the forecast on), with a sentence each. Near a saddle only for steps that are a learning rate times the
/// gradient. A well: softmax policies with recorded step sizes, `band` that of GravityWellOptions; returns whether
/// there is a forecast.
bool add_well_forecast(const Trajectory& trajectory, const RecordedPolicies& policies, const GravityWell& well,
                       double band, Finding& finding);
/// A saddle x at the end of a run, of the given spectrum. Cost: one gradient.
void add_saddle_forecast(const Trajectory& trajectory, const Objective& objective, ConstVectorView x,
                         const Spectrum& spectrum, Finding& finding);

/// The same for a plateau at the end and for saddle passages. Runs after the detectors of these findings. Cost: one
/// gradient and at most saddle_passage.max_products products for each of the first saddle_passage.most_judged passages.
void detect_escape_forecast(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
