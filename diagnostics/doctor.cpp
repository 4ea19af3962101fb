#include <perigee/diagnostics/doctor.hpp>

#include <perigee/diagnostics/spectrum.hpp>
#include <perigee/diagnostics/value_noise.hpp>
#include <perigee/lib/derivative_check.hpp>
#include <perigee/lib/format.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

constexpr std::array distances{1e-3, 1e-2, 1e-1, 1.0, 10.0};  // of 1 + ||x||
constexpr double near = 0.1;                                  // within it lies what a step can reach
constexpr int probes = 8;                                     // random points at each distance
constexpr Index greatest_diagonal = 50;
constexpr double great_scale_ratio = 1e4;
constexpr double great_relative_noise = 1e-10;  // a thousand times what a long sum rounds to

class Doctor {
 public:
  Doctor(const Objective& objective, ConstVectorView x, const RandomSource& random)
      : objective_(objective), x_(x), random_(random), gradient_(x.size()), other_(x.size()), point_(x.size()) {}

  DoctorReport report() {
    report_.value = objective_.value_and_gradient(x_, gradient_.view());
    report_.gradient_norm = gradient_.view().norm();
    if (!std::isfinite(report_.value) || !std::isfinite(report_.gradient_norm)) {
      say("domain", Health::bad,
          "At this point the value is " + format_number(report_.value) + " and the gradient norm " +
              format_number(report_.gradient_norm) + ".",
          "Start where both are finite; nothing else can be examined here.");
      return std::move(report_);
    }
    if (!repeatability()) return std::move(report_);
    report_.noise = value_noise(objective_, x_, random_);
    derivatives();
    domain();
    curvature();
    noise();
    scaling();
    step_size();
    return std::move(report_);
  }

 private:
  void say(std::string topic, Health health, std::string sentence, std::string advice = {}) {
    report_.examinations.push_back({std::move(topic), health, std::move(sentence), std::move(advice)});
  }

  bool repeatability() {
    for (int i = 0; i < 3; ++i) {
      const double value = objective_.value_and_gradient(x_, other_.view());
      if (value == report_.value && other_ == gradient_) continue;
      say("repeatability", Health::bad,
          "The same point gives different values: " + format_exact(report_.value) + " and " + format_exact(value) + ".",
          "An objective must be a function of x alone: fix the seed, switch dropout off, take the whole data set; for "
          "minibatches there is FiniteSum.");
      return false;
    }
    say("repeatability", Health::good, "The same point gives the same value and gradient, bit for bit.");
    return true;
  }

  void derivatives() {
    const DerivativeReport checked = check_derivatives(objective_, x_, random_);
    if (checked.outcome() == CheckOutcome::passed) {
      say("derivatives", Health::good, "Gradient and Hessian-vector products are the derivatives of the values.");
    } else if (checked.outcome() == CheckOutcome::undecided) {
      say("derivatives", Health::undecided, checked.text(), "Examine at another point, generic and away from kinks.");
    } else if (agrees_within_noise()) {
      say("derivatives", Health::undecided,
          "The values carry a noise of about " + format_number(report_.noise, 2) +
              ", in which small errors of the gradient drown; over steps that stand out of it the gradient is right.",
          "Compute the values in double precision, and without rounding them, to know more.");
    } else {
      say("derivatives", Health::bad, checked.text(), "Correct them first: no run can be trusted before.");
    }
  }

  // Whether the noise explains a gradient that fails the check: central differences over h = sigma^(1/3) are off by
  // sigma/h for the noise and by as much for the third derivative; 30 times their sum is allowed.
  bool agrees_within_noise() {
    if (!(report_.noise > great_relative_noise * (1.0 + std::abs(report_.value)))) return false;
    const double h = std::cbrt(report_.noise) * (1.0 + x_.norm());
    RandomEngine engine = random_.engine("doctor-differences");
    Vector direction(x_.size());
    for (int i = 0; i < probes; ++i) {
      fill_standard_normal(engine, direction.view());
      const double length = direction.view().norm();
      if (!(length > 0.0)) continue;
      direction.view() /= length;
      point_.view() = x_ + h * direction.view();
      const double above = objective_.value(point_.view());
      point_.view() = x_ - h * direction.view();
      const double difference = (above - objective_.value(point_.view())) / (2.0 * h);
      const double allowed = 30.0 * (report_.noise / h + h * h);
      if (!(std::abs(difference - gradient_.view().dot(direction.view())) <= allowed)) return false;
    }
    return true;
  }

