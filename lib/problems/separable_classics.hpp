// Classic functions that are sums of one profile over the coordinates: with k stationary points of the profile they
// have k^n, of which minima are exponentially many.
//
//     double-well      t^4/4 - t^2/2               minima +-1, barrier 1/4, phi'' = 2, -1
//     tilted-well      t^4/4 - t^2/2 + h t         0 <= h < 2/(3 sqrt 3): one minimum deeper than the other
//     styblinski-tang  (t^4 - 16 t^2 + 5 t)/2      Styblinski and Tang (1990), "Experiments in nonconvex optimization"
//     rastrigin        t^2 + 10 (1 - cos 2 pi t)   Rastrigin (1974); n-dimensional in Muehlenbein, Schomisch and Born
//                                                  (1991), "The parallel genetic algorithm as function optimizer"
//
// The profiles' stationary points are bisected to the last bit when the problem is made.
#ifndef PERIGEE_LIB_PROBLEMS_SEPARABLE_CLASSICS_HPP
#define PERIGEE_LIB_PROBLEMS_SEPARABLE_CLASSICS_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry double_well();      // "double-well"
Entry tilted_well();      // "tilted-well"
Entry styblinski_tang();  // "styblinski-tang"
Entry rastrigin();        // "rastrigin"

}  // namespace perigee::problems

#endif
