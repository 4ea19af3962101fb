// The diagnosis-driven solver: it watches its own run and applies the remedy that fits what it sees.
//
//     what is seen                                     remedy
//     nothing wrong                                    L-BFGS with a More-Thuente line search
//     ||g|| <= eps_g, negative curvature (Lanczos)     `negative-curvature-step`: into the valley along it
//     ||g|| <= eps_g, curvature 0 within its bracket   `long-step`: values far along +-(the flattest direction), -g,
//     the
//                                                      natural gradient where the landscape has one, and random
//                                                      directions; a lower place that eps_g does not account for is
//                                                      gone to: plateaus, gravity wells, degenerate saddles
//     values and gradients stand still (an octave      `second-order-steps`: trust-region Newton-CG instead of L-BFGS,
//     of iterations, see progress_monitor.hpp), or     and back by the same rule
//     a line search that finds no step
//     ||g|| <= eps_g, and no remedy finds a way down   the end, with the certificate that there is, and what is missing
#ifndef PERIGEE_SOLVERS_GUIDED_GUIDED_HPP
#define PERIGEE_SOLVERS_GUIDED_GUIDED_HPP

#include <perigee/diagnostics/online/progress_monitor.hpp>
#include <perigee/lib/solver.hpp>
#include <perigee/solvers/curvature_probe.hpp>

namespace perigee {

struct GuidedOptions {
  // The gradient tolerance is relative here: ||grad f||_2 <= eps_g (1 + |f|) is stationary.
  SecondOrderCriterion criterion{};
  Index memory = 10;        // of L-BFGS, >= 1
  Index max_escapes = 100;  // remedies that leave a stationary point, before giving up, >= 0
  ProgressMonitorOptions monitor{};
};

/// Ends only as "second-order-stationary" at (eps_g, eps_H) with its probability, as "first-order-stationary" with what
/// is missing to more, or as a breakdown; it never says minimum. What it decided, when and why is in decisions().
/// Cost: L-BFGS's (about 1.1 to 1.5 gradients an iteration); at a stationary point a probe of at most probe_products
/// Hessian-vector products; about 10 values where it leaves along negative curvature; up to 90 values where the
/// curvature is 0 within its bracket. Random draws: streams "lanczos" and "long-step", counter k.
class Guided final : public Solver {
 public:
  /// Throws std::invalid_argument if an option is out of range.
  explicit Guided(GuidedOptions options = {});
  std::string name() const override { return "guided"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  GuidedOptions options_;
};

namespace solvers {
struct Entry;
Entry guided();  // "guided"
}  // namespace solvers

}  // namespace perigee

#endif
