#include <perigee/lib/derivative_check.hpp>
#include <perigee/lib/error_curve.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/oracle.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace perigee {

namespace {

using detail::Curve;
using detail::lowest_stretch;
using detail::Stretch;
using detail::stretch_beside;

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// The direction with the median slope.
std::size_t median_direction(const std::vector<Stretch>& stretches) {
  std::vector<std::size_t> order(stretches.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>((order.size() - 1) / 2);
  std::nth_element(order.begin(), middle, order.end(),
                   [&](std::size_t a, std::size_t b) { return stretches[a].slope < stretches[b].slope; });
  return *middle;
}

// The larger, or NaN if either is.
double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }

// All curves of one direction, of the two senses +v and -v.
struct Curves {
  Curve first_order;      // |f(+) - f - h g'v|, or that of -v if larger
  Curve second_order;     // |f(+) - f - h g'v - h^2/2 v'Hv|, likewise
  Curve gradient_change;  // ||g(+) - g - h Hv||, likewise
  Curve even_part;        // |f(+) - 2 f + f(-)|: no derivative enters
  Curve odd_part;         // |f(+) - f(-) - 2 h g'v|: the gradient enters, the Hessian does not
  Curve gradient_even;    // ||g(+) - 2 g + g(-)||
};

class Checker {
 public:
  Checker(const Objective& objective, ConstVectorView x, const DerivativeCheckOptions& options)
      : objective_(objective),
        x_(x),
        gradient_(x.size()),
        plus_(x.size()),
        minus_(x.size()),
        gradient_plus_(x.size()),
        gradient_minus_(x.size()),
        product_(x.size()) {
    value_ = evaluate(x_, gradient_);
    const double decades = std::log10(options.largest_step / options.smallest_step);
    const int count = static_cast<int>(std::lround(decades * options.steps_per_decade));
    for (int i = 0; i <= count; ++i) {
      steps_.push_back(options.smallest_step * std::pow(10.0, decades * i / std::max(1, count)));
    }
  }

  bool is_finite_here() const { return std::isfinite(value_) && std::isfinite(euclidean_norm(gradient_)); }
  const std::vector<double>& steps() const { return steps_; }
  double largest_disagreement() const { return largest_disagreement_; }  // of value() and value_and_gradient()
  bool products_were_finite() const { return products_were_finite_; }

  Curves along(ConstVectorView v) {
    objective_.hessian_vector_product(x_, v, product_);
    const double slope = gradient_.view().dot(v);
    if (!product_.view().allFinite()) {  // the gradient is judged all the same, without it
      products_were_finite_ = false;
      product_.view().setZero();
    }
    const double curvature = product_.view().dot(v);
    const double product_norm = euclidean_norm(product_);
    const double gradient_norm = euclidean_norm(gradient_);
    const double x_norm = euclidean_norm(x_);
    const double v_norm = euclidean_norm(v);
    const auto [value_noise, gradient_noise] = measure_noise(v, slope);

    // Products made of differences of gradients are only this good.
    const double product_error =
        objective_.has_exact_hessian_vector_product() ? 0.0 : 1e-9 * product_norm + 1e-10 * gradient_norm;

    Curves curves;
    for (const double h : steps_) {
      plus_.view() = x_.view() + h * v;
      minus_.view() = x_.view() - h * v;
      const double f_plus = evaluate(plus_, gradient_plus_);
      const double f_minus = evaluate(minus_, gradient_minus_);
      // Rounding of f, of the sums, and of the point itself, which moves f by epsilon ||x|| ||g||.
      const double reach = epsilon * (x_norm + h * v_norm);
      const double gradients = gradient_norm + euclidean_norm(gradient_plus_) + euclidean_norm(gradient_minus_);
      const double rounding = value_noise + reach * gradients +
                              epsilon * (std::abs(value_) + std::abs(f_plus) + std::abs(f_minus) + h * std::abs(slope) +
                                         h * h * std::abs(curvature));
      // Both senses of v count: at a kink one of them may fit.
      const double ahead = (f_plus - value_) - h * slope;
      const double behind = (f_minus - value_) + h * slope;
      const double bend = 0.5 * h * h * curvature;
      curves.first_order.add(larger(std::abs(ahead), std::abs(behind)), rounding);
      curves.second_order.add(larger(std::abs(ahead - bend), std::abs(behind - bend)),
                              rounding + 0.5 * h * h * v_norm * product_error);
      curves.even_part.add(std::abs((f_plus - value_) - (value_ - f_minus)), rounding);
      curves.odd_part.add(std::abs((f_plus - f_minus) - 2.0 * h * slope), rounding);

      const double gradient_rounding =
          gradient_noise + epsilon * gradients + (reach + epsilon * h) * product_norm / v_norm;
      plus_.view() = gradient_plus_.view() - gradient_.view() - h * product_.view();
      minus_.view() = gradient_minus_.view() - gradient_.view() + h * product_.view();
      curves.gradient_change.add(larger(euclidean_norm(plus_), euclidean_norm(minus_)),
                                 gradient_rounding + h * product_error);
      plus_.view() = gradient_plus_.view() - 2.0 * gradient_.view() + gradient_minus_.view();
      curves.gradient_even.add(euclidean_norm(plus_), gradient_rounding);
    }
    return curves;
  }

