// Problems of the More-Garbow-Hillstrom collection that are systems of equations: discretized ones, and linear ones.
#include <perigee/lib/problems/more_garbow_hillstrom.hpp>
#include <perigee/lib/problems/sum_of_squares.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::problems::collection {

namespace {

using List = Instance::List;

// (27) Brown (1969).
struct BrownAlmostLinear {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    T sum(0.0);
    T product(1.0);
    for (Index i = 0; i < dimension; ++i) {
      sum += x[i];
      product *= x[i];
    }
    for (Index i = 0; i + 1 < dimension; ++i) residual(x[i] + sum - static_cast<double>(dimension + 1));
    residual(product - 1.0);
  }
  Index dimension;
};

Instance brown_almost_linear(Index dimension) {
  Vector plateau(dimension);
  plateau[dimension - 1] = static_cast<double>(dimension + 1);
  Instance instance{.formula = "r_i = x_i + sum_j x_j - (n + 1), i = 1..n-1; prod_j x_j - 1",
                    .why_hard =
                        "linear but for one product, whose gradient vanishes where two coordinates do: a "
                        "degenerate point with f = 1 at (0, ..., 0, n + 1)",
                    .objective = sum_of_squares(BrownAlmostLinear{dimension}, dimension),
                    .start = constant_vector(dimension, 0.5),
                    .stationary_points = {minimum(constant_vector(dimension, 1.0), 0.0)},
                    .optimal_value = 0.0};
  if (dimension == 10) {
    Vector second = constant_vector(dimension, 0.97943030334986245);
    second[9] = 1.2056969665013755;
    instance.stationary_points.push_back(minimum(second, 0.0));
  }
  // For n = 3 the product's own curvature, of order x1 x2, makes this point a saddle.
  if (dimension >= 4) instance.stationary_points.push_back(degenerate(plateau, 1.0));
  return instance;
}

// x_i with x_0 = x_{n+1} = 0.
template <class T>
T inner(const T* x, Index i, Index n) {
  return i < 0 || i >= n ? T(0.0) : x[i];
}

// The node t_i = i/(n+1) of the i-th coordinate, counted from 0 here.
double node(Index i, Index n) { return static_cast<double>(i + 1) / static_cast<double>(n + 1); }

template <class T>
T cube(const T& x) {
  return x * x * x;
}

// (28) More and Cosnard (1979): x'' = (x + t + 1)^3/2, x(0) = x(1) = 0, by differences.
struct DiscreteBoundaryValue {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    const double h = 1.0 / static_cast<double>(dimension + 1);
    for (Index i = 0; i < dimension; ++i) {
      residual(2.0 * x[i] - inner(x, i - 1, dimension) - inner(x, i + 1, dimension) +
               0.5 * h * h * cube(x[i] + node(i, dimension) + 1.0));
    }
  }
  Index dimension;
};

// (29) More and Cosnard (1979): the same as an integral equation.
struct DiscreteIntegralEquation {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    const auto n = static_cast<std::size_t>(dimension);
    const double h = 1.0 / static_cast<double>(dimension + 1);
    std::vector<T> after(n + 1, T(0.0));  // sum_{j >= i} (1 - t_j) c_j
    std::vector<T> cubes;
    for (Index i = 0; i < dimension; ++i) cubes.push_back(cube(x[i] + node(i, dimension) + 1.0));
    for (std::size_t i = n; i-- > 0;)
      after[i] = after[i + 1] + (1.0 - node(static_cast<Index>(i), dimension)) * cubes[i];
    T before(0.0);  // sum_{j <= i} t_j c_j
    for (std::size_t i = 0; i < n; ++i) {
      const double t = node(static_cast<Index>(i), dimension);
      before += t * cubes[i];
      residual(x[i] + 0.5 * h * ((1.0 - t) * before + t * after[i + 1]));
    }
  }
  Index dimension;
};

// Both have the same solution: the integral equation is the boundary value problem with its linear part inverted.
std::vector<StationaryPoint> discrete_solution(Index dimension) {
  if (dimension != 10) return {};
  return {minimum(
      {-0.043164982518764871, -0.081577156535386882, -0.11448571438052929, -0.14097357686259668, -0.15990869618198312,
       -0.16987720231277492, -0.16908998378120835, -0.15524953522183182, -0.12535589167893499, -0.075416533685892084},
      0.0)};
}

