#include <perigee/diagnostics/compare/suites.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>

namespace perigee {

namespace {

std::vector<CampaignCase> cases(std::initializer_list<const char*> texts) {
  std::vector<CampaignCase> all;
  for (const char* text : texts) add_cases(all, parse_cases(text, {"first"}));
  return all;
}

// Saddles of every kind, exact, nearby and on the stable manifold, and the unconstrained standard set: what a method
// that escapes must do, and what it must not spoil.
Suite minimal() {
  return {"minimal", "saddles of every kind and problems 1 to 20 of More, Garbow and Hillstrom (1981)",
          cases({"capped-saddle@near-saddle",
                 "zhang-li-saddle@near-saddle",
                 "monkey-saddle@stable-manifold",
                 "flat-saddle@near-saddle",
                 "lucchi-quartic(terms=20)@near-saddle",
                 "cubic-regularized-saddle(dimension=20)@near-saddle",
                 "cubic-regularized-saddle(dimension=200)@near-saddle",
                 "ill-conditioned-saddle(negative_curvature=0.001)@near-saddle",
                 "octopus(dimension=5)@ones",
                 "octopus(dimension=10, smoothness=2.718281828459045)@ones",
                 "softmax-bandit@corner",
                 "deep-chain(depth=3)@standard",
                 "mueller-brown@near-lower-saddle",
                 "mueller-brown@near-upper-saddle",
                 "beale@saddle",
                 "wood@saddle",
                 "chained-rosenbrock(dimension=5)@saddle",
                 "rank-one-pca@saddle",
                 "symmetric-factorization(dimension=20)@saddle",
                 "phase-retrieval-population@saddle-sphere",
                 "xor-network@saddle",
                 "rosenbrock@standard",
                 "freudenstein-roth@standard",
                 "powell-badly-scaled@standard",
                 "brown-badly-scaled@standard",
                 "beale@standard",
                 "jennrich-sampson@standard",
                 "helical-valley@standard",
                 "bard@standard",
                 "gaussian@standard",
                 "meyer@standard",
                 "gulf@standard",
                 "box-three-dimensional@standard",
                 "powell-singular@standard",
                 "wood@standard",
                 "kowalik-osborne@standard",
                 "brown-dennis@standard",
                 "osborne-one@standard",
                 "biggs-exp6@standard",
                 "osborne-two@standard",
                 "watson@standard"})};
}

Suite policy() {
  return {"policy", "policies by softmax and escort: gravity wells, damping, and processes of many states",
          cases({"softmax-bandit@corner", "softmax-bandit@even", "escort-bandit@corner", "escort-bandit@even",
                 "entropy-regularized-bandit@corner", "stochastic-bandit@corner", "asr-bandits@normal",
                 "softmax-cross-entropy@standard", "escort-cross-entropy@standard", "softmax-attention@well",
                 "tabular-mdp@uniform", "tabular-mdp@even", "tabular-mdp(transform=escort)@even",
                 "distractor-chain@uniform", "distractor-chain(transform=escort)@uniform", "four-room@uniform"})};
}

const std::set<std::string>& problem_names() {
  static const std::set<std::string> names = [] {
    std::set<std::string> all;
    for (const Suite& suite : suites()) {
      for (const CampaignCase& one : suite.cases) all.insert(one.problem.name);
    }
    return all;
  }();
  return names;
}

}  // namespace

const std::vector<Suite>& suites() {
  static const std::vector<Suite> all{minimal(), policy()};
  return all;
}

std::string_view name_of(SuitePart part) {
  switch (part) {
    case SuitePart::training:
      return "training";
    case SuitePart::held_out:
      return "held-out";
    case SuitePart::all:
      break;
  }
  return "all";
}

SuitePart suite_part_of(std::string_view name) {
  for (const SuitePart part : {SuitePart::training, SuitePart::held_out, SuitePart::all}) {
    if (name_of(part) == name) return part;
  }
  throw std::invalid_argument("part must be training, held-out or all, got '" + std::string(name) + "'");
}

SuitePart part_of_problem(const std::string& name) {
  const auto place = problem_names().find(name);
  if (place == problem_names().end()) throw std::invalid_argument("no suite has problem '" + name + "'");
  return std::distance(problem_names().begin(), place) % 2 == 0 ? SuitePart::training : SuitePart::held_out;
}

std::vector<CampaignCase> suite_cases(const std::string& name, SuitePart part) {
  std::string known;
  for (const Suite& suite : suites()) {
    known += (known.empty() ? "" : ", ") + suite.name;
    if (suite.name != name) continue;
    std::vector<CampaignCase> chosen;
    std::copy_if(suite.cases.begin(), suite.cases.end(), std::back_inserter(chosen), [&](const CampaignCase& one) {
      return part == SuitePart::all || part_of_problem(one.problem.name) == part;
    });
    return chosen;
  }
  throw std::invalid_argument("unknown suite '" + name + "'; there are " + known);
}

}  // namespace perigee
