// One run of gradient descent as the papers' experiments need it: the iterate, its value, and steps of a given rate.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_ASCENT_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_ASCENT_HPP

#include <perigee/lib/objective.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace perigee::reproduce {

/// theta <- theta - rate grad f(theta) on an objective f that is a sub-optimality or a loss: ascent of the reward.
/// `step` is one gradient; nothing is allocated or recorded, so that millions of short runs are affordable.
class Ascent {
 public:
  /// The objective must outlive the run.
  Ascent(const Objective& objective, Vector start)
      : objective_(&objective), theta_(std::move(start)), gradient_(theta_.size()) {
    evaluate();
  }

  ConstVectorView theta() const { return theta_.view(); }
  ConstVectorView gradient() const { return gradient_.view(); }
  double value() const { return value_; }  // f(theta)
  Index steps() const { return steps_; }   // taken so far

  void step(double rate) {
    for (Index a = 0; a < theta_.size(); ++a) theta_[a] -= rate * gradient_[a];
    ++steps_;
    evaluate();
  }

  /// The same, but an element that would change its sign becomes 0: the repair of p = 1, see mei_2020_theorem_2.cpp.
  void step_clipped(double rate) {
    for (Index a = 0; a < theta_.size(); ++a) {
      const double next = theta_[a] - rate * gradient_[a];
      theta_[a] = next * theta_[a] < 0.0 ? 0.0 : next;
    }
    ++steps_;
    evaluate();
  }

  /// The same with one rate for each of `rates.size()` blocks of equal length: a state's parameters each.
  void step_by_blocks(ConstVectorView rates) {
    const Index length = theta_.size() / rates.size();
    for (Index i = 0; i < theta_.size(); ++i) theta_[i] -= rates[i / length] * gradient_[i];
    ++steps_;
    evaluate();
  }

  /// For objectives that depend on theta up to scale only (the escort's), whose norm grows for ever: divides theta by
  /// its largest element if that is above 1e100. Rates that are proportional to ||theta||^2 are not affected.
  void renormalize() {
    double largest = 0.0;
    for (const double element : theta_) largest = std::max(largest, std::abs(element));
    if (largest <= 1e100) return;
    for (Index a = 0; a < theta_.size(); ++a) theta_[a] /= largest;
    evaluate();
  }

 private:
  void evaluate() { value_ = objective_->value_and_gradient(theta_.view(), gradient_.view()); }

  const Objective* objective_;
  Vector theta_;
  Vector gradient_;
  double value_ = 0.0;
  Index steps_ = 0;
};

}  // namespace perigee::reproduce

#endif
