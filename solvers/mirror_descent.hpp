// Mirror descent: gradient steps in dual coordinates, where the constraints are out of the way.
//
//     x_{k+1} = argmin_x g_k'x + D(x, x_k)/eta_k,  i.e.  z_{k+1} = z_k - eta_k grad f(x_k),  z = grad psi(x)
//
// Nemirovski and Yudin (1983); Beck and Teboulle (2003), "Mirror descent and nonlinear projected subgradient methods
// for convex optimization". On the simplex with the negative entropy it is x_a ~ x_a exp(-eta g_a), multiplicative
// weights, which for a bandit is the natural policy gradient.
#ifndef PERIGEE_SOLVERS_MIRROR_DESCENT_HPP
#define PERIGEE_SOLVERS_MIRROR_DESCENT_HPP

#include <perigee/lib/schedule.hpp>
#include <perigee/lib/solver.hpp>
#include <perigee/solvers/mirror_map.hpp>

namespace perigee {

struct MirrorDescentOptions {
  Schedule learning_rate;  // eta_k
  MirrorMap map;           // see mirror_maps
  double tolerance = 0.0;  // >= 0: the run converged where the map's stationarity is at most this; 0: it never ends
};

/// Mirror descent.
///
/// If f is L-smooth relative to psi (L psi - f convex) and eta <= 1/L, every step descends; if f is convex too,
/// f(x_K) - f(y) <= D(y, x_0)/(eta K) for every y of the domain (Lu, Freund and Nesterov 2018, "Relatively smooth
/// convex optimization by first-order methods", theorem 3.1). A linear f has L = 0, so any eta will do: on the simplex
/// of K arms from the uniform point (pi* - pi_T)'r <= ln K/(eta T). Where f is not convex the limit is a first-order
/// stationary point under the domain's constraints, at most. The dual point is part of the state: a coordinate of x
/// that underflows is not lost. The record's step_size is NaN: x does not move along the gradient. Cost of a step: one
/// gradient.
class MirrorDescent final : public Solver {
 public:
  /// Throws std::invalid_argument if the map lacks to_dual or to_primal, or the tolerance is not >= 0 and finite, or
  /// > 0 with a map that does not measure stationarity.
  explicit MirrorDescent(MirrorDescentOptions options);
  std::string name() const override { return "mirror-descent"; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  bool ends_itself() const override { return options_.tolerance > 0.0; }
  /// Throws std::invalid_argument also if x0 is not in the map's domain.
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  MirrorDescentOptions options_;
};

namespace solvers {
struct Entry;
Entry mirror_descent();  // "mirror-descent"
}  // namespace solvers

}  // namespace perigee

#endif
