#include <perigee/diagnostics/compare/scaling_theory.hpp>

#include <perigee/diagnostics/compare/escape_rule.hpp>
#include <perigee/diagnostics/compare/fixed_rate.hpp>
#include <perigee/diagnostics/compare/start_text.hpp>
#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/stationary_point.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

namespace perigee {

namespace {

using statistics::Response;
using statistics::Scale;

// A case with its solver, ready to be asked. Where the problem lies it stays: starts refer to it.
struct Setting {
  std::unique_ptr<Problem> problem;
  std::unique_ptr<Solver> solver;
  CampaignCase of;
};

// Nothing: the solver does not fit, or the campaign is of a version that has other problems and solvers.
std::optional<Setting> setting_of(const CampaignCase& of, const NamedChoice& solver) {
  Setting setting{.problem = nullptr, .solver = nullptr, .of = of};
  try {
    setting.problem = std::make_unique<Problem>(problems::make(of.problem.name, of.problem.assignments));
    setting.solver = all_solvers::make(solver.name, solver.assignments, *setting.problem);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
  return setting;
}

std::optional<std::string> assigned(const NamedChoice& choice, const std::string& parameter) {
  for (const auto& [name, value] : choice.assignments) {
    if (name == parameter) return value;
  }
  return std::nullopt;
}

// As assigned, or the registry's default.
double number_of(const NamedChoice& problem, const std::string& parameter) {
  return Parameters(problem.name, problems::entry_named(problem.name).parameters, problem.assignments).real(parameter);
}

// The larger root of mu^2 - sum mu + product = 0; nothing: it is complex or does not grow.
std::optional<double> growing_root(double sum, double product) {
  const double discriminant = sum * sum - 4.0 * product;
  if (!(discriminant >= 0.0)) return std::nullopt;
  const double root = 0.5 * (sum + std::sqrt(discriminant));
  return root > 1.0 ? std::optional(root) : std::nullopt;
}

// mu; nothing: the method's steps near a saddle are not those of one fixed matrix.
std::optional<double> growth(const Solver& solver, double gamma) {
  const std::optional<double> rate = number_setting(solver, "learning_rate");
  if (!rate) return std::nullopt;
  const double factor = 1.0 + *rate * gamma;
  if (solver.name() == "gradient-descent" || solver.name() == "perturbed-gradient-descent") return factor;
  const std::optional<double> momentum = number_setting(solver, "momentum");
  if (!momentum) return std::nullopt;
  if (solver.name() == "heavy-ball") return growing_root(factor + *momentum, *momentum);
  if (solver.name() == "nesterov" && text_setting(solver, "restart") == "none") {
    return growing_root((1.0 + *momentum) * factor, *momentum * factor);
  }
  return std::nullopt;
}

// The median of |u_1| for u uniform on the unit sphere of R^d: u_1 sqrt(d - 1)/sqrt(1 - u_1^2) is Student's, d - 1.
double median_component(double dimension) {
  if (dimension <= 1.0) return 1.0;
  const double t = statistics::two_sided_student_quantile(0.5, dimension - 1.0, "scaling_theory");
  return t / std::sqrt(dimension - 1.0 + t * t);
}

// How far out along the unstable direction the run starts, in the median.
std::optional<double> first_component(const Setting& setting, const StartText& start, double gradient_at_start) {
  const auto dimension = static_cast<double>(setting.problem->objective->dimension());
  if (setting.solver->name() != "perturbed-gradient-descent") {
    return start.distance() > 0.0 ? std::optional(start.distance() * median_component(dimension)) : std::nullopt;
  }
  const std::optional<double> radius = number_setting(*setting.solver, "perturbation_radius");
  const std::optional<double> threshold = number_setting(*setting.solver, "gradient_threshold");
  const bool forgets = radius && threshold && start.distance() < 0.1 * *radius && gradient_at_start < *threshold;
  return forgets ? std::optional(*radius * median_component(dimension + 2.0)) : std::nullopt;
}

struct Departure {
  double growth = 0.0;  // mu
  double time = 0.0;    // T
};

std::optional<Departure> departure(const CampaignOptions& campaign, const Setting& setting) {
  const Problem& problem = *setting.problem;
  const StartText start(problem, setting.of.start);
  const EscapeRule rule = escape_rule(problem, start, campaign);
  if (std::isnan(rule.value)) return std::nullopt;
  const auto at_saddle = [&](const StationaryPoint& point) {
    return point.index == 1 && std::equal(point.x.begin(), point.x.end(), rule.saddle.begin(), rule.saddle.end()) &&
           std::equal(point.x.begin(), point.x.end(), start.base().begin(), start.base().end());
  };
  if (std::none_of(problem.stationary_points.begin(), problem.stationary_points.end(), at_saddle)) return std::nullopt;
  const Spectrum spectrum = judge_point(*problem.objective, rule.saddle, RandomSource(0)).spectrum;
  const double gamma = -spectrum.lambda_min;
  if (!(gamma > 0.0)) return std::nullopt;
  const std::optional<double> mu = growth(*setting.solver, gamma);
  const std::optional<double> from =
      first_component(setting, start, start.distance() * std::max(gamma, spectrum.lambda_max));
  if (!mu || !from) return std::nullopt;
  const double fall = problem.objective->value(rule.saddle) - rule.value;
  const double to = std::max(rule.distance, std::sqrt(2.0 * fall / gamma));
  return to > *from ? std::optional(Departure{*mu, std::log(to / *from) / std::log(*mu)}) : std::nullopt;
}

// One prediction a case, or none.
template <class TimeOf>
std::vector<double> predictions(const std::vector<Setting>& settings, const TimeOf& time_of) {
  std::vector<double> times;
  for (const Setting& setting : settings) {
    const std::optional<double> time = time_of(setting);
    if (!time || !(*time > 0.0) || !std::isfinite(*time)) return {};
    times.push_back(*time);
  }
  return times;
}

// Iterations are a line over log 1/distance, and over log d where mu is the same for all d; else a power law is fitted.
ScalingTheory departures(const CampaignOptions& campaign, const std::vector<Setting>& settings,
                         const std::string& parameter) {
  ScalingTheory theory{
      .quantity = ScaledQuantity::iterations_to_escape,
      .words =
          "a saddle is left by a factor mu a step, mu from the rate, the momentum and the eigenvalue measured "
          "there: in log(D/(q r))/log mu iterations, q the component of a random direction (Du et al. 2017; Jin "
          "et al. 2017)"};
  std::vector<double> growths;
  theory.predicted = predictions(settings, [&](const Setting& setting) -> std::optional<double> {
    const std::optional<Departure> one = departure(campaign, setting);
    if (!one) return std::nullopt;
    growths.push_back(std::log(one->growth));
    return one->time;
  });
  if (theory.predicted.empty()) return theory;
  if (parameter == "distance") theory.scale = Scale::inverse_logarithmic;
  const auto [least, greatest] = std::minmax_element(growths.begin(), growths.end());
  const bool is_line = parameter == "distance" || (parameter == "dimension" && *greatest < 1.01 * *least);
  if (is_line) theory.response = Response::linear;
  return theory;
}

double logit(double probability) { return std::log(probability) - std::log1p(-probability); }

// From a corner of the softmax bandit until the value is the last target's, in iterations.
std::optional<double> time_in_gravity_well(const CampaignOptions& campaign, const Setting& setting) {
  const NamedChoice& problem = setting.of.problem;
  if (problem.name != "softmax-bandit" || assigned(problem, "rewards") || setting.of.start != "first" ||
      assigned(problem, "start").value_or("corner") != "corner") {
    return std::nullopt;
  }
  const double p = number_of(problem, "initial_probability");
  const double gap = number_of(problem, "reward_gap");
  const double end = 1.0 - campaign.targets.back() * (1.0 - p);
  if (!(p > 0.0 && p < end && end < 1.0 && gap > 0.0)) return std::nullopt;
  const double from = logit(p);
  const double to = logit(end);
  const std::string name = setting.solver->name();
  if (const std::optional<double> rate = fixed_rate(*setting.solver)) {
    const auto primitive = [](double x) { return std::exp(x) + 2.0 * x - std::exp(-x); };
    return (primitive(to) - primitive(from)) / (2.0 * *rate * gap);
  }
  const std::optional<double> rate = number_setting(*setting.solver, "learning_rate");
  if (name == "natural-policy-gradient" && rate) return (to - from) / (*rate * gap);
  const std::optional<double> length = number_setting(*setting.solver, "step_length");
  if (name == "geometry-aware-normalized-policy-gradient" && length) return (to - from) / (std::sqrt(2.0) * *length);
  return std::nullopt;
}

// Through all saddles of an octopus, in units that do not depend on their number.
std::optional<double> time_through_octopus(const Setting& setting) {
  if (setting.of.problem.name != "octopus") return std::nullopt;
  const auto dimension = static_cast<double>(setting.problem->objective->dimension());
  const std::optional<double> rate = fixed_rate(*setting.solver);
  if (!rate) return std::nullopt;
  // At the first saddle, the origin: 2 L in all directions but one, which has -2 gamma.
  const double locked = 2.0 * number_of(setting.of.problem, "smoothness");
  const double gamma = 2.0 * number_of(setting.of.problem, "curvature");
  const double base = 1.0 - std::log(std::abs(1.0 - *rate * locked)) / std::log1p(*rate * gamma);
  if (!(base > 1.0) || std::isinf(base)) return std::nullopt;
  return std::pow(base, dimension);
}

}  // namespace

std::vector<ScalingTheory> scaling_theories(const CampaignOptions& campaign, std::span<const std::size_t> cases,
                                            const std::string& parameter, const NamedChoice& solver) {
  std::vector<Setting> settings;
  for (const std::size_t place : cases) {
    std::optional<Setting> setting = setting_of(campaign.cases[place], solver);
    if (!setting) return {};
    settings.push_back(*std::move(setting));
  }
  std::vector<ScalingTheory> theories{departures(campaign, settings, parameter)};
  if (parameter == "dimension") {
    theories.push_back({.quantity = ScaledQuantity::cost_to_target,
                        .scale = Scale::linear,
                        .predicted = predictions(settings, time_through_octopus),
                        .words = "gradient descent takes b times as long for every further saddle of the octopus, b = "
                                 "1 - log|1 - eta L|/log(1 + eta gamma) (Du et al. 2017)"});
  }
  if (parameter == "initial_probability" || parameter == "reward_gap") {
    const bool is_logarithmic = parameter == "initial_probability" && !fixed_rate(*settings.front().solver);
    std::vector<double> costs =
        predictions(settings, [&](const Setting& setting) { return time_in_gravity_well(campaign, setting); });
    for (double& cost : costs) cost = campaign.weights.gradient * (cost + 1.0);
    theories.push_back(
        {.quantity = ScaledQuantity::cost_to_target,
         .scale = is_logarithmic ? Scale::inverse_logarithmic : Scale::logarithmic,
         .response = is_logarithmic ? Response::linear : Response::logarithmic,
         .predicted = std::move(costs),
         .words = "the gravity well of softmax: 1/(2 eta gap p) steps of gradient descent, log(1/p)/(eta gap) of the "
                  "natural gradient, log(1/p)/(sqrt(2) eta) of normalized steps (Mei et al. 2020, 2021)"});
  }
  std::erase_if(theories, [](const ScalingTheory& theory) { return theory.predicted.empty(); });
  return theories;
}

}  // namespace perigee
