// `perigee list`: the registries as text or JSON.
#include <perigee/diagnostics/cli/commands.hpp>
#include <perigee/diagnostics/compare/suites.hpp>
#include <perigee/diagnostics/finding.hpp>
#include <perigee/diagnostics/reproduce/registry.hpp>
#include <perigee/diagnostics/thresholds.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

namespace perigee::cli {

namespace {

struct Item {
  std::string kind;  // "problems", "solvers", ...
  std::string name;
  std::string family;
  std::string summary;
  std::vector<ParameterDescription> parameters;
};

ParameterDescription number(std::string name, std::string summary) {
  return {.name = std::move(name), .summary = std::move(summary)};
}

std::vector<Item> schedule_items() {
  const std::string family = "learning-rate";
  const ParameterDescription initial = number("initial", "a0, the rate of the first step");
  const ParameterDescription final_rate = number("final", "a1, the rate at the end, in [0, a0]");
  const ParameterDescription total = number("iterations", "T, where the end is reached");
  return {
      {"schedules", "constant", family, "a0", {initial}},
      {"schedules",
       "step-decay",
       family,
       "a0 factor^floor(k/interval)",
       {initial, number("factor", "in (0, 1]"), number("interval", "in iterations")}},
      {"schedules", "exponential", family, "a0 exp(-decay k)", {initial, number("decay", ">= 0")}},
      {"schedules", "inverse-time", family, "a0/(1 + decay k)", {initial, number("decay", ">= 0")}},
      {"schedules", "cosine", family, "a1 + (a0 - a1)/2 (1 + cos(pi k/T))", {initial, final_rate, total}},
      {"schedules",
       "warm-up-cosine",
       family,
       "linear up to a0 over the warm-up, then cosine",
       {initial, final_rate, number("warm_up", "iterations of the rise"), total}},
      {"schedules", "robbins-monro", family, "a0/(k + k0)", {initial, number("offset", "k0 > 0")}},
      {"schedules",
       "logarithmic",
       family,
       "C/ln(k + k0): a temperature",
       {number("scale", "C > 0"), number("offset", "k0 > 1")}},
      {"schedules",
       "iterated-logarithmic",
       family,
       "C/ln ln(k + k0): a temperature",
       {number("scale", "C > 0"), number("offset", "k0 > e")}},
  };
}

std::vector<Item> line_search_items() {
  const ParameterDescription decrease = number("decrease", "c1, in (0, 1); default 1e-4");
  return {
      {"line-searches", "armijo", "backtracking", "sufficient decrease by interpolating backtracking", {decrease}},
      {"line-searches",
       "strong-wolfe",
       "bracketing",
       "sufficient decrease and small slope, by bracketing and pinpointing",
       {decrease, number("curvature", "c2, in (c1, 1); default 0.9")}},
      {"line-searches",
       "more-thuente",
       "bracketing",
       "sufficient decrease and small slope, safeguarded (More and Thuente 1994)",
       {decrease, number("curvature", "in (c1, 1)")}},
      {"line-searches",
       "hager-zhang",
       "bracketing",
       "the approximate Wolfe condition, reliable down to rounding (Hager and Zhang 2005)",
       {number("decrease", "in (0, 1/2)"), number("curvature", "in (decrease, 1)"),
        number("value_error", "relative rise of the value that is let pass")}},
      {"line-searches",
       "exact",
       "bracketing",
       "the nearest minimizer along the line, by golden sections and Brent's method",
       {number("relative_tolerance", "of the step; default 1.5e-8")}},
  };
}

std::vector<Item> suite_items() {
  std::vector<Item> all;
  for (const Suite& suite : suites()) {
    all.push_back({"suites", suite.name, "suite", suite.summary, {}});
    for (const CampaignCase& one : suite.cases) {
      all.back().parameters.push_back(
          {.name = text_of(one), .summary = std::string(name_of(part_of_problem(one.problem.name)))});
    }
  }
  return all;
}

std::vector<Item> items() {
  std::vector<Item> all;
  for (const problems::Entry& entry : problems::registry()) {
    all.push_back({"problems", entry.name, entry.family, entry.summary, entry.parameters});
  }
  for (const solvers::Entry& entry : all_solvers::registry()) {
    all.push_back({"solvers", entry.name, entry.family, entry.summary, entry.parameters});
  }
  for (Item& item : schedule_items()) all.push_back(std::move(item));
  for (Item& item : line_search_items()) all.push_back(std::move(item));
  for (Item& item : suite_items()) all.push_back(std::move(item));
  for (const FindingDescription& finding : finding_descriptions()) {
    all.push_back({"findings", finding.id, "finding", finding.summary, {}});
  }
  for (const Threshold& threshold : thresholds()) {
    all.push_back({"thresholds",
                   threshold.name,
                   threshold.name.substr(0, threshold.name.find('.')),
                   threshold.meaning + "; default " + format_number(threshold.default_value),
                   {{.name = "value",
                     .kind = threshold.is_count ? ParameterKind::integer : ParameterKind::real,
                     .default_value = format_exact(threshold.default_value),
                     .least = threshold.smallest,
                     .greatest = threshold.largest,
                     .summary = threshold.meaning}}});
  }
  for (const reproduce::Reproduction& reproduction : reproduce::registry()) {
    all.push_back({"reproductions", reproduction.name, reproduction.source, reproduction.claim, {}});
  }
  return all;
}

nlohmann::ordered_json json_of(const Item& item) {
  nlohmann::ordered_json parameters = nlohmann::ordered_json::array();
  for (const ParameterDescription& parameter : item.parameters) {
    parameters.push_back({{"name", parameter.name},
                          {"default", parameter.default_value},
                          {"range", range_text(parameter)},
                          {"summary", parameter.summary}});
  }
  return {{"kind", item.kind},
          {"name", item.name},
          {"family", item.family},
          {"summary", item.summary},
          {"parameters", parameters}};
}

void print_text(const std::vector<Item>& chosen, bool with_parameters) {
  std::size_t width = 0;
  for (const Item& item : chosen) width = std::max(width, item.name.size());
  std::string kind;
  for (const Item& item : chosen) {
    if (item.kind != kind) {
      std::cout << (kind.empty() ? "" : "\n") << item.kind << '\n';
      kind = item.kind;
    }
    std::cout << "  " << item.name << std::string(width - item.name.size() + 2, ' ') << item.summary << '\n';
    if (!with_parameters || item.kind == "thresholds") continue;  // these are told in their line
    for (const ParameterDescription& parameter : item.parameters) {
      std::cout << std::string(width + 4, ' ') << parameter.name;
      if (!parameter.default_value.empty()) std::cout << '=' << parameter.default_value;
      if (parameter.least > -1e308 || parameter.greatest < 1e308) std::cout << " in " << range_text(parameter);
      std::cout << "  " << parameter.summary << '\n';
    }
  }
}

}  // namespace

std::vector<ListedName> listed_names(const std::string& kind) {
  std::vector<ListedName> listed;
  for (const Item& item : items()) {
    if (item.kind != kind) continue;
    listed.push_back({item.name, item.summary, {}});
    for (const ParameterDescription& parameter : item.parameters) listed.back().parameters.push_back(parameter.name);
  }
  return listed;
}

int list_command(const ListOptions& options) {
  std::vector<Item> chosen = items();
  if (!options.what.empty()) {
    std::erase_if(chosen, [&](const Item& item) { return item.kind != options.what; });
  }
  if (options.as_json) {
    nlohmann::ordered_json document = nlohmann::ordered_json::array();
    for (const Item& item : chosen) document.push_back(json_of(item));
    std::cout << document.dump(2) << '\n';
  } else {
    print_text(chosen, !options.what.empty());
  }
  return exit_done;
}

}  // namespace perigee::cli
