// Objectives made of callables.
#ifndef PERIGEE_LIB_FUNCTIONAL_HPP
#define PERIGEE_LIB_FUNCTIONAL_HPP

#include <perigee/lib/objective.hpp>

#include <type_traits>
#include <utility>

namespace perigee {

namespace detail {
struct NoHessian {};

template <class Value, class Gradient, class Hessian>
class FunctionalObjective final : public Objective {
 public:
  FunctionalObjective(Index dimension, Value value, Gradient gradient, Hessian hessian)
      : dimension_(dimension), value_(std::move(value)), gradient_(std::move(gradient)), hessian_(std::move(hessian)) {}

  Index dimension() const override { return dimension_; }
  double value(ConstVectorView x) const override { return value_(x); }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    gradient_(x, gradient);
    return value_(x);
  }
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override {
    if constexpr (std::is_same_v<Hessian, NoHessian>) {
      Objective::hessian_vector_product(x, v, product);
    } else {
      hessian_(x, v, product);
    }
  }
  bool has_exact_hessian_vector_product() const override { return !std::is_same_v<Hessian, NoHessian>; }

 private:
  Index dimension_;
  Value value_;
  Gradient gradient_;
  Hessian hessian_;
};
}  // namespace detail

/// An objective of n variables made of `value(x) -> double` and `gradient(x, g)`, which writes all of g.
/// Optional third callable: `hessian_vector_product(x, v, product)`; without it, differences of gradients.
/// The callables must be pure; they are copied into the objective.
template <class Value, class Gradient, class Hessian = detail::NoHessian>
auto functional(Index dimension, Value value, Gradient gradient, Hessian hessian = {}) {
  return detail::FunctionalObjective<Value, Gradient, Hessian>(dimension, std::move(value), std::move(gradient),
                                                               std::move(hessian));
}

}  // namespace perigee

#endif
