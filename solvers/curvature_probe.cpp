#include <perigee/solvers/curvature_probe.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/sign_of_curvature.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

ProbeVerdict verdict_of(const SignOfCurvature& sign) {
  if (!sign.is_finite) return ProbeVerdict::not_finite;
  switch (sign.verdict) {
    case CurvatureVerdict::negative:
      return ProbeVerdict::negative;
    case CurvatureVerdict::not_negative:
      return ProbeVerdict::not_negative;
    case CurvatureVerdict::undecided:
      return ProbeVerdict::undecided;
  }
  return ProbeVerdict::undecided;
}

}  // namespace

void check(const SecondOrderCriterion& criterion, const std::string& who) {
  const auto require = [&](bool holds, const char* rule, double value) {
    if (!holds) throw std::invalid_argument(who + ": " + rule + ", got " + format_number(value));
  };
  require(criterion.gradient_tolerance > 0.0 && std::isfinite(criterion.gradient_tolerance),
          "gradient_tolerance must be > 0 and finite", criterion.gradient_tolerance);
  require(criterion.curvature_tolerance > 0.0 && std::isfinite(criterion.curvature_tolerance),
          "curvature_tolerance must be > 0 and finite", criterion.curvature_tolerance);
  require(criterion.failure_probability > 0.0 && criterion.failure_probability < 1.0,
          "failure_probability must be in (0, 1)", criterion.failure_probability);
  require(criterion.probe_products >= 1, "probe_products must be >= 1", static_cast<double>(criterion.probe_products));
}

std::vector<std::pair<std::string, std::string>> settings_of(const SecondOrderCriterion& criterion) {
  return {{"gradient_tolerance", format_exact(criterion.gradient_tolerance)},
          {"curvature_tolerance", format_exact(criterion.curvature_tolerance)},
          {"failure_probability", format_exact(criterion.failure_probability)},
          {"probe_products", std::to_string(criterion.probe_products)}};
}

ProbeResult probe_curvature(Oracle& oracle, ConstVectorView x, RandomEngine engine,
                            const SecondOrderCriterion& criterion, LanczosSubspace& subspace, VectorView direction) {
  const bool is_exact = oracle.objective().has_exact_hessian_vector_product();
  const auto hessian = [&oracle, &x](ConstVectorView v, VectorView product) {
    oracle.hessian_vector_product(x, v, product);
  };
  const SignOfCurvature sign = decide_sign(subspace, hessian, engine,
                                           {.curvature_tolerance = criterion.curvature_tolerance,
                                            .failure_probability = criterion.failure_probability,
                                            .max_products = criterion.probe_products,
                                            .product_error = {.relative = is_exact ? 0.0 : difference_product_error}});
  if (sign.verdict == CurvatureVerdict::negative) smallest_ritz_vector(subspace, hessian, direction);
  return {.verdict = verdict_of(sign),
          .ritz_value = sign.ritz_value,
          .lower_bound = sign.lower_bound,
          .products = sign.products,
          .is_exhaustive = sign.is_exhaustive};
}

End end_of_probe(const ProbeResult& result, const SecondOrderCriterion& criterion, double gradient_norm,
                 Index iteration) {
  if (result.verdict == ProbeVerdict::not_finite) {
    return {EndClass::breakdown, "non-finite",
            "a Hessian-vector product is not finite at iteration " + std::to_string(iteration) +
                ", where gradient norm " + format_number(gradient_norm) +
                " <= " + format_number(criterion.gradient_tolerance) + "; second order not certified"};
  }
  const std::string gradient_part = "gradient norm " + format_number(gradient_norm) +
                                    " <= eps_g = " + format_number(criterion.gradient_tolerance) + " at iteration " +
                                    std::to_string(iteration);
  const std::string work = std::to_string(result.products) + " Hessian-vector products";
  const std::string chance =
      " with probability >= 1 - " + format_number(criterion.failure_probability) + " over the random start of Lanczos";
  if (result.verdict == ProbeVerdict::undecided) {
    return {EndClass::convergence, "first-order-stationary",
            "first-order stationary: " + gradient_part + "; second order not certified: after " + work +
                " the smallest Ritz value is " + format_number(result.ritz_value) +
                ", and no more than lambda_min >= " + format_number(result.lower_bound) + " is known" +
                (result.is_exhaustive ? "" : chance)};
  }
  std::string message = "second-order stationary at (eps_g = " + format_number(criterion.gradient_tolerance) +
                        ", eps_H = " + format_number(criterion.curvature_tolerance) + "): " + gradient_part;
  if (result.products == 0) return {EndClass::convergence, "second-order-stationary", message + ", no variables"};
  message += ", lambda_min >= " + format_number(result.lower_bound) + " >= -eps_H" +
             (result.is_exhaustive ? ", the Lanczos basis spans the whole space" : chance) + " (smallest Ritz value " +
             format_number(result.ritz_value) + ", " + work + ")";
  if (result.lower_bound <= 0.0) message += "; lambda_min may be 0, so a degenerate saddle is not excluded";
  return {EndClass::convergence, "second-order-stationary", message};
}

}  // namespace perigee
