#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/simplex_bandit.hpp>

#include <algorithm>
#include <limits>

namespace perigee::problems {

double SimplexBandit::value(ConstVectorView x) const {
  double sum = 0.0;
  double regret = 0.0;
  double least = 0.0;
  for (Index a = 0; a < x.size(); ++a) {
    sum += x[a];
    regret += x[a] * arms_.regret(a);
    least = std::min(least, x[a]);
  }
  return least < 0.0 ? std::numeric_limits<double>::quiet_NaN() : regret / sum;
}

double SimplexBandit::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  const double f = value(x);
  const double sum = x.sum();
  for (Index a = 0; a < x.size(); ++a) gradient[a] = (arms_.regret(a) - f) / sum;
  return f;
}

void SimplexBandit::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  value_and_gradient(x, product);
  const double sum = x.sum();
  const double slope = product.dot(v);
  const double growth = v.sum();
  for (double& element : product) element = -(element * growth + slope) / sum;
}

namespace {

Problem make_simplex_bandit(const Parameters& parameters) {
  const Arms arms = arms_of("simplex-bandit", parameters);
  const auto bandit = std::make_shared<SimplexBandit>(arms.rewards());
  Problem problem;
  problem.name = "simplex-bandit";
  problem.summary = "the sub-optimality of a policy over bandit arms, the policy itself being the variable";
  problem.why_hard =
      "the variable must stay on the simplex, and from a corner the best arm's probability has to grow by orders "
      "of magnitude";
  problem.objective = bandit;
  problem.policy = bandit;
  problem.starts = start_policies(problem.name, parameters, arms);
  problem.optimal_value = 0.0;
  // Mirror descent takes any step on a linear function; this one is the softmax bandit's, so that counts compare.
  problem.suggested_step = 0.4 / std::max(1.0, arms.range());
  problem.random_start = uniform_simplex_start(arms.count());
  return problem;
}

}  // namespace

Entry simplex_bandit() {
  return {.name = "simplex-bandit",
          .family = "policies",
          .summary = "a bandit whose variable is the policy, on the simplex: for mirror descent",
          .parameters = bandit_parameters(),
          .make = make_simplex_bandit};
}

}  // namespace perigee::problems
