// A random landscape: nearly Gaussian, with minima at the bottom and saddles of rising index above them.
//
//     f(x) = sqrt(2/m) sum_{j=1}^m cos(w_j'x + b_j) + (mu/2) ||x||^2,   w_j ~ N(0, I),  b_j ~ U[0, 2 pi)
//
// The sum has, over the draws, mean 0, variance 1 and covariance exp(-||x - y||^2/2), and is Gaussian in the limit of
// many features m (Rahimi and Recht 2007, "Random features for large-scale kernel machines"). In Gaussian fields the
// index of critical points grows with their value (Bray and Dean 2007, "Statistics of critical points of Gaussian
// fields on large-dimensional spaces"): what is stationary high up is a saddle. The bowl keeps the iterates near.
// Everywhere l <= sqrt(2/m) sum ||w_j||^2 + mu and rho <= sqrt(2/m) sum ||w_j||^3.
#ifndef PERIGEE_LIB_PROBLEMS_RANDOM_FIELD_HPP
#define PERIGEE_LIB_PROBLEMS_RANDOM_FIELD_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <cstdint>
#include <vector>

namespace perigee::problems {

struct RandomFieldOptions {
  Index dimension = 4;       // n >= 1
  Index features = 200;      // m >= 1
  double confinement = 0.1;  // mu >= 0
  std::uint64_t seed = 0;    // of the draws
};

class RandomField final : public Objective {
 public:
  explicit RandomField(const RandomFieldOptions& options);
  Index dimension() const override { return options_.dimension; }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  double gradient_lipschitz() const;  // the bound above
  double hessian_lipschitz() const;

 private:
  ConstVectorView frequency(Index feature) const;  // w_j
  double amplitude() const;                        // sqrt(2/m)

  RandomFieldOptions options_;
  std::vector<double> frequencies_;  // m rows of n
  std::vector<double> phases_;       // m
};

Entry random_field();  // "random-field"

}  // namespace perigee::problems

#endif
