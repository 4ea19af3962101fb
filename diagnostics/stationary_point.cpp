#include <perigee/diagnostics/stationary_point.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/oracle.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace perigee {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

// The point with what is known of it.
struct Site {
  const Objective& objective;
  ConstVectorView x;
  double value;
  ConstVectorView gradient;
  double reach;  // 1 + ||x||: the unit of distances at x

  // f(x + a v).
  double value_along(double a, ConstVectorView v) const {
    Vector shifted(x);
    shifted.view() += a * v;
    return objective.value(shifted.view());
  }

  // Below this a difference of two values is rounding.
  double value_noise(double other) const { return 8.0 * epsilon * std::max(std::abs(value), std::abs(other)); }
};

// H v for unit v by central differences of gradients with step h.
Vector differenced_product(const Site& site, ConstVectorView v, double h) {
  Vector shifted(site.x);
  Vector forward(v.size());
  Vector backward(v.size());
  shifted.view() += h * v;
  site.objective.value_and_gradient(shifted.view(), forward.view());
  shifted.view() = site.x - h * v;
  site.objective.value_and_gradient(shifted.view(), backward.view());
  forward.view() = (forward.view() - backward.view()) / (2.0 * h);
  return forward;
}

double distance(const Vector& a, const Vector& b) {
  Vector difference(a);
  difference.view() -= b.view();
  return euclidean_norm(difference.view());
}

// How far Hessian-vector products at this point can be trusted.
struct ProductCheck {
  double error = 0.0;  // absolute, for unit vectors; NaN: not finite
  bool smooth = true;
  bool is_exact = false;
  Index products = 0;
};

// Differences of gradients at h, h/4 and, in doubt, h/16 along one random direction. Where f is smooth the truncation
// error falls by 16 from one to the next, so that the first two differ by 15/16 of it: twice the difference bounds it.
// At a kink the jump of the gradient stays, so that the quotients grow.
ProductCheck check_products(const Site& site, const RandomSource& random) {
  const double h = 6e-6 * site.reach;  // the step of Objective::hessian_vector_product
  RandomEngine engine = random.engine("product-check", 0);
  Vector v(site.x.size());
  fill_standard_normal(engine, v.view());
  v.view() /= euclidean_norm(v.view());

  Vector given(v.size());
  site.objective.hessian_vector_product(site.x, v.view(), given.view());
  const Vector coarse = differenced_product(site, v.view(), h);
  const Vector fine = differenced_product(site, v.view(), h / 4.0);
  ProductCheck check;
  check.products = 3;
  const double size = std::max(euclidean_norm(coarse.view()), euclidean_norm(fine.view()));
  const double disagreement = distance(coarse, fine);
  const double mismatch = distance(given, fine);
  check.error = 2.0 * std::max(disagreement, mismatch);
  if (!std::isfinite(check.error)) {
    check.error = not_known;
    return check;
  }

  // Gradients carry rounding errors of unknown size; what a difference quotient makes of a generous guess at them.
  const double unit = 1.0 + std::abs(site.value);
  const double rounding = 1e-13 * unit / (h / 2.0);
  const double visible = 1e-10 * unit / (h / 2.0);
  if (disagreement > 0.1 * size && disagreement > visible) {
    const Vector finest = differenced_product(site, v.view(), h / 16.0);
    ++check.products;
    check.smooth = distance(fine, finest) < 0.5 * disagreement;
  }
  if (site.objective.has_exact_hessian_vector_product()) {
    // Exact products need only agree as well as differences can. Otherwise the mismatch counts as their error,
    // and one that exceeds a tenth of the product means that gradient and Hessian are of different functions.
    check.is_exact = mismatch <= 10.0 * disagreement + 1e-6 * size + rounding;
    if (check.is_exact) {
      check.error = 0.0;
    } else if (mismatch > 0.1 * size && mismatch > visible) {
      check.smooth = false;
    }
  }
  return check;
}

