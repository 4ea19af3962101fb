#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/sphere.hpp>
#include <perigee/lib/problems/tensor_decomposition.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace perigee::problems {

namespace {

struct TensorDecomposition {
  Index order;        // d
  Vector components;  // a_l, orthonormal rows
  Index dimension() const { return order * order; }

  template <class T>
  T add_gradient(const T* w, T* gradient) const {
    const Index d = order;
    const auto at = [d](Index i, Index l) { return static_cast<std::size_t>(i * d + l); };
    std::vector<T> points(static_cast<std::size_t>(d * d));    // u_i
    std::vector<T> overlaps(static_cast<std::size_t>(d * d));  // a_l'u_i
    std::vector<T> norms(static_cast<std::size_t>(d));
    for (Index i = 0; i < d; ++i) {
      T* u = points.data() + i * d;
      norms[static_cast<std::size_t>(i)] = normalize(d, w + i * d, u);
      for (Index l = 0; l < d; ++l) overlaps[at(i, l)] = inner(d, components.data() + l * d, u);
    }
    T value(0.0);
    std::vector<T> slope(static_cast<std::size_t>(d));
    for (Index i = 0; i < d; ++i) {
      std::fill(slope.begin(), slope.end(), T(0.0));
      for (Index l = 0; l < d; ++l) {
        T others(0.0);  // summed anew for each i: a difference of sums would lose all digits near the minima
        for (Index j = 0; j < d; ++j) {
          if (j != i) others += overlaps[at(j, l)] * overlaps[at(j, l)];
        }
        value += overlaps[at(i, l)] * overlaps[at(i, l)] * others;
        add_scaled(d, 4.0 * overlaps[at(i, l)] * others, components.data() + l * d, slope.data());
      }
      add_along_sphere(d, points.data() + i * d, slope.data(), norms[static_cast<std::size_t>(i)], gradient + i * d);
    }
    return value;
  }
};

// Every u_i equal to the sum of the first `count` components, of length 1.
Vector equal_rows(const Vector& components, Index d, Index count) {
  Vector w(d * d);
  for (Index i = 0; i < d; ++i) {
    for (Index l = 0; l < count; ++l) {
      add_scaled(d, 1.0 / std::sqrt(static_cast<double>(count)), components.data() + l * d, w.data() + i * d);
    }
  }
  return w;
}

Problem make_tensor_decomposition(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  const RandomSource random = random_source_of(parameters);
  const Vector components = orthonormal_rows(random, "components", d, d);
  Problem problem;
  problem.name = "tensor-decomposition";
  problem.summary = "all components of an orthogonal fourth-order tensor, on a product of spheres by normalization";
  problem.why_hard = "equivalent minima by permutation and sign, with saddles between any two of them";
  problem.objective = std::make_shared<Differentiated<TensorDecomposition>>(TensorDecomposition{d, components});
  const Vector standard = normal_values(random, "start", d * d, 1.0 / std::sqrt(static_cast<double>(d)));
  const Vector diagonal = equal_rows(components, d, d);
  problem.starts = {{"standard", standard},
                    {"all-first", equal_rows(components, d, 1)},
                    {"all-diagonal", diagonal},
                    {"components", components}};
  list_classified(problem, {components, diagonal, equal_rows(components, d, 1)});
  problem.optimal_value = 0.0;
  problem.suggested_step = step_by_curvature(*problem.objective, {standard, components}) / 2.0;
  problem.random_start = normal_start(d * d, 1.0 / std::sqrt(static_cast<double>(d)));
  return problem;
}

}  // namespace

Entry tensor_decomposition() {
  return {.name = "tensor-decomposition",
          .family = "structured",
          .summary = "orthogonal tensor components by minimizing their overlaps (Ge et al. 2015)",
          .parameters = {integer_parameter("dimension", "5", 2, 60, "d: f has d^2 variables and costs O(d^3)"),
                         seed_parameter()},
          .make = make_tensor_decomposition};
}

}  // namespace perigee::problems
