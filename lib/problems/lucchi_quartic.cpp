#include <perigee/lib/problems/lucchi_quartic.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/saddle_offset.hpp>
#include <perigee/lib/problems/separable.hpp>

#include <cmath>
#include <memory>

namespace perigee::problems {

double LucchiQuartic::value(ConstVectorView x) const {
  const ConstVectorView terms(x.data(), terms_);
  const double y = x[terms_];
  return 0.25 * terms.array().pow(4).sum() + y * (0.5 * static_cast<double>(terms_) * y - terms.sum());
}

double LucchiQuartic::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  const ConstVectorView terms(x.data(), terms_);
  const double y = x[terms_];
  gradient.head(terms_) = terms.array().cube() - y;
  gradient[terms_] = static_cast<double>(terms_) * y - terms.sum();
  return LucchiQuartic::value(x);
}

void LucchiQuartic::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  product.head(terms_) = 3.0 * x.head(terms_).array().square() * v.head(terms_).array() - v[terms_];
  product[terms_] = static_cast<double>(terms_) * v[terms_] - v.head(terms_).sum();
}

namespace {

Problem make_lucchi(const Parameters& parameters) {
  const Index d = parameters.integer("terms");
  const double count = static_cast<double>(d);
  const double lowest = 0.5 * (count - std::sqrt(count * count + 4.0 * count));
  // The unstable eigenvector (1, ..., 1, -lambda), of unit length after scaling.
  Vector near = constant_vector(d + 1, 1.0);
  near[d] = -lowest;
  near.view() *= parameters.real("offset") / near.view().norm();
  Vector stable(d + 1);
  for (Index i = 0; i + 1 < d; i += 2) {  // sum of x zero, y zero: stays so
    stable[i] = 1.0;
    stable[i + 1] = -1.0;
  }
  Vector standard = stable;
  for (Index i = 0; i <= d; ++i) standard[i] += 0.01;
  Problem problem;
  problem.name = "lucchi-quartic";
  problem.summary = "f = sum_i x_i^4/4 - y sum_i x_i + d y^2/2";
  problem.why_hard = "at the saddle only one of d + 1 directions descends to second order, and d - 1 are flat";
  problem.objective = std::make_shared<LucchiQuartic>(d);
  problem.starts = {
      {"standard", standard}, {"near-saddle", near}, {"stable-manifold", stable}, {"saddle", Vector(d + 1)}};
  problem.stationary_points = {{Vector(d + 1), 0.0, StationaryType::strict_saddle, 1},
                               {constant_vector(d + 1, 1.0), -0.25 * count, StationaryType::minimum, 0},
                               {constant_vector(d + 1, -1.0), -0.25 * count, StationaryType::minimum, 0}};
  problem.all_stationary_points_known = true;
  problem.optimal_value = -0.25 * count;
  // Where |x_i| <= 1.5: the norm of [6.75 I, 1; 1', d].
  problem.gradient_lipschitz = 0.5 * (6.75 + count + std::hypot(6.75 - count, 2.0 * std::sqrt(count)));
  problem.hessian_lipschitz = 9.0;
  problem.suggested_step = 1.0 / *problem.gradient_lipschitz;
  problem.random_start = uniform_box_start(d + 1, -1.5, 1.5);
  return problem;
}

}  // namespace

Entry lucchi_quartic() {
  return {.name = "lucchi-quartic",
          .family = "saddles",
          .summary = "a saddle with one unstable, one stable and d - 1 flat directions",
          .parameters = {{.name = "terms",
                          .kind = ParameterKind::integer,
                          .default_value = "5",
                          .least = 1,
                          .greatest = 1e7,
                          .summary = "d: there are d + 1 variables"},
                         offset_parameter()},
          .make = make_lucchi};
}

}  // namespace perigee::problems
