// One component at a time on the sphere, u = w/||w||: independent components, and a column of a complete dictionary.
// Both are finite sums of functions of one projection, f_i = h(y_i'u).
//
// Independent components: y = A'x with orthonormal rows a_l of A, x uniform on {-1, 1}^d, h(t) = t^4. All 2^d values of
// x are terms, so that the mean is the expectation,
//
//     f = E (y'u)^4 = 3 - 2 sum_l (a_l'u)^4.
//
// Ge et al. (2015), "Escaping from saddle points", section 4.3 (there with the sign of this kurtosis). With k of the
// |a_l'u| equal to 1/sqrt(k) and the others 0, u is stationary with f = 3 - 2/k; its Hessian has -16/k in k - 1
// directions (index k - 1), 8/k in d - k and 0 along w. k = 1 are the minima, f* = 1.
//
// Dictionary: y = A'x with x_l normal with probability `sparsity` and else 0, h(t) = mu log cosh(t/mu). Sun, Qu and
// Wright (2017), "Complete dictionary recovery over the sphere I", eq. (2.1). Near the minima are +-a_l.
#ifndef PERIGEE_LIB_PROBLEMS_SPHERE_COMPONENTS_HPP
#define PERIGEE_LIB_PROBLEMS_SPHERE_COMPONENTS_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry independent_components();  // "independent-components"
Entry dictionary_column();       // "dictionary-column"

}  // namespace perigee::problems

#endif
