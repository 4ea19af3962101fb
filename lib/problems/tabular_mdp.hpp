// Tabular policies in a Markov decision process that is random or read from a file.
#ifndef PERIGEE_LIB_PROBLEMS_TABULAR_MDP_HPP
#define PERIGEE_LIB_PROBLEMS_TABULAR_MDP_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry tabular_mdp();  // "tabular-mdp"

}  // namespace perigee::problems

#endif
