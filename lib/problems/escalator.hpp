// The escalator: an endless staircase of near-degenerate saddles.
//
//     q = floor(x / 2 pi),  r = x - 2 pi q,  z = y + q pi
//     f(x, y) = sin z + (sin r - r)(2 sin z + pi)/(2 pi) - q pi - s x
//
// On one step (r from 0 to 2 pi) the valley sin z = -1 turns into a ridge at r = pi and the ridge sin z = 1 into the
// next valley, half a period further in y and pi further down. f is twice continuously differentiable everywhere (its
// third derivatives jump at r = 0). Between the steps r = 0 the Hessian by x vanishes: with s = 0 the points
// (2 pi q, pi/2 + m pi) are stationary, strict saddles where sin z = 1 and degenerate where sin z = -1; with
// s > 0 the derivative by x is at most -s, and there is no stationary point: ||grad f|| = s at best.
// Everywhere l <= 1.6 and rho <= 1.8.
#ifndef PERIGEE_LIB_PROBLEMS_ESCALATOR_HPP
#define PERIGEE_LIB_PROBLEMS_ESCALATOR_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry escalator();  // "escalator"

}  // namespace perigee::problems

#endif
