#include <perigee/diagnostics/compare/tuning.hpp>

#include <perigee/diagnostics/compare/statistics/wilson.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <stdexcept>

namespace perigee {

namespace {

constexpr int most_attempts = 1000;  // to draw a setting that fits

void require(bool holds, const char* rule, const std::string& got) {
  if (!holds) throw std::invalid_argument(std::string("tuning: ") + rule + ", got " + got);
}

bool is_rate(const std::string& name) {
  return name == "learning_rate" || name == "step_length" || name == "temperature";
}

bool is_criterion(const std::string& name) {
  constexpr std::array<std::string_view, 4> criteria{"gradient_tolerance", "curvature_tolerance", "failure_probability",
                                                     "probe_products"};
  return std::any_of(criteria.begin(), criteria.end(), [&](std::string_view end) { return name.ends_with(end); });
}

bool is_given(const NamedChoice& solver, const std::string& name) {
  return std::any_of(solver.assignments.begin(), solver.assignments.end(),
                     [&](const auto& assignment) { return assignment.first == name; });
}

bool is_tuned(const ParameterDescription& parameter, const NamedChoice& solver) {
  if (is_given(solver, parameter.name) || is_criterion(parameter.name)) return false;
  if (parameter.summary.starts_with("theory:")) return false;
  if (parameter.kind == ParameterKind::text && !is_rate(parameter.name)) return false;
  if (parameter.default_value.empty()) return true;
  const std::optional<double> number = parse_number(parameter.default_value);
  return number && *number > 0.0;
}

double log_uniform(RandomEngine& engine, double least, double greatest) {
  return least * std::pow(greatest / least, uniform_unit(engine));
}

// The value as text; nothing: the default.
std::optional<std::string> draw(const ParameterDescription& parameter, RandomEngine& engine) {
  const std::optional<double> number = parse_number(parameter.default_value);
  if (!number && uniform_unit(engine) < 0.5) return std::nullopt;
  const bool is_share = parameter.kind == ParameterKind::real && parameter.least >= 0.0 && parameter.greatest <= 1.0;
  double value = 0.0;
  if (is_share && (!number || *number >= 0.5)) {
    const double rest = number ? 1.0 - *number : 0.0;
    value =
        1.0 - (number ? log_uniform(engine, rest / 10.0, std::min(1.0, 10.0 * rest)) : log_uniform(engine, 1e-3, 1.0));
  } else if (parameter.kind == ParameterKind::integer) {
    value = number ? std::round(log_uniform(engine, *number / 10.0, *number * 10.0))
                   : std::round(log_uniform(engine, 1.0, 1e4));
  } else {
    value = number ? log_uniform(engine, *number / 100.0, *number * 100.0) : log_uniform(engine, 1e-4, 1e4);
  }
  value = std::clamp(value, parameter.least, parameter.greatest);
  return format_number(value, 4);  // what is printed is what is run
}

NamedChoice drawn_setting(const NamedChoice& solver, const std::vector<ParameterDescription>& tuned,
                          RandomEngine& engine) {
  NamedChoice setting = solver;
  for (const ParameterDescription& parameter : tuned) {
    if (std::optional<std::string> value = draw(parameter, engine)) {
      setting.assignments.emplace_back(parameter.name, *std::move(value));
    }
  }
  return setting;
}

bool fits_any(const NamedChoice& solver, const std::vector<Problem>& problems) {
  return std::any_of(problems.begin(), problems.end(), [&](const Problem& problem) {
    try {
      (void)all_solvers::make(solver.name, solver.assignments, problem);
      return true;
    } catch (const std::invalid_argument&) {
      return false;
    }
  });
}

// Itself, then the drawn ones, all different.
std::vector<NamedChoice> settings_of(const NamedChoice& solver, const std::vector<Problem>& problems, Index count,
                                     std::uint64_t seed) {
  std::vector<ParameterDescription> tuned;
  for (const ParameterDescription& parameter : all_solvers::entry_named(solver.name).parameters) {
    if (is_tuned(parameter, solver)) tuned.push_back(parameter);
  }
  std::vector<NamedChoice> settings{solver};
  if (tuned.empty()) return settings;
  std::set<std::string> texts{text_of(solver)};
  RandomEngine engine = RandomSource(seed).engine("tuning " + solver.name);
  for (int attempts = 0; static_cast<Index>(settings.size()) < count && attempts < most_attempts; ++attempts) {
    NamedChoice setting = drawn_setting(solver, tuned, engine);
    if (!texts.insert(text_of(setting)).second || !fits_any(setting, problems)) continue;
    settings.push_back(std::move(setting));
    attempts = 0;
  }
  return settings;
}

// The restricted mean cost of one group, and the cost of its runs added to `spent`.
double mean_cost(const CampaignOptions& tuning, RunRows& rows, Index group, std::size_t target, double& spent) {
  double sum = 0.0;
  Index count = 0;
  rows.for_each(group * tuning.seeds, (group + 1) * tuning.seeds, [&](const RunRow& row) {
    sum += time_to_target(row, target, tuning.budget).time;  // failures: the budget
    spent += row.cost;
    ++count;
  });
  require(count == runs_in_group(tuning, group), "the tuning campaign must be finished",
          "runs missing from " + text_of(tuning.solvers[static_cast<std::size_t>(group) % tuning.solvers.size()]));
  return count == 0 ? tuning.budget : sum / static_cast<double>(count);
}

std::string tuning_words(const CampaignOptions& tuning, const std::set<std::string>& problems) {
  std::string names;
  for (const std::string& name : problems) names += (names.empty() ? "" : ", ") + name;
  return "each solver in its cheapest setting to the target " + format_number(tuning.targets.front()) +
         " on other problems (" + names + "), " + std::to_string(tuning.cases.size()) +
         (tuning.cases.size() == 1 ? " case" : " cases") + " under seeds " + std::to_string(tuning.first_seed) +
         " to " + std::to_string(tuning.first_seed + tuning.seeds - 1) + ", budget " + format_number(tuning.budget) +
         ".";
}

std::string choice_words(const TunedSolver& solver) {
  if (solver.configurations == 1) return text_of(solver.chosen) + ": has nothing to tune";
  return text_of(solver.chosen) + ": of " + std::to_string(solver.configurations) + " settings tried " +
         std::to_string(solver.within_twice) + " within twice the best; tuning has cost " + format_count(solver.cost);
}

}  // namespace

NamedChoice theory_setting(const NamedChoice& solver) {
  NamedChoice setting = solver;
  for (const ParameterDescription& parameter : all_solvers::entry_named(solver.name).parameters) {
    // What "parameters" and learning rates accept is stated in their summaries, which `perigee list` prints.
    const bool has_theory = (parameter.name == "parameters" || parameter.name == "learning_rate") &&
                            parameter.summary.find("or theory") != std::string::npos;
    if (has_theory && !is_given(solver, parameter.name)) setting.assignments.emplace_back(parameter.name, "theory");
  }
  return setting;
}

CampaignOptions theory_campaign(CampaignOptions campaign) {
  for (NamedChoice& solver : campaign.solvers) solver = theory_setting(solver);
  campaign.mode = SolverMode::theory;
  return campaign;
}

CampaignOptions tuning_campaign(CampaignOptions campaign, Index configurations, std::uint64_t seed) {
  check(campaign);
  require(configurations >= 2, "configurations must be >= 2", std::to_string(configurations));
  std::vector<Problem> problems;
  for (const CampaignCase& one : campaign.cases) {
    problems.push_back(problems::make(one.problem.name, one.problem.assignments));
  }
  std::vector<NamedChoice> settings;
  std::set<std::string> names;
  for (const NamedChoice& solver : campaign.solvers) {
    require(names.insert(solver.name).second, "solvers must have different names", solver.name + " twice");
    for (NamedChoice& setting : settings_of(solver, problems, configurations, seed)) {
      settings.push_back(std::move(setting));
    }
  }
  campaign.solvers = std::move(settings);
  return campaign;
}

std::vector<TunedSolver> tuned_solvers(const CampaignOptions& tuning, RunRows& rows, std::size_t target) {
  require(target < tuning.targets.size(), "target must be one of the campaign's", std::to_string(target));
  std::vector<TunedSolver> tuned;
  std::vector<double> scores;
  const auto finish = [&] {
    if (tuned.empty()) return;
    TunedSolver& solver = tuned.back();
    solver.configurations = static_cast<Index>(scores.size());
    solver.within_twice =
        std::count_if(scores.begin(), scores.end(), [&](double score) { return score <= 2.0 * solver.chosen_score; });
    solver.within_twice_interval = statistics::wilson_interval(solver.within_twice, solver.configurations);
    scores.clear();
  };
  for (std::size_t s = 0; s < tuning.solvers.size(); ++s) {
    const NamedChoice& setting = tuning.solvers[s];
    if (tuned.empty() || tuned.back().given.name != setting.name) {
      finish();
      tuned.push_back({.given = setting, .chosen = setting});
    }
    TunedSolver& solver = tuned.back();
    double sum = 0.0;
    for (std::size_t c = 0; c < tuning.cases.size(); ++c) {
      const auto group = static_cast<Index>(c * tuning.solvers.size() + s);
      sum += std::log(mean_cost(tuning, rows, group, target, solver.cost));
    }
    const double score = std::exp(sum / static_cast<double>(tuning.cases.size()));
    if (scores.empty()) solver.given_score = solver.chosen_score = score;
    if (score < solver.chosen_score) {
      solver.chosen = setting;
      solver.chosen_score = score;
    }
    scores.push_back(score);
  }
  finish();
  return tuned;
}

CampaignOptions tuned_campaign(CampaignOptions campaign, const CampaignOptions& tuning, RunRows& rows) {
  std::set<std::string> seen;
  for (const CampaignCase& one : tuning.cases) seen.insert(one.problem.name);
  for (const CampaignCase& one : campaign.cases) {
    require(!seen.contains(one.problem.name), "problems must be others than those tuned on", one.problem.name);
  }
  const std::vector<TunedSolver> tuned = tuned_solvers(tuning, rows);
  campaign.mode = SolverMode::tuned;
  campaign.tuning = {tuning_words(tuning, seen)};
  for (NamedChoice& solver : campaign.solvers) {
    const auto found =
        std::find_if(tuned.begin(), tuned.end(), [&](const TunedSolver& one) { return one.given.name == solver.name; });
    require(found != tuned.end() && solver.assignments.empty(),
            "solvers must be among those tuned, without parameters of their own", text_of(solver));
    solver = found->chosen;
    campaign.tuning.push_back(choice_words(*found));
  }
  campaign.first_seed = std::max(campaign.first_seed, tuning.first_seed + tuning.seeds);
  return campaign;
}

}  // namespace perigee
