#include <perigee/lib/problems/mueller_brown.hpp>

#include <array>
#include <cmath>

namespace perigee::problems {

namespace {

// A exp(a (x - centre_x)^2 + b (x - centre_x)(y - centre_y) + c (y - centre_y)^2)
struct Term {
  double amplitude, a, b, c, centre_x, centre_y;
};

constexpr std::array<Term, 4> terms{{{-200.0, -1.0, 0.0, -10.0, 1.0, 0.0},
                                     {-100.0, -1.0, 0.0, -10.0, 0.0, 0.5},
                                     {-170.0, -6.5, 11.0, -6.5, -0.5, 1.5},
                                     {15.0, 0.7, 0.6, 0.7, -1.0, 1.0}}};

struct TermValue {
  double value;    // of the term
  double slope_x;  // of its exponent
  double slope_y;
};

TermValue evaluate(const Term& term, ConstVectorView x) {
  const double dx = x[0] - term.centre_x;
  const double dy = x[1] - term.centre_y;
  return {term.amplitude * std::exp(term.a * dx * dx + term.b * dx * dy + term.c * dy * dy),
          2.0 * term.a * dx + term.b * dy, term.b * dx + 2.0 * term.c * dy};
}

}  // namespace

double MuellerBrown::value(ConstVectorView x) const {
  double sum = 0.0;
  for (const Term& term : terms) sum += evaluate(term, x).value;
  return sum;
}

double MuellerBrown::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  double sum = 0.0;
  gradient.setZero();
  for (const Term& term : terms) {
    const TermValue at = evaluate(term, x);
    sum += at.value;
    gradient[0] += at.value * at.slope_x;
    gradient[1] += at.value * at.slope_y;
  }
  return sum;
}

void MuellerBrown::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  product.setZero();
  for (const Term& term : terms) {
    const TermValue at = evaluate(term, x);
    const double along = at.slope_x * v[0] + at.slope_y * v[1];
    product[0] += at.value * (at.slope_x * along + 2.0 * term.a * v[0] + term.b * v[1]);
    product[1] += at.value * (at.slope_y * along + term.b * v[0] + 2.0 * term.c * v[1]);
  }
}

Entry mueller_brown() {
  return {.name = "mueller-brown",
          .family = "classics",
          .summary = "the Mueller-Brown potential: three minima, two saddles, curved paths",
          .parameters = {},
          .make = [](const Parameters&) {
            Problem problem;
            problem.name = "mueller-brown";
            problem.summary = "the sum of four Gaussians of Mueller and Brown (1979)";
            problem.why_hard = "stiff (curvatures from 150 to 4000), with two worse minima behind barriers";
            problem.objective = std::make_shared<MuellerBrown>();
            problem.starts = {{"standard", {-0.7, 1.0}},
                              {"near-deep-minimum", {-0.5, 1.4}},
                              {"near-right-minimum", {0.6, 0.1}},
                              {"near-middle-minimum", {-0.1, 0.45}},
                              {"near-lower-saddle", {0.2125, 0.293}},
                              {"near-upper-saddle", {-0.822, 0.6243}}};
            // Digits by Newton's method in 50-digit arithmetic.
            problem.stationary_points = {
                {{-0.55822363463302427, 1.4417258418046686}, -146.69951720995402, StationaryType::minimum, 0},
                {{0.62349940493087652, 0.028037758528685664}, -108.16672411685235, StationaryType::minimum, 0},
                {{-0.050010822998206056, 0.4666941048719721}, -80.767818129659034, StationaryType::minimum, 0},
                {{0.21248658200066201, 0.29298832510736778}, -72.248940112325215, StationaryType::strict_saddle, 1},
                {{-0.82200155873273206, 0.62431280281487134}, -40.664843508657405, StationaryType::strict_saddle, 1}};
            problem.all_stationary_points_known = true;
            problem.optimal_value = -146.69951720995402;
            problem.suggested_step = 2e-4;
            problem.random_start = [](RandomEngine& engine) {
              const double across = uniform_unit(engine);
              const double up = uniform_unit(engine);
              return Vector{-1.5 + 2.7 * across, -0.2 + 2.2 * up};
            };
            return problem;
          }};
}

}  // namespace perigee::problems
