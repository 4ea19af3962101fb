// What the problems over Markov decision processes share: the parameters of their policies, and what is known.
#ifndef PERIGEE_LIB_PROBLEMS_POLICY_PROBLEM_HPP
#define PERIGEE_LIB_PROBLEMS_POLICY_PROBLEM_HPP

#include <perigee/lib/parameters.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/problems/tabular_policy.hpp>

#include <string>
#include <vector>

namespace perigee::problems {

/// transform, p, softmax_temperature, entropy_temperature, barrier, start, initial_probability.
std::vector<ParameterDescription> policy_parameters();

/// A parameter `discount`, gamma, with this default.
ParameterDescription discount_parameter(const std::string& default_value);

/// A parameter `initial_state`: "uniform", or the number of a state.
ParameterDescription initial_state_parameter();

/// The process with the starts that the parameter `initial_state` says.
MarkovDecisionProcess started_as_told(const std::string& who, const MarkovDecisionProcess& process,
                                      const Parameters& parameters);

/// The transform and the regularization that `policy_parameters` describe.
TabularPolicyOptions policy_options(const std::string& who, const Parameters& parameters);

/// The policies to start from, of length S A: "uniform", and "even", where the best actions of every state have the
/// probability `initial_probability` each and the others share the rest; the one that `start` names first.
std::vector<StartPoint> start_policies(const std::string& who, const Parameters& parameters,
                                       const TabularPolicy& landscape);

/// The problem of this landscape, all but its summary and why it is hard: starts, optimum, constants.
///
/// With rewards of range R, softmax policies are l-smooth, l = (8 R + tau (4 + 8 log A))/((1 - gamma)^3 T^2) +
/// lambda/(2 S T^2): Mei et al. (2020b), lemmas 7 and 14. That bound is far above the curvature met, so the suggested
/// step is another: that of a single state with the same range of values, R/(1 - gamma). It is measured to descend,
/// not proved.
Problem policy_problem(const std::string& name, const Parameters& parameters,
                       std::shared_ptr<const TabularPolicy> landscape);

}  // namespace perigee::problems

#endif
