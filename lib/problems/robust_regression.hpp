// Linear regression by a bounded loss, which forgets gross errors: and, far from the truth, everything.
//
//     f(w) = (1/N) sum_i rho(y_i - x_i'w),   a finite sum of N terms
//     tukey:         rho(r) = c^2/6 (1 - (1 - (r/c)^2)^3) for |r| <= c, c^2/6 beyond;   c = 4.685 by default
//     welsch:        rho(r) = c^2/2 (1 - exp(-(r/c)^2));                                c = 2.985
//     geman-mcclure: rho(r) = r^2/2/(1 + (r/c)^2);                                      c = 1
//
// All behave like r^2/2 near 0. Beaton and Tukey (1974), Dennis and Welsch (1978), Geman and McClure (1985); the
// constants give 95% efficiency at normal errors for the first two (Holland and Welsch 1977). With Tukey's loss the
// gradient is exactly 0 where every |r_i| > c. The data: x_i ~ N(0, I), y_i = x_i'w* + noise N(0, sigma^2), and a share
// of the y_i shifted by a gross error.
#ifndef PERIGEE_LIB_PROBLEMS_ROBUST_REGRESSION_HPP
#define PERIGEE_LIB_PROBLEMS_ROBUST_REGRESSION_HPP

#include <perigee/lib/problems/registry.hpp>

namespace perigee::problems {

Entry robust_regression();  // "robust-regression"

}  // namespace perigee::problems

#endif
