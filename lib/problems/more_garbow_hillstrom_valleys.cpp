// Problems of the More-Garbow-Hillstrom collection with curved or badly scaled valleys and singular minima.
#include <perigee/lib/problems/more_garbow_hillstrom.hpp>
#include <perigee/lib/problems/sum_of_squares.hpp>

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace perigee::problems::collection {

namespace {

using List = Instance::List;

void require_multiple(const std::string& who, Index dimension, Index block) {
  if (dimension % block == 0) return;
  throw std::invalid_argument(who + ": dimension must be a multiple of " + std::to_string(block) + ", got " +
                              std::to_string(dimension));
}

// (2) Freudenstein and Roth (1963).
struct FreudensteinRoth {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    residual(-13.0 + x[0] + ((5.0 - x[1]) * x[1] - 2.0) * x[1]);
    residual(-29.0 + x[0] + ((x[1] + 1.0) * x[1] - 14.0) * x[1]);
  }
};

// r_i = x1 + p_i(x2), so grad f = 0 says r_1 = -r_2 and (r_1 - r_2)(p_1' - p_2') = 0: the zero (5, 4) of both, or the
// two roots of -6 x2^2 + 8 x2 + 12.
Instance freudenstein_roth() {
  const auto at_root = [](double y) { return Vector{21.0 + (8.0 - 3.0 * y) * y, y}; };
  const double root = std::sqrt(22.0);
  return {.formula = "r = -13 + x1 + ((5 - x2) x2 - 2) x2; -29 + x1 + ((x2 + 1) x2 - 14) x2",
          .why_hard = "a false minimum, f = 48.984, to which most methods go from the standard start",
          .objective = sum_of_squares(FreudensteinRoth{}, 2),
          .start = {0.5, -2.0},
          .stationary_points = {minimum({5.0, 4.0}, 0.0), minimum(at_root((2.0 - root) / 3.0), 48.984253679240021),
                                saddle(at_root((2.0 + root) / 3.0), 819.01025935231005, 1)},
          .optimal_value = 0.0,
          .list = List::complete};
}

// (3) Powell (1970).
struct PowellBadlyScaled {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::exp;
    residual(1e4 * x[0] * x[1] - 1.0);
    residual(exp(-x[0]) + exp(-x[1]) - 1.0001);
  }
};

Instance powell_badly_scaled() {
  const double small = 1.0981593296998175e-05;
  const double large = 9.106146739866524;
  return {.formula = "r = 1e4 x1 x2 - 1; exp(-x1) + exp(-x2) - 1.0001",
          .why_hard = "the curvatures at the minimum differ by a factor of 1e18, and the coordinates by one of 1e6",
          .objective = sum_of_squares(PowellBadlyScaled{}, 2),
          .start = {0.0, 1.0},
          .stationary_points = {minimum({small, large}, 0.0), minimum({large, small}, 0.0)},
          .optimal_value = 0.0};
}

// (4).
struct BrownBadlyScaled {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    residual(x[0] - 1e6);
    residual(x[1] - 2e-6);
    residual(x[0] * x[1] - 2.0);
  }
};

Instance brown_badly_scaled() {
  return {.formula = "r = x1 - 1e6; x2 - 2e-6; x1 x2 - 2",
          .why_hard = "at the minimum the coordinates differ by a factor of 5e11 and the curvatures by one of 1e12",
          .objective = sum_of_squares(BrownBadlyScaled{}, 2),
          .start = {1.0, 1.0},
          .stationary_points = {minimum({1e6, 2e-6}, 0.0)},
          .optimal_value = 0.0};
}

// (5) Beale (1958).
struct Beale {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    const double y[] = {1.5, 2.25, 2.625};
    T power(1.0);
    for (const double target : y) {
      power *= x[1];
      residual(target - x[0] * (1.0 - power));
    }
  }
};

Instance beale() {
  return {.formula = "r_i = y_i - x1 (1 - x2^i), y = (1.5, 2.25, 2.625)",
          .why_hard = "two strict saddles, one of them on the way from the start, and a plateau as x1 tends to -inf",
          .objective = sum_of_squares(Beale{}, 2),
          .start = {1.0, 1.0},
          .stationary_points = {minimum({3.0, 0.5}, 0.0), saddle({0.0, 1.0}, 14.203125, 1),
                                saddle({0.10053793732415836, -2.644513585023125}, 9.8645122847555602, 1)},
          .optimal_value = 0.0};
}

// (7) Fletcher and Powell (1963). theta is the angle of (x1, x2) in turns, in (-1/4, 3/4]: it jumps across the negative
// x2 axis.
struct HelicalValley {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    using std::atan2, std::sqrt;
    T turns = atan2(x[1], x[0]) / (2.0 * std::numbers::pi);
    if (x[0] < T(0.0) && x[1] < T(0.0)) turns += 1.0;
    residual(10.0 * (x[2] - 10.0 * turns));
    residual(10.0 * (sqrt(x[0] * x[0] + x[1] * x[1]) - 1.0));
    residual(x[2]);
  }
};

Instance helical_valley() {
  return {.formula = "r = 10 (x3 - 10 theta); 10 (sqrt(x1^2 + x2^2) - 1); x3, with theta = arg(x1 + i x2)/(2 pi)",
          .why_hard = "the valley winds around the x3 axis, and f jumps across the half plane x1 = 0, x2 < 0",
          .objective = sum_of_squares(HelicalValley{}, 3),
          .start = {-1.0, 0.0, 0.0},
          .stationary_points = {minimum({1.0, 0.0, 0.0}, 0.0)},
          .optimal_value = 0.0};
}

