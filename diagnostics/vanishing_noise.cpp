#include <perigee/diagnostics/vanishing_noise.hpp>

#include <perigee/diagnostics/series.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <string>

namespace perigee {

namespace {

// From where on a quantity is never more than that; its last time if it is so only there.
Index first_below(const Series& series, double level) {
  std::size_t first = series.size() - 1;
  while (first > 0 && series.value[first - 1] <= level) --first;
  return static_cast<Index>(series.time[first]);
}

// A fall at one rate that came so far in half of the run goes by orders of magnitude in an eighth of it.
bool is_level_at_end(const Series& series) {
  const double last = series.time.back();
  const double eighth = 0.125 * (last - series.time.front());
  return median_of(window_of(series, last - eighth, last).value) >=
         0.5 * median_of(window_of(series, last - 2.0 * eighth, last - eighth).value);
}

// f - b; empty where nothing says what b is.
Series excess_of(const Trajectory& trajectory) {
  Series values = value_series(trajectory);
  if (values.empty()) return values;
  const ValueBound bound = value_bound(trajectory, values);
  if (!bound.is_known() && *std::min_element(values.value.begin(), values.value.end()) < 0.0) return {};
  if (!bound.is_known()) return values;
  for (double& value : values.value) value -= bound.value;
  return values;
}

}  // namespace

std::optional<Finding> find_vanished_noise(const Trajectory& trajectory, Index first,
                                           const NoiseFloorOptions& options) {
  const Series gradients = gradient_norm_series(trajectory);
  const bool has_gradients = !gradients.empty() && gradients.time.back() >= static_cast<double>(first);
  const Series series = has_gradients ? gradients : excess_of(trajectory);
  if (series.empty() || series.time.back() < static_cast<double>(first)) return std::nullopt;
  const double from =
      has_gradients ? *std::max_element(series.value.begin(), series.value.end()) : series.value.front();
  const double level = median_of(window_of(series, static_cast<double>(first), series.time.back()).value);
  const double most = has_gradients ? options.vanished : options.vanished * options.vanished;
  if (!(from > 0.0) || !(level <= most * from) || !is_level_at_end(series)) return std::nullopt;

  Finding finding;
  finding.id = "rounding-floor";
  finding.first = first_below(series, most * from);
  finding.last = trajectory.records.back().iteration;
  finding.severity = Severity::information;
  finding.certainty = Certainty::likely;
  finding.evidence = {{has_gradients ? "gradient_fall" : "value_fall", level / from, "1", Comparison::at_most, most},
                      {"level", level, has_gradients ? "value per unit of x" : "value"}};
  finding.message = (has_gradients ? "The gradient norms, noise included, have" : "The value has") +
                    std::string(" fallen to ") + format_number(level, 2) + ", " + format_number(level / from, 2) +
                    " of the " + (has_gradients ? "largest" : "first") +
                    ": the noise vanished with the gradient, as where every example can be fitted exactly, and what is "
                    "left is rounding.";
  finding.recommendation = "Further iterations change nothing; stop here.";
  finding.counterevidence = "A value that falls further at the same learning rate over a longer run.";
  return finding;
}

}  // namespace perigee
