// Second writings, in long double and from the paper's formulas, of the residuals of those problems of More, Garbow and
// Hillstrom (1981) that are not in its part on unconstrained minimization.
#ifndef PERIGEE_TESTS_SUPPORT_MORE_GARBOW_HILLSTROM_FURTHER_TWINS_HPP
#define PERIGEE_TESTS_SUPPORT_MORE_GARBOW_HILLSTROM_FURTHER_TWINS_HPP

#include "support/residual_twins.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace perigee::twins {

inline const std::map<std::string, Residuals>& further() {
  static const std::map<std::string, Residuals> all{
      {"freudenstein-roth",
       [](const Reals& x) -> Reals {
         const Real y = x[1];
         return {x[0] - 13.0L - 2.0L * y + 5.0L * y * y - y * y * y, x[0] - 29.0L - 14.0L * y + y * y + y * y * y};
       }},
      {"jennrich-sampson",
       [](const Reals& x) {
         return over(10, [&](int i) { return 2.0L + 2.0L * i - std::exp(i * x[0]) - std::exp(i * x[1]); });
       }},
      {"bard",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const Reals y =
             one_based({.14L, .18L, .22L, .25L, .29L, .32L, .35L, .39L, .37L, .58L, .73L, .96L, 1.34L, 2.10L, 4.39L});
         return over(15, [&](int i) {
           const Real u = i;
           const Real v = 16.0L - u;
           return y[static_cast<std::size_t>(i)] - x[1] - u / (v * x[2] + (u < v ? u : v) * x[3]);
         });
       }},
      {"meyer",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const Reals y = one_based({34780.0L, 28610.0L, 23650.0L, 19630.0L, 16370.0L, 13720.0L, 11540.0L, 9744.0L,
                                    8261.0L, 7030.0L, 6005.0L, 5147.0L, 4427.0L, 3820.0L, 3307.0L, 2872.0L});
         return over(16, [&](int i) {
           return x[1] * std::exp(x[2] / (5.0L * (i + 9) + x[3])) - y[static_cast<std::size_t>(i)];
         });
       }},
      {"powell-singular",
       [](const Reals& x) -> Reals {
         return {x[0] + 10.0L * x[1], std::sqrt(5.0L) * (x[2] - x[3]), square(x[1] - 2.0L * x[2]),
                 std::sqrt(10.0L) * square(x[0] - x[3])};
       }},
      {"kowalik-osborne",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const Reals y =
             one_based({.1957L, .1947L, .1735L, .1600L, .0844L, .0627L, .0456L, .0342L, .0323L, .0235L, .0246L});
         const Reals u = one_based({4.0L, 2.0L, 1.0L, .5L, .25L, .167L, .125L, .1L, .0833L, .0714L, .0625L});
         return over(11, [&](int i) {
           const auto k = static_cast<std::size_t>(i);
           return y[k] - x[1] * u[k] * (u[k] + x[2]) / ((u[k] + x[3]) * u[k] + x[4]);
         });
       }},
      {"osborne-one",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const Reals y = one_based({.844L, .908L, .932L, .936L, .925L, .908L, .881L, .850L, .818L, .784L, .751L,
                                    .718L, .685L, .658L, .628L, .603L, .580L, .558L, .538L, .522L, .506L, .490L,
                                    .478L, .467L, .457L, .448L, .438L, .431L, .424L, .420L, .414L, .411L, .406L});
         return over(33, [&](int i) {
           const Real t = 10.0L * (i - 1);
           return y[static_cast<std::size_t>(i)] - x[1] - x[2] / std::exp(t * x[4]) - x[3] / std::exp(t * x[5]);
         });
       }},
      {"osborne-two",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const Reals y =
             one_based({1.366L, 1.191L, 1.112L, 1.013L, .991L, .885L, .831L, .847L, .786L, .725L, .746L, .679L, .608L,
                        .655L,  .616L,  .606L,  .602L,  .626L, .651L, .724L, .649L, .649L, .694L, .644L, .624L, .661L,
                        .612L,  .558L,  .533L,  .495L,  .500L, .423L, .395L, .375L, .372L, .391L, .396L, .405L, .428L,
                        .429L,  .523L,  .562L,  .607L,  .653L, .672L, .708L, .633L, .668L, .645L, .632L, .591L, .559L,
                        .597L,  .625L,  .739L,  .710L,  .729L, .720L, .636L, .581L, .428L, .292L, .162L, .098L, .054L});
         return over(65, [&](int i) {
           const Real t = (i - 1) / 10.0L;
           return y[static_cast<std::size_t>(i)] - x[1] * std::exp(-t * x[5]) -
                  x[2] * std::exp(-square(t - x[9]) * x[6]) - x[3] * std::exp(-square(t - x[10]) * x[7]) -
                  x[4] * std::exp(-square(t - x[11]) * x[8]);
         });
       }},
      {"brown-almost-linear",
       [](const Reals& x) {
         Real sum = 0.0L;
         Real product = 1.0L;
         for (const Real xj : x) {
           sum += xj;
           product *= xj;
         }
         Reals r;
         for (const Real xi : x) r.push_back(xi + sum - static_cast<Real>(x.size() + 1));
         r.back() = product - 1.0L;
         return r;
       }},
      {"discrete-boundary-value",
       [](const Reals& p) {
         Reals x = one_based(p);
         x.push_back(0.0L);
         const int n = static_cast<int>(p.size());
         const Real h = 1.0L / (n + 1);
         return over(n, [&](int i) {
           const auto k = static_cast<std::size_t>(i);
           return 2.0L * x[k] - x[k - 1] - x[k + 1] + square(h) * std::pow(x[k] + i * h + 1.0L, 3.0L) / 2.0L;
         });
       }},
      {"discrete-integral-equation",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const int n = static_cast<int>(p.size());
         const Real h = 1.0L / (n + 1);
         return over(n, [&](int i) {
           Real sum = 0.0L;  // Green's function of -x'' on a grid
           for (int j = 1; j <= n; ++j) {
             const Real green = std::min(i, j) * h * (1.0L - std::max(i, j) * h);
             sum += green * std::pow(x[static_cast<std::size_t>(j)] + j * h + 1.0L, 3.0L);
           }
           return x[static_cast<std::size_t>(i)] + h * sum / 2.0L;
         });
       }},
      {"broyden-tridiagonal",
       [](const Reals& p) {
         Reals x = one_based(p);
         x.push_back(0.0L);
         return over(static_cast<int>(p.size()), [&](int i) {
           const auto k = static_cast<std::size_t>(i);
           return 3.0L * x[k] - 2.0L * square(x[k]) - x[k - 1] - 2.0L * x[k + 1] + 1.0L;
         });
       }},
      {"broyden-banded",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const int n = static_cast<int>(p.size());
         return over(n, [&](int i) {
           Real r = 1.0L;
           for (int j = 1; j <= n; ++j) {
             const Real xj = x[static_cast<std::size_t>(j)];
             if (j == i) r += 2.0L * xj + 5.0L * xj * xj * xj;
             if (j != i && j >= i - 5 && j <= i + 1) r -= xj + xj * xj;
           }
           return r;
         });
       }},
      {"linear-full-rank",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const int n = static_cast<int>(p.size());
         return over(2 * n, [&](int i) {
           Real r = i <= n ? x[static_cast<std::size_t>(i)] - 1.0L : -1.0L;
           for (const Real xj : p) r -= 2.0L / (2 * n) * xj;
           return r;
         });
       }},
      {"linear-rank-one",
       [](const Reals& p) {
         const Reals x = one_based(p);
         return over(2 * static_cast<int>(p.size()), [&](int i) {
           Real r = -1.0L;
           for (std::size_t j = 1; j < x.size(); ++j) r += static_cast<Real>(i) * static_cast<Real>(j) * x[j];
           return r;
         });
       }},
      {"linear-rank-one-with-zeros",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const int m = 2 * static_cast<int>(p.size());
         return over(m, [&](int i) {
           Real r = -1.0L;
           if (i == 1 || i == m) return r;
           for (std::size_t j = 2; j < p.size(); ++j) r += static_cast<Real>(i - 1) * static_cast<Real>(j) * x[j];
           return r;
         });
       }},
  };
  return all;
}

}  // namespace perigee::twins

#endif
