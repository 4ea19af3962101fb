// Runs on policy landscapes, simulated by the plainest loop that does it: the independent twin of problems and solvers.
#ifndef PERIGEE_TESTS_SUPPORT_POLICY_RUNS_HPP
#define PERIGEE_TESTS_SUPPORT_POLICY_RUNS_HPP

#include <perigee/lib/trajectory.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace perigee::test {

struct PolicyRun {
  std::vector<double> rewards;  // empty: cross-entropy -log pi(0)
  std::vector<double> start;    // pi at iteration 0
  std::string transform = "softmax";
  double p = 2.0;              // of the escort transform
  double learning_rate = 0.4;  // of softmax; escort takes 2 ||theta||_p^2/(9 p^2 K^(1/p)) (Mei et al. 2020, theorem 2)
  Index iterations = 0;
  Index record_every = 1;
};

/// Exact gradient steps on f = (pi* - pi)'r or f = -log pi(0), with the probabilities recorded as pi_0, pi_1, ...
inline Trajectory simulate(const PolicyRun& run) {
  const std::size_t arms = run.start.size();
  const bool is_escort = run.transform == "escort";
  std::vector<double> theta(arms), pi(arms), gain(arms), gradient(arms);
  for (std::size_t a = 0; a < arms; ++a) {
    theta[a] = is_escort ? std::pow(run.start[a], 1.0 / run.p) : std::log(run.start[a]);
  }
  Trajectory trajectory;
  trajectory.optimal_value = 0.0;
  trajectory.policy = PolicyInformation{};
  trajectory.policy->rewards = run.rewards;
  trajectory.policy->transform = run.transform;
  trajectory.policy->optimal_action = 0;
  for (std::size_t a = 0; a < arms; ++a) {
    trajectory.columns.push_back({"pi_" + std::to_string(a), {}});
    trajectory.policy->probability_columns.push_back("pi_" + std::to_string(a));
  }
  if (!run.rewards.empty()) {
    trajectory.policy->optimal_action = std::max_element(run.rewards.begin(), run.rewards.end()) - run.rewards.begin();
  }
  const double best = run.rewards.empty() ? 0.0 : *std::max_element(run.rewards.begin(), run.rewards.end());

  for (Index k = 0; k <= run.iterations; ++k) {
    const double largest = *std::max_element(theta.begin(), theta.end());
    double norm = 0.0;  // of theta: sum |theta|^p
    double total = 0.0;
    for (std::size_t a = 0; a < arms; ++a) {
      norm += std::pow(std::abs(theta[a]), run.p);
      total += pi[a] = is_escort ? std::pow(std::abs(theta[a]), run.p) : std::exp(theta[a] - largest);
    }
    for (double& probability : pi) probability /= total;
    // gain_a = dJ/d pi_a - pi'(dJ/d pi), J = -f; differences are summed so that no digits are lost near a corner.
    double value = 0.0;
    if (run.rewards.empty()) {
      double rest = 0.0;
      for (std::size_t b = 1; b < arms; ++b) rest += pi[b];
      value = pi[0] > 0.5 ? -std::log1p(-rest) : -std::log(pi[0]);
      for (std::size_t a = 0; a < arms; ++a) gain[a] = a == 0 ? rest / pi[0] : -1.0;
    } else {
      for (std::size_t a = 0; a < arms; ++a) {
        gain[a] = 0.0;
        for (std::size_t b = 0; b < arms; ++b) gain[a] += pi[b] * (run.rewards[a] - run.rewards[b]);
        value += pi[a] * (best - run.rewards[a]);
      }
    }
    double squares = 0.0;
    for (std::size_t a = 0; a < arms; ++a) {
      gradient[a] = pi[a] * gain[a] * (is_escort ? run.p / theta[a] : 1.0);
      squares += gradient[a] * gradient[a];
    }
    const double rate = is_escort ? 2.0 * std::pow(norm, 2.0 / run.p) /
                                        (9.0 * run.p * run.p * std::pow(static_cast<double>(arms), 1.0 / run.p))
                                  : run.learning_rate;
    if (k % run.record_every == 0) {
      StepRecord record;
      record.iteration = k;
      record.kind = k == 0 ? StepKind::initial : StepKind::step;
      record.value = value;
      record.gradient_norm = std::sqrt(squares);
      if (k > 0) record.step_size = rate;
      trajectory.records.push_back(record);
      for (std::size_t a = 0; a < arms; ++a) trajectory.columns[a].values.push_back(pi[a]);
    }
    for (std::size_t a = 0; a < arms; ++a) theta[a] += rate * gradient[a];
  }
  trajectory.end = End{EndClass::budget, "max-iterations", "k >= " + std::to_string(run.iterations)};
  return trajectory;
}

/// pi(0) = best, and nearly all of the rest on action 1, the remaining ones at `others` each.
inline std::vector<double> near_corner(std::size_t arms, double best, double others) {
  std::vector<double> pi(arms, others);
  pi[0] = best;
  pi[1] = 1.0 - best - others * static_cast<double>(arms - 2);
  return pi;
}

/// pi(0) = best, the others equal.
inline std::vector<double> others_equal(std::size_t arms, double best) {
  std::vector<double> pi(arms, (1.0 - best) / static_cast<double>(arms - 1));
  pi[0] = best;
  return pi;
}

/// r = (b + D, b, ..., b) with b = 0.2.
inline std::vector<double> gap_rewards(std::size_t arms, double gap) {
  std::vector<double> rewards(arms, 0.2);
  rewards[0] += gap;
  return rewards;
}

}  // namespace perigee::test

#endif
