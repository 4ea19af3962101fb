// What a run could have done instead: strategies by name.
//
//     baseline                    the run's own solver with its settings, started anew at the fork
//     step(factor=F)              the same with F times the learning rate; gradient descent if the solver has none
//     perturbation(radius=R)      the same from a point drawn uniformly from the ball of radius R around the fork
//     escort(p=P)                 gradient descent through an escort transform of the same policy (softmax bandits):
//                                 theta = pi^(1/p), Mei et al. (2020), with the step of their theorem 2
//     NAME, NAME(key=value, ...)  any solver of the registry; a learning rate that its default leaves to a rule is that
//                                 of the baseline, so that steps are comparable
#ifndef PERIGEE_DIAGNOSTICS_REPLAY_STRATEGY_HPP
#define PERIGEE_DIAGNOSTICS_REPLAY_STRATEGY_HPP

#include <perigee/diagnostics/compare/named_choice.hpp>
#include <perigee/diagnostics/replay/fork.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/solver.hpp>

#include <memory>
#include <string>
#include <vector>

namespace perigee {

struct Strategy {
  std::string name;                            // as written: "perturbation(radius=0.01)"
  std::shared_ptr<const Objective> objective;  // the run's, or that of another transform with the same values
  std::shared_ptr<const Solver> solver;
  Vector start;
  double radius = 0.0;  // of the ball around `start` that a run starts in
};

/// The learning rate of the baseline: its own setting, where that is a number; else the step that the problem suggests,
/// or 1/l. NaN: none of them is known.
double reference_step(const Problem& problem, const NamedChoice& baseline);

/// The strategy of that name. Throws std::invalid_argument on unknown names, wrong parameters, and on a strategy that
/// this problem does not permit.
Strategy make_strategy(const NamedChoice& choice, const Problem& problem, const NamedChoice& baseline,
                       const Fork& fork);

/// The strategies tried where none are named: baseline; step by 10, 3 and 0.1; perturbation by 0.001, 0.01 and 0.1;
/// perturbed-gradient-descent; heavy-ball, nesterov; langevin-dynamics at 0.001, 0.01 and 0.1 of the departure; on
/// policies escort(p=2) and natural-policy-gradient; certified(...) of the baseline; guided.
std::vector<NamedChoice> default_strategies(const Problem& problem, const NamedChoice& baseline, const Fork& fork);

}  // namespace perigee

#endif
