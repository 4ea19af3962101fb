#include <perigee/diagnostics/compare/campaign_options.hpp>

#include <perigee/lib/format.hpp>

#include <charconv>
#include <cmath>
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

Index run_count(const CampaignOptions& options) {
  return static_cast<Index>(options.problems.size() * options.starts.size() * options.solvers.size()) * options.seeds;
}

RunPlace place_of(const CampaignOptions& options, Index run) {
  const auto solvers = static_cast<Index>(options.solvers.size());
  const auto starts = static_cast<Index>(options.starts.size());
  const Index group = run / options.seeds;
  return {group / solvers / starts, group / solvers % starts, group % solvers, run % options.seeds};
}

void check(const CampaignOptions& options) {
  require(!options.problems.empty(), "there must be at least one problem", "0");
  require(!options.solvers.empty(), "there must be at least one solver", "0");
  require(!options.starts.empty(), "there must be at least one start", "0");
  require(options.seeds >= 1, "seeds must be >= 1", std::to_string(options.seeds));
  require(options.budget >= 1.0 && std::isfinite(options.budget), "budget must be >= 1 and finite",
          format_number(options.budget));
  require(!options.targets.empty(), "there must be at least one target", "0");
  double before = 1.0;
  for (const double target : options.targets) {
    require(target > 0.0 && target < before, "targets must be in (0, 1) and decrease", joined(options.targets));
    before = target;
  }
  require(options.escape_fraction > 0.0 && options.escape_fraction < 1.0, "escape_fraction must be in (0, 1)",
          format_number(options.escape_fraction));
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
  for (std::size_t i = 0; i < options.problems.size(); ++i) {
    put("problem " + std::to_string(i), text_of(options.problems[i]));
  }
  for (std::size_t i = 0; i < options.starts.size(); ++i) put("start " + std::to_string(i), options.starts[i]);
  for (std::size_t i = 0; i < options.solvers.size(); ++i) {
    put("solver " + std::to_string(i), text_of(options.solvers[i]));
  }
  put("seeds", std::to_string(options.seeds));
  put("budget", format_exact(options.budget));
  put("weights", joined({options.weights.value, options.weights.gradient, options.weights.product}));
  put("targets", joined(options.targets));
  put("escape_fraction", format_exact(options.escape_fraction));
  put("judgement", std::string(name_of(options.judgement)));
  return entries;
}

CampaignOptions options_of(const std::vector<std::pair<std::string, std::string>>& entries) {
  CampaignOptions options;
  options.starts.clear();
  const auto text = [&entries](const std::string& wanted) {
    for (const auto& [name, value] : entries) {
      if (name == wanted) return value;
    }
    throw std::invalid_argument("campaign: the configuration must have an entry '" + wanted + "', got none");
  };
  for (const auto& [name, value] : entries) {
    if (name.starts_with("problem ")) options.problems.push_back(parse_choice(value));
    if (name.starts_with("start ")) options.starts.push_back(value);
    if (name.starts_with("solver ")) options.solvers.push_back(parse_choice(value));
  }
  options.seeds = static_cast<Index>(number_of("seeds", text("seeds")));
  options.budget = number_of("budget", text("budget"));
  const std::vector<double> weights = numbers_of("weights", text("weights"));
  if (weights.size() != 3)
    throw std::invalid_argument("campaign: weights must be three numbers, got " + text("weights"));
  options.weights = {weights[0], weights[1], weights[2]};
  options.targets = numbers_of("targets", text("targets"));
  options.escape_fraction = number_of("escape_fraction", text("escape_fraction"));
  options.judgement = judgement_of(text("judgement"));
  check(options);
  return options;
}

}  // namespace perigee
