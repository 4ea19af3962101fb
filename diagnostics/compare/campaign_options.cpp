#include <perigee/diagnostics/compare/campaign_options.hpp>

#include <perigee/lib/format.hpp>

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
  return static_cast<Index>(options.cases.size() * options.solvers.size()) * options.seeds;
}

RunPlace place_of(const CampaignOptions& options, Index run) {
  const auto solvers = static_cast<Index>(options.solvers.size());
  const Index group = run / options.seeds;
  return {group / solvers, group % solvers, run % options.seeds};
}

const CampaignCase& case_at(const CampaignOptions& options, const RunPlace& place) {
  return options.cases[static_cast<std::size_t>(place.case_index)];
}

void check(const CampaignOptions& options) {
  require(!options.cases.empty(), "there must be at least one case", "0");
  require(!options.solvers.empty(), "there must be at least one solver", "0");
  std::set<std::string> texts;
  for (const CampaignCase& one : options.cases) {
    require(texts.insert(text_of(one)).second, "cases must differ", text_of(one) + " twice");
  }
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
  for (std::size_t i = 0; i < options.cases.size(); ++i) {
    put("problem " + std::to_string(i), text_of(options.cases[i].problem));
    put("start " + std::to_string(i), options.cases[i].start);
  }
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
