// A recorded quantity as a curve: finite points in the order of iterations, and the bound it is measured from.
//
// Curves of a run are read on two logarithmic axes: log time u = log(1 + (t - t_0)/d), with t_0 the first
// iteration and d the usual spacing of the records, and log excess z = log(f - b), with b a value that f
// cannot fall below. The slope p = -dz/du is the exponent of f - b ~ t^-p; it has no unit and depends on
// neither the scale of f nor that of time.
#ifndef PERIGEE_DIAGNOSTICS_SERIES_HPP
#define PERIGEE_DIAGNOSTICS_SERIES_HPP

#include <perigee/lib/trajectory.hpp>

#include <string_view>
#include <vector>

namespace perigee {

struct Series {
  std::vector<double> time;    // in iterations, strictly increasing
  std::vector<double> value;   // finite
  std::vector<double> rows{};  // how many rows of the log each point stands for; empty: one each
  std::size_t size() const { return time.size(); }
  bool empty() const { return time.empty(); }
};

/// f(x_k), ||grad f(x_k)||_2, or one column, over the iterations; points that are not finite are left out, and so
/// are records whose iteration does not exceed the one before (a log that was started again). O(records).
Series value_series(const Trajectory& trajectory);
Series gradient_norm_series(const Trajectory& trajectory);
Series column_series(const Trajectory& trajectory, const Column& column);

/// The largest value among the rows behind each record; value_series where every record is a row.
Series largest_value_series(const Trajectory& trajectory);

/// The points with first <= time <= last.
Series window_of(const Series& series, double first, double last);

/// u at every point, see above; 0 at the first one.
std::vector<double> log_time_of(const Series& series);

enum class BoundSource {
  optimal_value,     // f* is known
  lower_bound,       // a lower bound is known
  nonnegative_loss,  // probabilities of the right class are recorded, no value is negative: 0
  extrapolated,      // nothing is known: a tenth of the range below the best value
};

/// "the optimal value", "the known lower bound", "zero, as for a loss over classes", "an extrapolated bound".
std::string_view name_of(BoundSource source);

/// What the excess is measured from.
struct ValueBound {
  double value = 0.0;
  BoundSource source = BoundSource::extrapolated;
  bool is_known() const { return source != BoundSource::extrapolated; }
};

/// The best bound there is. Extrapolated: f_best - max(0.1 (f_worst - f_best), 15 sigma, 1e-3 |f_best|, smallest
/// normal), with f_best and f_worst the 1st and 99th hundredth of the values, each counted as often as it has rows
/// behind it (their extremes if fewer than 200 are recorded), and sigma the noise of the records: above a bound much
/// nearer than that, noise alone is as large as the excess, and no course could be read off it.
ValueBound value_bound(const Trajectory& trajectory, const Series& values);

/// z at every point; an excess below the rounding error of f, 4 eps max|f| (for b = 0: 1e-300), counts as that.
std::vector<double> log_excess_of(const Series& values, const ValueBound& bound);

/// The noise of a recorded curve, taken for an autoregressive process of first order upon a smooth course.
struct RecordNoise {
  double deviation = 0.0;    // standard deviation
  double correlation = 0.0;  // rho, of neighbouring records, in [0, 0.98]
};

/// From the first differences less their running median over 21 of them, d: median |d|/0.6745 is
/// sqrt(2 (1 - rho)) standard deviations, and the correlation of neighbouring d is -(1 - rho)/2. A smooth curve has a
/// positive one, which no such noise has; then there is no noise to speak of, and both are 0. Spikes count for no more
/// than four deviations. Of the last 20000 values. O(n).
RecordNoise noise_of(const std::vector<double>& values);

/// The middle value (mean of the two middle ones); NaN for none. O(n).
double median_of(std::vector<double> values);

}  // namespace perigee

#endif
