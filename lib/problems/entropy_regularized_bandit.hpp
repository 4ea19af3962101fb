// A softmax bandit that is paid for randomness too: the temperature puts a finite minimum where the well was.
//
//     f(theta) = sum_a pi_a (r* - r_a) + tau sum_a pi_a ln pi_a - min = tau KL(pi, q),   pi = softmax(theta), q ~
//     exp(r/tau) df/dtheta_a = pi_a A_a,  A_a = tau (d_a - pi'd),  d = ln pi - ln q (H v)_a = pi_a ((A_a + tau) w_a -
//     sum_b pi_b A_b w_b),  w_a = v_a - pi'v
//
// Mei, Xiao, Szepesvari and Schuurmans (2020b), "On the global convergence rates of softmax policy gradient methods",
// section 4; natural gradient A (Cen et al. 2022): theta - eta A is pi_a ~ pi_a^{1 - eta tau} exp(eta r_a), which
// contracts d, up to a common constant, by exactly 1 - eta tau a step.
//
// Stationary are the minimizers theta = r/tau + c only, one for every constant c: f* = 0.
#ifndef PERIGEE_LIB_PROBLEMS_ENTROPY_REGULARIZED_BANDIT_HPP
#define PERIGEE_LIB_PROBLEMS_ENTROPY_REGULARIZED_BANDIT_HPP

#include <perigee/lib/natural_gradient.hpp>
#include <perigee/lib/problems/bandit.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <vector>

namespace perigee::problems {

/// Gradients and product are O(K) and allocate nothing.
class EntropyRegularizedBandit final : public NaturalGradientObjective {
 public:
  /// Throws std::invalid_argument if there is no reward, one is not finite, or the temperature tau is not > 0 and
  /// finite.
  EntropyRegularizedBandit(std::vector<double> rewards, double temperature);

  Index dimension() const override { return arms_.count(); }
  double value_and_gradient(ConstVectorView theta, VectorView gradient) const override;
  double value_and_gradients(ConstVectorView theta, VectorView gradient, VectorView natural) const override;
  void hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  const Arms& arms() const { return arms_; }
  double temperature() const { return temperature_; }
  /// ln q, length K.
  const Vector& log_optimum() const { return log_optimum_; }

 private:
  Arms arms_;
  double temperature_;
  Vector log_optimum_;
};

Entry entropy_regularized_bandit();  // "entropy-regularized-bandit"

}  // namespace perigee::problems

#endif
