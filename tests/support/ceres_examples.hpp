// Functions and problems written for Ceres, for the tests of the bridge.
#ifndef PERIGEE_TESTS_SUPPORT_CERES_EXAMPLES_HPP
#define PERIGEE_TESTS_SUPPORT_CERES_EXAMPLES_HPP

#include <ceres/ceres.h>
#undef CHECK  // glog's, which Ceres brings along

#include "support/catch.hpp"

#include <cmath>

namespace perigee::test {

// x^4/4 - x^2/2 + y^2/2: strict saddle at 0 (eigenvalues -1, 1), whose stable manifold is the axis x = 0.
struct Saddle final : ceres::FirstOrderFunction {
  bool Evaluate(const double* const x, double* cost, double* gradient) const override {
    *cost = 0.25 * std::pow(x[0], 4) - 0.5 * x[0] * x[0] + 0.5 * x[1] * x[1];
    if (gradient == nullptr) return true;
    gradient[0] = std::pow(x[0], 3) - x[0];
    gradient[1] = x[1];
    return true;
  }
  int NumParameters() const override { return 2; }
};
// r_0 = x^2 - 1, r_1 = y: the cost (x^2 - 1)^2/2 + y^2/2 has a strict saddle at 0 with Hessian diag(-2, 1).
struct SaddleResidual {
  template <class T>
  bool operator()(const T* xy, T* residual) const {
    residual[0] = xy[0] * xy[0] - T(1.0);
    residual[1] = xy[1];
    return true;
  }
};

struct RosenbrockResidual {
  template <class T>
  bool operator()(const T* x, T* residual) const {
    residual[0] = T(10.0) * (x[1] - x[0] * x[0]);
    residual[1] = T(1.0) - x[0];
    return true;
  }
};

// Biochemical oxygen demand y after x days, b1 (1 - exp(-b2 x)): NIST's Statistical Reference Dataset BoxBOD, from Box,
// Hunter and Hunter (1978), pp. 483-487.
struct OxygenDemandResidual {
  double x;
  double y;
  template <class T>
  bool operator()(const T* b, T* residual) const {
    residual[0] = b[0] * (T(1.0) - exp(-b[1] * T(x))) - T(y);
    return true;
  }
};

struct ExponentialResidual {
  double x;
  double y;
  template <class T>
  bool operator()(const T* m, const T* c, T* residual) const {
    residual[0] = y - exp(m[0] * x + c[0]);
    return true;
  }
};

template <class Functor, int residuals, int... sizes>
inline ceres::CostFunction* cost(Functor functor) {
  return new ceres::AutoDiffCostFunction<Functor, residuals, sizes...>(new Functor(functor));
}

// Points of y = exp(0.3 x + 0.1), disturbed by a fixed pattern.
inline void add_exponential_data(ceres::Problem& problem, double* m, double* c, bool robust) {
  for (int i = 0; i < 40; ++i) {
    const double x = 0.125 * i;
    const double y = std::exp(0.3 * x + 0.1) + 0.2 * std::sin(12.9898 * i) + (robust && i % 13 == 5 ? 4.0 : 0.0);
    problem.AddResidualBlock(cost<ExponentialResidual, 1, 1, 1>({x, y}), robust ? new ceres::HuberLoss(0.5) : nullptr,
                             m, c);
  }
}

inline void add_oxygen_demand_data(ceres::Problem& problem, double* b) {
  constexpr double measured[][2] = {{1, 109}, {2, 149}, {3, 149}, {5, 191}, {7, 213}, {10, 224}};
  for (const auto& [x, y] : measured) problem.AddResidualBlock(cost<OxygenDemandResidual, 1, 2>({x, y}), nullptr, b);
}

inline ceres::Solver::Options quiet() {
  ceres::Solver::Options options;
  options.logging_type = ceres::SILENT;
  return options;
}

}  // namespace perigee::test

#endif
