// The octopus: gradient descent needs time exponential in the dimension to pass its chain of saddles.
//
// Du, Jin, Lee, Jordan, Poczos and Singh (2017), "Gradient descent can take exponential time to escape saddle
// points", section 4 and its appendix. Their function is defined on a union of tubes D and extended to R^d by a
// theorem that constructs nothing; this is an explicit extension, twice continuously differentiable everywhere
// and equal to theirs on D. With a_i = |x_i|, L = smoothness, gamma = curvature:
//
//     f(x) = A(a_1) + sum_{i=2}^d [ (1 - w(a_{i-1})) L a_i^2 + w(a_{i-1}) A(a_i) ]
//     A(a) = -gamma a^2                                            for a <= tau
//            -gamma a^2 + c3 (a - tau)^3 + c4 (a - tau)^4          for tau <= a <= 2 tau
//            L (a - 4 tau)^2 - nu                                  for a >= 2 tau
//     w(a) = 0, then s^3 (10 - 15 s + 6 s^2), s = (a - tau)/tau, then 1     (the same three intervals)
//     c3 = (10 gamma - 14 L)/(3 tau),  c4 = (5 L - 3 gamma)/(2 tau^2),  nu = (13 gamma + 37 L) tau^2/6
//
// D is where for some i the coordinates before the i-th are in [2 tau, 6 tau] and those after it in [0, tau].
// A start in the cube [-1, 1]^d meets d saddles one after the other; while one coordinate grows by
// 1 + 2 eta gamma a step, those still locked shrink by |1 - 2 eta L|, so each saddle takes a factor
// 1 + ln(1/|1 - 2 eta L|)/ln(1 + 2 eta gamma) longer than the one before.
#ifndef PERIGEE_LIB_PROBLEMS_OCTOPUS_HPP
#define PERIGEE_LIB_PROBLEMS_OCTOPUS_HPP

#include <perigee/lib/batch_objective.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::kernels {
struct OctopusModel;
}

namespace perigee::problems {

struct OctopusOptions {
  Index dimension = 10;            // d >= 1
  double smoothness = 1.5;         // L >= gamma
  double curvature = 1.0;          // gamma > 0; saddles have smallest eigenvalue -2 gamma
  double tau = 2.718281828459045;  // > 0: half the length of a tube's straight part
};

/// Derivatives are O(d), allocate nothing, and are linear in locked coordinates down to the smallest denormal
/// number: nothing is flushed to zero.
class Octopus final : public Objective, public BatchObjective {
 public:
  /// Throws std::invalid_argument if an option is outside its range.
  explicit Octopus(OctopusOptions options);
  Index dimension() const override { return options_.dimension; }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  void batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const override;
  void descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const override;

  /// nu: every saddle passed lowers f by this much; f* = -d nu.
  double drop() const { return drop_; }
  /// The largest |eigenvalue| of H on D, by a search over a grid of 200 x 200 points with 1% added.
  double gradient_lipschitz_on_tubes() const;

 private:
  kernels::OctopusModel model() const;
  // A function of one coordinate's magnitude with two derivatives.
  struct Jet2 {
    double value, first, second;
  };
  Jet2 profile(double a) const;       // A
  Jet2 gate(double a) const;          // w
  double difference(double a) const;  // A(a) - L a^2
  OctopusOptions options_;
  double cubic_;    // c3
  double quartic_;  // c4
  double drop_;     // nu
};

Entry octopus();  // "octopus"

}  // namespace perigee::problems

#endif
