// How the parameters of one state become the probabilities of its actions, with first and second derivatives.
//
//     softmax, temperature T   pi_a = exp(theta_a/T) / sum_b exp(theta_b/T),   z_a = pi_a/T
//     escort, power p >= 1     pi_a = |theta_a|^p / sum_b |theta_b|^p,         z_a = p pi_a/theta_a
//
// Both have the Jacobian d pi_b/d theta_a = z_a (1{a = b} - pi_b), so that a function of pi with the partial
// derivatives u has the gradient z_a (u_a - pi'u); z is called the score. Mei et al. (2020), definition 1 and
// eqs. (1), (4), (5). docs/theory/policy-landscapes.md, eqs. (1) to (4).
#ifndef PERIGEE_LIB_TRANSFORMS_POLICY_TRANSFORM_HPP
#define PERIGEE_LIB_TRANSFORMS_POLICY_TRANSFORM_HPP

#include <perigee/lib/vector.hpp>

#include <string>

namespace perigee::transforms {

enum class PolicyFamily { softmax, escort };

/// A small value; copy it freely. All vectors have the length A of one state's actions; no call allocates.
class PolicyTransform {
 public:
  /// Throws std::invalid_argument unless temperature > 0 and finite.
  static PolicyTransform softmax(double temperature = 1.0);
  /// Throws std::invalid_argument unless p >= 1 and finite.
  static PolicyTransform escort(double p);

  PolicyFamily family() const { return family_; }
  /// "softmax" or "escort".
  std::string name() const;
  /// T of a softmax, p of an escort.
  double parameter() const { return parameter_; }

  /// Writes pi. An escort of theta = 0 is NaN.
  void probabilities(ConstVectorView theta, VectorView pi) const;
  /// Writes log pi without underflow; -inf where an escort's theta_a = 0.
  void log_probabilities(ConstVectorView theta, VectorView log_pi) const;
  /// Writes z. An escort's z_a is 0 where theta_a = 0: for p = 1 that is a subgradient.
  void scores(ConstVectorView theta, VectorView score) const;
  /// The changes of pi and z along v: `pi_change` = (d pi/d theta) v, `score_change` = (d z/d theta) v, given pi and z
  /// of theta. For an escort with 1 < p < 2 the second is infinite where theta_a = 0 and v_a != 0.
  void change(ConstVectorView theta, ConstVectorView pi, ConstVectorView score, ConstVectorView v, VectorView pi_change,
              VectorView score_change) const;

  /// d log pi_b/d theta_a = slope 1{a = b} - z_a: `log_slope` is that slope, 1/T or p/theta_a.
  double log_slope(double theta_a) const;
  /// The derivative of `log_slope` by theta_a: 0 or -p/theta_a^2.
  double log_curvature(double theta_a) const;

  /// A theta whose probabilities are pi. Throws std::invalid_argument unless pi is a distribution; a softmax wants
  /// every element > 0.
  Vector start(ConstVectorView pi) const;

 private:
  PolicyTransform(PolicyFamily family, double parameter) : family_(family), parameter_(parameter) {}
  PolicyFamily family_;
  double parameter_;
};

}  // namespace perigee::transforms

#endif
