// Values that a line search cannot descend on, although the gradient is not small: kinks, values in single precision,
// values with noise that is a function of the point.
//
//   armijo, wolfe, quasi-newton   gradient steps by two searches, and L-BFGS: until no step is acceptable
#include "construction.hpp"

#include <perigee/lib/line_search.hpp>
#include <perigee/solvers/limited_memory_bfgs.hpp>

#include <bit>
#include <cmath>

namespace perigee::corpus {

namespace {

using Value = double (*)(ConstVectorView z);
using Gradient = void (*)(ConstVectorView z, VectorView g);

struct Landscape {
  Value value;
  Gradient gradient;
};

double weight(Index i) { return 1.0 + static_cast<double>(i * i); }

double absolute_sum(ConstVectorView z) {
  double sum = 0.0;
  for (Index i = 0; i < z.size(); ++i) sum += weight(i) * std::abs(z[i]);
  return sum;
}
void absolute_sum_gradient(ConstVectorView z, VectorView g) {
  for (Index i = 0; i < z.size(); ++i) g[i] = weight(i) * (z[i] < 0.0 ? -1.0 : 1.0);
}
double bowl(ConstVectorView z) {
  double sum = 0.0;
  for (Index i = 0; i < z.size(); ++i) sum += 0.5 * weight(i) * z[i] * z[i];
  return sum;
}
void bowl_gradient(ConstVectorView z, VectorView g) {
  for (Index i = 0; i < z.size(); ++i) g[i] = weight(i) * z[i];
}
double single_precision(ConstVectorView z) { return static_cast<double>(static_cast<float>(1000.0 + bowl(z))); }
// Noise of size 1e-4 from the bits of the point.
double noisy(ConstVectorView z) {
  std::uint64_t bits = 0;
  for (const double element : z) bits = (bits ^ std::bit_cast<std::uint64_t>(element)) * 0x9e3779b97f4a7c15u;
  RandomEngine engine(bits);
  return bowl(z) + 1e-4 * uniform_unit(engine);
}
double largest(ConstVectorView z) {
  double value = 0.0;
  for (Index i = 0; i < z.size(); ++i) value = std::max(value, weight(i) * std::abs(z[i]));
  return value;
}
void largest_gradient(ConstVectorView z, VectorView g) {
  Index at = 0;
  for (Index i = 1; i < z.size(); ++i) {
    if (weight(i) * std::abs(z[i]) > weight(at) * std::abs(z[at])) at = i;
  }
  g.setZero();
  g[at] = weight(at) * (z[at] < 0.0 ? -1.0 : 1.0);
}
// A kink beside curvature: 1/2 |z|^2 + |z_0| + |z_1 - z_0|.
double lasso(ConstVectorView z) {
  return 0.5 * z.squaredNorm() + 5.0 * std::abs(z[0] - 1.0) + 5.0 * std::abs(z[1] - z[0]);
}
void lasso_gradient(ConstVectorView z, VectorView g) {
  g = z;
  const double first = z[0] < 1.0 ? -5.0 : 5.0;
  const double second = z[1] < z[0] ? -5.0 : 5.0;
  g[0] += first - second;
  g[1] += second;
}

void add_runs(const std::string& family, const Landscape& landscape, Collector& collector) {
  int variant = 0;
  for (const char* treatment : {"armijo", "wolfe", "quasi-newton"}) {
    for (const Recording recording : {Recording::objective, Recording::log, Recording::objective, Recording::log}) {
      const RunName name{family, treatment, std::to_string(++variant), recording};
      collector.add(name, [&] {
        RandomEngine engine = engine_of(name);
        const Index n = 4;
        CorpusRun run;
        run.objective = objective_of(
            n, [f = landscape.value](ConstVectorView x) { return f(x); },
            [f = landscape.gradient](ConstVectorView x, VectorView g) { f(x, g); });
        Vector start = random_direction(engine, n);
        start.view() *= 3.0;
        const std::string method = treatment;
        if (method == "quasi-newton") {
          run.trajectory = record(*run.objective, LimitedMemoryBfgs(LimitedMemoryBfgsOptions{}), start,
                                  {.stop = max_iterations(3000)});
        } else {
          const line_searches::Pointer search =
              method == "armijo" ? line_searches::armijo() : line_searches::strong_wolfe({.curvature = 0.1});
          run.trajectory =
              record(*run.objective, GradientDescent({.line_search = search}), start, {.stop = max_iterations(3000)});
        }
        run.label = "line-search-stall";
        run.must = {run.label};
        run.may = {"rounding-floor", "plateau", "derivative-mismatch"};
        const std::optional<End>& end = run.trajectory.end;
        if (!end || end->end_class != EndClass::breakdown) run.void_reason = "the search went on";
        if (ends_stationary(run.trajectory)) run.void_reason = "stationary";
        return finished(recording, std::move(run));
      });
    }
  }
}

Family family_of(const std::string& name, const Landscape& landscape) {
  return {name, "rough",
          [landscape](const std::string& family, Collector& collector) { add_runs(family, landscape, collector); }};
}

}  // namespace

std::vector<Family> rough_values() {
  return {family_of("absolute-sum", {absolute_sum, absolute_sum_gradient}),
          family_of("kinked-bowl", {lasso, lasso_gradient}), family_of("largest-of-many", {largest, largest_gradient}),
          family_of("noisy-values", {noisy, bowl_gradient}),
          family_of("single-precision-values", {single_precision, bowl_gradient})};
}

}  // namespace perigee::corpus
