#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/stochastic_bandit.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee::problems {

StochasticBandit::StochasticBandit(StochasticBanditOptions options) : bandit_(options.rewards), pulls_(options.pulls) {
  if (pulls_ < 1) throw std::invalid_argument("StochasticBandit: pulls must be >= 1, got " + std::to_string(pulls_));
  if (!(options.noise >= 0.0 && std::isfinite(options.noise))) {
    throw std::invalid_argument("StochasticBandit: noise must be >= 0 and finite, got " + format_number(options.noise));
  }
  const RandomSource source(options.instance);
  Vector noise(pulls_);
  for (Index a = 0; a < bandit_.dimension(); ++a) {
    RandomEngine engine = source.engine("bandit-rewards", static_cast<std::uint64_t>(a));
    fill_standard_normal(engine, noise);
    const double mean = noise.view().mean();
    for (const double element : noise) pulled_.push_back(bandit_.arms().reward(a) + options.noise * (element - mean));
  }
}

double StochasticBandit::add_term(Index term, ConstVectorView theta, VectorView gradient) const {
  const Index arms = bandit_.dimension();
  const Index arm = term / pulls_;
  const double regret = bandit_.arms().reward(bandit_.arms().best()) - pulled_[static_cast<std::size_t>(term)];
  const double largest = theta.maxCoeff();
  double sum = 0.0;
  for (const double element : theta) sum += std::exp(element - largest);
  const double probability = std::exp(theta[arm] - largest) / sum;
  const double value = static_cast<double>(arms) * probability * regret;
  double others = 0.0;  // 1 - pi_a, without cancellation
  for (Index b = 0; b < arms; ++b) {
    if (b == arm) continue;
    const double element = std::exp(theta[b] - largest) / sum;
    gradient[b] -= value * element;
    others += element;
  }
  gradient[arm] += value * others;
  return value;
}

Index draw_arm(ConstVectorView pi, RandomEngine& engine) {
  const double u = uniform_unit(engine);
  double cumulative = 0.0;
  Index last = 0;
  for (Index a = 0; a < pi.size(); ++a) {
    if (pi[a] > 0.0) last = a;
    cumulative += pi[a];
    if (u < cumulative) return a;
  }
  return last;  // only where rounding leaves the sum below u
}

void gradient_bandit_estimate(ConstVectorView pi, Index arm, double reward, double baseline, VectorView gradient) {
  gradient = (reward - baseline) * pi;
  gradient[arm] -= reward - baseline;
}

namespace {

Problem make_stochastic_bandit(const Parameters& parameters) {
  const Arms arms = arms_of("stochastic-bandit", parameters);
  const auto bandit = std::make_shared<StochasticBandit>(
      StochasticBanditOptions{.rewards = arms.rewards(),
                              .noise = parameters.real("noise"),
                              .pulls = parameters.integer("pulls"),
                              .instance = static_cast<std::uint64_t>(parameters.integer("instance"))});
  Problem problem = softmax_bandit_problem("stochastic-bandit", parameters);
  problem.summary = "a softmax bandit as the mean of single noisy pulls, weighted by importance";
  problem.why_hard =
      "the softmax bandit's wells, and near a corner the noise of one pull is larger than the gradient there";
  problem.policy = std::shared_ptr<const PolicyLandscape>(bandit, &bandit->bandit());
  problem.objective = bandit;
  return problem;
}

}  // namespace

Entry stochastic_bandit() {
  std::vector<ParameterDescription> parameters = bandit_parameters();
  parameters.push_back({.name = "noise",
                        .default_value = "0.5",
                        .least = 0,
                        .greatest = 1e6,
                        .summary = "sigma: the standard deviation of what one pull pays"});
  parameters.push_back({.name = "pulls",
                        .kind = ParameterKind::integer,
                        .default_value = "100",
                        .least = 1,
                        .greatest = 1e7,
                        .summary = "M: recorded pulls of every arm"});
  parameters.push_back({.name = "instance",
                        .kind = ParameterKind::integer,
                        .default_value = "1",
                        .least = 0,
                        .greatest = 1e9,
                        .summary = "the seed of the noise"});
  return {.name = "stochastic-bandit",
          .family = "policies",
          .summary = "a softmax bandit seen in noisy pulls: a finite sum",
          .parameters = parameters,
          .make = make_stochastic_bandit};
}

}  // namespace perigee::problems
