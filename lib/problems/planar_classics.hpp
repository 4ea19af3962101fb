// Classic test functions of two variables with every stationary point known.
//
//     himmelblau        (x^2 + y - 11)^2 + (x + y^2 - 7)^2
//                       Himmelblau (1972), "Applied nonlinear programming"
//     six-hump-camel    (4 - 2.1 x^2 + x^4/3) x^2 + x y + (4 y^2 - 4) y^2
//     three-hump-camel  2 x^2 - 1.05 x^4 + x^6/6 + x y + y^2
//                       both in Dixon and Szegoe (1978), "Towards global optimisation 2"
//     goldstein-price   [1 + (x + y + 1)^2 (19 - 14 x + 3 x^2 - 14 y + 6 x y + 3 y^2)]
//                       [30 + (2 x - 3 y)^2 (18 - 32 x + 12 x^2 + 48 y - 36 x y + 27 y^2)]
//                       Goldstein and Price (1971), "On descent from local minima"
//
// The lists of stationary points are those that Newton's method finds from random starts in a box around them (300 to
// 1200 starts in 40-digit arithmetic); minima + maxima - saddles = 1 in each, as it must be for functions that grow
// without bound in every direction.
#ifndef PERIGEE_LIB_PROBLEMS_PLANAR_CLASSICS_HPP
#define PERIGEE_LIB_PROBLEMS_PLANAR_CLASSICS_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry himmelblau();        // "himmelblau"
Entry six_hump_camel();    // "six-hump-camel"
Entry three_hump_camel();  // "three-hump-camel"
Entry goldstein_price();   // "goldstein-price"

}  // namespace perigee::problems

#endif
