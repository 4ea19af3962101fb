// A chain whose far end pays and whose every step back pays a little at once: the escape time explodes with its length.
//
// States 0 ... H, two actions. Left leads to state 0 and pays 0.1 (1 - gamma) in every state; right leads one state on
// and pays nothing, but in state H it stays and pays 1 - gamma. gamma = H/(H + 1); all runs start in state 0.
// Always right is optimal: V*(s) = gamma^{H - s}, V*(0) = (1 + 1/H)^{-H} > 1/e, against 0.1 for always left.
// docs/theory/policy-landscapes.md, eq. (17); after the chain of Agarwal et al. (2021), section 4.2.
#ifndef PERIGEE_LIB_PROBLEMS_DISTRACTOR_CHAIN_HPP
#define PERIGEE_LIB_PROBLEMS_DISTRACTOR_CHAIN_HPP

#include <perigee/lib/problems/markov_decision_process.hpp>
#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

inline constexpr Index chain_left = 0;
inline constexpr Index chain_right = 1;

/// Throws std::invalid_argument unless length >= 1.
MarkovDecisionProcess distractor_chain_process(Index length);

Entry distractor_chain();  // "distractor-chain"

}  // namespace perigee::problems

#endif
