// The second-order question at a point with a small gradient: is there negative curvature below -eps_H?
//
// perigee/lib/sign_of_curvature.hpp answers it; here it is put in the terms of a solver: from a criterion, with
// products that the oracle counts, and as the End that the answer allows.
#ifndef PERIGEE_SOLVERS_CURVATURE_PROBE_HPP
#define PERIGEE_SOLVERS_CURVATURE_PROBE_HPP

#include <perigee/lib/end.hpp>
#include <perigee/lib/lanczos_subspace.hpp>
#include <perigee/lib/random.hpp>

#include <string>
#include <utility>
#include <vector>

namespace perigee {

/// When a point counts as second-order stationary, and what may be spent on finding out.
struct SecondOrderCriterion {
  double gradient_tolerance = 1e-6;   // eps_g > 0: ||grad f||_2 <= eps_g
  double curvature_tolerance = 1e-5;  // eps_H > 0: lambda_min(H) >= -eps_H, absolute
  double failure_probability = 1e-6;  // eta in (0, 1)
  Index probe_products = 200;         // Hessian-vector products a probe may spend, >= 1
};

/// Throws std::invalid_argument, in the name of `who`, if a field is out of range.
void check(const SecondOrderCriterion& criterion, const std::string& who);

/// The fields as (name, value) text pairs.
std::vector<std::pair<std::string, std::string>> settings_of(const SecondOrderCriterion& criterion);

enum class ProbeVerdict {
  negative,      // lambda_min <= ritz_value < 0, beyond the error of the products, and ritz_value <= -eps_H
  not_negative,  // lambda_min >= lower_bound >= -eps_H: certain if `is_exhaustive`, else with probability >= 1 - eta
  undecided,     // neither within the products allowed
  not_finite,    // a product is not finite
};

struct ProbeResult {
  ProbeVerdict verdict = ProbeVerdict::undecided;
  double ritz_value = 0.0;   // smallest Ritz value: lambda_min is not larger
  double lower_bound = 0.0;  // lambda_min is not smaller, with probability >= 1 - eta; -inf: nothing known
  Index products = 0;
  bool is_exhaustive = false;  // the Krylov space was all of R^n: lower_bound is certain, up to rounding
};

/// Asks the question. Products that are differences of gradients are taken to be wrong by 1e-7 of the largest one,
/// exact ones by rounding, and either by twice the asymmetry that shows. At most probe_products products, O(n k) each.
/// After `negative`, `direction` (length n) holds the unit Ritz vector, its sign random; else it is scratch.
ProbeResult probe_curvature(Oracle& oracle, ConstVectorView x, RandomEngine engine,
                            const SecondOrderCriterion& criterion, LanczosSubspace& subspace, VectorView direction);

/// The End that such a result allows at a point with ||grad f|| <= eps_g; the verdict must not be `negative`.
/// "second-order-stationary" (convergence) if not_negative, "first-order-stationary" (convergence, with the words "not
/// certified") if undecided, "non-finite" (breakdown) otherwise.
End end_of_probe(const ProbeResult& result, const SecondOrderCriterion& criterion, double gradient_norm,
                 Index iteration);

}  // namespace perigee

#endif
