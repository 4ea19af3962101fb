// Kato and Temple: with eigenvalues lambda_1 <= lambda_2 and a Ritz pair (theta_1, residual r_1), theta_1 < lambda_2,
//
//     theta_1 - lambda_1 <= r_1^2/(lambda_2 - theta_1),
//
// and lambda_2 >= theta_2 - r_2 unless an eigenvalue has been missed.
#include <perigee/diagnostics/spectrum.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/lanczos_bounds.hpp>
#include <perigee/lib/lanczos_subspace.hpp>
#include <perigee/lib/oracle.hpp>
#include <perigee/lib/orthogonal_complement.hpp>
#include <perigee/lib/tridiagonal.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace perigee {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

// Up to this dimension a complete basis costs less than the doubt.
constexpr Index whole_space_dimension = 32;
constexpr std::size_t flat_direction_limit = 4;
// What lambda_min is computed to, relative to the scale.
constexpr double accuracy = 1e-6;

void check(Index dimension, const SpectrumOptions& options) {
  const auto refuse = [](const std::string& rule, double value) {
    throw std::invalid_argument("analyze_spectrum: " + rule + ", got " + format_number(value));
  };
  if (dimension < 0) refuse("dimension >= 0", static_cast<double>(dimension));
  if (options.max_products < 1) refuse("max_products >= 1", static_cast<double>(options.max_products));
  if (!(options.curvature_tolerance >= 0.0 && options.curvature_tolerance < 1.0)) {
    refuse("curvature_tolerance in [0, 1)", options.curvature_tolerance);
  }
  if (!(options.negligible >= 0.0 && options.negligible < 1.0)) refuse("negligible in [0, 1)", options.negligible);
  if (!(options.failure_probability > 0.0 && options.failure_probability < 1.0)) {
    refuse("failure_probability in (0, 1)", options.failure_probability);
  }
  if (!(options.product_error >= 0.0 && std::isfinite(options.product_error))) {
    refuse("product_error >= 0 and finite", options.product_error);
  }
}

using RitzPairs = TridiagonalEigenpairs;

double largest_magnitude(const RitzPairs& pairs) {
  return std::max(std::abs(pairs.values.front()), std::abs(pairs.values.back()));
}

double ritz_residual(const LanczosSubspace& basis, const RitzPairs& pairs, std::size_t pair) {
  return basis.matrix().couplings.back() * std::abs(pairs.component(pairs.values.size() - 1, pair));
}

Vector ritz_vector(const LanczosSubspace& basis, const RitzPairs& pairs, std::size_t pair) {
  const std::size_t k = pairs.values.size();
  Vector result(basis.dimension());
  basis.combine(std::span(pairs.vectors).subspan(pair * k, k), result);
  result.view() /= euclidean_norm(result);
  return result;
}

double least_certified(double tolerance, const LanczosErrors& errors) {
  return -std::max(tolerance * errors.scale, 2.0 * errors.all_values);
}

RitzPairs ritz_pairs(const LanczosSubspace& basis) {
  return TridiagonalEigensolver().solve(basis.matrix().diagonal, basis.matrix().couplings);
}

// Whether more products could still change the answer.
bool answered(const LanczosSubspace& basis, const SpectrumOptions& options) {
  const RitzPairs pairs = ritz_pairs(basis);
  const LanczosErrors errors = lanczos_errors(basis, largest_magnitude(pairs), {.absolute = options.product_error});
  const double theta = pairs.values.front();
  const double residual = ritz_residual(basis, pairs, 0);
  if (residual > accuracy * errors.scale + errors.single) return false;
  if (theta + errors.single < -options.negligible * errors.scale) return true;
  const double lower_bound =
      probable_lower_bound(basis, theta, options.failure_probability, errors) - errors.all_values;
  // A value that looks positive deserves a positive bound: it tells a strict minimum from a flat one.
  const bool looks_positive = theta - residual > errors.all_values;
  return looks_positive ? lower_bound > 0.0 : lower_bound >= least_certified(options.curvature_tolerance, errors);
}

