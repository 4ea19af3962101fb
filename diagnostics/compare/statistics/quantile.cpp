#include <perigee/diagnostics/compare/statistics/quantile.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee::statistics {

namespace {

// Where in order a quantile lies: between two neighbours.
struct Place {
  Place(std::size_t count, double part) {
    const double place = part * static_cast<double>(count - 1);
    below = static_cast<std::size_t>(place);
    above = std::min(below + 1, count - 1);
    rest = place - static_cast<double>(below);
  }

  double between(double first, double second) const {
    // Equal neighbours are not interpolated: of two infinities that would make a NaN of 0 times infinity.
    if (rest == 0.0 || first == second) return first;
    return (1.0 - rest) * first + rest * second;
  }

  std::size_t below = 0;
  std::size_t above = 0;
  double rest = 0.0;
};

}  // namespace

double quantile(std::vector<double> sample, double part) {
  if (sample.empty()) return std::numeric_limits<double>::quiet_NaN();
  const Place place(sample.size(), part);
  const auto below = sample.begin() + static_cast<std::ptrdiff_t>(place.below);
  std::nth_element(sample.begin(), below, sample.end());
  return place.between(*below, place.above == place.below ? *below : *std::min_element(below + 1, sample.end()));
}

double quantile_of_sorted(std::span<const double> sorted, double part) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const Place place(sorted.size(), part);
  return place.between(sorted[place.below], sorted[place.above]);
}

}  // namespace perigee::statistics
