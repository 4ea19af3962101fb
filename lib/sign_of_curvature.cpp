#include <perigee/lib/sign_of_curvature.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/lanczos_subspace.hpp>
#include <perigee/lib/three_term_lanczos.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace perigee {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// Up to this dimension a complete basis costs less than the doubt.
constexpr Index whole_space_dimension = 32;
// From this dimension on a product costs more than a look at T.
constexpr Index look_always_dimension = 5000;

void check(const SignOptions& options) {
  const auto require = [](bool holds, const char* rule, double value) {
    if (!holds)
      throw std::invalid_argument(std::string("sign of curvature: ") + rule + ", got " + format_number(value));
  };
  require(options.curvature_tolerance > 0.0 && std::isfinite(options.curvature_tolerance),
          "curvature_tolerance must be > 0 and finite", options.curvature_tolerance);
  require(options.failure_probability > 0.0 && options.failure_probability < 1.0,
          "failure_probability must be in (0, 1)", options.failure_probability);
  require(options.max_products >= 1, "max_products must be >= 1", static_cast<double>(options.max_products));
  require(options.product_error.absolute >= 0.0 && std::isfinite(options.product_error.absolute),
          "product_error.absolute must be >= 0 and finite", options.product_error.absolute);
  require(options.product_error.relative >= 0.0 && std::isfinite(options.product_error.relative),
          "product_error.relative must be >= 0 and finite", options.product_error.relative);
  require(options.direction_accuracy > 0.0, "direction_accuracy must be > 0", options.direction_accuracy);
}

std::vector<double> smallest_coefficients(const Lanczos& lanczos, double theta) {
  TridiagonalFactor factor;
  std::vector<double> coefficients(static_cast<std::size_t>(lanczos.size()));
  smallest_eigenvector(lanczos.matrix(), theta, factor, coefficients);
  return coefficients;
}

// ||H y - theta y|| of the Ritz vector, from T.
double smallest_residual(const Lanczos& lanczos, double theta) {
  return lanczos.matrix().couplings.back() * std::abs(smallest_coefficients(lanczos, theta).back());
}

}  // namespace

SignOfCurvature decide_sign(Lanczos& lanczos, const SymmetricOperator& hessian, RandomEngine& engine,
                            const SignOptions& options) {
  check(options);
  SignOfCurvature result;
  if (lanczos.dimension() == 0) {
    result.verdict = CurvatureVerdict::not_negative;
    result.ritz_value = result.lower_bound = infinity;
    result.is_exhaustive = true;
    return result;
  }
  result.ritz_value = std::numeric_limits<double>::quiet_NaN();
  result.lower_bound = -infinity;
  lanczos.begin(engine);
  const double tolerance = options.curvature_tolerance;
  Index next_look = 1;
  for (;;) {
    ++result.products;
    if (!lanczos.extend(hessian)) {
      result.is_finite = false;
      return result;
    }
    const LanczosErrors errors = lanczos_errors(lanczos, 0.0, options.product_error);
    result.is_exhaustive = lanczos.spans_whole_space();
    const bool is_closed = result.is_exhaustive || lanczos.matrix().couplings.back() <= errors.breakdown;
    const bool is_last = result.is_exhaustive || result.products >= options.max_products;
    if (!is_last && !is_closed && result.products < next_look) continue;
    if (result.products >= next_look)
      next_look += 1 + (lanczos.dimension() >= look_always_dimension ? 0 : next_look / 5);

    const double theta = result.ritz_value = smallest_eigenvalue(lanczos.matrix());
    result.error = errors.single;
    result.lower_bound =
        (result.is_exhaustive ? theta : probable_lower_bound(lanczos, theta, options.failure_probability, errors)) -
        errors.all_values;
    if (theta <= -tolerance && theta + errors.single < 0.0) {
      if (is_last || smallest_residual(lanczos, theta) <= options.direction_accuracy * -theta) {
        result.verdict = CurvatureVerdict::negative;
        return result;
      }
    } else if (result.lower_bound >= -tolerance) {
      result.verdict = CurvatureVerdict::not_negative;
      return result;
    }
    if (is_last) return result;
    if (is_closed) lanczos.start_block(engine);
  }
}

Index smallest_ritz_vector(Lanczos& lanczos, const SymmetricOperator& hessian, VectorView direction) {
  std::vector<double> coefficients = smallest_coefficients(lanczos, smallest_eigenvalue(lanczos.matrix()));
  // What inverse iteration leaves of its first vector in the other blocks.
  for (double& coefficient : coefficients) {
    if (std::abs(coefficient) < 1e-30) coefficient = 0.0;
  }
  const Index products = lanczos.combine_again(hessian, coefficients, direction);
  direction /= euclidean_norm(direction);
  return products;
}

CurvatureWitness sign_of_curvature(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
                                   const SignOptions& options) {
  RandomEngine engine = random.engine("lanczos");
  const auto search = [&](Lanczos& lanczos) {
    CurvatureWitness witness{decide_sign(lanczos, hessian, engine, options), {}};
    SignOfCurvature& sign = witness.sign;
    if (sign.verdict != CurvatureVerdict::negative) return witness;
    witness.direction = Vector(dimension);
    Vector product(dimension);
    sign.products += smallest_ritz_vector(lanczos, hessian, witness.direction) + 1;
    hessian(witness.direction, product);
    const double quotient = witness.direction.view().dot(product.view());
    sign.ritz_value = quotient;
    if (!(quotient + sign.error < 0.0)) {
      sign.verdict = CurvatureVerdict::undecided;
      sign.is_finite = std::isfinite(quotient);
      witness.direction = Vector();
    }
    return witness;
  };
  if (dimension <= whole_space_dimension) {
    LanczosSubspace lanczos(dimension);
    return search(lanczos);
  }
  ThreeTermLanczos lanczos(dimension);
  return search(lanczos);
}

}  // namespace perigee
