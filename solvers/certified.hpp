// Any solver, with the second-order question asked before it may say that it is done.
#ifndef PERIGEE_SOLVERS_CERTIFIED_HPP
#define PERIGEE_SOLVERS_CERTIFIED_HPP

#include <perigee/lib/solver.hpp>
#include <perigee/solvers/curvature_probe.hpp>

#include <memory>
#include <string>

namespace perigee {

struct CertifiedOptions {
  SecondOrderCriterion criterion{};
  Index max_escapes = 100;  // saddles to leave before giving up, >= 0
};

/// "When you think you are done, look for negative curvature; if there is some, leave along it and go on."
///
/// The inner solver runs until an iterate has ||grad f|| <= eps_g, or until it says itself that it has converged. Then
/// the curvature is probed (see curvature_probe.hpp): where it is negative, the iterate jumps along the direction
/// found, into the valley next to it (see line_scan.hpp), and the inner solver starts anew from there. Otherwise the
/// run ends: "second-order-stationary" at (eps_g, eps_H) with probability >= 1 - eta, or "first-order-stationary", not
/// certified. Where the inner solver was content with a larger gradient, its own End stands. It never says minimum. A
/// breakdown of the inner solver is passed on. Cost beyond the inner solver's: at most probe_products Hessian-vector
/// products a probe, and about 10 values a jump.
class Certified final : public Solver {
 public:
  /// Throws std::invalid_argument if there is no inner solver or an option is out of range.
  explicit Certified(std::shared_ptr<const Solver> inner, CertifiedOptions options = {});
  std::string name() const override { return "certified(" + inner_->name() + ")"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  std::shared_ptr<const Solver> inner_;
  CertifiedOptions options_;
};

/// certified(GradientDescent({.learning_rate = 0.1}))
template <class Inner>
Certified certified(Inner inner, CertifiedOptions options = {}) {
  return Certified(std::make_shared<Inner>(std::move(inner)), options);
}

namespace solvers {
struct Entry;
/// The entry of "certified(NAME)" made of that of NAME.
Entry certified(Entry inner);
}  // namespace solvers

}  // namespace perigee

#endif
