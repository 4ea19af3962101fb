// Perturbed gradient descent whose perturbations avoid where the run has been.
#ifndef PERIGEE_SOLVERS_OCCUPATION_TIME_PERTURBED_GRADIENT_DESCENT_HPP
#define PERIGEE_SOLVERS_OCCUPATION_TIME_PERTURBED_GRADIENT_DESCENT_HPP

#include <perigee/solvers/perturbed_gradient_descent.hpp>

namespace perigee {

/// How strongly a perturbation is drawn away from where the run has been.
struct OccupationTime {
  double exponent = 2.0;  // alpha > 0 of the weight w(n) = 1 + n^alpha
  Index window = 100;     // iterates remembered, >= 1: the last ones whose gradient was small
};

/// Algorithm 2 of Jin et al. (2017) with another law of the perturbation: a reconstruction of the idea of Guo, Han,
/// Tajrobehkar and Tang (2020), "Perturbed gradient descent with occupation time"; no claim of fidelity to their
/// algorithm is made. xi = (+-|u_1|, ..., +-|u_n|) with u uniform in B(0, r) and independent signs,
///
///     P(xi_i > 0) = w(L_i)/(w(L_i) + w(R_i)),  L_i = #{s: x_s,i < x_t,i},  R_i = #{s: x_s,i > x_t,i},  w(n) = 1 +
///     n^alpha
///
/// over the `window` last iterates x_s, s < t, with ||grad f(x_s)|| <= g_thres. Where they lie evenly on both sides, or
/// there are none, xi is uniform in the ball. The density of xi is between prod_i 2/(2 + window^alpha) and 2^n times
/// that of the uniform law, so that whatever the uniform law reaches stays within reach.
/// No theorem is known to hold for this law: whatever the parameters, the return is evidence, no proof.
/// Memory: window n numbers. Cost of a step: one gradient, two where it perturbs.
class OccupationTimePerturbedGradientDescent final : public Solver {
 public:
  /// Throws std::invalid_argument on parameters out of range.
  explicit OccupationTimePerturbedGradientDescent(PerturbedParameters parameters, OccupationTime occupation = {});
  std::string name() const override { return "occupation-time-perturbed-gradient-descent"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  PerturbedParameters parameters_;
  OccupationTime occupation_;
};

namespace solvers {
Entry occupation_time_perturbed_gradient_descent();  // "occupation-time-perturbed-gradient-descent"
}  // namespace solvers

}  // namespace perigee

#endif
