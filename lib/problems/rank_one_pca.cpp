#include <perigee/lib/problems/differentiated.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/rank_one_pca.hpp>

#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee::problems {

namespace {

struct RankOnePca {
  Vector eigenvalues;  // m, falling
  Index dimension() const { return eigenvalues.size(); }

  template <class T>
  T add_gradient(const T* x, T* gradient) const {
    const T square = inner(dimension(), x, x);
    T quadratic(0.0);  // x'M x
    for (Index i = 0; i < dimension(); ++i) {
      quadratic += eigenvalues[i] * x[i] * x[i];
      gradient[i] += (square - eigenvalues[i]) * x[i];
    }
    return 0.25 * (square * square - 2.0 * quadratic + eigenvalues.view().squaredNorm());
  }
};

// m_1 = leading, then from leading - gap down to (leading - gap)/(d - 1) in equal steps.
Vector eigenvalues_of(const Parameters& parameters) {
  const double leading = parameters.real("leading");
  const double gap = parameters.real("gap");
  const Index d = parameters.integer("dimension");
  if (!(gap < leading)) {
    throw std::invalid_argument("rank-one-pca: gap must be < leading = " + parameters.text("leading") + ", got " +
                                parameters.text("gap"));
  }
  Vector m(d);
  m[0] = leading;
  for (Index i = 1; i < d; ++i) m[i] = (leading - gap) * static_cast<double>(d - i) / static_cast<double>(d - 1);
  return m;
}

// Every point as its positive and its negative copy; the longest list is 2d + 1 points of d numbers.
void list_stationary_points(Problem& problem, const Vector& m) {
  const Index d = m.size();
  const double square = m.view().squaredNorm();
  problem.stationary_points.push_back({Vector(d), 0.25 * square, StationaryType::maximum, d});
  problem.all_stationary_points_known = d <= 100;
  for (Index i = 0; i < (problem.all_stationary_points_known ? d : 2); ++i) {
    for (const double sign : {1.0, -1.0}) {
      Vector x(d);
      x[i] = sign * std::sqrt(m[i]);
      problem.stationary_points.push_back(
          {x, 0.25 * (square - m[i] * m[i]), i == 0 ? StationaryType::minimum : StationaryType::strict_saddle, i});
    }
  }
}

Problem make_rank_one_pca(const Parameters& parameters) {
  const Vector m = eigenvalues_of(parameters);
  const Index d = m.size();
  Problem problem;
  problem.name = "rank-one-pca";
  problem.summary = "the best symmetric rank-one approximation of a positive definite diagonal matrix";
  problem.why_hard = "all lesser eigenvectors are strict saddles; the escape slows down with the gap m_1 - m_2";
  problem.objective = std::make_shared<Differentiated<RankOnePca>>(RankOnePca{m});
  const double radius = std::sqrt(m[0]);
  const double share = radius / std::sqrt(static_cast<double>(d));
  Vector even(d);
  even.view().setConstant(0.5 * share);
  problem.starts = {{"standard", even}};
  if (d > 1) {
    Vector second(d);
    second[1] = std::sqrt(m[1]);
    Vector near = second;
    near[0] = 1e-6 * radius;
    problem.starts.push_back({"near-saddle", near});
    problem.starts.push_back({"saddle", second});
  }
  problem.starts.push_back({"maximum", Vector(d)});
  list_stationary_points(problem, m);
  problem.optimal_value = 0.25 * (m.view().squaredNorm() - m[0] * m[0]);
  problem.gradient_lipschitz = 3.0 * m[0] - m[d - 1];
  problem.hessian_lipschitz = 6.0 * radius;
  problem.suggested_step = 1.0 / (3.0 * m[0]);
  problem.random_start = uniform_box_start(d, -share, share);
  return problem;
}

}  // namespace

Entry rank_one_pca() {
  return {.name = "rank-one-pca",
          .family = "structured",
          .summary = "the leading eigenvector as a rank-one approximation: all saddles strict, all constants known",
          .parameters = {integer_parameter("dimension", "10", 1, 1e7, "d"),
                         real_parameter("leading", "2", 1e-6, 1e6, "m_1, the largest eigenvalue"),
                         real_parameter("gap", "0.5", 1e-9, 1e6, "m_1 - m_2, below leading: the others fall evenly")},
          .make = make_rank_one_pca};
}

}  // namespace perigee::problems
