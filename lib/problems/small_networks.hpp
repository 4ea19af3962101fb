// Two networks small enough to look at.
//
//     xor-network         2-2-1 sigmoids on the four cases of exclusive or, f = (1/2) sum (o - t)^2 (Rumelhart, Hinton
//                         and Williams 1986). At w = 0, f = 1/2 and the Hessian has the eigenvalue 3/8 once and
//                         0 eight times: a plateau that is no strict saddle.
//     square-sum-network  2-2-2-1, sigmoids and a linear output, fitted to y = u_1^2 + u_2^2 on the 5 x 5 grid of
//                         [-1, 1]^2, f = (1/50) sum (o - y)^2. With all weights 0 and the output bias at the mean of y,
//                         1, the network is stationary with f = 7/40: degenerate again.
#ifndef PERIGEE_LIB_PROBLEMS_SMALL_NETWORKS_HPP
#define PERIGEE_LIB_PROBLEMS_SMALL_NETWORKS_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry xor_network();         // "xor-network"
Entry square_sum_network();  // "square-sum-network"

}  // namespace perigee::problems

#endif
