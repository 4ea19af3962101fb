#include <perigee/diagnostics/compare/campaign_options.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <stdexcept>

namespace perigee {

namespace {

void require(bool holds, const std::string& rule, const std::string& got) {
  if (!holds) throw std::invalid_argument("compare: " + rule + ", got " + got);
}

std::string joined(const std::vector<double>& numbers) {
  std::string text;
  for (const double number : numbers) text += (text.empty() ? "" : ",") + format_exact(number);
  return text;
}

double number_of(const std::string& name, const std::string& text) {
  const std::optional<double> number = parse_number(text);
  if (!number) throw std::invalid_argument("campaign: " + name + " must be a number, got '" + text + "'");
  return *number;
}

std::vector<double> numbers_of(const std::string& name, const std::string& text) {
  std::vector<double> numbers;
  for (const std::string& part : split_choices(text)) numbers.push_back(number_of(name, part));
  return numbers;
}

// A note as an entry: "group 7" is "one run" or "not applicable: REASON".
constexpr std::string_view case_prefix = "case ";
constexpr std::string_view relative_text = "targets relative to the best value found";
constexpr std::string_view group_prefix = "group ";
constexpr std::string_view tuning_prefix = "tuning ";
constexpr std::string_view single_text = "one run";
constexpr std::string_view not_applicable_prefix = "not applicable: ";

GroupNote group_note_of(const std::string& name, const std::string& value) {
  const auto group = static_cast<Index>(number_of(name, name.substr(group_prefix.size())));
  if (value == single_text) return {group, GroupKind::single, {}};
  if (value.starts_with(not_applicable_prefix)) {
    return {group, GroupKind::not_applicable, value.substr(not_applicable_prefix.size())};
  }
  throw std::invalid_argument("campaign: " + name + " must be one run or not applicable, got '" + value + "'");
}

}  // namespace

double cost_of(const OracleCounts& counts, const CostWeights& weights) {
  return weights.value * static_cast<double>(counts.values) + weights.gradient * static_cast<double>(counts.gradients) +
         weights.product * static_cast<double>(counts.hessian_vector_products);
}

std::string_view name_of(Judgement judgement) {
  switch (judgement) {
    case Judgement::none:
      return "none";
    case Judgement::final_point:
      return "point";
    case Judgement::diagnosis:
      break;
  }
  return "diagnosis";
}

Judgement judgement_of(std::string_view name) {
  for (const Judgement judgement : {Judgement::none, Judgement::final_point, Judgement::diagnosis}) {
    if (name_of(judgement) == name) return judgement;
  }
  throw std::invalid_argument("judgement must be none, point or diagnosis, got '" + std::string(name) + "'");
}

std::string_view name_of(Traces traces) { return traces == Traces::none ? "none" : "kept"; }

Traces traces_of(std::string_view name) {
  for (const Traces traces : {Traces::none, Traces::kept}) {
    if (name_of(traces) == name) return traces;
  }
  throw std::invalid_argument("traces must be none or kept, got '" + std::string(name) + "'");
}

std::string_view name_of(SolverMode mode) {
  switch (mode) {
    case SolverMode::given:
      return "default";
    case SolverMode::theory:
      return "theory";
    case SolverMode::tuned:
      break;
  }
  return "tuned";
}

SolverMode solver_mode_of(std::string_view name) {
  for (const SolverMode mode : {SolverMode::given, SolverMode::theory, SolverMode::tuned}) {
    if (name_of(mode) == name) return mode;
  }
  throw std::invalid_argument("mode must be default, theory or tuned, got '" + std::string(name) + "'");
}

Index run_count(const CampaignOptions& options) {
  return static_cast<Index>(options.cases.size() * options.solvers.size()) * options.seeds;
}

RunPlace place_of(const CampaignOptions& options, Index run) {
  const auto solvers = static_cast<Index>(options.solvers.size());
  const Index group = run / options.seeds;
  return {group / solvers, group % solvers, options.first_seed + run % options.seeds};
}

const CampaignCase& case_at(const CampaignOptions& options, const RunPlace& place) {
  return options.cases[static_cast<std::size_t>(place.case_index)];
}

const GroupNote* note_of(const CampaignOptions& options, Index group) {
  const auto note = std::lower_bound(options.notes.begin(), options.notes.end(), group,
                                     [](const GroupNote& a, Index b) { return a.group < b; });
  return note != options.notes.end() && note->group == group ? &*note : nullptr;
}

Index runs_in_group(const CampaignOptions& options, Index group) {
  const GroupNote* const note = note_of(options, group);
  if (note == nullptr) return options.seeds;
  return note->kind == GroupKind::single ? 1 : 0;
}

bool is_wanted(const CampaignOptions& options, Index run) {
  return run % options.seeds < runs_in_group(options, run / options.seeds);
}

Index wanted_count(const CampaignOptions& options) {
  Index count = run_count(options);
  for (const GroupNote& note : options.notes) count -= options.seeds - runs_in_group(options, note.group);
  return count;
}

void check(const CampaignOptions& options) {
  require(!options.cases.empty(), "there must be at least one case", "0");
  require(!options.solvers.empty(), "there must be at least one solver", "0");
  std::set<std::string> texts;
  for (const CampaignCase& one : options.cases) {
    require(texts.insert(text_of(one)).second, "cases must differ", text_of(one) + " twice");
  }
  require(options.seeds >= 1, "seeds must be >= 1", std::to_string(options.seeds));
  require(options.first_seed >= 0, "first_seed must be >= 0", std::to_string(options.first_seed));
  require(options.budget >= 1.0 && std::isfinite(options.budget), "budget must be >= 1 and finite",
          format_number(options.budget));
  require(options.seconds > 0.0, "seconds must be > 0", format_number(options.seconds));
  require(!options.targets.empty(), "there must be at least one target", "0");
  double before = 1.0;
  for (const double target : options.targets) {
    require(target > 0.0 && target < before, "targets must be in (0, 1) and decrease", joined(options.targets));
    before = target;
  }
  require(options.escape_fraction > 0.0 && options.escape_fraction < 1.0, "escape_fraction must be in (0, 1)",
          format_number(options.escape_fraction));
  require(options.escape_distance >= 0.0 && std::isfinite(options.escape_distance),
          "escape_distance must be >= 0 and finite", format_number(options.escape_distance));
  const CostWeights& weights = options.weights;
  for (const double weight : {weights.value, weights.gradient, weights.product}) {
    require(weight >= 0.0 && std::isfinite(weight), "weights must be >= 0 and finite", format_number(weight));
  }
  // Every step takes a gradient: at a cost of zero a run might never end.
  require(weights.gradient > 0.0, "the weight of a gradient must be > 0", format_number(weights.gradient));
}

std::vector<std::pair<std::string, std::string>> entries_of(const CampaignOptions& options) {
  std::vector<std::pair<std::string, std::string>> entries;
  const auto put = [&entries](const std::string& name, std::string value) {
    entries.emplace_back(name, std::move(value));
  };
  for (std::size_t i = 0; i < options.cases.size(); ++i) {
    put("problem " + std::to_string(i), text_of(options.cases[i].problem));
    put("start " + std::to_string(i), options.cases[i].start);
  }
  for (std::size_t i = 0; i < options.solvers.size(); ++i) {
    put("solver " + std::to_string(i), text_of(options.solvers[i]));
  }
  put("seeds", std::to_string(options.seeds));
  if (options.first_seed != 0) put("first_seed", std::to_string(options.first_seed));
  put("budget", format_exact(options.budget));
  put("seconds", std::isinf(options.seconds) ? "no limit" : format_exact(options.seconds));
  put("weights", joined({options.weights.value, options.weights.gradient, options.weights.product}));
  put("targets", joined(options.targets));
  put("escape_fraction", format_exact(options.escape_fraction));
  put("escape_distance", format_exact(options.escape_distance));
  put("judgement", std::string(name_of(options.judgement)));
  put("traces", std::string(name_of(options.traces)));
  if (options.mode != SolverMode::given) put("mode", std::string(name_of(options.mode)));
  for (std::size_t i = 0; i < options.tuning.size(); ++i) {
    put(std::string(tuning_prefix) + std::to_string(i), options.tuning[i]);
  }
  for (const Index index : options.relative_cases) {
    put(std::string(case_prefix) + std::to_string(index), std::string(relative_text));
  }
  for (const GroupNote& note : options.notes) {
    put(std::string(group_prefix) + std::to_string(note.group),
        note.kind == GroupKind::single ? std::string(single_text) : std::string(not_applicable_prefix) + note.reason);
  }
  return entries;
}

CampaignOptions options_of(const std::vector<std::pair<std::string, std::string>>& entries) {
  CampaignOptions options;
  const auto text = [&entries](const std::string& wanted) {
    for (const auto& [name, value] : entries) {
      if (name == wanted) return value;
    }
    throw std::invalid_argument("campaign: the configuration must have an entry '" + wanted + "', got none");
  };
  for (const auto& [name, value] : entries) {
    if (name.starts_with("problem ")) {
      options.cases.push_back({parse_choice(value), text("start " + name.substr(std::string("problem ").size()))});
    }
    if (name.starts_with("solver ")) options.solvers.push_back(parse_choice(value));
    if (name == "mode") options.mode = solver_mode_of(value);
    if (name.starts_with(tuning_prefix)) options.tuning.push_back(value);
    if (name == "first_seed") options.first_seed = static_cast<Index>(number_of(name, value));
  }
  options.seeds = static_cast<Index>(number_of("seeds", text("seeds")));
  options.budget = number_of("budget", text("budget"));
  if (text("seconds") != "no limit") options.seconds = number_of("seconds", text("seconds"));
  const std::vector<double> weights = numbers_of("weights", text("weights"));
  if (weights.size() != 3)
    throw std::invalid_argument("campaign: weights must be three numbers, got " + text("weights"));
  options.weights = {weights[0], weights[1], weights[2]};
  options.targets = numbers_of("targets", text("targets"));
  options.escape_fraction = number_of("escape_fraction", text("escape_fraction"));
  options.escape_distance = number_of("escape_distance", text("escape_distance"));
  options.judgement = judgement_of(text("judgement"));
  for (const auto& [name, value] : entries) {
    if (name.starts_with(case_prefix)) {
      const auto index = static_cast<Index>(number_of(name, name.substr(case_prefix.size())));
      require(index >= 0 && index < static_cast<Index>(options.cases.size()) && value == relative_text,
              "relative cases must be of the grid", name + " " + value);
      options.relative_cases.push_back(index);
    }
    if (name.starts_with(group_prefix)) options.notes.push_back(group_note_of(name, value));
  }
  options.traces = traces_of(text("traces"));
  const auto groups = static_cast<Index>(options.cases.size() * options.solvers.size());
  for (std::size_t i = 0; i < options.notes.size(); ++i) {
    const Index least = i == 0 ? 0 : options.notes[i - 1].group + 1;
    require(options.notes[i].group >= least && options.notes[i].group < groups, "groups must be of the grid and ascend",
            std::to_string(options.notes[i].group));
  }
  check(options);
  return options;
}

}  // namespace perigee