 private:
  struct Noise {
    double of_value;
    double of_gradient;
  };

  double evaluate(const Vector& at, Vector& gradient) {
    const double value = objective_.value_and_gradient(at, gradient);
    const double alone = objective_.value(at);
    const double difference = std::abs(alone - value);
    const bool agree = alone == value || (std::isnan(alone) && std::isnan(value));
    if (!agree) {
      const double scale = std::max(std::abs(alone), std::abs(value));
      const double relative = std::isfinite(difference) ? difference / scale : infinity;
      largest_disagreement_ = std::max(largest_disagreement_, relative);
    }
    return alone;
  }

  // How f and g jump between points that differ by a few units in the last place.
  Noise measure_noise(ConstVectorView v, double slope) {
    Noise noise{0.0, 0.0};
    const double unit = epsilon * (1.0 + euclidean_norm(x_));
    for (int j = -4; j <= 4; ++j) {
      const double t = j * unit;
      plus_.view() = x_.view() + t * v;
      const double value = evaluate(plus_, gradient_plus_);
      noise.of_value = std::max(noise.of_value, std::abs((value - value_) - t * slope));
      plus_.view() = gradient_plus_.view() - gradient_.view() - t * product_.view();
      noise.of_gradient = std::max(noise.of_gradient, euclidean_norm(plus_));
    }
    return noise;
  }

