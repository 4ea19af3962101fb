// Problems of the More-Garbow-Hillstrom collection that exist in any dimension: penalties, polynomials, trigonometric
// sums.
#include <perigee/lib/problems/more_garbow_hillstrom.hpp>
#include <perigee/lib/problems/sum_of_squares.hpp>

#include <cmath>
#include <string>

namespace perigee::problems::collection {

namespace {

using List = Instance::List;

constexpr double penalty = 1e-5;  // a of both penalty functions

Vector vector_of(Index dimension, double (*element)(Index i, Index n)) {  // i = 1..n
  Vector x(dimension);
  for (Index i = 1; i <= dimension; ++i) x[i - 1] = element(i, dimension);
  return x;
}

// (20) Kowalik and Osborne (1968).
struct Watson {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    for (int i = 1; i <= 29; ++i) {
      const double t = i / 29.0;
      T slope(0.0);
      T value = x[0];
      double power = 1.0;  // t^{j-1}
      for (Index j = 1; j < dimension; ++j) {
        slope += static_cast<double>(j) * power * x[j];
        power *= t;
        value += power * x[j];
      }
      residual(slope - value * value - 1.0);
    }
    residual(T(x[0]));
    residual(x[1] - x[0] * x[0] - 1.0);
  }
  Index dimension;
};

Instance watson(Index dimension) {
  Instance instance{.formula =
                        "r_i = p'(t_i) - p(t_i)^2 - 1, t_i = i/29, i = 1..29; x1; x2 - x1^2 - 1, with the "
                        "polynomial p(t) = sum_j x_j t^{j-1}",
                    .why_hard =
                        "a polynomial in powers of t: the condition number grows tenfold or more with every "
                        "coordinate",
                    .objective = sum_of_squares(Watson{dimension}, dimension),
                    .start = Vector(dimension)};
  if (dimension == 6) {
    instance.stationary_points = {minimum({-0.015725086401458457, 1.0124348693691099, -0.23299162595673768,
                                           1.2604300877996083, -1.5137289227222797, 0.99299643243113452},
                                          0.0022876700535524362)};
  } else if (dimension == 9) {
    instance.stationary_points = {
        minimum({-1.5307036521394342e-5, 0.99978970393194838, 0.014763963693556959, 0.14634232829936223,
                 1.0008211030047092, -2.6177311405190151, 4.1044031644788564, -3.1436122785564422, 1.0526264080101669},
                1.3997601380990199e-6)};
  }
  if (!instance.stationary_points.empty()) instance.optimal_value = instance.stationary_points.front().value;
  // The Hessian there has condition number 7e13: double precision does not show that the point is a minimum.
  if (dimension == 12) instance.optimal_value = 4.7223811058917574e-10;
  return instance;
}

// (23) Gill, Murray and Pitfield (1972).
struct PenaltyOne {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    T square(0.0);
    for (Index i = 0; i < dimension; ++i) {
      residual(std::sqrt(penalty) * (x[i] - 1.0));
      square += x[i] * x[i];
    }
    residual(square - 0.25);
  }
  Index dimension;
};

// grad f = 0 makes all coordinates equal, to a root t of a (t - 1) + 2 (n t^2 - 1/4) t = 0, which Newton's method finds
// from the three roots of (n t^2 - 1/4) t = 0. There H = (2a/t) I + 8 t^2 ones, since 2a + 4 (n t^2 - 1/4) = 2a/t.
std::vector<StationaryPoint> stationary_points_of_penalty_one(Index dimension) {
  const auto n = static_cast<double>(dimension);
  const auto point = [&](double t) {
    for (int iteration = 0; iteration < 50; ++iteration) {
      t -= (penalty * (t - 1.0) + 2.0 * (n * t * t - 0.25) * t) / (penalty + 6.0 * n * t * t - 0.5);
    }
    const double excess = n * t * t - 0.25;
    return StationaryPoint{constant_vector(dimension, t), n * penalty * (t - 1.0) * (t - 1.0) + excess * excess};
  };
  StationaryPoint least = point(0.5 / std::sqrt(n));
  StationaryPoint opposite = point(-0.5 / std::sqrt(n));
  opposite.type = StationaryType::strict_saddle;
  opposite.index = dimension - 1;
  StationaryPoint centre = point(0.0);
  centre.type = StationaryType::maximum;
  centre.index = dimension;
  return {least, opposite, centre};
}