  // Also the largest change of the gradient over the distance, near x.
  void domain() {
    const double unit = 1.0 + x_.norm();
    RandomEngine engine = random_.engine("doctor");
    Vector direction(x_.size());
    double first_hole = 0.0;
    int holes = 0;
    for (const double distance : distances) {
      for (int i = 0; i < probes; ++i) {
        fill_standard_normal(engine, direction.view());
        const double length = direction.view().norm();
        if (!(length > 0.0)) continue;
        const double radius = distance * unit;
        point_.view() = x_ + (radius / length) * direction.view();
        const double value = objective_.value_and_gradient(point_.view(), other_.view());
        const double change = (other_.view() - gradient_.view()).norm() / radius;
        if (!std::isfinite(value) || !std::isfinite(change)) {
          if (holes++ == 0) first_hole = radius;
        } else if (distance <= near) {
          change_near_ = std::max(change_near_, change);
        } else {
          change_far_ = std::max(change_far_, change);
        }
      }
    }
    if (holes == 0) {
      say("domain", Health::good,
          "Finite at " + std::to_string(probes * distances.size()) + " random points up to a distance of " +
              format_number(distances.back() * unit, 3) + ".");
      return;
    }
    say("domain", first_hole <= near * unit ? Health::caution : Health::good,
        "Not finite at " + std::to_string(holes) + " of " + std::to_string(probes * distances.size()) +
            " random points, the nearest at a distance of " + format_number(first_hole, 3) + ".",
        "Solvers step back from such points, which costs evaluations; transform the variables if they are met often.");
  }

  void curvature() {
    const SymmetricOperator hessian = [this](ConstVectorView v, VectorView product) {
      objective_.hessian_vector_product(x_, v, product);
    };
    const Spectrum spectrum = analyze_spectrum(x_.size(), hessian, random_, {.max_products = 60});
    report_.lambda_min = spectrum.lambda_min;
    report_.lambda_max = spectrum.lambda_max;
    report_.smoothness = std::max({std::abs(spectrum.lambda_min), std::abs(spectrum.lambda_max), change_near_});
    const std::string ends = "Curvature at this point from " + format_number(report_.lambda_min, 3) + " to " +
                             format_number(report_.lambda_max, 3) + "; the gradient changes by up to " +
                             format_number(change_near_, 3) + " times the distance nearby, " +
                             format_number(change_far_, 3) + " further out.";
    if (!std::isfinite(report_.smoothness) || report_.smoothness == 0.0) {
      say("curvature", Health::undecided, ends, "Without curvature there is no step size to suggest.");
    } else if (change_far_ > 10.0 * report_.smoothness) {
      say("curvature", Health::caution, ends,
          "It is much larger far away: no fixed step serves everywhere; use a line search.");
    } else {
      say("curvature", Health::good, ends);
    }
  }

  void noise() {
    if (std::isnan(report_.noise)) {
      say("noise", Health::undecided, "The noise of the value cannot be told from its changes here.");
      return;
    }
    const double floor = std::sqrt(2.0 * report_.smoothness * report_.noise);
    std::string sentence = "Values carry a noise of about " + format_number(report_.noise, 2);
    if (floor > 0.0)
      sentence += "; below a gradient norm of about " + format_number(floor, 2) + " they show no progress";
    const double change = std::max(std::abs(report_.value), report_.smoothness);
    if (report_.noise <= great_relative_noise * change) {
      say("noise", Health::good, sentence + ".");
    } else {
      say("noise", Health::caution, sentence + ".",
          "That is far more than rounding: an inner solver or a table? Tighten it, and stop no lower than this norm.");
    }
  }

