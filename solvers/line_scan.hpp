// Looking along +-d by values alone: the nearest valley that a direction of descent leads into, and the lowest point
// of a grid of lengths where the slope at x no longer says anything.
#ifndef PERIGEE_SOLVERS_LINE_SCAN_HPP
#define PERIGEE_SOLVERS_LINE_SCAN_HPP

#include <perigee/lib/oracle.hpp>

namespace perigee {

/// A point x + step d below x, as far as values tell.
struct ScanResult {
  double step = 0.0;   // of either sign; 0: no lower value found
  double value = 0.0;  // f(x + step d); f(x) where step is 0
};

/// A step into the valley next to x along +-d: from `first_length` the length is halved, to both sides, until a value
/// is below `value` = f(x), or doubled on the lower side as long as the values fall; not finite counts as higher.
/// `direction` is a unit vector, `first_length` > 0. At most 2 x 60 values; 5 to 10 where the first length is of the
/// valley's size. `trial` (length n) is scratch.
ScanResult nearest_valley(Oracle& oracle, ConstVectorView x, double value, ConstVectorView direction,
                          double first_length, VectorView trial);

/// The length l of the grid first_length ratio^j, j = 0, ..., count - 1, whose value lies farthest below the line
/// value - 2 slope l, on the sides asked for: the lowest place that a slope of that size does not account for.
/// `slope` >= 0, ratio > 1. count values a side.
enum class ScanSides { forward, both };
ScanResult lowest_on_grid(Oracle& oracle, ConstVectorView x, double value, ConstVectorView direction,
                          double first_length, double ratio, int count, ScanSides sides, double slope,
                          VectorView trial);

}  // namespace perigee

#endif
