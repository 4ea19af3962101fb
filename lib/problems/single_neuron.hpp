// One sigmoid neuron with exponentially many minima.
//
//     f(w) = sum_{i=1}^d phi(w_i),   phi(t) = sum_{j=0}^{n-1} (sigma(B^j t) - 3/4)^2,   sigma(z) = 1/(1 + exp(-z))
//
// The squared loss of a neuron on n inputs per axis whose sizes are powers of B, all with the target 3/4. Auer,
// Herbster and Warmuth (1996), "Exponentially many local minima for single neurons", prove that (n/d)^d minima are
// possible; in this axis-aligned instance phi has, for B >= 10, n minima near ln 3/B^j and n - 1 maxima between them,
// so f has n^d minima, all with w > 0. For t < 0 phi descends towards t = 0 everywhere; at both ends it is flat.
#ifndef PERIGEE_LIB_PROBLEMS_SINGLE_NEURON_HPP
#define PERIGEE_LIB_PROBLEMS_SINGLE_NEURON_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry single_neuron();  // "single-neuron"

}  // namespace perigee::problems

#endif
