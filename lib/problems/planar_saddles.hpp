// Saddles in the plane, each with the curvatures of its textbook and its stable manifold as a start.
//
//     hyperbolic-saddle   x^2 - y^2                        unbounded below
//     nesterov-saddle     x^2/2 + y^4/4 - y^2/2            Nesterov (2004), "Introductory lectures on convex
//                                                          optimization", section 1.2.3
//     ge-saddle           x^4 - 2 x^2 + y^2                Ge (2016), "Escaping from saddle points" (lecture note)
//     zhang-li-saddle     x^4/16 - x^2/2 + 9 y^2/8         Zhang and Li (2021), figure 1
//     cross-saddle        x y + (x^4 + y^4)/4              its unstable direction is no coordinate axis
//     flat-saddle         x^2/2 - y^4/4 + y^6/6            not strict: f falls from the saddle to fourth order only
//
// Escape times of gradient descent with step eta from (0, y0), where only y moves: exactly
// ln(R/|y0|)/ln(1 + 2 eta) steps to |y| = R for x^2 - y^2, but about 1/(2 eta y0^2) for the flat saddle.
#ifndef PERIGEE_LIB_PROBLEMS_PLANAR_SADDLES_HPP
#define PERIGEE_LIB_PROBLEMS_PLANAR_SADDLES_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry hyperbolic_saddle();  // "hyperbolic-saddle"
Entry nesterov_saddle();    // "nesterov-saddle"
Entry ge_saddle();          // "ge-saddle"
Entry zhang_li_saddle();    // "zhang-li-saddle"
Entry cross_saddle();       // "cross-saddle"
Entry flat_saddle();        // "flat-saddle"

}  // namespace perigee::problems

#endif
