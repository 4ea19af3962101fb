#include <perigee/lib/kernels/kernel_table.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::problems {

double SoftmaxBandit::value(ConstVectorView theta) const {
  return kernels::kernel_table().softmax_bandit.value(model(), theta.data());
}

double SoftmaxBandit::value_and_gradient(ConstVectorView theta, VectorView gradient) const {
  return kernels::single_value_and_gradient(kernels::kernel_table().softmax_bandit, model(), theta, gradient);
}

double SoftmaxBandit::value_and_gradients(ConstVectorView theta, VectorView gradient, VectorView natural) const {
  const Index most_probable = std::max_element(theta.begin(), theta.end()) - theta.begin();
  const double reward = arms_.reward(most_probable);
  transforms::softmax(theta, natural);
  double shortfall = 0.0;  // of the policy against its most probable arm: sum_a pi_a (r_m - r_a)
  for (Index a = 0; a < theta.size(); ++a) shortfall += natural[a] * (reward - arms_.reward(a));
  for (Index a = 0; a < theta.size(); ++a) natural[a] = (reward - arms_.reward(a)) - shortfall;
  return value_and_gradient(theta, gradient);
}

kernels::SoftmaxBanditModel SoftmaxBandit::model() const {
  return {arms_.count(), arms_.rewards().data(), arms_.regrets().data()};
}

void SoftmaxBandit::batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const {
  kernels::kernel_table().softmax_bandit.value_and_gradient(model(), x, values, gradients);
}

void SoftmaxBandit::descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const {
  kernels::kernel_table().softmax_bandit.descend(model(), rule, steps, lanes);
}

void SoftmaxBandit::hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const {
  const Index most_probable = std::max_element(theta.begin(), theta.end()) - theta.begin();
  const double reward = arms_.reward(most_probable);
  transforms::softmax(theta, product);
  double shortfall = 0.0;
  double drift = 0.0;  // sum_a pi_a (v_a - v_m)
  for (Index a = 0; a < theta.size(); ++a) {
    shortfall += product[a] * (reward - arms_.reward(a));
    drift += product[a] * (v[a] - v[most_probable]);
  }
  const auto advantage = [&](Index a) { return (reward - arms_.reward(a)) - shortfall; };
  const auto relative = [&](Index a) { return (v[a] - v[most_probable]) - drift; };
  double mean = 0.0;
  for (Index a = 0; a < theta.size(); ++a) mean += product[a] * advantage(a) * relative(a);
  for (Index a = 0; a < theta.size(); ++a) product[a] *= advantage(a) * relative(a) - mean;
}

void SoftmaxBandit::probabilities(ConstVectorView theta, VectorView pi) const { transforms::softmax(theta, pi); }

double SoftmaxBandit::lojasiewicz_coefficient(ConstVectorView theta) const {
  const double largest = *std::max_element(theta.begin(), theta.end());
  double sum = 0.0;
  for (const double element : theta) sum += std::exp(element - largest);
  return std::exp(theta[arms_.best()] - largest) / sum;
}

Problem softmax_bandit_problem(const std::string& name, const Parameters& parameters) {
  const Arms arms = arms_of(name, parameters);
  const auto bandit = std::make_shared<SoftmaxBandit>(arms.rewards());
  Problem problem;
  problem.name = name;
  problem.summary = "the sub-optimality of a softmax policy over bandit arms";
  problem.why_hard =
      "near a suboptimal corner the gradient is proportional to the probability of the best arm: "
      "escape takes time C/(Delta pi(a*))";
  problem.objective = bandit;
  problem.policy = bandit;
  problem.starts = start_policies(problem.name, parameters, arms);
  for (StartPoint& start : problem.starts) start.x = transforms::softmax_start(start.x);
  problem.optimal_value = 0.0;
  // f is 5/2-smooth for rewards in [0, 1] (Mei et al. 2020b, "On the global convergence rates of softmax policy
  // gradient methods", lemma 2), so 2/5 is 1/l; f depends on reward differences only and is linear in them.
  const double range = arms.range();
  if (range > 0.0) problem.gradient_lipschitz = 2.5 * range;
  problem.suggested_step = 0.4 / std::max(1.0, range);
  problem.random_start = normal_start(arms.count());
  return problem;
}

Entry softmax_bandit() {
  return {.name = "softmax-bandit",
          .family = "policies",
          .summary = "a bandit with a softmax policy: gravity wells at suboptimal corners",
          .parameters = bandit_parameters(),
          .make = [](const Parameters& parameters) { return softmax_bandit_problem("softmax-bandit", parameters); }};
}

}  // namespace perigee::problems
