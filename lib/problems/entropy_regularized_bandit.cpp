#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/entropy_regularized_bandit.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/relative_divergence.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee::problems {

namespace {

// ln sum exp(theta)
double log_sum(ConstVectorView theta) {
  const double largest = *std::max_element(theta.begin(), theta.end());
  double sum = 0.0;
  for (const double element : theta) sum += std::exp(element - largest);
  return largest + std::log(sum);
}

}  // namespace

EntropyRegularizedBandit::EntropyRegularizedBandit(std::vector<double> rewards, double temperature)
    : arms_("EntropyRegularizedBandit", std::move(rewards)), temperature_(temperature), log_optimum_(arms_.count()) {
  if (!(temperature > 0.0 && std::isfinite(temperature))) {
    throw std::invalid_argument("EntropyRegularizedBandit: temperature must be > 0 and finite, got " +
                                format_number(temperature));
  }
  for (Index a = 0; a < arms_.count(); ++a) log_optimum_[a] = -arms_.regret(a) / temperature;
  const double constant = log_sum(log_optimum_);
  for (Index a = 0; a < arms_.count(); ++a) log_optimum_[a] -= constant;
}

double EntropyRegularizedBandit::value_and_gradient(ConstVectorView theta, VectorView gradient) const {
  const double normalization = log_sum(theta);
  double divergence = 0.0;
  double mean = 0.0;  // pi'd
  for (Index a = 0; a < theta.size(); ++a) {
    const double log_pi = theta[a] - normalization;
    const double d = log_pi - log_optimum_[a];
    const double pi = std::exp(log_pi);
    const double optimum = std::exp(log_optimum_[a]);
    const double change = std::expm1(d);  // pi/q - 1
    // Terms pi d - pi + q >= 0, whose sum is pi'd.
    divergence += std::abs(change) < small_relative_change ? optimum * small_relative_divergence(change)
                                                           : pi * d - (pi - optimum);
    mean += pi * d;
  }
  for (Index a = 0; a < theta.size(); ++a) {
    const double log_pi = theta[a] - normalization;
    gradient[a] = std::exp(log_pi) * temperature_ * (log_pi - log_optimum_[a] - mean);
  }
  return temperature_ * divergence;
}

double EntropyRegularizedBandit::value_and_gradients(ConstVectorView theta, VectorView gradient,
                                                     VectorView natural) const {
  const double f = value_and_gradient(theta, gradient);
  const double normalization = log_sum(theta);
  double mean = 0.0;
  for (Index a = 0; a < theta.size(); ++a) {
    const double log_pi = theta[a] - normalization;
    natural[a] = log_pi - log_optimum_[a];
    mean += std::exp(log_pi) * natural[a];
  }
  for (double& element : natural) element = temperature_ * (element - mean);
  return f;
}

void EntropyRegularizedBandit::hessian_vector_product(ConstVectorView theta, ConstVectorView v,
                                                      VectorView product) const {
  const double normalization = log_sum(theta);
  double mean = 0.0;
  double drift = 0.0;  // pi'v
  for (Index a = 0; a < theta.size(); ++a) {
    const double log_pi = theta[a] - normalization;
    const double pi = std::exp(log_pi);
    mean += pi * (log_pi - log_optimum_[a]);
    drift += pi * v[a];
  }
  const auto advantage = [&](Index a) { return temperature_ * ((theta[a] - normalization) - log_optimum_[a] - mean); };
  double common = 0.0;
  for (Index a = 0; a < theta.size(); ++a) {
    common += std::exp(theta[a] - normalization) * advantage(a) * (v[a] - drift);
  }
  for (Index a = 0; a < theta.size(); ++a) {
    product[a] = std::exp(theta[a] - normalization) * ((advantage(a) + temperature_) * (v[a] - drift) - common);
  }
}

namespace {

Problem make_entropy_regularized_bandit(const Parameters& parameters) {
  const Arms arms = arms_of("entropy-regularized-bandit", parameters);
  const double temperature = parameters.real("temperature");
  const auto bandit = std::make_shared<EntropyRegularizedBandit>(arms.rewards(), temperature);
  Problem problem;
  problem.name = "entropy-regularized-bandit";
  problem.summary = "a softmax bandit with an entropy bonus: tau times the divergence from the policy exp(r/tau)";
  problem.why_hard = "not convex, and slow where the temperature is small against the gap: the well is still near";
  problem.objective = bandit;
  problem.starts = start_policies(problem.name, parameters, arms);
  for (StartPoint& start : problem.starts) start.x = transforms::softmax_start(start.x);
  problem.stationary_points = {{bandit->log_optimum(), 0.0, StationaryType::degenerate, 0}};
  problem.optimal_value = 0.0;
  // The bandit's 5/2 (see softmax_bandit.cpp), and tau (4 + 8 ln K) of the entropy (Mei et al. 2020b, lemma 14).
  problem.gradient_lipschitz =
      2.5 * arms.range() + temperature * (4.0 + 8.0 * std::log(static_cast<double>(arms.count())));
  problem.suggested_step = 1.0 / *problem.gradient_lipschitz;
  problem.random_start = normal_start(arms.count());
  return problem;
}

}  // namespace

Entry entropy_regularized_bandit() {
  std::vector<ParameterDescription> parameters = bandit_parameters();
  parameters.push_back({.name = "temperature",
                        .default_value = "0.1",
                        .least = 1e-6,
                        .greatest = 1e6,
                        .summary = "tau, the price of the entropy in units of reward"});
  return {.name = "entropy-regularized-bandit",
          .family = "policies",
          .summary = "a softmax bandit with an entropy bonus: a minimum at finite parameters",
          .parameters = std::move(parameters),
          .make = make_entropy_regularized_bandit};
}

}  // namespace perigee::problems
