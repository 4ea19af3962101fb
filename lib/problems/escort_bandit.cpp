#include <perigee/lib/format.hpp>
#include <perigee/lib/kernels/kernel_table.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/transforms/escort.hpp>

#include <cmath>
#include <limits>

namespace perigee::problems {

namespace {

using transforms::EscortScale;
using transforms::power;

double sign_of(double x) { return x > 0.0 ? 1.0 : (x < 0.0 ? -1.0 : 0.0); }

// The policy relative to its most probable arm m (the largest |theta_a|), where the plain differences cancel.
struct Policy {
  Policy(const Arms& arms_in, ConstVectorView theta_in, double p_in)
      : arms(arms_in), theta(theta_in), p(p_in), scale(transforms::escort_scale(theta_in, p_in)) {
    Index most_probable = 0;
    for (Index a = 1; a < theta.size(); ++a) {
      if (std::abs(theta[a]) > std::abs(theta[most_probable])) most_probable = a;
    }
    reward = arms.reward(most_probable);
    for (Index a = 0; a < theta.size(); ++a) shortfall += power(u(a), p) * (reward - arms.reward(a));
    shortfall /= scale.sum;
  }
  double u(Index a) const { return std::abs(theta[a]) / scale.largest; }
  // z_a = p pi_a/theta_a; with p = 1 this is sign(theta_a)/||theta||_1 and 0 at 0.
  double score(Index a) const { return p * sign_of(theta[a]) * power(u(a), p - 1.0) / scale.sum / scale.largest; }
  double advantage(Index a) const { return (reward - arms.reward(a)) - shortfall; }

  const Arms& arms;
  ConstVectorView theta;
  double p;
  EscortScale scale;
  double reward = 0.0;     // r_m
  double shortfall = 0.0;  // sum_a pi_a (r_m - r_a)
};

}  // namespace

EscortBandit::EscortBandit(std::vector<double> rewards, double p) : arms_("EscortBandit", std::move(rewards)), p_(p) {
  transforms::check_escort_power("EscortBandit", p);
}

double EscortBandit::value(ConstVectorView theta) const {
  return kernels::kernel_table().escort_bandit.value(model(), theta.data());
}

double EscortBandit::value_and_gradient(ConstVectorView theta, VectorView gradient) const {
  return kernels::single_value_and_gradient(kernels::kernel_table().escort_bandit, model(), theta, gradient);
}

kernels::EscortBanditModel EscortBandit::model() const {
  return {arms_.count(), arms_.rewards().data(), arms_.regrets().data(), p_};
}

void EscortBandit::batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const {
  kernels::kernel_table().escort_bandit.value_and_gradient(model(), x, values, gradients);
}

void EscortBandit::descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const {
  kernels::kernel_table().escort_bandit.descend(model(), rule, steps, lanes);
}

void EscortBandit::hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const {
  const Policy policy(arms_, theta, p_);
  double stretch = 0.0;  // z'v, the relative change of sum |theta_a|^p along v
  double slope = 0.0;    // (grad f)'v
  for (Index a = 0; a < theta.size(); ++a) {
    const double along = policy.score(a) * v[a];
    stretch += along;
    slope += along * policy.advantage(a);
  }
  const double scale = p_ * (p_ - 1.0) / policy.scale.sum / policy.scale.largest / policy.scale.largest;
  for (Index a = 0; a < theta.size(); ++a) {
    const double advantage = policy.advantage(a);
    const double score = policy.score(a);
    double own = 0.0;  // c_a v_a A_a; 0 where a factor is 0, even if c_a is infinite there
    if (p_ != 1.0 && v[a] != 0.0 && advantage != 0.0) own = scale * power(policy.u(a), p_ - 2.0) * v[a] * advantage;
    product[a] = own - score * stretch * advantage - score * slope;
  }
}

void EscortBandit::probabilities(ConstVectorView theta, VectorView pi) const { transforms::escort(theta, p_, pi); }

double EscortBandit::lojasiewicz_coefficient(ConstVectorView theta) const {
  const EscortScale scale = transforms::escort_scale(theta, p_);
  const double best = std::abs(theta[arms_.best()]) / scale.largest;
  if (best == 0.0) return 0.0 * scale.sum;  // the bound needs theta(a*) != 0; NaN where theta = 0
  return p_ * power(best, p_ - 1.0) / scale.sum / scale.largest;
}

double escort_policy_gradient_step(ConstVectorView theta, double p) {
  const double norm = transforms::p_norm(theta, p);
  return 2.0 * norm * norm / (9.0 * p * p * std::pow(static_cast<double>(theta.size()), 1.0 / p));
}

Schedule escort_policy_gradient_schedule(double p) {
  transforms::check_escort_power("escort_policy_gradient_schedule", p);
  return {"escort-policy-gradient(p=" + format_exact(p) + ")",
          [p](Index, ConstVectorView theta) { return escort_policy_gradient_step(theta, p); }};
}

namespace {

Problem make_escort_bandit(const Parameters& parameters) {
  const Arms arms = arms_of("escort-bandit", parameters);
  const double p = parameters.real("p");
  const auto bandit = std::make_shared<EscortBandit>(arms.rewards(), p);
  Problem problem;
  problem.name = "escort-bandit";
  problem.summary = "the sub-optimality of an escort policy over bandit arms";
  problem.why_hard =
      "nonconvex, with a stationary point at every corner of the simplex and a step that must follow "
      "the norm of theta";
  problem.objective = bandit;
  problem.policy = bandit;
  problem.starts = start_policies(problem.name, parameters, arms);
  for (StartPoint& start : problem.starts) start.x = transforms::escort_start(start.x, p);
  const Index count = arms.count();
  if (p >= 2.0 && count > 1 && count <= 100) {
    // One of each ray: multiples, the other sign, and mixtures of arms with equal rewards are stationary too.
    for (Index a = 0; a < count; ++a) {
      Vector corner(count);
      corner[a] = 1.0;
      Index better = 0;
      for (Index b = 0; b < count; ++b) better += arms.reward(b) > arms.reward(a) ? 1 : 0;
      // p > 2: the Hessian vanishes at a corner. p = 2: it is 0 along theta at least.
      const bool strict = p == 2.0 && better > 0;
      problem.stationary_points.push_back({corner, arms.regret(a),
                                           strict ? StationaryType::strict_saddle : StationaryType::degenerate,
                                           strict ? better : 0});
    }
  }
  problem.optimal_value = 0.0;
  // Gradient steps are orthogonal to theta, so ||theta|| never falls below that of the start and a step that
  // suits the start suits the rest. None does for p < 2: curvature is unbounded near zeros.
  if (p >= 2.0) problem.suggested_step = escort_policy_gradient_step(problem.starts.front().x, p);
  if (p == 1.0 || p >= 2.0) problem.theory_schedule = escort_policy_gradient_schedule(p);
  problem.random_start = normal_start(count);
  return problem;
}

}  // namespace

Entry escort_bandit() {
  std::vector<ParameterDescription> parameters = bandit_parameters();
  parameters.push_back(escort_power_parameter());
  return {.name = "escort-bandit",
          .family = "policies",
          .summary = "a bandit with an escort policy: the softmax bandit without its gravity wells",
          .parameters = parameters,
          .make = make_escort_bandit};
}

}  // namespace perigee::problems
