#include <perigee/diagnostics/reproduce/softmax_flow.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace perigee::reproduce {
namespace {

constexpr double longest_arc = 1e4;
constexpr int bisections = 50;  // of the last step: to rounding

class Flow {
 public:
  Flow(const problems::Arms& arms, ConstVectorView theta)
      : arms_(arms), theta_(theta), stage_(theta.size()), pi_(theta.size()), slopes_{stage_, stage_, stage_, stage_} {}

  double best_probability() {
    transforms::softmax(theta_.view(), pi_.view());
    return pi_[arms_.best()];
  }

  // One Runge-Kutta step of length ds; the time it takes.
  double advance(double ds) {
    std::array<double, 4> rates{};  // dt/ds at the four stages
    constexpr std::array<double, 4> places{0.0, 0.5, 0.5, 1.0};
    for (std::size_t i = 0; i < 4; ++i) {
      for (Index a = 0; a < theta_.size(); ++a) {
        stage_[a] = theta_[a] + (i == 0 ? 0.0 : places[i] * ds * slopes_[i - 1][a]);
      }
      rates[i] = slope(slopes_[i]);
    }
    for (Index a = 0; a < theta_.size(); ++a) {
      theta_[a] += ds / 6.0 * (slopes_[0][a] + 2.0 * slopes_[1][a] + 2.0 * slopes_[2][a] + slopes_[3][a]);
    }
    return ds / 6.0 * (rates[0] + 2.0 * rates[1] + 2.0 * rates[2] + rates[3]);
  }

  const Vector& theta() const { return theta_; }
  void return_to(const Vector& theta) { theta_ = theta; }

 private:
  // The unit velocity at the stage; 1/||v||.
  double slope(Vector& unit) {
    transforms::softmax(stage_.view(), pi_.view());
    const Index reference = std::max_element(pi_.begin(), pi_.end()) - pi_.begin();
    double shortfall = 0.0;  // sum_b pi_b (r_m - r_b), without cancellation near the corner of m
    for (Index b = 0; b < pi_.size(); ++b) shortfall += pi_[b] * (arms_.reward(reference) - arms_.reward(b));
    double largest = 0.0;
    for (Index a = 0; a < pi_.size(); ++a) {
      unit[a] = pi_[a] * (shortfall - (arms_.reward(reference) - arms_.reward(a)));
      largest = std::max(largest, std::abs(unit[a]));
    }
    for (double& element : unit.view()) element /= largest;
    return 1.0 / largest;
  }

  const problems::Arms& arms_;
  Vector theta_;
  Vector stage_;
  Vector pi_;
  std::array<Vector, 4> slopes_;
};

}  // namespace

double softmax_flow_time(const problems::Arms& arms, ConstVectorView theta, double probability, double ds) {
  Flow flow(arms, theta);
  if (flow.best_probability() >= probability) return 0.0;
  double time = 0.0;
  for (double arc = 0.0; arc < longest_arc; arc += ds) {
    const Vector before = flow.theta();
    const double spent = flow.advance(ds);
    if (!std::isfinite(spent)) break;
    if (flow.best_probability() < probability) {
      time += spent;
      continue;
    }
    double inside = 0.0;
    double outside = ds;
    for (int i = 0; i < bisections; ++i) {
      const double middle = 0.5 * (inside + outside);
      flow.return_to(before);
      flow.advance(middle);
      (flow.best_probability() < probability ? inside : outside) = middle;
    }
    flow.return_to(before);
    return time + flow.advance(outside);
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace perigee::reproduce
