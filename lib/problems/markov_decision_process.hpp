// A finite Markov decision process (S, A, P, r, gamma, rho) and its optimal values by value iteration.
//
// V^pi(rho) = E sum_t gamma^t r(s_t, a_t), s_0 ~ rho. The optimal values are the fixed point of
//
//     V(s) = max_a Q(s, a),                  Q(s, a) = r(s, a) + gamma sum_s' P(s'|s, a) V(s')
//     V(s) = tau log sum_a exp(Q(s, a)/tau)  with an entropy bonus of temperature tau > 0
//
// and both maps contract by gamma in the maximum norm: Puterman (1994), "Markov decision processes", section 6.3;
// Nachum et al. (2017) for the soft one. docs/theory/policy-landscapes.md, eqs. (5) to (7).
#ifndef PERIGEE_LIB_PROBLEMS_MARKOV_DECISION_PROCESS_HPP
#define PERIGEE_LIB_PROBLEMS_MARKOV_DECISION_PROCESS_HPP

#include <perigee/lib/vector.hpp>

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

namespace perigee::problems {

/// One possible successor of a state and an action.
struct Transition {
  Index next = 0;
  double probability = 0.0;
};

/// What defines a process. Pairs (s, a) are numbered s A + a.
struct MarkovDecisionProcessOptions {
  Index states = 0;                                   // S >= 1
  Index actions = 0;                                  // A >= 1
  double discount = 0.0;                              // gamma in [0, 1)
  std::vector<double> initial{};                      // rho, length S, a distribution
  std::vector<double> rewards{};                      // r(s, a), length S A, finite
  std::vector<std::vector<Transition>> successors{};  // of every pair: distributions
};

class MarkovDecisionProcess {
 public:
  /// Throws std::invalid_argument if a length, an index or a number is outside what is said above; distributions
  /// must sum to 1 within 1e-9.
  explicit MarkovDecisionProcess(MarkovDecisionProcessOptions options);

  Index state_count() const { return options_.states; }
  Index action_count() const { return options_.actions; }
  Index pair_count() const { return options_.states * options_.actions; }
  double discount() const { return options_.discount; }
  ConstVectorView initial() const { return options_.initial; }
  double reward(Index state, Index action) const { return options_.rewards[at(state, action)]; }
  double reward_range() const;  // max r - min r
  std::span<const Transition> successors(Index state, Index action) const {
    return options_.successors[at(state, action)];
  }
  /// The same process with all starts in one state. Throws std::invalid_argument if there is no such state.
  MarkovDecisionProcess started_in(Index state) const;
  /// gamma sum_s' P(s'|s, a) v(s'), v of length S.
  double discounted_next(Index state, Index action, ConstVectorView v) const;

 private:
  std::size_t at(Index state, Index action) const {
    return static_cast<std::size_t>(state * options_.actions + action);
  }
  MarkovDecisionProcessOptions options_;
};

/// V* and what each action costs beside the best.
struct OptimalValues {
  Vector values;             // V*, length S
  Vector regrets;            // max_b Q*(s, b) - Q*(s, a) >= 0, length S A; 0 for every best action
  std::vector<Index> best;   // a*(s), the first of the best
  double start_value = 0.0;  // V*(rho)
};

/// By value iteration to rounding; regrets below 1e-13 (1 + max |V*|) are rounding and are set to 0.
/// Cost: about 40/(1 - gamma) sweeps of every transition.
OptimalValues value_iteration(const MarkovDecisionProcess& process);

/// The optimum with the entropy bonus.
struct SoftOptimalValues {
  Vector values;             // V*_tau, length S
  Vector log_policy;         // log pi*_tau(a|s) = (Q*_tau - V*_tau)/tau, length S A, normalized in every state
  double start_value = 0.0;  // V*_tau(rho)
};

/// Throws std::invalid_argument unless temperature > 0 and finite. Cost as `value_iteration`.
SoftOptimalValues soft_value_iteration(const MarkovDecisionProcess& process, double temperature);

/// A process with random transitions and rewards: every pair has `branching` different successors, uniform among the
/// states, with probabilities uniform on the simplex, and a reward U[0, 1); rho is uniform. Archibald, McKinnon and
/// Thomas (1995). Throws std::invalid_argument unless 1 <= branching <= states.
MarkovDecisionProcess random_process(Index states, Index actions, Index branching, double discount, std::uint64_t seed);

/// Reads lines `state,action,next,probability,reward`, all counted from 0; blank lines and those that begin with # are
/// passed over. The reward of a pair is the mean over its successors. Numbers of states and actions are those that
/// occur; every pair must occur. rho is uniform. Throws std::invalid_argument, naming `source` and the line.
MarkovDecisionProcess read_process(std::istream& lines, const std::string& source, double discount);

}  // namespace perigee::problems

#endif
