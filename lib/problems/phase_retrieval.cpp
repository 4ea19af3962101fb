#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/differentiated.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/phase_retrieval.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace perigee::problems {

namespace {

struct PhaseRetrieval {
  Index variables, samples;  // d, m
  Vector directions;         // a_i, m x d
  Vector squares;            // (a_i'x)^2
  Index dimension() const { return variables; }
  Index term_count() const { return samples; }

  template <class T>
  T add_term(Index term, const T* z, T* gradient) const {
    const double* a = directions.data() + term * variables;
    const T projection = inner(variables, a, z);
    const T residual = projection * projection - squares[term];
    add_scaled(variables, residual * projection, a, gradient);
    return 0.25 * residual * residual;
  }
  template <class T>
  T add_common(const T*, T*) const {
    return T(0.0);
  }
};

struct PhaseRetrievalPopulation {
  Vector signal;         // x
  double signal_square;  // |x|^2
  Index dimension() const { return signal.size(); }

  template <class T>
  T add_gradient(const T* z, T* gradient) const {
    const Index d = dimension();
    const T square = inner(d, z, z);
    const T overlap = inner(d, signal.data(), z);
    add_scaled(d, 3.0 * square - signal_square, z, gradient);
    add_scaled(d, -2.0 * overlap, signal.data(), gradient);
    T difference(0.0);  // |z|^2 - |x|^2
    T across(0.0);      // |z|^2 less what lies along x
    for (Index i = 0; i < d; ++i) {
      difference += (z[i] - signal[i]) * (z[i] + signal[i]);
      const T rest = z[i] - overlap / signal_square * signal[i];
      across += rest * rest;
    }
    return 0.75 * difference * difference + signal_square * across;
  }
};

// Two orthonormal rows, or one if d = 1: the signal's direction, and one across it.
Vector axes_of(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  return orthonormal_rows(random_source_of(parameters), "signal", std::min<Index>(d, 2), d);
}

Vector multiple(const Vector& axes, Index row, Index dimension, double factor) {
  Vector x(dimension);
  add_scaled(dimension, factor, axes.data() + row * dimension, x.data());
  return x;
}

void set_starts(Problem& problem, const Parameters& parameters, const Vector& axes, const Vector& signal) {
  const Index d = signal.size();
  const double norm = parameters.real("signal_norm");
  const double deviation = norm / std::sqrt(static_cast<double>(d));
  problem.starts = {{"standard", normal_values(random_source_of(parameters), "start", d, 0.5 * deviation)},
                    {"origin", Vector(d)}};
  if (d > 1) problem.starts.push_back({"saddle-sphere", multiple(axes, 1, d, norm / std::sqrt(3.0))});
  problem.starts.push_back({"signal", signal});
  problem.optimal_value = 0.0;
  problem.random_start = uniform_box_start(d, -deviation, deviation);
}

Problem make_phase_retrieval(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  const Index m = parameters.integer("samples");
  check_data_size("phase-retrieval", "samples x dimension", static_cast<double>(m * d));
  const Vector axes = axes_of(parameters);
  const Vector signal = multiple(axes, 0, d, parameters.real("signal_norm"));
  PhaseRetrieval formula{d, m, normal_values(random_source_of(parameters), "directions", m * d), Vector(m)};
  for (Index i = 0; i < m; ++i) {
    const double projection = inner(d, formula.directions.data() + i * d, signal.data());
    formula.squares[i] = projection * projection;
  }
  Problem problem;
  problem.name = "phase-retrieval";
  problem.summary = "a real signal from the squares of random projections";
  problem.why_hard = "a maximum at 0, a ring of saddles across the signal, and false minima if there are few samples";
  problem.objective = std::make_shared<DifferentiatedSum<PhaseRetrieval>>(std::move(formula));
  set_starts(problem, parameters, axes, signal);
  list_classified(problem, {Vector(d), signal, multiple(axes, 0, d, -parameters.real("signal_norm"))});
  problem.suggested_step = step_by_curvature(*problem.objective, {problem.starts.front().x, signal});
  return problem;
}

Problem make_population(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  const double norm = parameters.real("signal_norm");
  const double square = norm * norm;
  const Vector axes = axes_of(parameters);
  const Vector signal = multiple(axes, 0, d, norm);
  Problem problem;
  problem.name = "phase-retrieval-population";
  problem.summary = "phase retrieval with infinitely many samples";
  problem.why_hard = "the gradient never leaves the plane of start and signal; across the signal it ends in a saddle";
  problem.objective = std::make_shared<Differentiated<PhaseRetrievalPopulation>>(
      PhaseRetrievalPopulation{signal, signal.view().squaredNorm()});
  set_starts(problem, parameters, axes, signal);
  problem.stationary_points = {{Vector(d), 0.75 * square * square, StationaryType::maximum, d},
                               {signal, 0.0, StationaryType::minimum, 0},
                               {multiple(axes, 0, d, -norm), 0.0, StationaryType::minimum, 0}};
  if (d > 1) {
    for (const double sign : {1.0, -1.0}) {
      problem.stationary_points.push_back({multiple(axes, 1, d, sign * norm / std::sqrt(3.0)),
                                           2.0 / 3.0 * square * square, StationaryType::strict_saddle, 1});
    }
  }
  problem.all_stationary_points_known = d <= 2;
  problem.gradient_lipschitz = 8.0 * square;
  problem.hessian_lipschitz = 18.0 * norm;
  problem.suggested_step = 1.0 / (8.0 * square);
  return problem;
}

}  // namespace

Entry phase_retrieval() {
  return {.name = "phase-retrieval",
          .family = "structured",
          .summary = "a signal from squared projections; a finite sum",
          .parameters = {integer_parameter("dimension", "10", 1, 1e4, "d"),
                         integer_parameter("samples", "100", 1, 1e6, "m; 10 d or more for a benign landscape"),
                         real_parameter("signal_norm", "1", 1e-3, 1e3, "|x|"), seed_parameter()},
          .make = make_phase_retrieval};
}

Entry phase_retrieval_population() {
  return {.name = "phase-retrieval-population",
          .family = "structured",
          .summary = "phase retrieval with infinitely many samples: a maximum, a sphere of saddles, two minima",
          .parameters = {integer_parameter("dimension", "10", 1, 1e7, "d"),
                         real_parameter("signal_norm", "1", 1e-3, 1e3, "|x|"), seed_parameter()},
          .make = make_population};
}

}  // namespace perigee::problems