Instance penalty_one(Index dimension) {
  const std::vector<StationaryPoint> points = stationary_points_of_penalty_one(dimension);
  return {.formula = "r_i = sqrt a (x_i - 1), i = 1..n; sum_j x_j^2 - 1/4, with a = 1e-5",
          .why_hard = "a sphere on which f is nearly constant: curvatures of 1e-4 along it and of 2 across",
          .objective = sum_of_squares(PenaltyOne{dimension}, dimension),
          .start = vector_of(dimension, [](Index i, Index) { return static_cast<double>(i); }),
          .stationary_points = points,
          .optimal_value = points.front().value,
          .list = List::complete};
}

// (24) Gill, Murray and Pitfield (1972).
struct PenaltyTwo {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::exp;
    const double weight = std::sqrt(penalty);
    T square = static_cast<double>(dimension) * x[0] * x[0];
    residual(x[0] - 0.2);
    for (Index i = 2; i <= dimension; ++i) {
      const double y = std::exp(0.1 * static_cast<double>(i)) + std::exp(0.1 * static_cast<double>(i - 1));
      residual(weight * (exp(0.1 * x[i - 1]) + exp(0.1 * x[i - 2]) - y));
      residual(weight * (exp(0.1 * x[i - 1]) - std::exp(-0.1)));
      square += static_cast<double>(dimension - i + 1) * x[i - 1] * x[i - 1];
    }
    residual(square - 1.0);
  }
  Index dimension;
};

Instance penalty_two(Index dimension) {
  Instance instance{.formula =
                        "r_1 = x1 - 1/5; sqrt a (exp(x_i/10) + exp(x_{i-1}/10) - exp(i/10) - exp((i-1)/10)) and "
                        "sqrt a (exp(x_i/10) - exp(-1/10)), i = 2..n; sum_j (n - j + 1) x_j^2 - 1, with a = 1e-5",
                    .why_hard = "an ellipsoid on which f is nearly constant: the condition number exceeds 1e6",
                    .objective = sum_of_squares(PenaltyTwo{dimension}, dimension),
                    .start = constant_vector(dimension, 0.5)};
  if (dimension == 4) {
    instance.stationary_points = {minimum(
        {0.19999933335038038, 0.19131670099277245, 0.48010148533262317, 0.51884540439020059}, 9.3762930073554415e-6)};
  } else if (dimension == 10) {
    instance.stationary_points = {minimum(
        {0.19998360519782361, 0.010350648471292298, 0.0196049344804384, 0.03208906722068565, 0.049932677399641297,
         0.076513995153993608, 0.11862407286950418, 0.19214487233557668, 0.34732058694184363, 0.36916437415935083},
        0.00029366053745674594)};
  }
  if (!instance.stationary_points.empty()) instance.optimal_value = instance.stationary_points.front().value;
  return instance;
}

// (25).
struct VariablyDimensioned {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    T sum(0.0);
    for (Index i = 0; i < dimension; ++i) {
      residual(x[i] - 1.0);
      sum += static_cast<double>(i + 1) * (x[i] - 1.0);
    }
    residual(T(sum));
    residual(sum * sum);
  }
  Index dimension;
};

Instance variably_dimensioned(Index dimension) {
  return {.formula = "r_i = x_i - 1, i = 1..n; S; S^2, with S = sum_j j (x_j - 1)",
          .why_hard = "convex, but quartic along one direction: the curvature falls from 1e12 at the far starts to 2",
          .objective = sum_of_squares(VariablyDimensioned{dimension}, dimension),
          .start = vector_of(dimension,
                             [](Index i, Index n) { return 1.0 - static_cast<double>(i) / static_cast<double>(n); }),
          .stationary_points = {minimum(constant_vector(dimension, 1.0), 0.0)},
          .optimal_value = 0.0,
          .list = List::complete};
}

// (26) Spedicato (1975).
struct Trigonometric {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::cos, std::sin;
    T common(static_cast<double>(dimension));
    for (Index i = 0; i < dimension; ++i) common -= cos(x[i]);
    for (Index i = 0; i < dimension; ++i) {
      residual(common + static_cast<double>(i + 1) * (1.0 - cos(x[i])) - sin(x[i]));
    }
  }
  Index dimension;
};

