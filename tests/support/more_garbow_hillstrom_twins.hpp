// A second writing of the problems of More, Garbow and Hillstrom (1981), from the paper's formulas and not from the
// library's code: residuals in long double, gradients and Hessians by differences of residuals.
//
// Differences are central, of fourth order, with steps of h max(length, |x_i|), length 1 as a rule, h = 1e-4 for the
// Jacobian J and 1e-3 for the curvature of a residual r: their rounding is about 1e-15 |r| and 1e-13 |r|. Then grad f =
// 2 J'r and H = 2 J'J + 2 sum_i r_i hess r_i, so that a large J'J does not drown a small sum.
#ifndef PERIGEE_TESTS_SUPPORT_MORE_GARBOW_HILLSTROM_TWINS_HPP
#define PERIGEE_TESTS_SUPPORT_MORE_GARBOW_HILLSTROM_TWINS_HPP

#include "support/more_garbow_hillstrom_further_twins.hpp"
#include "support/residual_twins.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>

namespace perigee::twins {

/// The 18 problems of unconstrained minimization.
inline const std::map<std::string, Residuals>& unconstrained() {
  static const std::map<std::string, Residuals> all{
      {"helical-valley",
       [](const Reals& p) -> Reals {
         const Reals x = one_based(p);
         const Real full = 8.0L * std::atan(1.0L);
         Real theta = x[1] == 0.0L ? std::copysign(0.25L, x[2]) : std::atan(x[2] / x[1]) / full;
         if (x[1] < 0.0L) theta += 0.5L;
         return {10.0L * (x[3] - 10.0L * theta), 10.0L * (std::hypot(x[1], x[2]) - 1.0L), x[3]};
       }},
      {"biggs-exp6",
       [](const Reals& p) {
         const Reals x = one_based(p);
         return over(13, [&](int i) {
           const Real t = i / 10.0L;
           const Real y = std::exp(-t) - 5.0L * std::exp(-10.0L * t) + 3.0L * std::exp(-4.0L * t);
           return x[3] * std::exp(-t * x[1]) - x[4] * std::exp(-t * x[2]) + x[6] * std::exp(-t * x[5]) - y;
         });
       }},
      {"gaussian",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const Reals y = one_based({0.0009L, 0.0044L, 0.0175L, 0.0540L, 0.1295L, 0.2420L, 0.3521L, 0.3989L, 0.3521L,
                                    0.2420L, 0.1295L, 0.0540L, 0.0175L, 0.0044L, 0.0009L});
         return over(15, [&](int i) {
           const Real t = (8.0L - i) / 2.0L;
           return x[1] * std::exp(-x[2] * square(t - x[3]) / 2.0L) - y[static_cast<std::size_t>(i)];
         });
       }},
      {"powell-badly-scaled",
       [](const Reals& x) -> Reals {
         return {10000.0L * x[0] * x[1] - 1.0L, std::exp(-x[0]) + std::exp(-x[1]) - 1.0001L};
       }},
      {"box-three-dimensional",
       [](const Reals& p) {
         const Reals x = one_based(p);
         return over(10, [&](int i) {
           const Real t = i / 10.0L;
           return std::exp(-t * x[1]) - std::exp(-t * x[2]) - x[3] * (std::exp(-t) - std::exp(-10.0L * t));
         });
       }},
      {"variably-dimensioned",
       [](const Reals& x) {
         Reals r;
         Real weighted = 0.0L;
         for (std::size_t j = 0; j < x.size(); ++j) {
           r.push_back(x[j] - 1.0L);
           weighted += static_cast<Real>(j + 1) * (x[j] - 1.0L);
         }
         r.push_back(weighted);
         r.push_back(square(weighted));
         return r;
       }},
      {"watson",
       [](const Reals& x) {
         Reals r = over(29, [&](int i) {
           const Real t = i / 29.0L;
           Real derivative = 0.0L;
           Real polynomial = 0.0L;  // both by Horner's rule
           for (std::size_t j = x.size(); j-- > 0;) {
             derivative = derivative * t + polynomial;
             polynomial = polynomial * t + x[j];
           }
           return derivative - square(polynomial) - 1.0L;
         });
         r.push_back(x[0]);
         r.push_back(x[1] - square(x[0]) - 1.0L);
         return r;
       }},
      {"penalty-one",
       [](const Reals& x) {
         Reals r;
         Real sum = -0.25L;
         for (const Real xj : x) {
           r.push_back(std::sqrt(1e-5L) * (xj - 1.0L));
           sum += square(xj);
         }
         r.push_back(sum);
         return r;
       }},
      {"penalty-two",
       [](const Reals& p) {
         const Reals x = one_based(p);
         const int n = static_cast<int>(p.size());
         const auto at = [&](int i) { return x[static_cast<std::size_t>(i)]; };
         return over(2 * n, [&](int i) -> Real {
           const Real root = std::sqrt(1e-5L);
           if (i == 1) return at(1) - 0.2L;
           if (i <= n) {
             const Real y = std::exp(i / 10.0L) + std::exp((i - 1) / 10.0L);
             return root * (std::exp(at(i) / 10.0L) + std::exp(at(i - 1) / 10.0L) - y);
           }
           if (i < 2 * n) return root * (std::exp(at(i - n + 1) / 10.0L) - std::exp(-0.1L));
           Real sum = -1.0L;
           for (int j = 1; j <= n; ++j) sum += (n - j + 1) * square(at(j));
           return sum;
         });
       }},
      {"brown-badly-scaled",
       [](const Reals& x) -> Reals {
         return {x[0] - 1000000.0L, x[1] - 0.000002L, x[0] * x[1] - 2.0L};
       }},
      {"brown-dennis",
       [](const Reals& p) {
         const Reals x = one_based(p);
         return over(20, [&](int i) {
           const Real t = i / 5.0L;
           return square(x[1] + t * x[2] - std::exp(t)) + square(x[3] + x[4] * std::sin(t) - std::cos(t));
         });
       }},
      {"gulf",
       [](const Reals& p) {
         const Reals x = one_based(p);
         return over(99, [&](int i) {
           const Real t = i / 100.0L;
           const Real y = 25.0L + std::pow(-50.0L * std::log(t), 2.0L / 3.0L);
           return std::exp(-std::pow(std::fabs(y - x[2]), x[3]) / x[1]) - t;
         });
       }},
      {"trigonometric",
       [](const Reals& x) {
         const auto n = static_cast<Real>(x.size());
         Real cosines = 0.0L;
         for (const Real xj : x) cosines += std::cos(xj);
         Reals r;
         for (const Real xi : x) {
           r.push_back(n - cosines + static_cast<Real>(r.size() + 1) * (1.0L - std::cos(xi)) - std::sin(xi));
         }
         return r;
       }},
      {"extended-rosenbrock",
       [](const Reals& x) {
         Reals r;
         for (std::size_t i = 0; i < x.size(); i += 2) {
           r.push_back(10.0L * (x[i + 1] - square(x[i])));
           r.push_back(1.0L - x[i]);
         }
         return r;
       }},
      {"extended-powell-singular",
       [](const Reals& x) {
         Reals r;
         for (std::size_t i = 0; i < x.size(); i += 4) {
           r.push_back(x[i] + 10.0L * x[i + 1]);
           r.push_back(std::sqrt(5.0L) * (x[i + 2] - x[i + 3]));
           r.push_back(square(x[i + 1] - 2.0L * x[i + 2]));
           r.push_back(std::sqrt(10.0L) * square(x[i] - x[i + 3]));
         }
         return r;
       }},
      {"beale",
       [](const Reals& x) -> Reals {
         return {1.5L - x[0] * (1.0L - x[1]), 2.25L - x[0] * (1.0L - square(x[1])),
                 2.625L - x[0] * (1.0L - x[1] * square(x[1]))};
       }},
      {"wood",
       [](const Reals& p) -> Reals {
         const Reals x = one_based(p);
         return {10.0L * (x[2] - square(x[1])),
                 1.0L - x[1],
                 std::sqrt(90.0L) * (x[4] - square(x[3])),
                 1.0L - x[3],
                 std::sqrt(10.0L) * (x[2] + x[4] - 2.0L),
                 (x[2] - x[4]) / std::sqrt(10.0L)};
       }},
      {"chebyquad",
       [](const Reals& x) {
         const int n = static_cast<int>(x.size());
         return over(n, [&](int i) {
           Real sum = 0.0L;
           for (const Real xj : x) {  // T_i(y) = cos(i arccos y), continued outside [-1, 1]
             const Real y = 2.0L * xj - 1.0L;
             if (std::fabs(y) <= 1.0L) {
               sum += std::cos(i * std::acos(y));
             } else {
               const Real sign = y < 0.0L && i % 2 == 1 ? -1.0L : 1.0L;
               sum += sign * std::cosh(i * std::acosh(std::fabs(y)));
             }
           }
           const Real integral = i % 2 == 1 ? 0.0L : -1.0L / (static_cast<Real>(i) * i - 1.0L);
           return sum / n - integral;
         });
       }},
  };
  return all;
}

