#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/bandit.hpp>
#include <perigee/lib/problems/policy_problem.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace perigee::problems {

using transforms::PolicyFamily;
using transforms::PolicyTransform;

std::vector<ParameterDescription> policy_parameters() {
  return {{.name = "transform",
           .kind = ParameterKind::text,
           .default_value = "softmax",
           .summary = "how parameters become probabilities: softmax or escort"},
          escort_power_parameter(),
          {.name = "softmax_temperature",
           .default_value = "1",
           .least = 1e-6,
           .greatest = 1e6,
           .summary = "T: softmax(theta/T) (unused by an escort)"},
          {.name = "entropy_temperature",
           .default_value = "0",
           .least = 0,
           .greatest = 1e6,
           .summary = "tau: the weight of the entropy bonus"},
          {.name = "barrier",
           .default_value = "0",
           .least = 0,
           .greatest = 1e6,
           .summary = "lambda: the weight of -mean log(A pi)"},
          {.name = "start",
           .kind = ParameterKind::text,
           .default_value = "uniform",
           .summary = "the first policy: uniform, or even (little on the best actions)"},
          {.name = "initial_probability",
           .default_value = "0.001",
           .least = 1e-300,
           .greatest = 1,
           .summary = "the probability of a best action in the policy `even`"}};
}

ParameterDescription discount_parameter(const std::string& default_value) {
  return {.name = "discount", .default_value = default_value, .least = 0, .greatest = 0.9999, .summary = "gamma"};
}

ParameterDescription initial_state_parameter() {
  return {.name = "initial_state",
          .kind = ParameterKind::text,
          .default_value = "uniform",
          .summary = "rho: uniform over the states, or the number of one state"};
}

MarkovDecisionProcess started_as_told(const std::string& who, const MarkovDecisionProcess& process,
                                      const Parameters& parameters) {
  const std::string& text = parameters.text("initial_state");
  if (text == "uniform") return process;
  const std::optional<double> number = parse_number(text);
  if (!number || std::floor(*number) != *number ||
      !(*number >= 0.0 && *number < static_cast<double>(process.state_count()))) {
    throw std::invalid_argument(who + ": initial_state must be uniform or a state in [0, " +
                                std::to_string(process.state_count()) + "), got '" + text + "'");
  }
  return process.started_in(static_cast<Index>(*number));
}

TabularPolicyOptions policy_options(const std::string& who, const Parameters& parameters) {
  const std::string& name = parameters.text("transform");
  if (name != "softmax" && name != "escort") {
    throw std::invalid_argument(who + ": transform must be softmax or escort, got '" + name + "'");
  }
  return {.transform = name == "softmax" ? PolicyTransform::softmax(parameters.real("softmax_temperature"))
                                         : PolicyTransform::escort(parameters.real("p")),
          .entropy_temperature = parameters.real("entropy_temperature"),
          .barrier = parameters.real("barrier")};
}

std::vector<StartPoint> start_policies(const std::string& who, const Parameters& parameters,
                                       const TabularPolicy& landscape) {
  const std::string& chosen = parameters.text("start");
  if (chosen != "uniform" && chosen != "even") {
    throw std::invalid_argument(who + ": start must be uniform or even, got '" + chosen + "'");
  }
  const Index actions = landscape.process().action_count();
  Vector uniform(landscape.dimension()), even(landscape.dimension());
  uniform.view().setConstant(1.0 / static_cast<double>(actions));
  even = uniform;
  const Vector& regrets = landscape.optimum().regrets;
  const double probability = parameters.real("initial_probability");
  for (Index s = 0; s < landscape.process().state_count(); ++s) {
    const ConstVectorView regret(regrets.data() + s * actions, actions);
    const auto best = static_cast<double>((regret.array() == 0.0).count());
    const double rest = static_cast<double>(actions) - best;
    if (rest == 0.0) continue;  // nothing to choose here
    if (!(probability * best < 1.0)) {
      throw std::invalid_argument(who + ": initial_probability must leave something to the other actions, got " +
                                  format_number(probability) + " for each of " + format_number(best));
    }
    for (Index a = 0; a < actions; ++a) {
      even[s * actions + a] = regret[a] == 0.0 ? probability : (1.0 - best * probability) / rest;
    }
  }
  std::vector<StartPoint> starts{{"uniform", uniform}, {"even", even}};
  if (chosen == "even") std::swap(starts[0], starts[1]);
  return starts;
}

namespace {

// Applied state by state.
Vector parameters_of(const TabularPolicy& landscape, const Vector& pi) {
  const Index actions = landscape.process().action_count();
  Vector theta(pi.size());
  for (Index first = 0; first < pi.size(); first += actions) {
    const Vector part = landscape.options().transform.start(ConstVectorView(pi.data() + first, actions));
    std::copy(part.begin(), part.end(), theta.data() + first);
  }
  return theta;
}

}  // namespace

Problem policy_problem(const std::string& name, const Parameters& parameters,
                       std::shared_ptr<const TabularPolicy> landscape) {
  const MarkovDecisionProcess& process = landscape->process();
  const auto& [transform, temperature, barrier] = landscape->options();
  Problem problem;
  problem.name = name;
  problem.objective = landscape;
  problem.starts = start_policies(name, parameters, *landscape);
  for (StartPoint& start : problem.starts) start.x = parameters_of(*landscape, start.x);
  problem.random_start = normal_start(landscape->dimension());
  if (barrier == 0.0) problem.optimal_value = 0.0;
  if (temperature > 0.0 && barrier == 0.0) {
    // The one policy that is optimal; 0 along the shifts (softmax) or the scales (escort) of every state.
    Vector pi(landscape->dimension());
    pi.view() = landscape->soft_optimum().log_policy.view().array().exp();
    if (pi.view().minCoeff() > 0.0) {
      problem.stationary_points.push_back({parameters_of(*landscape, pi), 0.0, StationaryType::degenerate, 0});
    }
  }
  const double horizon = 1.0 - process.discount();
  const auto actions = static_cast<double>(process.action_count());
  const double range = process.reward_range();
  const double values = std::max(1.0, (range + temperature * (1.0 + std::log(actions))) / horizon);
  if (transform.family() == PolicyFamily::softmax) {
    const double scale = transform.parameter() * transform.parameter();
    const double smoothness = (8.0 * range + temperature * (4.0 + 8.0 * std::log(actions))) / std::pow(horizon, 3) +
                              0.5 * barrier / static_cast<double>(process.state_count());
    if (smoothness > 0.0) problem.gradient_lipschitz = smoothness / scale;
    problem.suggested_step = 0.4 * scale / (values + barrier);
  } else if (transform.parameter() >= 2.0 && barrier == 0.0) {
    // For norm 1, which is the norm of every state's start and never falls.
    const double p = transform.parameter();
    problem.suggested_step = 2.0 / (9.0 * p * p * std::pow(actions, 1.0 / p) * values);
  }
  return problem;
}

}  // namespace perigee::problems