Instance trigonometric(Index dimension) {
  Instance instance{
      .formula = "r_i = n - sum_j cos x_j + i (1 - cos x_i) - sin x_i, i = 1..n",
      .why_hard = "periodic, with many false minima; the start lies in the basin of one of them for n = 10",
      .objective = sum_of_squares(Trigonometric{dimension}, dimension),
      .start = constant_vector(dimension, 1.0 / static_cast<double>(dimension)),
      .stationary_points = {minimum(Vector(dimension), 0.0)},
      .optimal_value = 0.0};
  if (dimension == 10) {
    instance.stationary_points.push_back(minimum(
        {0.055150903980691293, 0.056840616794738563, 0.058764001762695084, 0.060990608656760805, 0.06362621369585451,
         0.066843179452758789, 0.20816151856988116, 0.16436309588564774, 0.085006895688507445, 0.091431450714707944},
        2.7950561218794563e-5));
  }
  return instance;
}

// (35) Fletcher (1965), with as many residuals as variables. The integral of the shifted Chebyshev polynomial T_i over
// [0, 1] is 0 for odd i and -1/(i^2 - 1) for even i.
struct Chebyquad {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    const auto n = static_cast<std::size_t>(dimension);
    std::vector<T> before(n, T(1.0));
    std::vector<T> polynomial;
    for (Index j = 0; j < dimension; ++j) polynomial.push_back(2.0 * x[j] - 1.0);
    for (Index i = 1; i <= dimension; ++i) {
      const auto degree = static_cast<double>(i);
      T sum(0.0);
      for (const T& value : polynomial) sum += value;
      residual(sum / static_cast<double>(dimension) + (i % 2 == 0 ? 1.0 / (degree * degree - 1.0) : 0.0));
      for (std::size_t j = 0; j < n; ++j) {
        const T next = 2.0 * (2.0 * x[j] - 1.0) * polynomial[j] - before[j];
        before[j] = polynomial[j];
        polynomial[j] = next;
      }
    }
  }
  Index dimension;
};

Instance chebyquad(Index dimension) {
  Instance instance{.formula =
                        "r_i = (1/n) sum_j T_i(x_j) - int_0^1 T_i, i = 1..n, T_i the shifted Chebyshev "
                        "polynomials",
                    .why_hard =
                        "the coordinates are nodes of a quadrature rule: every permutation of a minimum is one, "
                        "and the far starts see polynomials of degree n",
                    .objective = sum_of_squares(Chebyquad{dimension}, dimension),
                    .start = vector_of(dimension, [](Index i, Index n) {
                      return static_cast<double>(i) / static_cast<double>(n + 1);
                    })};
  if (dimension <= 7 || dimension == 9) instance.optimal_value = 0.0;
  if (dimension == 8) {
    instance.stationary_points = {minimum({0.043152760151016631, 0.19309084038418612, 0.26632870689027293, 0.5, 0.5,
                                           0.73367129310972707, 0.80690915961581388, 0.95684723984898337},
                                          0.0035168737256779317)};
    instance.optimal_value = instance.stationary_points.front().value;
  } else if (dimension == 9) {
    instance.stationary_points = {
        minimum({0.044205346135782763, 0.19949067230988096, 0.23561910847106, 0.41604690789259803, 0.5,
                 0.58395309210740197, 0.76438089152894, 0.80050932769011904, 0.95579465386421724},
                0.0)};
  } else if (dimension == 10) {
    instance.stationary_points = {minimum(
        {0.059619900535812704, 0.16670828183586141, 0.23917065894260849, 0.39888429230604449, 0.39888429230604449,
         0.60111570769395551, 0.60111570769395551, 0.76082934105739151, 0.83329171816413859, 0.9403800994641873},
        0.0065039548008823061)};
  }
  return instance;
}

}  // namespace

std::vector<Entry> of_any_dimension() {
  return {
      entry("watson", "Watson's differential equation solved by a polynomial",
            dimension(6, 2, 31, "n; the minimum is known for n = 6, 9, 12"), watson),
      entry("penalty-one", "penalty function I: nearly constant on a sphere", dimension(10, 2, 10000000), penalty_one),
      entry("penalty-two", "penalty function II: nearly constant on an ellipsoid",
            dimension(10, 2, 1000, "n; the minimum is known for n = 4, 10"), penalty_two),
      entry("variably-dimensioned", "a quadratic and a quartic along one direction", dimension(10, 1, 10000000),
            variably_dimensioned),
      entry("trigonometric", "Spedicato's trigonometric sums", dimension(10, 1, 10000000), trigonometric),
      entry("chebyquad", "Chebyshev quadrature with equal weights",
            dimension(8, 1, 1000, "n; the infimum is known for n <= 9"), chebyquad),
  };
}

}  // namespace perigee::problems::collection