/// The residuals of the problem of that name. Throws std::invalid_argument if it has no twin.
inline const Residuals& residuals_of(const std::string& name) {
  for (const auto* writings : {&unconstrained(), &further()}) {
    if (const auto found = writings->find(name); found != writings->end()) return found->second;
  }
  throw std::invalid_argument("twins: no problem '" + name + "'");
}

using RealVector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
using RealMatrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;

/// f, grad f and, where asked for, H at a point.
class Twin {
 public:
  explicit Twin(const std::string& name)
      : residuals_(residuals_of(name)),
        length_(name == "osborne-one" ? 0.01L : 1.0L) {}  // its rates are multiplied with times up to 320

  Real value(const Reals& x) const { return at(x).squaredNorm(); }

  RealVector gradient(const Reals& x) const { return 2.0L * jacobian(x).transpose() * at(x); }

  /// `step` is relative to the coordinates: structure finer than that is not seen as it is.
  RealMatrix hessian(const Reals& x, Real step = 1e-3L) const {
    const RealMatrix j = jacobian(x);
    const RealVector r = at(x);
    RealMatrix hessian = 2.0L * j.transpose() * j;
    for (std::size_t a = 0; a < x.size(); ++a) {
      for (std::size_t b = a; b < x.size(); ++b) {
        const RealVector curvature = difference(
            x, a, step, [&](const Reals& y) { return difference(y, b, step, [&](const Reals& z) { return at(z); }); });
        const auto row = static_cast<Eigen::Index>(a);
        const auto column = static_cast<Eigen::Index>(b);
        hessian(row, column) += 2.0L * r.dot(curvature);
        hessian(column, row) = hessian(row, column);
      }
    }
    return hessian;
  }

 private:
  // d function / d x_i.
  template <class Function>
  RealVector difference(const Reals& x, std::size_t i, Real h, const Function& function) const {
    const Real step = h * std::max(length_, std::fabs(x[i]));
    const auto moved = [&](Real by) {
      Reals y = x;
      y[i] += by * step;
      return function(y);
    };
    const RealVector near = moved(1.0L) - moved(-1.0L);
    const RealVector far = moved(2.0L) - moved(-2.0L);
    return (8.0L * near - far) / (12.0L * step);
  }

  RealVector at(const Reals& x) const {
    const Reals r = residuals_(x);
    return Eigen::Map<const RealVector>(r.data(), static_cast<Eigen::Index>(r.size()));
  }

  RealMatrix jacobian(const Reals& x) const {
    RealMatrix j(at(x).size(), static_cast<Eigen::Index>(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      j.col(static_cast<Eigen::Index>(i)) = difference(x, i, 1e-4L, [&](const Reals& y) { return at(y); });
    }
    return j;
  }

  Residuals residuals_;
  Real length_;  // below which coordinates do not differ in size
};

}  // namespace perigee::twins

#endif