  const Objective& objective_;
  Vector x_;
  Vector gradient_;
  Vector plus_;
  Vector minus_;
  Vector gradient_plus_;
  Vector gradient_minus_;
  Vector product_;
  std::vector<double> steps_;
  double value_ = nan;
  double largest_disagreement_ = 0.0;
  bool products_were_finite_ = true;
};

std::string where(const Stretch& stretch, const std::vector<double>& steps) {
  return " between h = " + format_number(steps[stretch.begin], 2) + " and " + format_number(steps[stretch.end - 1], 2);
}

// The verdict from the slope of an error and the slope of a difference that only smoothness determines.
DerivativePart judge(const std::string& name, const std::string& error, double expected,
                     const std::vector<Stretch>& of_error, const std::string& difference, double smooth,
                     const std::vector<Stretch>& of_difference, const std::vector<double>& steps, double tolerance) {
  const std::size_t direction = median_direction(of_error);
  const Stretch& measured = of_error[direction];
  const Stretch& smoothness = of_difference[direction];
  DerivativePart part{name, CheckOutcome::passed, measured.slope, ""};
  if (measured.slope == infinity) {
    part.message = error + " is at rounding level";
    return part;
  }
  part.message = error + " falls like h^" + format_number(measured.slope, 3) + where(measured, steps) +
                 ", expected h^" + format_number(expected);
  if (measured.slope >= expected - tolerance) return part;
  if (smoothness.slope < smooth - tolerance || smoothness.is_bent()) {
    part.outcome = CheckOutcome::undecided;
    part.message += "; but f is not smooth enough here to tell: " + difference + " falls like h^" +
                    format_number(smoothness.slope, 3) + ", and would like h^" + format_number(smooth);
  } else if (measured.is_bent()) {
    part.outcome = CheckOutcome::undecided;
    part.message += "; but no stretch of the curve is straight";
  } else {
    part.outcome = CheckOutcome::failed;
  }
  return part;
}

void check_options(const Objective& objective, ConstVectorView x, const DerivativeCheckOptions& options) {
  const auto fail = [](const std::string& rule) { throw std::invalid_argument("check_derivatives: " + rule); };
  if (x.size() != objective.dimension()) {
    fail("x must have length " + std::to_string(objective.dimension()) + ", got " + std::to_string(x.size()));
  }
  if (options.directions < 1) fail("directions must be >= 1, got " + std::to_string(options.directions));
  if (options.steps_per_decade < 4) {
    fail("steps_per_decade must be >= 4, got " + std::to_string(options.steps_per_decade));
  }
  if (!(options.smallest_step > 0.0 && std::isfinite(options.largest_step) &&
        options.largest_step >= 100.0 * options.smallest_step)) {
    fail("steps must satisfy 0 < 100 smallest_step <= largest_step < inf, got " + format_number(options.smallest_step) +
         " and " + format_number(options.largest_step));
  }
  if (!(options.slope_tolerance > 0.0 && options.slope_tolerance < 0.5)) {
    fail("slope_tolerance must be in (0, 0.5), got " + format_number(options.slope_tolerance));
  }
}

// H(a u + b v) = a Hu + b Hv and u'Hv = v'Hu, for pairs of random vectors.
void check_products(const Objective& objective, ConstVectorView x, const RandomSource& random, int pairs,
                    DerivativeReport& report) {
  const Index n = x.size();
  const double tolerance = objective.has_exact_hessian_vector_product() ? 1e-10 : 1e-5;
  Vector u(n), v(n), combined(n), of_u(n), of_v(n), of_combined(n);
  double nonlinearity = 0.0;
  double asymmetry = 0.0;
  for (int pair = 0; pair < pairs; ++pair) {
    RandomEngine engine = random.engine("derivative-check-products", static_cast<std::uint64_t>(pair));
    fill_standard_normal(engine, u);
    fill_standard_normal(engine, v);
    const double a = 1.0 + uniform_unit(engine);
    const double b = -1.0 - uniform_unit(engine);
    combined.view() = a * u.view() + b * v.view();
    objective.hessian_vector_product(x, u, of_u);
    objective.hessian_vector_product(x, v, of_v);
    objective.hessian_vector_product(x, combined, of_combined);
    const double norm_u = euclidean_norm(u);
    const double norm_v = euclidean_norm(v);
    const double size = euclidean_norm(of_u) / norm_u + euclidean_norm(of_v) / norm_v;  // of ||H||
    of_combined.view() -= a * of_u.view() + b * of_v.view();
    const double off_line = euclidean_norm(of_combined);
    const double off_symmetry = std::abs(u.view().dot(of_v.view()) - v.view().dot(of_u.view()));
    const auto relative = [](double error, double scale) { return error == 0.0 ? 0.0 : error / scale; };
    // Written so that a NaN stays.
    const double linear = relative(off_line, size * euclidean_norm(combined));
    const double symmetric = relative(off_symmetry, size * norm_u * norm_v);
    if (!(linear <= nonlinearity)) nonlinearity = linear;
    if (!(symmetric <= asymmetry)) asymmetry = symmetric;
  }
  const auto add = [&](const std::string& name, const std::string& what, double error) {
    const CheckOutcome outcome = std::isnan(error)    ? CheckOutcome::undecided
                                 : error <= tolerance ? CheckOutcome::passed
                                                      : CheckOutcome::failed;
    report.parts.push_back({name, outcome, nan,
                            what + " to " + format_number(error, 2) + " of ||H|| times the vectors, expected at most " +
                                format_number(tolerance)});
  };
  add("linearity", "H(a u + b v) = a Hu + b Hv holds", nonlinearity);
  add("symmetry", "u'Hv = v'Hu holds", asymmetry);
}

}  // namespace

std::string_view name_of(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::passed:
      return "passed";
    case CheckOutcome::failed:
      return "failed";
    case CheckOutcome::undecided:
      return "undecided";
  }
  return "";
}

CheckOutcome DerivativeReport::outcome() const {
  const auto any = [&](CheckOutcome outcome) {
    return std::any_of(parts.begin(), parts.end(), [&](const DerivativePart& p) { return p.outcome == outcome; });
  };
  if (any(CheckOutcome::failed)) return CheckOutcome::failed;
  return any(CheckOutcome::undecided) ? CheckOutcome::undecided : CheckOutcome::passed;
}

