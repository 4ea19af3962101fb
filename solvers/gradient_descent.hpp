// Gradient descent, x_{k+1} = x_k - eta_k grad f(x_k), with any learning rate or line search.
#ifndef PERIGEE_SOLVERS_GRADIENT_DESCENT_HPP
#define PERIGEE_SOLVERS_GRADIENT_DESCENT_HPP

#include <perigee/lib/line_search.hpp>
#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>

#include <optional>

namespace perigee {

/// How far: either a learning rate or a line search. Exactly one is set.
struct GradientDescentOptions {
  std::optional<Schedule> learning_rate{};  // eta_k; <= 1/l for descent on an l-smooth function
  line_searches::Pointer line_search{};     // along -grad f
  double initial_step = 0.0;                // first trial of the first line search; 0: 1/||grad f(x_0)||_2
};

/// Gradient descent.
///
/// With eta = 1/l: f(x_{k+1}) <= f(x_k) - ||grad f(x_k)||^2/(2l), so min_{k<T} ||grad f(x_k)|| <= eps after
/// T = 2 l (f(x_0) - f*)/eps^2 steps (Nesterov 2018, section 1.2.3). It guarantees a first-order stationary
/// point only, and never leaves an exact one.
/// Later line searches start from alpha_{k-1} phi'_{k-1}(0)/phi'_k(0) (Nocedal and Wright 2006, section 3.5).
/// Cost of a step: one gradient with a learning rate; one gradient a trial with a line search.
class GradientDescent final : public Solver {
 public:
  /// Throws std::invalid_argument unless exactly one of learning_rate and line_search is set.
  explicit GradientDescent(GradientDescentOptions options);
  std::string name() const override { return "gradient-descent"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  GradientDescentOptions options_;
};

namespace solvers {
struct Entry;
Entry gradient_descent();  // "gradient-descent"
}  // namespace solvers

}  // namespace perigee

#endif