Vector parabola(Index dimension) {
  Vector start(dimension);
  for (Index i = 0; i < dimension; ++i) start[i] = node(i, dimension) * (node(i, dimension) - 1.0);
  return start;
}

Instance discrete_boundary_value(Index dimension) {
  return {
      .formula = "r_i = 2 x_i - x_{i-1} - x_{i+1} + h^2 (x_i + t_i + 1)^3/2, h = 1/(n+1), t_i = i h, x_0 = x_{n+1} = 0",
      .why_hard = "the condition number grows like n^4",
      .objective = sum_of_squares(DiscreteBoundaryValue{dimension}, dimension),
      .start = parabola(dimension),
      .stationary_points = discrete_solution(dimension),
      .optimal_value = 0.0};
}

Instance discrete_integral_equation(Index dimension) {
  return {
      .formula =
          "r_i = x_i + h/2 ((1 - t_i) sum_{j<=i} t_j c_j + t_i sum_{j>i} (1 - t_j) c_j), "
          "c_j = (x_j + t_j + 1)^3, h = 1/(n+1), t_i = i h",
      .why_hard = "every residual depends on every coordinate, but the problem is well conditioned: a check of cost",
      .objective = sum_of_squares(DiscreteIntegralEquation{dimension}, dimension),
      .start = parabola(dimension),
      .stationary_points = discrete_solution(dimension),
      .optimal_value = 0.0};
}

// (30) Broyden (1965).
struct BroydenTridiagonal {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    for (Index i = 0; i < dimension; ++i) {
      residual((3.0 - 2.0 * x[i]) * x[i] - inner(x, i - 1, dimension) - 2.0 * inner(x, i + 1, dimension) + 1.0);
    }
  }
  Index dimension;
};

Instance broyden_tridiagonal(Index dimension) {
  Instance instance{.formula = "r_i = (3 - 2 x_i) x_i - x_{i-1} - 2 x_{i+1} + 1, x_0 = x_{n+1} = 0",
                    .why_hard = "a sparse system with many solutions and false minima away from the start",
                    .objective = sum_of_squares(BroydenTridiagonal{dimension}, dimension),
                    .start = constant_vector(dimension, -1.0),
                    .optimal_value = 0.0};
  if (dimension == 10) {
    instance.stationary_points = {minimum(
        {-0.57072213201122479, -0.68180694998427509, -0.70221007601766003, -0.70551062989508039, -0.70490615572874367,
         -0.70149660702985113, -0.69188932235479825, -0.66579651440585375, -0.59603510902636571, -0.41641225752869335},
        0.0)};
  }
  return instance;
}

// (31) Broyden (1971).
struct BroydenBanded {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    for (Index i = 0; i < dimension; ++i) {
      T band(0.0);
      for (Index j = std::max<Index>(0, i - 5); j <= std::min(dimension - 1, i + 1); ++j) {
        if (j != i) band += x[j] * (1.0 + x[j]);
      }
      residual(x[i] * (2.0 + 5.0 * x[i] * x[i]) + 1.0 - band);
    }
  }
  Index dimension;
};

Instance broyden_banded(Index dimension) {
  Instance instance{
      .formula = "r_i = x_i (2 + 5 x_i^2) + 1 - sum_j x_j (1 + x_j), j = max(1, i-5)..min(n, i+1), j != i",
      .why_hard = "a banded system, well conditioned at its solution",
      .objective = sum_of_squares(BroydenBanded{dimension}, dimension),
      .start = constant_vector(dimension, -1.0),
      .optimal_value = 0.0};
  if (dimension == 10) {
    instance.stationary_points = {minimum(
        {-0.42830286358725027, -0.47659642435629024, -0.51965246364686173, -0.5580993248321809, -0.59250615682945735,
         -0.62450368219946792, -0.62323947144059109, -0.6213938417965735, -0.62045359665908736, -0.58646927072043507},
        0.0)};
  }
  return instance;
}

// The linear problems have m = 2 n residuals here; the collection leaves m >= n free.
struct LinearFullRank {  // (32)
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    T sum(0.0);
    for (Index i = 0; i < dimension; ++i) sum += x[i];
    const T shared = sum / static_cast<double>(dimension) + 1.0;  // (2/m) sum + 1
    for (Index i = 0; i < 2 * dimension; ++i) {
      if (i < dimension) {
        residual(x[i] - shared);
      } else {
        residual(-shared);
      }
    }
  }
  Index dimension;
};

