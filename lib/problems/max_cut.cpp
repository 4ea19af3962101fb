#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/max_cut.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/sphere.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace perigee::problems {

namespace {

struct MaxCut {
  Index vertices, columns;  // n, p
  std::vector<std::pair<Index, Index>> edges;
  Index dimension() const { return vertices * columns; }

  template <class T>
  T add_gradient(const T* w, T* gradient) const {
    std::vector<T> points(static_cast<std::size_t>(dimension()));
    std::vector<T> slopes(static_cast<std::size_t>(dimension()), T(0.0));
    std::vector<T> norms;
    for (Index i = 0; i < vertices; ++i)
      norms.push_back(normalize(columns, w + i * columns, points.data() + i * columns));
    T value(0.0);
    for (const auto& [i, j] : edges) {
      const T* u = points.data() + i * columns;
      const T* v = points.data() + j * columns;
      value += inner(columns, u, v);
      add_scaled(columns, 1.0, v, slopes.data() + i * columns);
      add_scaled(columns, 1.0, u, slopes.data() + j * columns);
    }
    for (Index i = 0; i < vertices; ++i) {
      add_along_sphere(columns, points.data() + i * columns, slopes.data() + i * columns,
                       norms[static_cast<std::size_t>(i)], gradient + i * columns);
    }
    return value;
  }
};

std::vector<std::pair<Index, Index>> edges_of(const Parameters& parameters) {
  const std::string& graph = parameters.text("graph");
  const Index n = parameters.integer("vertices");
  std::vector<std::pair<Index, Index>> edges;
  if (graph == "cycle") {
    for (Index i = 0; i < n; ++i) edges.emplace_back(i, (i + 1) % n);
  } else if (graph == "complete" || graph == "random") {
    check_data_size("max-cut", "vertices^2/2", 0.5 * static_cast<double>(n * n));
    const double probability = graph == "complete" ? 1.0 : parameters.real("edge_probability");
    RandomEngine engine = random_source_of(parameters).engine("edges");
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < i; ++j) {
        if (uniform_unit(engine) < probability) edges.emplace_back(i, j);
      }
    }
  } else {
    throw std::invalid_argument("max-cut: graph must be cycle, complete or random, got '" + graph + "'");
  }
  return edges;
}

double angle(Index turns, Index n) {
  return 2.0 * std::numbers::pi * static_cast<double>(turns) / static_cast<double>(n);
}

// The state twisted `turns` times; 0: all equal.
Vector twisted(Index n, Index p, Index turns) {
  Vector w(n * p);
  for (Index i = 0; i < n; ++i) {
    w[i * p] = std::cos(angle(turns * i % n, n));
    w[i * p + 1] = std::sin(angle(turns * i % n, n));
  }
  return w;
}

// Negative eigenvalues of the twisted state of a cycle; comparisons of cosines as exact comparisons of angles.
Index index_of_twisted(Index n, Index p, Index turns) {
  const Index in_plane = 4 * turns < n ? n - 1 : 0;
  Index out_of_plane = 0;  // modes m with cos(2 pi m/n) < cos(2 pi turns/n)
  for (Index m = 0; m < n; ++m) out_of_plane += std::min(m, n - m) > turns ? 1 : 0;
  return in_plane + (p - 2) * out_of_plane;
}

void list_stationary_points(Problem& problem, const std::string& graph, Index n, Index p) {
  const auto add = [&](Index turns, double value, Index index) {
    problem.stationary_points.push_back(
        {twisted(n, p, turns), value, type_of_index(index, n * p, StationaryType::degenerate), index});
  };
  if (graph == "cycle") {
    for (Index turns = 0; turns <= (n <= 100 ? n / 2 : 0); ++turns) {
      add(turns, static_cast<double>(n) * std::cos(angle(turns, n)), index_of_twisted(n, p, turns));
    }
    problem.optimal_value = static_cast<double>(n) * std::cos(angle(n / 2, n));
  } else if (graph == "complete") {
    add(0, 0.5 * static_cast<double>(n * (n - 1)), (n - 1) * (p - 1));
    add(1, -0.5 * static_cast<double>(n), 0);
    problem.optimal_value = -0.5 * static_cast<double>(n);
  } else {
    list_classified(problem, {twisted(n, p, 0)});
  }
}

Problem make_max_cut(const Parameters& parameters) {
  const Index n = parameters.integer("vertices");
  const Index p = parameters.integer("columns");
  check_data_size("max-cut", "vertices x columns", static_cast<double>(n * p));
  Problem problem;
  problem.name = "max-cut";
  problem.summary = "the vector relaxation of max-cut with p components a vertex, rows normalized";
  problem.why_hard = "equal rows are stationary for every graph; with two components there are false minima";
  MaxCut formula{n, p, edges_of(parameters)};
  std::vector<double> degrees(static_cast<std::size_t>(n), 0.0);
  for (const auto& [i, j] : formula.edges) {
    ++degrees[static_cast<std::size_t>(i)];
    ++degrees[static_cast<std::size_t>(j)];
  }
  problem.objective = std::make_shared<Differentiated<MaxCut>>(std::move(formula));
  const RandomSource random = random_source_of(parameters);
  Vector standard = normal_values(random, "start", n * p);
  for (Index i = 0; i < n; ++i) {
    VectorView row(standard.data() + i * p, p);
    row /= row.norm();
  }
  const Vector equal = twisted(n, p, 0);
  Vector near = equal;
  near.view() += normal_values(random, "near", n * p, 1e-6).view();
  problem.starts = {{"standard", standard}, {"near-equal-rows", near}, {"equal-rows", equal}};
  list_stationary_points(problem, parameters.text("graph"), n, p);
  // On the unit spheres |eigenvalues| <= 2 max degree (Gershgorin's discs of A and of its row sums); ||w_i|| never
  // falls.
  const double most = std::max(1.0, *std::max_element(degrees.begin(), degrees.end()));
  problem.suggested_step = 0.25 / most;
  problem.random_start = normal_start(n * p);
  return problem;
}

}  // namespace

Entry max_cut() {
  return {.name = "max-cut",
          .family = "structured",
          .summary = "the Burer-Monteiro relaxation of max-cut: false minima with two columns, none with many",
          .parameters = {integer_parameter("vertices", "12", 3, 1e5, "n"),
                         integer_parameter("columns", "2", 2, 1000, "p, the components of a vertex's vector"),
                         {.name = "graph",
                          .kind = ParameterKind::text,
                          .default_value = "cycle",
                          .summary = "cycle, complete or random"},
                         real_parameter("edge_probability", "0.5", 0, 1, "of every edge of a random graph"),
                         seed_parameter()},
          .make = make_max_cut};
}

}  // namespace perigee::problems
