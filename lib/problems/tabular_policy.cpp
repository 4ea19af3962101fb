#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/policy_evaluation.hpp>
#include <perigee/lib/problems/tabular_policy.hpp>
#include <perigee/lib/transforms/escort.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace perigee::problems {

namespace {

ConstVectorView row(const Vector& table, Index state, Index actions) {
  return {table.data() + state * actions, actions};
}
VectorView row(Vector& table, Index state, Index actions) { return {table.data() + state * actions, actions}; }
ConstVectorView row(ConstVectorView table, Index state, Index actions) {
  return {table.data() + state * actions, actions};
}

// sum_a pi_a log(pi_a/target_a) for two distributions, as a sum of terms >= 0: pi (exp(d) - 1 - d), d = log(target/pi).
double divergence(ConstVectorView pi, ConstVectorView log_pi, ConstVectorView log_target) {
  double sum = 0.0;
  for (Index a = 0; a < pi.size(); ++a) {
    const double d = log_target[a] - log_pi[a];
    if (pi[a] == 0.0) {
      sum += std::exp(log_target[a]);
    } else if (std::abs(d) < 1.0) {
      sum += pi[a] * (std::expm1(d) - d);
    } else {
      sum += std::exp(log_target[a]) - pi[a] - pi[a] * d;
    }
  }
  return sum;
}

// q_a - sum_b pi_b q_b relative to the most probable action, where the plain difference cancels.
void subtract_mean(ConstVectorView pi, VectorView q) {
  const double reference = q[std::max_element(pi.begin(), pi.end()) - pi.begin()];
  double mean = 0.0;
  for (Index a = 0; a < q.size(); ++a) {
    q[a] -= reference;
    if (pi[a] != 0.0) mean += pi[a] * q[a];
  }
  for (double& element : q) element -= mean;
}

}  // namespace

// Everything in costs: an action's cost is what it loses against the optimum, so values are sub-optimalities.
struct TabularPolicy::Point {
  Point(const MarkovDecisionProcess& process, Vector policy) : pi(std::move(policy)), systems(process, pi) {}
  Vector pi;                 // S A
  PolicyEvaluation systems;  // of pi
  Vector costs{};            // S A: V* - Q*, or tau (log pi - log pi*_tau)
  Vector values{};           // S: sub-optimality from each state
  double barrier = 0.0;      // the barrier's part of f
};

TabularPolicy::TabularPolicy(MarkovDecisionProcess process, TabularPolicyOptions options)
    : process_(std::move(process)), options_(options), optimum_(value_iteration(process_)) {
  const auto check = [](const char* name, double number) {
    if (number >= 0.0 && std::isfinite(number)) return;
    throw std::invalid_argument(std::string("TabularPolicy: ") + name + " must be >= 0 and finite, got " +
                                format_number(number));
  };
  check("entropy_temperature", options_.entropy_temperature);
  check("barrier", options_.barrier);
  if (options_.entropy_temperature > 0.0) {
    soft_optimum_ = soft_value_iteration(process_, options_.entropy_temperature);
  }
}

void TabularPolicy::policy(ConstVectorView theta, VectorView pi) const {
  const Index actions = process_.action_count();
  for (Index s = 0; s < process_.state_count(); ++s) {
    options_.transform.probabilities(row(theta, s, actions), VectorView(pi.data() + s * actions, actions));
  }
}

void TabularPolicy::visits(ConstVectorView pi, VectorView m) const {
  m = process_.initial();
  PolicyEvaluation(process_, pi).solve_transposed(m);
}

void TabularPolicy::values(ConstVectorView pi, VectorView v) const {
  const Index actions = process_.action_count();
  for (Index s = 0; s < process_.state_count(); ++s) {
    v[s] = 0.0;
    for (Index a = 0; a < actions; ++a) v[s] += pi[s * actions + a] * process_.reward(s, a);
  }
  PolicyEvaluation(process_, pi).solve(v);
}

TabularPolicy::Point TabularPolicy::evaluate(ConstVectorView theta) const {
  const Index states = process_.state_count();
  const Index actions = process_.action_count();
  const double temperature = options_.entropy_temperature;
  Vector pi(dimension());
  policy(theta, pi);
  Point point(process_, std::move(pi));
  point.values = Vector(states);
  point.costs = temperature > 0.0 ? Vector(dimension()) : optimum_.regrets;
  Vector log_pi(actions);
  for (Index s = 0; s < states; ++s) {
    const ConstVectorView here = row(point.pi, s, actions);
    if (temperature > 0.0 || options_.barrier > 0.0) {
      options_.transform.log_probabilities(row(theta, s, actions), log_pi);
      point.barrier -= log_pi.view().sum() + static_cast<double>(actions) * std::log(static_cast<double>(actions));
    }
    if (temperature > 0.0) {
      const ConstVectorView target = row(soft_optimum_.log_policy, s, actions);
      row(point.costs, s, actions) = temperature * (log_pi.view() - target);
      point.values[s] = temperature * divergence(here, log_pi, target);
    } else {
      point.values[s] = here.dot(row(point.costs, s, actions));
    }
  }
  point.barrier = options_.barrier > 0.0 ? barrier_weight() * point.barrier : 0.0;
  point.systems.solve(point.values);
  return point;
}

double TabularPolicy::value(ConstVectorView theta) const {
  const Point point = evaluate(theta);
  return process_.initial().dot(point.values.view()) + point.barrier;
}

