// A readable axis: which numbers to write at it, and where a value lies along it.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_AXIS_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_AXIS_HPP

#include <perigee/diagnostics/report/chart.hpp>

#include <string>
#include <vector>

namespace perigee {

struct AxisTick {
  double position = 0.0;  // in [0, 1] along the axis
  std::string label;      // UTF-8 text, not markup
};

class Axis {
 public:
  /// From `low` to `high` (finite; positive for a logarithmic one, >= 0 for one from zero), with at most `most_ticks`
  /// >= 2 round numbers at it. An axis without extent is widened around its value.
  Axis(double low, double high, AxisScale scale, int most_ticks);

  /// In [0, 1] for values on the axis; NaN for NaN.
  double position(double value) const;
  const std::vector<AxisTick>& ticks() const { return ticks_; }

  /// The same axis with a part of its length added at either end, so that extremes do not touch the frame.
  static Axis padded(double low, double high, AxisScale scale, int most_ticks, double padding = 0.04);

 private:
  struct Drawn {};  // low and high as they are drawn: logarithms on a logarithmic scale
  Axis(Drawn, double low, double high, AxisScale scale, int most_ticks);
  void place_linear_ticks(int most_ticks);
  void place_logarithmic_ticks(int most_ticks);
  void place_ticks_from_zero(int most_ticks);

  double low_;
  double high_;
  AxisScale scale_;
  std::vector<AxisTick> ticks_;
};

/// A number at an axis: "0.25", "20 000", "5×10⁻⁷"; `digits` significant ones.
std::string axis_label(double value, int digits = 6);

}  // namespace perigee

#endif
