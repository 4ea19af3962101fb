// The parameters that every registered second-order method has: its criterion.
#ifndef PERIGEE_SOLVERS_SECOND_ORDER_ENTRY_HPP
#define PERIGEE_SOLVERS_SECOND_ORDER_ENTRY_HPP

#include <perigee/solvers/curvature_probe.hpp>
#include <perigee/solvers/entry_support.hpp>

#include <vector>

namespace perigee::solvers {

inline std::vector<ParameterDescription> second_order_parameters() {
  return {positive("gradient_tolerance", "1e-06", "eps_g: ||grad f|| <= eps_g asks the second-order question"),
          positive("curvature_tolerance", "1e-05", "eps_H: lambda_min >= -eps_H, absolute, ends the run"),
          positive("failure_probability", "1e-06", "eta in (0, 1) of the claim about lambda_min"),
          count("probe_products", "200", "Hessian-vector products one curvature probe may spend")};
}

inline SecondOrderCriterion second_order_criterion(const Parameters& given) {
  return {.gradient_tolerance = given.real("gradient_tolerance"),
          .curvature_tolerance = given.real("curvature_tolerance"),
          .failure_probability = given.real("failure_probability"),
          .probe_products = given.integer("probe_products")};
}

}  // namespace perigee::solvers

#endif
