// How solvers refuse parameters: "who: rule, got value".
#ifndef PERIGEE_SOLVERS_PARAMETER_CHECKS_HPP
#define PERIGEE_SOLVERS_PARAMETER_CHECKS_HPP

#include <perigee/lib/format.hpp>

#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee {

/// Throws std::invalid_argument in the name of `who` where a rule does not hold.
struct ParameterChecks {
  const char* who;

  void that(bool holds, const std::string& rule, double value) const {
    if (!holds) throw std::invalid_argument(std::string(who) + ": " + rule + ", got " + format_number(value));
  }

  void positive(const char* name, double value) const {
    that(value > 0.0 && std::isfinite(value), std::string(name) + " must be > 0 and finite", value);
  }

  /// What the practical parameters of the methods that look for curvature are made of.
  void practical(double gradient_lipschitz, double tolerance, double curvature, double scale) const {
    positive("gradient_lipschitz", gradient_lipschitz);
    positive("tolerance", tolerance);
    positive("curvature", curvature);
    positive("scale", scale);
    that(curvature <= gradient_lipschitz, "curvature must be <= gradient_lipschitz", curvature);
  }

  /// What every theorem on escaping saddles asks of l, rho, eps, Delta_f, delta and d; sqrt(rho eps) <= l.
  template <class Theory>
  void theory(const Theory& of) const {
    positive("gradient_lipschitz", of.gradient_lipschitz);
    positive("hessian_lipschitz", of.hessian_lipschitz);
    positive("tolerance", of.tolerance);
    positive("value_gap", of.value_gap);
    that(of.failure_probability > 0.0 && of.failure_probability < 1.0, "failure_probability must be in (0, 1)",
         of.failure_probability);
    that(of.dimension >= 1, "dimension must be >= 1", static_cast<double>(of.dimension));
    const double curvature = std::sqrt(of.hessian_lipschitz * of.tolerance);
    that(curvature <= of.gradient_lipschitz, "sqrt(hessian_lipschitz tolerance) must be <= gradient_lipschitz",
         curvature);
  }
};

}  // namespace perigee

#endif
