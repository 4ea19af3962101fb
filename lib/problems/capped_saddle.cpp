#include <perigee/lib/kernels/kernel_table.hpp>
#include <perigee/lib/problems/capped_saddle.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <cmath>

namespace perigee::problems {

double CappedSaddle::value(ConstVectorView x) const {
  const double x2 = x[0] * x[0];
  const double y2 = x[1] * x[1];
  return x2 - y2 + 0.25 * (x2 * x2 + y2 * y2);
}

double CappedSaddle::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  gradient[0] = x[0] * (2.0 + x[0] * x[0]);
  gradient[1] = x[1] * (x[1] * x[1] - 2.0);
  return CappedSaddle::value(x);
}

kernels::CappedSaddleModel CappedSaddle::model() const { return {}; }

void CappedSaddle::batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const {
  kernels::kernel_table().capped_saddle.value_and_gradient(model(), x, values, gradients);
}

void CappedSaddle::descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const {
  kernels::kernel_table().capped_saddle.descend(model(), rule, steps, lanes);
}

void CappedSaddle::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  product[0] = (2.0 + 3.0 * x[0] * x[0]) * v[0];
  product[1] = (3.0 * x[1] * x[1] - 2.0) * v[1];
}

Entry capped_saddle() {
  return {.name = "capped-saddle",
          .family = "saddles",
          .summary = "a strict saddle between two minima, in two dimensions",
          .parameters = {},
          .make = [](const Parameters&) {
            Problem problem;
            problem.name = "capped-saddle";
            problem.summary = "f = x^2 - y^2 + (x^4 + y^4)/4";
            problem.why_hard = "every start with y = 0 flows into the saddle, and nearby ones linger there";
            problem.objective = std::make_shared<CappedSaddle>();
            problem.starts = {{"standard", {1.0, 0.1}},
                              {"near-saddle", {1.0, 1e-6}},
                              {"stable-manifold", {1.0, 0.0}},
                              {"saddle", {0.0, 0.0}}};
            const double root = std::sqrt(2.0);
            problem.stationary_points = {{{0.0, 0.0}, 0.0, StationaryType::strict_saddle, 1},
                                         {{0.0, root}, -1.0, StationaryType::minimum, 0},
                                         {{0.0, -root}, -1.0, StationaryType::minimum, 0}};
            problem.all_stationary_points_known = true;
            problem.optimal_value = -1.0;
            problem.gradient_lipschitz = 8.75;
            problem.hessian_lipschitz = 9.0;
            problem.suggested_step = 0.1;
            problem.random_start = uniform_box_start(2, -1.0, 1.0);
            return problem;
          }};
}

}  // namespace perigee::problems