Spectrum nothing_known(const LanczosSubspace& basis, Index products) {
  Spectrum spectrum;
  spectrum.lambda_min = spectrum.lambda_min_residual = not_known;
  spectrum.lambda_max = spectrum.lambda_max_residual = not_known;
  spectrum.lambda_min_excess = spectrum.condition_number = not_known;
  spectrum.error = spectrum.lower_bound_error = infinity;
  spectrum.lower_bound = -infinity;
  spectrum.upper_bound = infinity;
  spectrum.products = products;
  spectrum.dimension = basis.dimension();
  spectrum.basis_size = basis.size();
  return spectrum;
}

// lambda_min as the Rayleigh quotient of its Ritz vector, with the residual that the vector really has.
// False: the product is not finite.
bool measure_smallest(const LanczosSubspace& basis, const RitzPairs& pairs, const SymmetricOperator& hessian,
                      Spectrum& spectrum) {
  spectrum.direction = ritz_vector(basis, pairs, 0);
  if (basis.size() == 1) {  // the one product made was with this very vector
    spectrum.lambda_min = basis.matrix().diagonal.front();
    spectrum.lambda_min_residual = basis.matrix().couplings.back();
    return true;
  }
  Vector product(spectrum.direction.size());
  hessian(spectrum.direction.view(), product.view());
  ++spectrum.products;
  const double quotient = spectrum.direction.view().dot(product.view());
  product.view() -= quotient * spectrum.direction.view();
  const double residual = euclidean_norm(product.view());
  if (!std::isfinite(quotient) || !std::isfinite(residual)) return false;
  spectrum.lambda_min = quotient;
  spectrum.lambda_min_residual = residual;
  return true;
}

void keep_flat_directions(const LanczosSubspace& basis, const RitzPairs& pairs, double tolerance, Spectrum& spectrum) {
  for (std::size_t i = 0; i < pairs.values.size() && spectrum.flat_directions.size() < flat_direction_limit; ++i) {
    const bool is_flat = std::abs(pairs.values[i]) <= tolerance;
    if (is_flat && ritz_residual(basis, pairs, i) <= tolerance) {
      spectrum.flat_directions.push_back(ritz_vector(basis, pairs, i));
    }
  }
}

double kato_temple_excess(const LanczosSubspace& basis, const RitzPairs& pairs, const Spectrum& spectrum) {
  if (pairs.values.size() < 2) return basis.spans_whole_space() ? 0.0 : not_known;
  const double gap = pairs.values[1] - ritz_residual(basis, pairs, 1) - spectrum.lambda_min;
  return gap > 0.0 ? spectrum.lambda_min_residual * (spectrum.lambda_min_residual / gap) : not_known;
}

// What the finished basis says.
Spectrum conclude(const LanczosSubspace& basis, const SymmetricOperator& hessian, const SpectrumOptions& options) {
  Spectrum spectrum = nothing_known(basis, basis.size());
  const RitzPairs pairs = ritz_pairs(basis);
  if (!measure_smallest(basis, pairs, hessian, spectrum)) return nothing_known(basis, spectrum.products);
  const LanczosErrors errors = lanczos_errors(basis, largest_magnitude(pairs), {.absolute = options.product_error});
  spectrum.exhausted_space = basis.spans_whole_space() || basis.matrix().couplings.back() <= errors.breakdown;
  spectrum.lambda_max = pairs.values.back();
  spectrum.lambda_max_residual = ritz_residual(basis, pairs, pairs.values.size() - 1);
  spectrum.lambda_min_excess = kato_temple_excess(basis, pairs, spectrum);

  const double theta = std::min(pairs.values.front(), spectrum.lambda_min);
  spectrum.error = errors.single;
  spectrum.lower_bound_error = errors.all_values;
  if (basis.spans_whole_space()) {
    spectrum.lower_bound = theta - errors.all_values;
    spectrum.upper_bound = spectrum.lambda_max + errors.all_values;
  } else {
    const double bound = probable_lower_bound(basis, pairs.values.front(), options.failure_probability, errors);
    spectrum.lower_bound = std::min(bound, theta) - errors.all_values;
    spectrum.upper_bound =
        probable_upper_bound(basis, spectrum.lambda_max, options.failure_probability, errors) + errors.all_values;
  }
  if (spectrum.lower_bound > 0.0) spectrum.condition_number = spectrum.lambda_max / spectrum.lambda_min;
  for (const double value : pairs.values) {
    if (value + errors.all_values < 0.0) ++spectrum.negative_ritz_values;
  }
  const double certified = least_certified(options.curvature_tolerance, errors);
  if (spectrum.lambda_min + errors.single < 0.0) {
    spectrum.verdict = CurvatureVerdict::negative;
    spectrum.negative_ritz_values = std::max<Index>(spectrum.negative_ritz_values, 1);
  } else if (spectrum.lower_bound >= certified) {
    spectrum.verdict = CurvatureVerdict::not_negative;
  }
  keep_flat_directions(basis, pairs, -certified, spectrum);
  return spectrum;
}

