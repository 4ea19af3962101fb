#include <perigee/lib/problems/distractor_chain.hpp>
#include <perigee/lib/problems/policy_problem.hpp>

#include <algorithm>
#include <stdexcept>

namespace perigee::problems {

MarkovDecisionProcess distractor_chain_process(Index length) {
  if (length < 1) {
    throw std::invalid_argument("distractor_chain_process: length must be >= 1, got " + std::to_string(length));
  }
  const auto h = static_cast<double>(length);
  MarkovDecisionProcessOptions options{.states = length + 1, .actions = 2, .discount = h / (h + 1.0)};
  const double unit = 1.0 / (h + 1.0);  // 1 - gamma
  for (Index s = 0; s <= length; ++s) {
    options.initial.push_back(s == 0 ? 1.0 : 0.0);
    options.rewards.push_back(0.1 * unit);
    options.successors.push_back({{0, 1.0}});
    options.rewards.push_back(s == length ? unit : 0.0);
    options.successors.push_back({{std::min(s + 1, length), 1.0}});
  }
  return MarkovDecisionProcess(std::move(options));
}

namespace {

Problem make_distractor_chain(const Parameters& parameters) {
  const TabularPolicyOptions options = policy_options("distractor-chain", parameters);
  Problem problem =
      policy_problem("distractor-chain", parameters,
                     std::make_shared<TabularPolicy>(distractor_chain_process(parameters.integer("length")), options));
  problem.summary = "a tabular policy on a chain whose goal is H steps away from a small reward at hand";
  problem.why_hard =
      "the uniform policy hardly ever reaches the far end, so the gradient points to the small reward: the time to "
      "turn round grows faster than exponentially with the length";
  return problem;
}

}  // namespace

Entry distractor_chain() {
  std::vector<ParameterDescription> parameters{{.name = "length",
                                                .kind = ParameterKind::integer,
                                                .default_value = "4",
                                                .least = 1,
                                                .greatest = 1000,
                                                .summary = "H: the goal is H steps from the start"}};
  for (ParameterDescription& parameter : policy_parameters()) parameters.push_back(std::move(parameter));
  return {.name = "distractor-chain",
          .family = "policies",
          .summary = "a chain with a distracting reward: escape times that explode with its length",
          .parameters = parameters,
          .make = make_distractor_chain};
}

}  // namespace perigee::problems
