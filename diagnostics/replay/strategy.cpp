#include <perigee/diagnostics/replay/strategy.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/natural_gradient.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/transforms/escort.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace perigee {

namespace {

const std::vector<std::string> own_names = {"baseline", "step", "perturbation", "escort"};

std::optional<ParameterDescription> learning_rate_of(const solvers::Entry& entry) {
  for (const ParameterDescription& parameter : entry.parameters) {
    if (parameter.name == "learning_rate") return parameter;
  }
  return std::nullopt;
}

// The solver's entry; where there is none of that name, the strategies of this file are named too.
solvers::Entry entry_of(const NamedChoice& choice) {
  try {
    return all_solvers::entry_named(choice.name);
  } catch (const std::invalid_argument& error) {
    const std::string nearest = nearest_name(choice.name, own_names);
    throw std::invalid_argument(std::string(error.what()) + " (strategies that are no solvers: baseline, step, " +
                                "perturbation, escort" +
                                (nearest.empty() ? ")" : "; did you mean '" + nearest + "'?)"));
  }
}

bool is_given(const NamedChoice& choice, const std::string& key) {
  return std::any_of(choice.assignments.begin(), choice.assignments.end(),
                     [&](const auto& assignment) { return assignment.first == key; });
}

NamedChoice with_learning_rate(NamedChoice choice, double step) {
  std::erase_if(choice.assignments, [](const auto& assignment) { return assignment.first == "learning_rate"; });
  choice.assignments.emplace_back("learning_rate", format_exact(step));
  return choice;
}

std::shared_ptr<const Solver> make_solver(const NamedChoice& choice, const Problem& problem) {
  return all_solvers::make(choice.name, choice.assignments, problem);
}

// The one parameter of a strategy of this file.
double parameter_of(const NamedChoice& choice, ParameterDescription description) {
  const std::string name = description.name;
  return Parameters(choice.name, {std::move(description)}, choice.assignments).real(name);
}

double step_or_throw(const Problem& problem, const NamedChoice& baseline, const std::string& who) {
  const double step = reference_step(problem, baseline);
  if (std::isfinite(step)) return step;
  throw std::invalid_argument(who + ": the learning rate to compare with is not known; write it into the solver");
}

Strategy other_step(const NamedChoice& choice, const Problem& problem, const NamedChoice& baseline, const Fork& fork) {
  const double factor =
      parameter_of(choice, {.name = "factor", .default_value = "10", .least = 1e-12, .greatest = 1e12});
  const bool has_rate = learning_rate_of(all_solvers::entry_named(baseline.name)).has_value();
  const NamedChoice plain = has_rate ? baseline : NamedChoice{"gradient-descent", {}};
  const double step = factor * step_or_throw(problem, baseline, choice.name);
  return {text_of(choice), problem.objective, make_solver(with_learning_rate(plain, step), problem), fork.x};
}

Strategy escort(const NamedChoice& choice, const Problem& problem, const Fork& fork) {
  const double p = parameter_of(choice, {.name = "p", .default_value = "2", .least = 2.0, .greatest = 1000.0});
  if (!problem.policy || problem.policy->transform() != "softmax" ||
      problem.policy->action_count() != problem.objective->dimension() ||
      static_cast<Index>(problem.policy->rewards().size()) != problem.objective->dimension()) {
    throw std::invalid_argument("escort: problem '" + problem.name +
                                "' must be a softmax policy over arms with known rewards");
  }
  std::string rewards;
  for (const double reward : problem.policy->rewards()) rewards += (rewards.empty() ? "" : ",") + format_exact(reward);
  const Problem twin = problems::make("escort-bandit", {{"rewards", rewards}, {"p", format_exact(p)}});
  Vector policy(problem.policy->action_count());
  problem.policy->probabilities(fork.x.view(), policy.view());
  Vector start = transforms::escort_start(policy.view(), p);
  // The same policy must have the same value, or the runs could not be compared.
  const double value = twin.objective->value(start.view());
  if (!(std::abs(value - fork.level) <= 1e-9 * (1.0 + std::abs(fork.level)))) {
    throw std::invalid_argument("escort: the values of problem '" + problem.name + "' must be those of a bandit, got " +
                                format_number(fork.level) + " and " + format_number(value));
  }
  return {text_of(choice), twin.objective, make_solver({"gradient-descent", {}}, twin), std::move(start)};
}

}  // namespace

double reference_step(const Problem& problem, const NamedChoice& baseline) {
  for (const auto& [key, value] : make_solver(baseline, problem)->settings()) {
    if (key != "learning_rate") continue;
    const std::optional<double> step = parse_number(value);
    if (step && *step > 0.0 && std::isfinite(*step)) return *step;
  }
  if (problem.suggested_step) return *problem.suggested_step;
  if (problem.gradient_lipschitz) return 1.0 / *problem.gradient_lipschitz;
  return not_measured;
}

Strategy make_strategy(const NamedChoice& choice, const Problem& problem, const NamedChoice& baseline,
                       const Fork& fork) {
  if (choice.name == "baseline") {
    Parameters("baseline", {}, choice.assignments);  // takes none
    return {"baseline", problem.objective, make_solver(baseline, problem), fork.x};
  }
  if (choice.name == "step") return other_step(choice, problem, baseline, fork);
  if (choice.name == "perturbation") {
    const double radius =
        parameter_of(choice, {.name = "radius", .default_value = "0.01", .least = 0.0, .greatest = 1e100});
    return {text_of(choice), problem.objective, make_solver(baseline, problem), fork.x, radius};
  }
  if (choice.name == "escort") return escort(choice, problem, fork);

  NamedChoice solver = choice;
  const ParameterDescription rate = learning_rate_of(entry_of(choice)).value_or(ParameterDescription{});
  if (!rate.name.empty() && rate.default_value.empty() && !is_given(choice, "learning_rate")) {
    const double step = reference_step(problem, baseline);
    if (std::isfinite(step)) solver = with_learning_rate(choice, step);
  }
  const auto made = make_solver(solver, problem);
  Oracle oracle(*problem.objective);
  made->start(oracle, fork.x.view(), RandomSource(0));  // what a solver refuses is refused before anything runs
  return {text_of(choice), problem.objective, made, fork.x};
}

std::vector<NamedChoice> default_strategies(const Problem& problem, const NamedChoice& baseline, const Fork& fork) {
  std::vector<NamedChoice> choices = {{"baseline", {}}};
  for (const char* factor : {"10", "3", "0.1"}) choices.push_back({"step", {{"factor", factor}}});
  for (const char* radius : {"0.001", "0.01", "0.1"}) choices.push_back({"perturbation", {{"radius", radius}}});
  for (const char* name : {"perturbed-gradient-descent", "heavy-ball", "nesterov"}) choices.push_back({name, {}});
  for (const double share : {0.001, 0.01, 0.1}) {
    choices.push_back({"langevin-dynamics", {{"temperature", format_number(share * fork.departure, 3)}}});
  }
  if (problem.policy) {
    choices.push_back({"escort", {{"p", "2"}}});
    choices.push_back({"natural-policy-gradient", {}});
  }
  if (baseline.name != "guided" && !baseline.name.starts_with("certified(")) {
    choices.push_back({"certified(" + baseline.name + ")", baseline.assignments});
  }
  choices.push_back({"guided", {}});
  std::erase_if(choices, [&](const NamedChoice& choice) {
    return choice.name == baseline.name && choice.assignments == baseline.assignments;
  });
  return choices;
}

}  // namespace perigee
