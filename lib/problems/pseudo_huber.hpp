// A smooth Huber function: a bowl whose slopes are straight.
//
//     f(x) = sum_i delta^2 (sqrt(1 + (x_i/delta)^2) - 1)
//
// Charbonnier et al. (1994), after Huber (1964), "Robust estimation of a location parameter". Convex, with
// l = 1 and rho = 48/(25 sqrt 5 delta) = 0.8587/delta; but every derivative is below delta in modulus. So
// gradient descent with steps eta_k travels less than delta sum_k eta_k along a coordinate: with eta_k = a/(k + 1)^2
// never more than a delta pi^2/6, and with eta_k = a/(k + 1) a distance R takes more than about exp(R/(a delta)) steps.
#ifndef PERIGEE_LIB_PROBLEMS_PSEUDO_HUBER_HPP
#define PERIGEE_LIB_PROBLEMS_PSEUDO_HUBER_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry pseudo_huber();  // "pseudo-huber"

}  // namespace perigee::problems

#endif
