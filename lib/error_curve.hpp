// Error curves on logarithmic scales, and the slope of their lowest straight stretch above rounding.
//
// Part of the derivative checker: see derivative_check.hpp for what the slopes mean.
#ifndef PERIGEE_LIB_ERROR_CURVE_HPP
#define PERIGEE_LIB_ERROR_CURVE_HPP

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace perigee::detail {

/// One error as a function of h along one direction.
struct Curve {
  std::vector<double> error;
  std::vector<double> rounding;  // estimated, of the same entry
  void add(double error_value, double rounding_value) {
    error.push_back(error_value);
    rounding.push_back(rounding_value);
  }
  /// Whether entry i is finite and at least 50 times its rounding: then at most 2% of it is rounding.
  bool is_clear(std::size_t i) const;
};

/// A part of a curve and the line fitted to it, on logarithmic scales.
struct Stretch {
  double slope = std::numeric_limits<double>::infinity();     // infinite: nothing rises clearly above rounding
  double residual = std::numeric_limits<double>::infinity();  // root mean square, in decades
  std::size_t begin = 0;                                      // of the steps it was fitted to
  std::size_t end = 0;
  /// Bent by less than 0.06 decades. A curve that turns from slope 1 to 2 within the stretch has about 0.05, one
  /// with a zero of the error in it more than 0.1.
  bool is_straight_stretch() const;
  bool is_bent() const { return std::isfinite(slope) && !is_straight_stretch(); }
};

/// The lowest straight stretch above rounding: at most a decade long, at least half of one; the least bent of the
/// lowest two decades if none is straight. An error that rises above rounding in the last decade only has none: all
/// it shows there is how far from linear f is. `steps` are increasing, `steps_per_decade` to a decade.
Stretch lowest_stretch(const std::vector<double>& steps, const Curve& curve, int steps_per_decade);

/// Another curve over the same steps as `other`; its own lowest stretch where it is not clear of rounding there.
Stretch stretch_beside(const Stretch& other, const std::vector<double>& steps, const Curve& curve,
                       int steps_per_decade);

}  // namespace perigee::detail

#endif