Spectrum analyze(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
                 const SpectrumOptions& options) {
  if (dimension == 0) {
    Spectrum empty;
    empty.verdict = CurvatureVerdict::not_negative;
    empty.exhausted_space = true;
    return empty;
  }
  // The Ritz vector's own product is the last one; a single product serves for both.
  const Index most = std::min(dimension, std::max<Index>(options.max_products - 1, 1));
  const bool wants_whole_space = dimension <= whole_space_dimension && most == dimension;

  RandomEngine engine = random.engine("lanczos", 0);
  LanczosSubspace basis(dimension);
  basis.begin(engine);
  Index next_check = 1;
  while (true) {
    if (!basis.extend(hessian)) return nothing_known(basis, basis.size() + 1);
    if (basis.size() == most) break;
    const LanczosErrors errors = lanczos_errors(basis, 0.0, {.absolute = options.product_error});
    const bool is_closed = basis.matrix().couplings.back() <= errors.breakdown;
    if (!wants_whole_space && (is_closed || basis.size() == next_check)) {
      if (basis.size() == next_check) next_check += 1 + next_check / 5;
      if (answered(basis, options)) break;
    }
    if (is_closed) basis.start_block(engine);
  }
  return conclude(basis, hessian, options);
}

}  // namespace

Spectrum analyze_spectrum(Index dimension, const SymmetricOperator& hessian, const RandomSource& random,
                          const SpectrumOptions& options) {
  check(dimension, options);
  if (options.null_directions.empty()) return analyze(dimension, hessian, random, options);
  const OrthogonalComplement complement(dimension, options.null_directions, "analyze_spectrum");
  Vector lifted(dimension);
  Vector product(dimension);
  const auto reduced = [&](ConstVectorView v, VectorView reduced_product) {
    complement.lift(v, lifted);
    hessian(lifted, product);
    complement.restrict_to(product, reduced_product);
  };
  Spectrum spectrum = analyze(complement.dimension(), reduced, random, options);
  const auto lift = [&](Vector& direction) {
    if (direction.empty()) return;
    Vector whole(dimension);
    complement.lift(direction, whole);
    direction = whole;
  };
  lift(spectrum.direction);
  for (Vector& direction : spectrum.flat_directions) lift(direction);
  return spectrum;
}

double optimal_step(ConstVectorView gradient, const SymmetricOperator& hessian) {
  Vector unit(gradient);
  const double length = euclidean_norm(gradient);
  if (!(length > 0.0) || !std::isfinite(length)) return not_known;
  unit.view() /= length;
  Vector product(gradient.size());
  hessian(unit, product);
  const double curvature = unit.view().dot(product.view());
  if (!std::isfinite(curvature)) return not_known;
  return curvature > 0.0 ? 1.0 / curvature : infinity;
}

}  // namespace perigee
