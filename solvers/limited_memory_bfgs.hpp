// The limited-memory BFGS method: a line search along d = -H g, H the inverse Hessian approximation that the last m
// steps and gradient changes define.
#ifndef PERIGEE_SOLVERS_LIMITED_MEMORY_BFGS_HPP
#define PERIGEE_SOLVERS_LIMITED_MEMORY_BFGS_HPP

#include <perigee/lib/line_search.hpp>
#include <perigee/lib/solver.hpp>

namespace perigee {

struct LimitedMemoryBfgsOptions {
  Index memory = 10;                     // m >= 1: pairs kept
  line_searches::Pointer line_search{};  // along d; nothing: more_thuente()
  double initial_step = 0.0;             // first trial along -grad f; 0: min(1, max(1, ||x||_inf)/||grad f||_inf)
};

/// L-BFGS: Nocedal and Wright (2006), algorithms 7.4 (two-loop recursion) and 7.5, with the scaling
/// H_0 = (s'y/y'y) I of eq. (7.20), s = x_{k+1} - x_k, y = grad f(x_{k+1}) - grad f(x_k).
///
/// A pair is kept only if s'y > 1e-10 ||s|| ||y||, so that H stays positive definite. Where the search along d fails,
/// or d is no descent direction, the pairs are forgotten and the search is repeated along -grad f; a search that fails
/// there ends the run as a breakdown. It guarantees a first-order stationary point only, and never leaves an exact one.
/// The first trial of a search is 1, or `initial_step` where there are no pairs.
/// Cost of a step: one gradient a trial (about 1.1 to 1.5 on average), and 4 m + O(1) passes over vectors of length n.
/// Storage: 2 (m + 1) + 5 vectors. It draws no random numbers.
class LimitedMemoryBfgs final : public Solver {
 public:
  /// Throws std::invalid_argument unless memory >= 1 and initial_step >= 0 and finite.
  explicit LimitedMemoryBfgs(LimitedMemoryBfgsOptions options = {});
  std::string name() const override { return "limited-memory-bfgs"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  LimitedMemoryBfgsOptions options_;
};

namespace solvers {
struct Entry;
Entry limited_memory_bfgs();  // "limited-memory-bfgs"
}  // namespace solvers

}  // namespace perigee

#endif