const DerivativePart& DerivativeReport::part(std::string_view name) const {
  for (const DerivativePart& candidate : parts) {
    if (candidate.name == name) return candidate;
  }
  throw std::invalid_argument("DerivativeReport: no part '" + std::string(name) + "'");
}

std::string DerivativeReport::text() const {
  std::string text(name_of(outcome()));
  for (const DerivativePart& entry : parts) {
    if (entry.outcome == CheckOutcome::passed) continue;
    text += "\n" + entry.name + " " + std::string(name_of(entry.outcome)) + ": " + entry.message;
  }
  return text;
}

DerivativeReport check_derivatives(const Objective& objective, ConstVectorView x, const RandomSource& random,
                                   const DerivativeCheckOptions& options) {
  check_options(objective, x, options);
  DerivativeReport report;
  Checker checker(objective, x, options);
  if (!checker.is_finite_here()) {
    report.parts.push_back(
        {"value", CheckOutcome::undecided, nan, "f or its gradient is not finite at x: there is nothing to compare"});
    return report;
  }
  if (x.size() == 0) {
    report.parts.push_back({"value", CheckOutcome::passed, nan, "f has no variables"});
    return report;
  }

  std::vector<Stretch> first_order, second_order, gradient_change, even_part, odd_part, gradient_even;
  Vector v(x.size());
  for (int direction = 0; direction < options.directions; ++direction) {
    RandomEngine engine = random.engine("derivative-check", static_cast<std::uint64_t>(direction));
    double norm = 0.0;
    while (norm == 0.0) {
      fill_standard_normal(engine, v);
      norm = euclidean_norm(v);
    }
    v.view() /= norm;
    const Curves curves = checker.along(v);
    const auto stretch = [&](const Curve& curve) {
      return lowest_stretch(checker.steps(), curve, options.steps_per_decade);
    };
    first_order.push_back(stretch(curves.first_order));
    second_order.push_back(stretch(curves.second_order));
    gradient_change.push_back(stretch(curves.gradient_change));
    const auto beside = [&](const std::vector<Stretch>& errors, const Curve& curve) {
      return stretch_beside(errors.back(), checker.steps(), curve, options.steps_per_decade);
    };
    even_part.push_back(beside(first_order, curves.even_part));
    odd_part.push_back(beside(second_order, curves.odd_part));
    gradient_even.push_back(beside(gradient_change, curves.gradient_even));
  }

  const double disagreement = checker.largest_disagreement();
  report.parts.push_back({"value", disagreement <= 1e-12 ? CheckOutcome::passed : CheckOutcome::failed, nan,
                          "value() and value_and_gradient() differ by at most " + format_number(disagreement, 2) +
                              " relative, expected at most 1e-12"});
  const double tolerance = options.slope_tolerance;
  report.parts.push_back(judge("gradient", "|f(x + h v) - f(x) - h g'v|", 2.0, first_order,
                               "f(x + h v) - 2 f(x) + f(x - h v)", 2.0, even_part, checker.steps(), tolerance));
  const CheckOutcome gradient = report.parts.back().outcome;
  report.parts.push_back(judge("curvature", "|f(x + h v) - f(x) - h g'v - h^2/2 v'Hv|", 3.0, second_order,
                               "f(x + h v) - f(x - h v) - 2 h g'v", 3.0, odd_part, checker.steps(), tolerance));
  report.parts.push_back(judge("hessian-vector-product", "||g(x + h v) - g(x) - h Hv||", 2.0, gradient_change,
                               "||g(x + h v) - 2 g(x) + g(x - h v)||", 2.0, gradient_even, checker.steps(), tolerance));
  const bool is_judged = gradient == CheckOutcome::passed && checker.products_were_finite();
  if (!is_judged) {
    for (const std::size_t i : {report.parts.size() - 2, report.parts.size() - 1}) {
      report.parts[i].outcome = CheckOutcome::undecided;
      report.parts[i].message = std::string("not judged, because ") +
                                (gradient != CheckOutcome::passed ? "the gradient did not pass" : "H v is not finite");
    }
  }
  check_products(objective, x, random, options.directions, report);
  return report;
}

}  // namespace perigee