// The direction that decides deserves a second opinion: the truncation error of differences grows with the third
// and fourth derivatives along it, which a random direction hardly sees.
void recheck_direction(const Site& site, PointJudgement& judgement) {
  Spectrum& spectrum = judgement.spectrum;
  if (spectrum.direction.empty()) return;
  const Vector fine = differenced_product(site, spectrum.direction.view(), 6e-6 * site.reach / 4.0);
  ++spectrum.products;
  const double second = spectrum.direction.view().dot(fine.view());
  const double excess = 2.0 * std::abs(second - spectrum.lambda_min) - spectrum.error;
  if (excess <= 0.0) return;
  if (!std::isfinite(excess)) {
    spectrum.verdict = CurvatureVerdict::undecided;
    spectrum.lower_bound = -std::numeric_limits<double>::infinity();
    spectrum.upper_bound = std::numeric_limits<double>::infinity();
    spectrum.negative_ritz_values = 0;
    return;
  }
  judgement.product_error += excess;
  spectrum.error += excess;
  spectrum.lower_bound_error += excess;
  spectrum.lower_bound -= excess;
  spectrum.upper_bound += excess;
  if (spectrum.verdict == CurvatureVerdict::negative && spectrum.lambda_min + spectrum.error >= 0.0) {
    spectrum.verdict = CurvatureVerdict::undecided;
    spectrum.negative_ritz_values = 0;
  }
}

// f(x + a v) <= f(x) - a^2 |theta| / 4, beyond rounding: the best a of a geometric grid, on both sides.
// Independent of how the curvature was computed.
void find_descent(const Site& site, PointJudgement& judgement) {
  const Vector& v = judgement.spectrum.direction;
  const double theta = std::abs(judgement.spectrum.lambda_min);
  for (double a = site.reach; a >= 1e-6 * site.reach; a /= 3.0) {
    for (const double step : {a, -a}) {
      const double value = site.value_along(step, v.view());
      const double decrease = site.value - value;
      if (!(decrease >= 0.25 * a * a * theta && decrease > site.value_noise(value))) continue;
      if (decrease > judgement.descent_decrease) {
        judgement.descent_step = step;
        judgement.descent_decrease = decrease;
        judgement.descent_direction = v;
      }
    }
  }
}

enum class SideTrend { up, down, unclear };

struct SideProbe {
  SideTrend trend = SideTrend::unclear;
  double step = 0.0;      // for `down`: a step that lowers the value itself
  double decrease = 0.0;  // by how much
};

// From a way down to a useful step: doubles it while the value keeps falling.
void go_on_down(const Site& site, ConstVectorView v, SideProbe& probe) {
  for (double step = 2.0 * probe.step; step != 0.0 && std::abs(step) <= site.reach; step *= 2.0) {
    const double decrease = site.value - site.value_along(step, v);
    if (!(decrease > probe.decrease)) return;
    probe.step = step;
    probe.decrease = decrease;
  }
}

// One side of one flat direction. Going outward from a = 1e-6 (1 + ||x||) by doublings, the first differences
// beyond rounding tell: four in a row, of one sign, each 2^1.5 to 2^7 times the one before, as a^2 to a^6 would be.
// A decrease that begins farther out does not count: it may belong to another valley. What a curvature within
// +-`curvature_error` along v could explain is no evidence either.
SideProbe probe_side(const Site& site, ConstVectorView v, double side, double curvature_error) {
  const double slope = side * site.gradient.dot(v);
  SideProbe probe;
  double previous = 0.0;
  int consistent = 0;
  for (double a = 1e-6 * site.reach; a <= site.reach; a *= 2.0) {
    const double value = site.value_along(side * a, v);
    const double difference = value - site.value - a * slope;
    if (!std::isfinite(difference)) return {};
    const double rounding = 4.0 * (site.value_noise(value) + epsilon * std::abs(a * slope));
    const bool is_visible = std::abs(difference) > rounding + 0.5 * a * a * curvature_error;
    if (!is_visible && consistent == 0) continue;
    const double ratio = consistent > 0 ? difference / previous : 0.0;
    if (consistent > 0 && !(is_visible && ratio >= 2.8 && ratio <= 128.0)) {
      // Just above the noise the first differences may be off; start anew, but not far out.
      if (a > 0.1 * site.reach) return {};
      consistent = 0;
      probe = {};
      if (!is_visible) continue;
    }
    ++consistent;
    previous = difference;
    if (site.value - value > site.value_noise(value)) {
      probe.step = side * a;
      probe.decrease = site.value - value;
    }
    if (consistent == 4) {
      probe.trend = difference > 0.0 ? SideTrend::up : SideTrend::down;
      if (probe.trend == SideTrend::down) go_on_down(site, v, probe);
      return probe;
    }
  }
  return {};
}