Instance linear_full_rank(Index dimension) {
  return {.formula = "r_i = x_i - (2/m) sum_j x_j - 1, i = 1..n; -(2/m) sum_j x_j - 1, i = n+1..m; m = 2n",
          .why_hard = "a quadratic, H = 2 I: any method should need a handful of evaluations",
          .objective = sum_of_squares(LinearFullRank{dimension}, dimension),
          .start = constant_vector(dimension, 1.0),
          .stationary_points = {minimum(constant_vector(dimension, -1.0), static_cast<double>(dimension))},
          .optimal_value = static_cast<double>(dimension),
          .list = List::complete};
}

// (33) and (34): r_i = i sum_{j = first..last} j x_j - 1, and -1 for the residuals left out.
struct LinearRankOne {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    const Index residuals = 2 * dimension;
    T sum(0.0);
    for (Index j = margin; j < dimension - margin; ++j) sum += static_cast<double>(j + 1) * x[j];
    for (Index i = 0; i < residuals; ++i) {
      if (margin == 0) {
        residual(static_cast<double>(i + 1) * sum - 1.0);
      } else if (i == 0 || i + 1 == residuals) {
        residual(T(-1.0));
      } else {
        residual(static_cast<double>(i) * sum - 1.0);
      }
    }
  }
  Index dimension;
  Index margin;  // columns of zeros on each side
};

// Every x with the same sum is a minimizer; listed is the one along the coordinate `along` (from 0).
Instance linear_rank_one_instance(Index dimension, Index margin, double sum, double value, std::string formula) {
  const Index along = dimension - 1 - margin;
  Vector x(dimension);
  x[along] = sum / static_cast<double>(along + 1);
  return {
      .formula = std::move(formula),
      .why_hard = "a quadratic of rank one: the minimizers fill a hyperplane, and the Hessian is singular everywhere",
      .objective = sum_of_squares(LinearRankOne{dimension, margin}, dimension),
      .start = constant_vector(dimension, 1.0),
      .stationary_points = {degenerate(x, value)},
      .optimal_value = value};
}

Instance linear_rank_one(Index dimension) {
  const double m = 2.0 * static_cast<double>(dimension);
  return linear_rank_one_instance(dimension, 0, 3.0 / (2.0 * m + 1.0), m * (m - 1.0) / (2.0 * (2.0 * m + 1.0)),
                                  "r_i = i sum_j j x_j - 1, i = 1..m; m = 2n");
}

Instance linear_rank_one_with_zeros(Index dimension) {
  const double m = 2.0 * static_cast<double>(dimension);
  return linear_rank_one_instance(dimension, 1, 3.0 / (2.0 * m - 3.0),
                                  (m * m + 3.0 * m - 6.0) / (2.0 * (2.0 * m - 3.0)),
                                  "r_1 = r_m = -1; r_i = (i - 1) sum_{j=2..n-1} j x_j - 1, i = 2..m-1; m = 2n");
}

}  // namespace

std::vector<Entry> equations() {
  const ParameterDescription any = dimension(10, 2, 1000000);
  const ParameterDescription solved = dimension(10, 2, 1000000, "n; a solution is listed for n = 10");
  return {
      entry("brown-almost-linear", "linear equations and a product", dimension(10, 2, 1000000), brown_almost_linear),
      entry("discrete-boundary-value", "a boundary value problem by differences", solved, discrete_boundary_value),
      entry("discrete-integral-equation", "a boundary value problem as an integral equation", solved,
            discrete_integral_equation),
      entry("broyden-tridiagonal", "Broyden's tridiagonal system", solved, broyden_tridiagonal),
      entry("broyden-banded", "Broyden's banded system", solved, broyden_banded),
      entry("linear-full-rank", "linear least squares of full rank", any, linear_full_rank),
      entry("linear-rank-one", "linear least squares of rank one", any, linear_rank_one),
      entry("linear-rank-one-with-zeros", "linear least squares of rank one with zero columns and rows",
            dimension(10, 3, 1000000), linear_rank_one_with_zeros),
  };
}

}  // namespace perigee::problems::collection