  void scaling() {
    const Index n = x_.size();
    const Index count = std::min(n, greatest_diagonal);
    double least = INFINITY;
    double greatest = 0.0;
    Index flattest = 0;
    Index steepest = 0;
    Vector unit(n);
    for (Index k = 0; k < count; ++k) {
      const Index i = k * n / count;  // spread over all of them
      unit.view().setZero();
      unit[i] = 1.0;
      objective_.hessian_vector_product(x_, unit.view(), other_.view());
      const double element = std::abs(other_[i]);
      if (!(element > 1e-14 * report_.smoothness)) continue;  // flat, or not finite
      if (element < least) least = element, flattest = i;
      if (element > greatest) greatest = element, steepest = i;
    }
    if (!(greatest > 0.0)) {
      say("scaling", Health::undecided, "No variable has a curvature of its own here.");
      return;
    }
    report_.scale_ratio = greatest / least;
    const std::string sentence =
        "Variables differ in curvature by a factor of " + format_number(report_.scale_ratio, 2) + " (x_" +
        std::to_string(flattest) + ": " + format_number(least, 2) + ", x_" + std::to_string(steepest) + ": " +
        format_number(greatest, 2) + ")" + (count < n ? ", of " + std::to_string(count) + " looked at." : ".");
    if (report_.scale_ratio <= great_scale_ratio) {
      say("scaling", Health::good, sentence);
    } else {
      say("scaling", Health::caution, sentence,
          "Measure variables in units in which they matter alike: divide x_i by 1/sqrt(|H_ii|).");
    }
  }

  void step_size() {
    if (!(report_.smoothness > 0.0) || !std::isfinite(report_.smoothness)) return;
    const double squared_norm = report_.gradient_norm * report_.gradient_norm;
    double step = 1.0 / report_.smoothness;
    const double slack = std::isnan(report_.noise) ? 0.0 : 10.0 * report_.noise;
    for (int halvings = 0; halvings < 60; ++halvings, step *= 0.5) {
      point_.view() = x_ - step * gradient_.view();
      const double value = objective_.value(point_.view());
      if (value <= report_.value - 0.5 * step * squared_norm + slack) {
        report_.suggested_step = step;
        say("step size", halvings <= 3 ? Health::good : Health::caution,
            "Gradient descent can begin with a learning rate of " + format_number(step, 3) +
                (halvings == 0 ? ", one over the largest curvature seen."
                               : ", after " + std::to_string(halvings) + " halvings: the curvature grows downhill."));
        return;
      }
    }
    say("step size", Health::bad, "No step along the negative gradient decreases the value as smoothness promises.",
        "Look at derivatives and noise first.");
  }

  const Objective& objective_;
  ConstVectorView x_;
  RandomSource random_;
  Vector gradient_;
  Vector other_;
  Vector point_;
  double change_near_ = 0.0;
  double change_far_ = 0.0;
  DoctorReport report_;
};

}  // namespace

std::string_view name_of(Health health) {
  constexpr std::array<std::string_view, 4> names{"good", "undecided", "caution", "bad"};
  return names[static_cast<std::size_t>(health)];
}

Health DoctorReport::health() const {
  Health worst = Health::good;
  for (const Examination& examination : examinations) worst = std::max(worst, examination.health);
  return worst;
}

std::string DoctorReport::text() const {
  std::string text;
  for (const Examination& examination : examinations) {
    const std::string topic = examination.topic + ":";
    text += topic + std::string(15 - std::min<std::size_t>(topic.size(), 14), ' ') +
            std::string(name_of(examination.health)) + ". " + examination.sentence + '\n';
    if (!examination.advice.empty()) text += std::string(15, ' ') + examination.advice + '\n';
  }
  return text;
}

DoctorReport examine(const Objective& objective, ConstVectorView x, const RandomSource& random) {
  if (x.size() != objective.dimension()) {
    throw std::invalid_argument("examine: x must have the objective's dimension " +
                                std::to_string(objective.dimension()) + ", got " + std::to_string(x.size()));
  }
  return Doctor(objective, x, random).report();
}

}  // namespace perigee