// A level stretch that leads down: the farther end of what a plateau looks like from within.
struct FarProbe {
  double step = 0.0;  // 0: no lower value in sight
  double decrease = 0.0;
  double flat_distance = 0.0;
};

// One side of a direction along which the value at small distances drowns in rounding: equal steps as far as
// 1 + ||x||, then halved ones around the lowest value. It ends where the value rises: what lies behind a rise is
// another valley's. `visible`: what counts as lower; a hundredth of it counts as a rise.
FarProbe probe_far(const Site& site, ConstVectorView v, double side, double visible) {
  constexpr int steps = 32;
  FarProbe probe;
  for (int i = 1; i <= steps; ++i) {
    const double a = side * site.reach * i / steps;
    const double decrease = site.value - site.value_along(a, v);
    if (!(decrease > -0.01 * visible)) break;  // also where it is not finite
    if (decrease <= visible && probe.step == 0.0) probe.flat_distance = std::abs(a);
    if (decrease > std::max(visible, probe.decrease)) {
      probe.step = a;
      probe.decrease = decrease;
    }
  }
  if (probe.step == 0.0 || probe.flat_distance == 0.0) return {};  // not level, and yet of no order: no smooth plateau
  for (double h = 0.5 * site.reach / steps; h > 0.01 * site.reach / steps; h *= 0.5) {
    for (const double a : {probe.step + h, probe.step - h}) {
      const double decrease = site.value - site.value_along(a, v);
      if (!(decrease > probe.decrease)) continue;
      probe.step = a;
      probe.decrease = decrease;
      break;
    }
  }
  return probe;
}

// The flat Ritz vectors and, where they span more than a line, random directions of their span: the lowest odd or
// even order that is not zero on the span is not zero on almost all of its directions. With H = 0 any direction does.
std::vector<Vector> flat_directions(const Spectrum& spectrum, Index dimension, const RandomSource& random) {
  std::vector<Vector> directions = spectrum.flat_directions;
  RandomEngine engine = random.engine("flat-directions", 0);
  const bool is_zero = spectrum.lambda_max <= spectrum.error && spectrum.lambda_min >= -spectrum.error;
  const std::size_t basis = directions.size();
  if (!is_zero && basis < 2) return directions;
  for (int i = 0; i < 8; ++i) {
    Vector direction(dimension);
    if (is_zero) {
      fill_standard_normal(engine, direction.view());
    } else {
      Vector weights(static_cast<Index>(basis));
      fill_standard_normal(engine, weights.view());
      for (std::size_t j = 0; j < basis; ++j) {
        direction.view() += weights[static_cast<Index>(j)] * directions[j].view();
      }
    }
    direction.view() /= euclidean_norm(direction.view());
    directions.push_back(direction);
  }
  return directions;
}

