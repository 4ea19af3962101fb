#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/sphere.hpp>
#include <perigee/lib/problems/sphere_components.hpp>

#include <cmath>
#include <utility>
#include <vector>

namespace perigee::problems {

namespace {

struct FourthPower {
  template <class T>
  T value(const T& t) const {
    return t * t * t * t;
  }
  template <class T>
  T slope(const T& t) const {
    return 4.0 * t * t * t;
  }
};

struct LogCosh {
  double mu;
  template <class T>
  T value(const T& t) const {
    using std::abs, std::exp, std::log1p;
    const T size = abs(t) / mu;
    return mu * (size + log1p(exp(-2.0 * size)) - std::log(2.0));
  }
  template <class T>
  T slope(const T& t) const {
    using std::tanh;
    return tanh(t / mu);
  }
};

template <class Loss>
struct SphereSum {
  Index variables, samples;  // d, N
  Vector observations;       // y_i, N x d
  Loss loss;                 // h
  Index dimension() const { return variables; }
  Index term_count() const { return samples; }

  // grad = h'(t) (y - t u)/||w||, t = y'u
  template <class T>
  T add_term(Index term, const T* w, T* gradient) const {
    using std::sqrt;
    const double* y = observations.data() + term * variables;
    const T norm = sqrt(inner(variables, w, w));
    const T t = inner(variables, y, w) / norm;
    const T weight = loss.slope(t) / norm;
    for (Index i = 0; i < variables; ++i) gradient[i] += weight * (y[i] - t / norm * w[i]);
    return loss.value(t);
  }
  template <class T>
  T add_common(const T*, T*) const {
    return T(0.0);
  }
};

// The first `count` rows of the mixing matrix, added and scaled to length 1.
Vector even_sum(const Vector& mixing, Index d, Index count) {
  Vector w(d);
  for (Index l = 0; l < count; ++l) {
    add_scaled(d, 1.0 / std::sqrt(static_cast<double>(count)), mixing.data() + l * d, w.data());
  }
  return w;
}

void set_starts(Problem& problem, const RandomSource& random, const Vector& mixing, Index d) {
  problem.starts = {{"standard", normal_values(random, "start", d, 1.0 / std::sqrt(static_cast<double>(d)))},
                    {"component", even_sum(mixing, d, 1)},
                    {"all-components", even_sum(mixing, d, d)}};
  if (d > 1) problem.starts.push_back({"two-components", even_sum(mixing, d, 2)});
  problem.random_start = normal_start(d, 1.0 / std::sqrt(static_cast<double>(d)));
}

Problem make_independent_components(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  const RandomSource random = random_source_of(parameters);
  const Vector mixing = orthonormal_rows(random, "mixing", d, d);
  const Index samples = Index{1} << d;
  SphereSum<FourthPower> formula{d, samples, Vector(samples * d), {}};
  for (Index i = 0; i < samples; ++i) {
    for (Index l = 0; l < d; ++l) {
      const double sign = ((i >> l) & 1) != 0 ? 1.0 : -1.0;
      add_scaled(d, sign, mixing.data() + l * d, formula.observations.data() + i * d);
    }
  }
  Problem problem;
  problem.name = "independent-components";
  problem.summary = "one independent component by its fourth moment, over all sign patterns of the sources";
  problem.why_hard = "every even mixture of k components is a strict saddle of index k - 1";
  problem.objective = std::make_shared<DifferentiatedSum<SphereSum<FourthPower>>>(std::move(formula));
  set_starts(problem, random, mixing, d);
  for (Index count = 1; count <= d; ++count) {
    problem.stationary_points.push_back({even_sum(mixing, d, count), 3.0 - 2.0 / static_cast<double>(count),
                                         type_of_index(count - 1, d, StationaryType::degenerate), count - 1});
  }
  problem.optimal_value = 1.0;
  problem.suggested_step = 1.0 / 16.0;  // on the unit sphere |eigenvalues| <= 16; ||w|| never falls
  return problem;
}

Problem make_dictionary_column(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  const Index samples = parameters.integer("samples");
  const double sparsity = parameters.real("sparsity");
  const double smoothing = parameters.real("smoothing");
  check_data_size("dictionary-column", "samples x dimension", static_cast<double>(samples * d));
  const RandomSource random = random_source_of(parameters);
  const Vector mixing = orthonormal_rows(random, "mixing", d, d);
  const Vector values = normal_values(random, "sources", samples * d);
  RandomEngine support = random.engine("support");
  SphereSum<LogCosh> formula{d, samples, Vector(samples * d), {smoothing}};
  for (Index i = 0; i < samples; ++i) {
    for (Index l = 0; l < d; ++l) {
      if (uniform_unit(support) >= sparsity) continue;
      add_scaled(d, values[i * d + l], mixing.data() + l * d, formula.observations.data() + i * d);
    }
  }
  Problem problem;
  problem.name = "dictionary-column";
  problem.summary = "a column of a complete orthogonal dictionary, by smoothed sparsity of the projections";
  problem.why_hard = "saddles at mixtures of columns, and a curvature of 1/mu near the minima";
  problem.objective = std::make_shared<DifferentiatedSum<SphereSum<LogCosh>>>(std::move(formula));
  set_starts(problem, random, mixing, d);
  std::vector<Vector> points;
  for (const StartPoint& start : problem.starts) points.push_back(start.x);
  problem.suggested_step = step_by_curvature(*problem.objective, points) / 2.0;
  return problem;
}

}  // namespace

Entry independent_components() {
  return {.name = "independent-components",
          .family = "structured",
          .summary = "one independent component of mixed signs; a finite sum whose mean is the expectation",
          .parameters = {integer_parameter("dimension", "6", 1, 16, "d: there are 2^d terms"), seed_parameter()},
          .make = make_independent_components};
}

Entry dictionary_column() {
  return {.name = "dictionary-column",
          .family = "structured",
          .summary = "one column of an orthogonal dictionary (Sun, Qu and Wright 2017); a finite sum",
          .parameters = {integer_parameter("dimension", "10", 1, 1000, "d"),
                         integer_parameter("samples", "500", 1, 1e6, "N"),
                         real_parameter("sparsity", "0.2", 1e-6, 1, "probability that a source is not 0"),
                         real_parameter("smoothing", "0.05", 1e-6, 1e3, "mu, the width of the rounded tip of |t|"),
                         seed_parameter()},
          .make = make_dictionary_column};
}

}  // namespace perigee::problems
