// The dense Hessian of an objective, by products with unit vectors: the slow twin of everything about curvature.
#ifndef PERIGEE_TESTS_SUPPORT_DENSE_HESSIAN_HPP
#define PERIGEE_TESTS_SUPPORT_DENSE_HESSIAN_HPP

#include <perigee/lib/objective.hpp>

#include <Eigen/Core>

namespace perigee::test {

inline Eigen::MatrixXd dense_hessian(const Objective& f, ConstVectorView x) {
  const Index n = x.size();
  Eigen::MatrixXd hessian(n, n);
  Vector unit(n), column(n);
  for (Index j = 0; j < n; ++j) {
    unit.view().setZero();
    unit[j] = 1.0;
    f.hessian_vector_product(x, unit, column);
    hessian.col(j) = column.view();
  }
  return hessian;
}

}  // namespace perigee::test

#endif
