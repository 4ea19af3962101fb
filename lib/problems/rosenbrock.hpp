// Rosenbrock's curved valley, in two dimensions and chained.
//
//     f(x) = sum_{i=1}^{n-1} 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2
//
// Rosenbrock (1960); the chained form's other stationary points: see docs/problems.md.
#ifndef PERIGEE_LIB_PROBLEMS_ROSENBROCK_HPP
#define PERIGEE_LIB_PROBLEMS_ROSENBROCK_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

class Rosenbrock final : public Objective {
 public:
  /// n >= 2, otherwise std::invalid_argument.
  explicit Rosenbrock(Index dimension);
  Index dimension() const override { return dimension_; }
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  Index dimension_;
};

Entry rosenbrock();          // "rosenbrock": n = 2
Entry chained_rosenbrock();  // "chained-rosenbrock"

}  // namespace perigee::problems

#endif