// Where values near the point decide nothing: does the level lead down farther out?
void look_along_the_level(const Site& site, double gradient_tolerance, PointJudgement& judgement) {
  const double visible = std::max(gradient_tolerance * (1.0 + std::abs(site.value)), site.value_noise(site.value));
  for (const Vector& v : judgement.spectrum.flat_directions) {
    for (const double side : {1.0, -1.0}) {
      const FarProbe probe = probe_far(site, v.view(), side, visible);
      if (!(probe.decrease > judgement.descent_decrease)) continue;
      judgement.degeneracy = Degeneracy::plateau;
      judgement.descent_step = probe.step;
      judgement.descent_decrease = probe.decrease;
      judgement.descent_direction = v;
      judgement.flat_distance = probe.flat_distance;
    }
  }
}

void probe_flat_directions(const Site& site, const RandomSource& random, double gradient_tolerance,
                           PointJudgement& judgement) {
  bool all_up = true;
  judgement.degeneracy = Degeneracy::undetermined;
  const std::vector<Vector> directions = flat_directions(judgement.spectrum, site.x.size(), random);
  for (const Vector& v : directions) {
    for (const double side : {1.0, -1.0}) {
      const SideProbe probe = probe_side(site, v.view(), side, judgement.spectrum.lower_bound_error);
      if (probe.trend == SideTrend::down && probe.decrease > judgement.descent_decrease) {
        judgement.degeneracy = Degeneracy::saddle;
        judgement.descent_step = probe.step;
        judgement.descent_decrease = probe.decrease;
        judgement.descent_direction = v;
      }
      all_up = all_up && probe.trend == SideTrend::up;
    }
  }
  if (all_up && !directions.empty()) judgement.degeneracy = Degeneracy::flat_minimum;
  if (judgement.degeneracy == Degeneracy::undetermined) look_along_the_level(site, gradient_tolerance, judgement);
}

void classify(const Site& site, const RandomSource& random, const PointOptions& options, const ProductCheck& check,
              PointJudgement& judgement) {
  const Spectrum& spectrum = judgement.spectrum;
  const bool spans_whole_space = spectrum.basis_size == spectrum.dimension;
  const double scale = std::max(std::abs(spectrum.lambda_min), std::abs(spectrum.lambda_max));
  const double flat = std::max(options.spectrum.curvature_tolerance * scale, 2.0 * spectrum.lower_bound_error);
  // Whether the stationary point that a curvature promises, at ||g||/|curvature|, is near on the point's own scale. If
  // it is not, the curvature there may be another one: beside a valley of minimizers it is small, of either sign.
  const auto resolves = [&](double curvature) { return judgement.gradient_norm <= 0.1 * curvature * site.reach; };
  const bool is_resolved = resolves(spectrum.lower_bound);
  if (spectrum.verdict == CurvatureVerdict::negative &&
      (resolves(-spectrum.lambda_min) || spectrum.lambda_min < -flat)) {
    const bool all_negative = spectrum.exhausted_space &&
                              spectrum.lambda_max + spectrum.lambda_max_residual + spectrum.lower_bound_error < 0.0;
    judgement.point_class = all_negative ? PointClass::local_maximum : PointClass::strict_saddle;
    // An exhausted Krylov space shows every eigenvalue, but only to a start vector that is not unlucky.
    judgement.certainty = all_negative && !spans_whole_space ? Certainty::likely : Certainty::proven;
    find_descent(site, judgement);
  } else if (spectrum.lower_bound > 0.0 && (is_resolved || spectrum.lambda_min > flat)) {
    judgement.point_class = PointClass::minimum;
    // A complete basis leaves nothing to chance; that differenced products err no more than measured is a guess.
    judgement.certainty = spans_whole_space && check.is_exact && is_resolved ? Certainty::proven : Certainty::likely;
  } else if (spectrum.lower_bound >= -flat && spectrum.lambda_min <= flat) {
    judgement.point_class = PointClass::degenerate;
    judgement.certainty = Certainty::likely;
    probe_flat_directions(site, random, options.gradient_tolerance, judgement);
  }
}

