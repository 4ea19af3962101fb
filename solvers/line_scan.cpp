#include <perigee/solvers/line_scan.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace perigee {

namespace {

constexpr int greatest_halvings = 60;
constexpr int greatest_doublings = 60;

class Values {
 public:
  Values(Oracle& oracle, ConstVectorView x, ConstVectorView direction, VectorView trial)
      : oracle_(oracle), x_(x), direction_(direction), trial_(trial) {}
  // f(x + step d); infinity where it is not finite.
  double at(double step) {
    trial_ = x_ + step * direction_;
    const double value = oracle_.value(trial_);
    return std::isfinite(value) ? value : std::numeric_limits<double>::infinity();
  }

 private:
  Oracle& oracle_;
  ConstVectorView x_;
  ConstVectorView direction_;
  VectorView trial_;
};

}  // namespace

ScanResult nearest_valley(Oracle& oracle, ConstVectorView x, double value, ConstVectorView direction,
                          double first_length, VectorView trial) {
  Values values(oracle, x, direction, trial);
  double length = first_length;
  for (int halving = 0; halving < greatest_halvings; ++halving, length *= 0.5) {
    const double forward = values.at(length);
    const double backward = values.at(-length);
    if (!(std::min(forward, backward) < value)) continue;
    ScanResult best{forward <= backward ? length : -length, std::min(forward, backward)};
    // After a halving the doubled length is known to be no better.
    for (int doubling = 0; halving == 0 && doubling < greatest_doublings; ++doubling) {
      const double farther = values.at(2.0 * best.step);
      if (!(farther < best.value)) break;
      best = {2.0 * best.step, farther};
    }
    return best;
  }
  return {0.0, value};
}

ScanResult lowest_on_grid(Oracle& oracle, ConstVectorView x, double value, ConstVectorView direction,
                          double first_length, double ratio, int count, ScanSides sides, double slope,
                          VectorView trial) {
  Values values(oracle, x, direction, trial);
  ScanResult best{0.0, value};
  double best_surplus = 0.0;
  double length = first_length;
  for (int i = 0; i < count; ++i, length *= ratio) {
    for (const double step : {length, -length}) {
      if (step < 0.0 && sides == ScanSides::forward) continue;
      const double here = values.at(step);
      const double surplus = (value - here) - 2.0 * slope * length;
      if (!(surplus > best_surplus)) continue;
      best_surplus = surplus;
      best = {step, here};
    }
  }
  return best;
}

}  // namespace perigee
