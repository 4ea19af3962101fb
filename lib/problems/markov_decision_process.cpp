#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/markov_decision_process.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace perigee::problems {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("MarkovDecisionProcess: " + what); }

void check_sum(double sum, const std::string& what) {
  if (!(std::abs(sum - 1.0) <= 1e-9)) refuse(what + " must sum to 1, got " + format_number(sum, 12));
}

void check_probability(double probability, const std::string& what) {
  if (!(probability >= 0.0 && probability <= 1.0)) {
    refuse(what + " must be in [0, 1], got " + format_number(probability));
  }
}

// Sweeps until nothing changes, or until gamma^n has made what is left smaller than rounding.
template <class Backup>
Vector fixed_point(const MarkovDecisionProcess& process, Backup backup) {
  const double discount = process.discount();
  Vector values(process.state_count());
  const double sweeps = discount > 0.0 ? std::log(1e-18 * (1.0 - discount)) / std::log(discount) : 1.0;
  for (double sweep = 0.0; sweep <= sweeps; sweep += 1.0) {
    bool changed = false;
    // In place (Gauss-Seidel): the same fixed point and the same modulus, fewer sweeps.
    for (Index s = 0; s < process.state_count(); ++s) {
      const double value = backup(s, values.view());
      changed = changed || value != values[s];
      values[s] = value;
    }
    if (!changed) break;
  }
  return values;
}

double action_value(const MarkovDecisionProcess& process, Index s, Index a, ConstVectorView values) {
  return process.reward(s, a) + process.discounted_next(s, a, values);
}

double log_sum_exp(const MarkovDecisionProcess& process, Index s, ConstVectorView values, double temperature) {
  double largest = -std::numeric_limits<double>::infinity();
  for (Index a = 0; a < process.action_count(); ++a) {
    largest = std::max(largest, action_value(process, s, a, values));
  }
  double sum = 0.0;
  for (Index a = 0; a < process.action_count(); ++a) {
    sum += std::exp((action_value(process, s, a, values) - largest) / temperature);
  }
  return largest + temperature * std::log(sum);
}

}  // namespace

MarkovDecisionProcess::MarkovDecisionProcess(MarkovDecisionProcessOptions options) : options_(std::move(options)) {
  const auto& [states, actions, discount, initial, rewards, successors] = options_;
  if (states < 1) refuse("states must be >= 1, got " + std::to_string(states));
  if (actions < 1) refuse("actions must be >= 1, got " + std::to_string(actions));
  if (!(discount >= 0.0 && discount < 1.0)) refuse("discount must be in [0, 1), got " + format_number(discount));
  const auto pairs = static_cast<std::size_t>(states * actions);
  if (initial.size() != static_cast<std::size_t>(states)) {
    refuse("initial must have one probability a state, got " + std::to_string(initial.size()));
  }
  if (rewards.size() != pairs) refuse("rewards must be one a pair, got " + std::to_string(rewards.size()));
  if (successors.size() != pairs)
    refuse("successors must be one list a pair, got " + std::to_string(successors.size()));
  double sum = 0.0;
  for (const double probability : initial) {
    check_probability(probability, "initial probabilities");
    sum += probability;
  }
  check_sum(sum, "initial probabilities");
  for (const double reward : rewards) {
    if (!std::isfinite(reward)) refuse("rewards must be finite, got " + format_number(reward));
  }
  for (const std::vector<Transition>& transitions : successors) {
    sum = 0.0;
    for (const Transition& transition : transitions) {
      if (transition.next < 0 || transition.next >= states) {
        refuse("successors must be states, got " + std::to_string(transition.next));
      }
      check_probability(transition.probability, "transition probabilities");
      sum += transition.probability;
    }
    check_sum(sum, "transition probabilities");
  }
}

double MarkovDecisionProcess::reward_range() const {
  const auto [least, greatest] = std::minmax_element(options_.rewards.begin(), options_.rewards.end());
  return *greatest - *least;
}

MarkovDecisionProcess MarkovDecisionProcess::started_in(Index state) const {
  if (state < 0 || state >= options_.states) {
    refuse("the initial state must be in [0, " + std::to_string(options_.states) + "), got " + std::to_string(state));
  }
  MarkovDecisionProcessOptions options = options_;
  std::fill(options.initial.begin(), options.initial.end(), 0.0);
  options.initial[static_cast<std::size_t>(state)] = 1.0;
  return MarkovDecisionProcess(std::move(options));
}

double MarkovDecisionProcess::discounted_next(Index state, Index action, ConstVectorView v) const {
  double sum = 0.0;
  for (const Transition& transition : successors(state, action)) sum += transition.probability * v[transition.next];
  return options_.discount * sum;
}

OptimalValues value_iteration(const MarkovDecisionProcess& process) {
  const Index actions = process.action_count();
  const auto best_value = [&](Index s, ConstVectorView values) {
    double best = action_value(process, s, 0, values);
    for (Index a = 1; a < actions; ++a) best = std::max(best, action_value(process, s, a, values));
    return best;
  };
  OptimalValues optimum;
  optimum.values = fixed_point(process, best_value);
  const double rounding = 1e-13 * (1.0 + optimum.values.view().cwiseAbs().maxCoeff());
  optimum.regrets = Vector(process.pair_count());
  for (Index s = 0; s < process.state_count(); ++s) {
    const double best = best_value(s, optimum.values);
    Index first = -1;
    for (Index a = 0; a < actions; ++a) {
      const double regret = best - action_value(process, s, a, optimum.values);
      optimum.regrets[s * actions + a] = regret <= rounding ? 0.0 : regret;
      if (regret <= rounding && first < 0) first = a;
    }
    optimum.best.push_back(first);
  }
  optimum.start_value = process.initial().dot(optimum.values.view());
  return optimum;
}

SoftOptimalValues soft_value_iteration(const MarkovDecisionProcess& process, double temperature) {
  if (!(temperature > 0.0 && std::isfinite(temperature))) {
    throw std::invalid_argument("soft_value_iteration: temperature must be > 0 and finite, got " +
                                format_number(temperature));
  }
  SoftOptimalValues optimum;
  optimum.values = fixed_point(
      process, [&](Index s, ConstVectorView values) { return log_sum_exp(process, s, values, temperature); });
  const Index actions = process.action_count();
  optimum.log_policy = Vector(process.pair_count());
  for (Index s = 0; s < process.state_count(); ++s) {
    const double soft_value = log_sum_exp(process, s, optimum.values, temperature);
    for (Index a = 0; a < actions; ++a) {
      optimum.log_policy[s * actions + a] = (action_value(process, s, a, optimum.values) - soft_value) / temperature;
    }
  }
  optimum.start_value = process.initial().dot(optimum.values.view());
  return optimum;
}

}  // namespace perigee::problems