// (14) Colville (1968).
struct Wood {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    residual(10.0 * (x[1] - x[0] * x[0]));
    residual(1.0 - x[0]);
    residual(std::sqrt(90.0) * (x[3] - x[2] * x[2]));
    residual(1.0 - x[2]);
    residual(std::sqrt(10.0) * (x[1] + x[3] - 2.0));
    residual((x[1] - x[3]) / std::sqrt(10.0));
  }
};

Instance wood() {
  return {.formula =
              "r = 10 (x2 - x1^2); 1 - x1; sqrt 90 (x4 - x3^2); 1 - x3; sqrt 10 (x2 + x4 - 2); "
              "(x2 - x4)/sqrt 10",
          .why_hard = "a nearly flat strict saddle (smallest eigenvalue -0.12, largest 953) on the way from the start",
          .objective = sum_of_squares(Wood{}, 4),
          .start = {-3.0, -1.0, -3.0, -1.0},
          .stationary_points =
              {minimum({1.0, 1.0, 1.0, 1.0}, 0.0),
               saddle({-0.96797402493759307, 0.94713914081784182, -0.96951631033159115, 0.95124766579232528},
                      7.8769671651768675, 1),
               saddle({-0.03125102339433596, 0.16597138685578313, -0.031258171023264063, 0.1842639346967284},
                      35.090034210435626, 2)},
          .optimal_value = 0.0};
}

// (21) Spedicato (1975).
struct ExtendedRosenbrock {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    for (Index i = 0; i < dimension; i += 2) {
      residual(10.0 * (x[i + 1] - x[i] * x[i]));
      residual(1.0 - x[i]);
    }
  }
  Index dimension;
};

Instance extended_rosenbrock(Index dimension) {
  require_multiple("extended-rosenbrock", dimension, 2);
  Vector start(dimension);
  for (Index i = 0; i < dimension; ++i) start[i] = i % 2 == 0 ? -1.2 : 1.0;
  return {.formula = "r_{2i-1} = 10 (x_{2i} - x_{2i-1}^2); r_{2i} = 1 - x_{2i-1}",
          .why_hard = "n/2 curved valleys side by side, each with condition number 2508",
          .objective = sum_of_squares(ExtendedRosenbrock{dimension}, dimension),
          .start = start,
          .stationary_points = {minimum(constant_vector(dimension, 1.0), 0.0)},
          .optimal_value = 0.0,
          .list = List::complete};
}

// (22) Spedicato (1975); for n = 4 Powell's singular function (13), Powell (1962).
struct ExtendedPowellSingular {
  template <class T, class Residual>
  void operator()(const T* x, Residual&& residual) const {
    for (const T* block = x; block < x + dimension; block += 4) {
      const T bend = block[1] - 2.0 * block[2];
      const T twist = block[0] - block[3];
      residual(block[0] + 10.0 * block[1]);
      residual(std::sqrt(5.0) * (block[2] - block[3]));
      residual(bend * bend);
      residual(std::sqrt(10.0) * twist * twist);
    }
  }
  Index dimension;
};

Instance extended_powell_singular(Index dimension) {
  require_multiple("extended-powell-singular", dimension, 4);
  const double x0[] = {3.0, -1.0, 0.0, 1.0};
  Vector start(dimension);
  for (Index i = 0; i < dimension; ++i) start[i] = x0[i % 4];
  return {.formula = "in blocks of four, r = x1 + 10 x2; sqrt 5 (x3 - x4); (x2 - 2 x3)^2; sqrt 10 (x1 - x4)^2",
          .why_hard =
              "the Hessian at the minimum has half its eigenvalues 0: methods that converge fast elsewhere are "
              "linear here",
          .objective = sum_of_squares(ExtendedPowellSingular{dimension}, dimension),
          .start = start,
          .stationary_points = {degenerate(constant_vector(dimension, 0.0), 0.0)},
          .optimal_value = 0.0,
          .list = List::complete};
}

Instance powell_singular() { return extended_powell_singular(4); }

}  // namespace

std::vector<Entry> valleys() {
  return {
      entry("freudenstein-roth", "two cubics with a false minimum", freudenstein_roth),
      entry("powell-singular", "a quartic minimum with a singular Hessian", powell_singular),
      entry("powell-badly-scaled", "two coordinates that differ by six orders of magnitude", powell_badly_scaled),
      entry("brown-badly-scaled", "two coordinates that differ by twelve orders of magnitude", brown_badly_scaled),
      entry("beale", "Beale's polynomial with saddles and a plateau", beale),
      entry("helical-valley", "a valley that winds around an axis", helical_valley),
      entry("wood", "Wood's (Colville's) quartic with a nearly flat saddle", wood),
      entry("extended-rosenbrock", "Rosenbrock's valleys in pairs of coordinates",
            dimension(10, 2, 10000000, "n, even"), extended_rosenbrock),
      entry("extended-powell-singular", "quartic minima with a singular Hessian, in blocks of four coordinates",
            dimension(12, 4, 10000000, "n, a multiple of 4"), extended_powell_singular),
  };
}

}  // namespace perigee::problems::collection
