// The function to be minimized, f: R^n -> R.
#ifndef PERIGEE_LIB_OBJECTIVE_HPP
#define PERIGEE_LIB_OBJECTIVE_HPP

#include <perigee/lib/vector.hpp>

namespace perigee {

/// A pure function with its derivatives: the same x gives the same bits, from any thread.
/// Outside its domain it returns NaN or an infinity and never throws.
class Objective {
 public:
  virtual ~Objective() = default;

  /// n, the length of x; at least 0.
  virtual Index dimension() const = 0;

  /// f(x). Default: one `value_and_gradient` with the gradient thrown away.
  virtual double value(ConstVectorView x) const;

  /// f(x), and grad f(x) written to `gradient` (length n, every element overwritten).
  virtual double value_and_gradient(ConstVectorView x, VectorView gradient) const = 0;

  /// H(x) v written to `product` (length n). Default: central differences of gradients,
  /// (g(x + h u) - g(x - h u)) ||v|| / (2h) with u = v/||v||, h = 6e-6 (1 + ||x||): two gradients.
  virtual void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const;

  /// Whether `hessian_vector_product` is exact up to rounding; false for the default.
  virtual bool has_exact_hessian_vector_product() const { return false; }
};

}  // namespace perigee

#endif
