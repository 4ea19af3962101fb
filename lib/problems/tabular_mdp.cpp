#include <perigee/lib/problems/policy_problem.hpp>
#include <perigee/lib/problems/tabular_mdp.hpp>

#include <fstream>
#include <stdexcept>

namespace perigee::problems {

namespace {

MarkovDecisionProcess process_of(const Parameters& parameters) {
  const double discount = parameters.real("discount");
  if (!parameters.has("file")) {
    return random_process(parameters.integer("states"), parameters.integer("actions"), parameters.integer("branching"),
                          discount, static_cast<std::uint64_t>(parameters.integer("instance")));
  }
  for (const char* name : {"states", "actions", "branching", "instance"}) {
    if (!parameters.is_changed(name)) continue;
    throw std::invalid_argument(std::string("tabular-mdp: ") + name + " must be left out with a file, got '" +
                                parameters.text(name) + "'");
  }
  std::ifstream lines(parameters.text("file"));
  if (!lines) {
    throw std::invalid_argument("tabular-mdp: file must be readable, got '" + parameters.text("file") + "'");
  }
  return read_process(lines, parameters.text("file"), discount);
}

Problem make_tabular_mdp(const Parameters& parameters) {
  const TabularPolicyOptions options = policy_options("tabular-mdp", parameters);
  Problem problem = policy_problem(
      "tabular-mdp", parameters,
      std::make_shared<TabularPolicy>(started_as_told("tabular-mdp", process_of(parameters), parameters), options));
  problem.summary = "the sub-optimality V*(rho) - V^pi(rho) of a tabular policy in a Markov decision process";
  problem.why_hard =
      "every state has the landscape of a bandit, weighted by how often the policy visits it: states that matter may "
      "hardly be visited, and what an action is worth depends on the policy elsewhere";
  return problem;
}

}  // namespace

Entry tabular_mdp() {
  std::vector<ParameterDescription> parameters{{.name = "states",
                                                .kind = ParameterKind::integer,
                                                .default_value = "10",
                                                .least = 1,
                                                .greatest = 2000,
                                                .summary = "S, of a random process"},
                                               {.name = "actions",
                                                .kind = ParameterKind::integer,
                                                .default_value = "4",
                                                .least = 1,
                                                .greatest = 1000,
                                                .summary = "A, of a random process"},
                                               {.name = "branching",
                                                .kind = ParameterKind::integer,
                                                .default_value = "3",
                                                .least = 1,
                                                .greatest = 2000,
                                                .summary = "successors of a state and an action, at most S"},
                                               discount_parameter("0.9"),
                                               {.name = "instance",
                                                .kind = ParameterKind::integer,
                                                .default_value = "1",
                                                .least = 0,
                                                .greatest = 1e9,
                                                .summary = "the seed of the random process"},
                                               {.name = "file",
                                                .kind = ParameterKind::text,
                                                .default_value = "",
                                                .summary = "lines state,action,next,probability,reward; empty: random"},
                                               initial_state_parameter()};
  for (ParameterDescription& parameter : policy_parameters()) parameters.push_back(std::move(parameter));
  return {.name = "tabular-mdp",
          .family = "policies",
          .summary = "a tabular policy in a Markov decision process, with exact policy gradients",
          .parameters = parameters,
          .make = make_tabular_mdp};
}

}  // namespace perigee::problems