double TabularPolicy::value_and_gradient(ConstVectorView theta, VectorView gradient) const {
  const Index actions = process_.action_count();
  const Point point = evaluate(theta);
  Vector visits(process_.initial());
  point.systems.solve_transposed(visits);
  Vector score(actions), advantage(actions);
  for (Index s = 0; s < process_.state_count(); ++s) {
    options_.transform.scores(row(theta, s, actions), score);
    for (Index a = 0; a < actions; ++a) {
      advantage[a] = point.costs[s * actions + a] + process_.discounted_next(s, a, point.values);
    }
    subtract_mean(row(point.pi, s, actions), advantage);
    for (Index a = 0; a < actions; ++a) {
      double& element = gradient[s * actions + a];
      element = score[a] == 0.0 ? 0.0 : visits[s] * score[a] * advantage[a];
      if (options_.barrier > 0.0) {
        const double slope = options_.transform.log_slope(theta[s * actions + a]);
        element -= barrier_weight() * (slope - static_cast<double>(actions) * score[a]);
      }
    }
  }
  return process_.initial().dot(point.values.view()) + point.barrier;
}

void TabularPolicy::hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const {
  const Index states = process_.state_count();
  const Index actions = process_.action_count();
  const double temperature = options_.entropy_temperature;
  const Point point = evaluate(theta);
  Vector visits(process_.initial());
  point.systems.solve_transposed(visits);

  Vector scores(dimension()), pi_changes(dimension()), score_changes(dimension()), advantages(dimension());
  Vector value_changes(states), visit_changes(states);
  for (Index s = 0; s < states; ++s) {
    const ConstVectorView here = row(point.pi, s, actions);
    const VectorView change = row(pi_changes, s, actions);
    const VectorView advantage = row(advantages, s, actions);
    options_.transform.scores(row(theta, s, actions), row(scores, s, actions));
    options_.transform.change(row(theta, s, actions), here, row(scores, s, actions), row(v, s, actions), change,
                              row(score_changes, s, actions));
    for (Index a = 0; a < actions; ++a) {
      row(advantages, s, actions)[a] = point.costs[s * actions + a] + process_.discounted_next(s, a, point.values);
    }
    subtract_mean(here, advantage);
    for (Index a = 0; a < actions; ++a) {
      if (change[a] == 0.0) continue;
      value_changes[s] += change[a] * advantage[a];
      for (const Transition& transition : process_.successors(s, a)) {
        visit_changes[transition.next] += process_.discount() * visits[s] * change[a] * transition.probability;
      }
    }
  }
  point.systems.solve(value_changes);
  point.systems.solve_transposed(visit_changes);

  Vector advantage_change(actions);
  for (Index s = 0; s < states; ++s) {
    const ConstVectorView here = row(point.pi, s, actions);
    const ConstVectorView change = row(ConstVectorView(pi_changes), s, actions);
    const ConstVectorView advantage = row(ConstVectorView(advantages), s, actions);
    double drift = 0.0;  // sum_b (d pi_b) A_b
    for (Index a = 0; a < actions; ++a) {
      advantage_change[a] = process_.discounted_next(s, a, value_changes);
      if (temperature > 0.0 && here[a] > 0.0) advantage_change[a] += temperature * change[a] / here[a];
      if (change[a] != 0.0) drift += change[a] * advantage[a];
    }
    subtract_mean(here, advantage_change);
    for (Index a = 0; a < actions; ++a) {
      const Index pair = s * actions + a;
      double element = 0.0;
      if (scores[pair] != 0.0) {
        element = scores[pair] * (visit_changes[s] * advantage[a] + visits[s] * (advantage_change[a] - drift));
      }
      if (score_changes[pair] != 0.0 && advantage[a] != 0.0) element += visits[s] * score_changes[pair] * advantage[a];
      if (options_.barrier > 0.0) {
        const double curvature = options_.transform.log_curvature(theta[pair]);
        element -= barrier_weight() * (curvature * v[pair] - static_cast<double>(actions) * score_changes[pair]);
      }
      product[pair] = element;
    }
  }
}

double TabularPolicy::lojasiewicz_coefficient(ConstVectorView theta) const {
  if (options_.entropy_temperature > 0.0 || options_.barrier > 0.0) return std::numeric_limits<double>::quiet_NaN();
  const Index states = process_.state_count();
  const Index actions = process_.action_count();
  Vector pi(dimension()), best_pi(dimension()), here(states), best(states), score(actions);
  policy(theta, pi);
  double least = std::numeric_limits<double>::infinity();
  for (Index s = 0; s < states; ++s) {
    const Index a = optimum_.best[static_cast<std::size_t>(s)];
    best_pi[s * actions + a] = 1.0;
    options_.transform.scores(row(theta, s, actions), score);
    least = std::min(least, std::abs(score[a]));
  }
  visits(pi, here);
  visits(best_pi, best);
  double mismatch = 0.0;
  for (Index s = 0; s < states; ++s) {
    if (best[s] > 0.0) mismatch = std::max(mismatch, best[s] / here[s]);
  }
  return least / (std::sqrt(static_cast<double>(states)) * mismatch);
}

void escort_policy_gradient_rates(const MarkovDecisionProcess& process, ConstVectorView theta, double p,
                                  VectorView rates) {
  transforms::check_escort_power("escort_policy_gradient_rates", p);
  const Index actions = process.action_count();
  const double horizon = 1.0 - process.discount();
  const double scale = horizon * horizon * horizon / (10.0 * p * p * std::pow(static_cast<double>(actions), 2.0 / p));
  for (Index s = 0; s < process.state_count(); ++s) {
    const double norm = transforms::p_norm(row(theta, s, actions), p);
    rates[s] = scale * norm * norm;
  }
}

}  // namespace perigee::problems
