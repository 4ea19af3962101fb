#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/policy_quantities.hpp>
#include <perigee/lib/transforms/escort.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee::problems {

namespace {

// f < 0.9 Delta is Delta (1 - pi(a*)) < 0.9 Delta.
constexpr double escape_probability = 0.1;

void check_escape(const std::string& who, double initial_probability, double reward_gap, double learning_rate) {
  if (!(initial_probability > 0.0 && initial_probability <= 1.0)) {
    throw std::invalid_argument(who + ": initial_probability must be in (0, 1], got " +
                                format_number(initial_probability));
  }
  if (!(reward_gap > 0.0 && std::isfinite(reward_gap))) {
    throw std::invalid_argument(who + ": reward_gap must be > 0 and finite, got " + format_number(reward_gap));
  }
  if (!(learning_rate > 0.0 && std::isfinite(learning_rate))) {
    throw std::invalid_argument(who + ": learning_rate must be > 0 and finite, got " + format_number(learning_rate));
  }
}

}  // namespace

double sub_optimality(const Arms& arms, ConstVectorView pi) {
  double sum = 0.0;
  for (Index a = 0; a < arms.count(); ++a) sum += pi[a] * arms.regret(a);
  return sum;
}

double entropy(ConstVectorView pi) {
  double sum = 0.0;
  for (const double probability : pi) {
    if (probability != 0.0) sum -= probability * std::log(probability);
  }
  return sum;
}

Corner nearest_corner(ConstVectorView pi) {
  const Index action = std::max_element(pi.begin(), pi.end()) - pi.begin();
  double rest = 0.0;  // 1 - pi_action, kept exact near the corner
  double squares = 0.0;
  for (Index a = 0; a < pi.size(); ++a) {
    if (a == action) continue;
    rest += pi[a];
    squares += pi[a] * pi[a];
  }
  return {action, std::sqrt(rest * rest + squares)};
}

double optimal_probability_velocity(const Arms& arms, ConstVectorView pi,
                                    const transforms::PolicyTransform& transform) {
  const bool is_softmax = transform.family() == transforms::PolicyFamily::softmax;
  const double exponent = is_softmax ? 2.0 : 2.0 - 2.0 / transform.parameter();
  const double scale = is_softmax ? 1.0 / (transform.parameter() * transform.parameter()) : 1.0;
  const Index best = arms.best();
  const Index reference = std::max_element(pi.begin(), pi.end()) - pi.begin();
  double shortfall = 0.0;  // sum_b pi_b (r_m - r_b), m the most probable arm
  for (Index b = 0; b < arms.count(); ++b) shortfall += pi[b] * (arms.regret(b) - arms.regret(reference));
  const auto push = [&](Index a) {
    return transforms::power(pi[a], exponent) * (shortfall - (arms.regret(a) - arms.regret(reference)));
  };
  double rest = 0.0;  // 1 - pi(a*), and the push of the other arms
  double others = 0.0;
  for (Index b = 0; b < arms.count(); ++b) {
    if (b == best) continue;
    rest += pi[b];
    others += push(b);
  }
  return scale * (rest * push(best) - pi[best] * others);
}

double least_escape_steps(double initial_probability, double reward_gap, double learning_rate) {
  check_escape("least_escape_steps", initial_probability, reward_gap, learning_rate);
  const double excess = 1.0 / initial_probability - 1.0 / escape_probability;
  return std::max(0.0, excess / (2.0 * learning_rate * reward_gap));
}

double predicted_escape_steps(double initial_probability, double reward_gap, double learning_rate, Index arms,
                              RemainingMass remaining_mass) {
  check_escape("predicted_escape_steps", initial_probability, reward_gap, learning_rate);
  if (arms < 2) {
    throw std::invalid_argument("predicted_escape_steps: arms must be >= 2, got " + std::to_string(arms));
  }
  if (initial_probability >= escape_probability) return 0.0;
  const auto count = static_cast<double>(arms);
  const double factor = remaining_mass == RemainingMass::even ? (count - 1.0) / count : 0.5;
  const auto primitive = [](double x) { return 2.0 * std::log(x / (1.0 - x)) + 1.0 / (1.0 - x) - 1.0 / x; };
  return factor * (primitive(escape_probability) - primitive(initial_probability)) / (learning_rate * reward_gap);
}

}  // namespace perigee::problems
