#include <perigee/lib/objective.hpp>

namespace perigee {

double Objective::value(ConstVectorView x) const {
  Vector gradient(dimension());
  return value_and_gradient(x, gradient);
}

void Objective::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  const double v_norm = v.norm();
  if (!(v_norm > 0.0)) {
    product.setZero();
    if (v_norm != v_norm) product.setConstant(v_norm);
    return;
  }
  // eps^(1/3), the step that balances the h^2 truncation error against rounding over h.
  const double h = 6.0e-6 * (1.0 + x.norm());
  Vector shifted(x);
  Vector backward(dimension());
  shifted.view() = x - (h / v_norm) * v;
  value_and_gradient(shifted, backward);
  shifted.view() = x + (h / v_norm) * v;
  value_and_gradient(shifted, product);
  product = (product - backward.view()) * (v_norm / (2.0 * h));
}

}  // namespace perigee