Spectrum not_measured_spectrum() {
  Spectrum spectrum;
  spectrum.lambda_min = spectrum.lambda_min_residual = spectrum.lower_bound = not_known;
  spectrum.lambda_max = spectrum.lambda_max_residual = spectrum.error = spectrum.lower_bound_error = not_known;
  spectrum.upper_bound = spectrum.lambda_min_excess = spectrum.condition_number = not_known;
  return spectrum;
}

}  // namespace

PointJudgement judge_point(const Objective& objective, ConstVectorView x, const RandomSource& random,
                           const PointOptions& options) {
  if (x.size() != objective.dimension()) {
    throw std::invalid_argument("judge_point: x has the objective's length " + std::to_string(objective.dimension()) +
                                ", got " + std::to_string(x.size()));
  }
  if (!(options.gradient_tolerance >= 0.0)) {
    throw std::invalid_argument("judge_point: gradient_tolerance >= 0, got " +
                                format_number(options.gradient_tolerance));
  }
  Vector gradient(x.size());
  PointJudgement judgement;
  judgement.value = objective.value_and_gradient(x, gradient.view());
  judgement.gradient_norm = euclidean_norm(gradient.view());
  judgement.product_error = not_known;
  judgement.spectrum = not_measured_spectrum();
  if (!std::isfinite(judgement.value) || !std::isfinite(judgement.gradient_norm)) return judgement;
  if (judgement.gradient_norm > options.gradient_tolerance * (1.0 + std::abs(judgement.value))) {
    judgement.point_class = PointClass::not_stationary;
    judgement.certainty = Certainty::proven;
    return judgement;
  }
  if (x.size() == 0) {  // the only point there is
    judgement.point_class = PointClass::minimum;
    judgement.certainty = Certainty::proven;
    return judgement;
  }

  const Site site{objective, x, judgement.value, gradient.view(), 1.0 + euclidean_norm(x)};
  const ProductCheck check = check_products(site, random);
  judgement.product_error = check.error;
  judgement.smooth = check.smooth;
  judgement.spectrum.products = check.products;
  if (!check.smooth || !std::isfinite(check.error)) return judgement;

  SpectrumOptions spectrum_options = options.spectrum;
  spectrum_options.product_error += check.error;
  const auto hessian = [&](ConstVectorView v, VectorView product) { objective.hessian_vector_product(x, v, product); };
  judgement.spectrum = analyze_spectrum(x.size(), hessian, random, spectrum_options);
  judgement.spectrum.products += check.products;
  if (!check.is_exact) recheck_direction(site, judgement);
  classify(site, random, options, check, judgement);
  if (judgement.point_class == PointClass::undetermined && judgement.spectrum.verdict == CurvatureVerdict::negative) {
    // Negative, but so slightly that it says nothing of the point: is the rest flat or positive?
    const Index spent = judgement.spectrum.products;
    spectrum_options.negligible = spectrum_options.curvature_tolerance;
    judgement.spectrum = analyze_spectrum(x.size(), hessian, random, spectrum_options);
    judgement.spectrum.products += spent;
    classify(site, random, options, check, judgement);
  }
  return judgement;
}

std::string_view name_of(PointClass point_class) {
  switch (point_class) {
    case PointClass::not_stationary:
      return "not-stationary";
    case PointClass::strict_saddle:
      return "strict-saddle";
    case PointClass::local_maximum:
      return "maximum";
    case PointClass::minimum:
      return "minimum";
    case PointClass::degenerate:
      return "degenerate";
    case PointClass::undetermined:
      return "undetermined";
  }
  return "";
}

std::string_view name_of(Degeneracy degeneracy) {
  switch (degeneracy) {
    case Degeneracy::none:
      return "none";
    case Degeneracy::saddle:
      return "saddle";
    case Degeneracy::plateau:
      return "plateau";
    case Degeneracy::flat_minimum:
      return "flat-minimum";
    case Degeneracy::undetermined:
      return "undetermined";
  }
  return "";
}

}  // namespace perigee
