#include <perigee/solvers/barzilai_borwein.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/step_support.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace perigee {

namespace {

constexpr double least_step = 1e-30;
constexpr double greatest_step = 1e30;
constexpr int max_trials = 60;

class BarzilaiBorweinStepper final : public Stepper {
 public:
  BarzilaiBorweinStepper(Oracle& oracle, ConstVectorView x0, const BarzilaiBorweinOptions& options)
      : oracle_(oracle), options_(options), pair_(oracle, x0), values_(options.memory) {
    describe_start(record_, pair_.current(), oracle_);
    remember_value();
    next_step_ = options_.initial_step > 0.0 ? options_.initial_step : limited(1.0 / pair_.current().gradient_norm());
  }

  StepStatus step() override {
    const Evaluation& from = pair_.current();
    const Evaluation& to = pair_.candidate();
    if (!(from.gradient_norm() > 0.0)) return fail("the gradient is 0: there is no direction to go");
    const double reference = largest_remembered_value();
    double alpha = next_step_;
    bool was_finite = true;  // the last trial that moved
    for (int trial = 1; trial <= max_trials; ++trial) {
      propose_gradient_step(pair_, alpha);
      if (to.x() == from.x()) {
        return was_finite ? fail("the step " + format_number(alpha) +
                                 " is too short to change the iterate in double precision (gradient norm " +
                                 format_number(from.gradient_norm()) + ")")
                          : fail_as_non_finite();
      }
      oracle_.evaluate(pair_.candidate());
      was_finite = to.is_finite();
      if (was_finite && is_acceptable(to, alpha, reference)) {
        accept(alpha);
        return StepStatus::advanced;
      }
      alpha = shortened(to, alpha);
    }
    if (!was_finite) return fail_as_non_finite();
    return fail("no step decreases the value sufficiently (gradient norm " + format_number(from.gradient_norm()) +
                ", " + std::to_string(max_trials) + " trials)");
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("barzilai-borwein");
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(values_);
    writer.write(next_step_);
  }

  void load_state(StateReader& reader) override {
    reader.expect("barzilai-borwein");
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(values_.view());
    reader.read(next_step_);
  }

 private:
  static double limited(double step) { return std::clamp(step, least_step, greatest_step); }

  // ||g_k||^2, the decrease that a unit step would bring on a linear function.
  double squared_norm() const { return pair_.current().gradient_norm() * pair_.current().gradient_norm(); }

  bool is_acceptable(const Evaluation& to, double alpha, double reference) const {
    const double promised = options_.decrease * alpha * squared_norm();
    const double value = to.value();
    if (value <= reference - promised) return true;
    // Below this the difference of two values is rounding: the gradient has to decide.
    const double rounding = 10.0 * std::numeric_limits<double>::epsilon() * std::abs(reference);
    return promised <= rounding && value <= reference + rounding &&
           to.gradient_norm() <= pair_.current().gradient_norm();
  }

  double shortened(const Evaluation& to, double alpha) const {
    const double expected = alpha * squared_norm();
    const double excess = to.value() - pair_.current().value() + expected;
    const double minimizer = 0.5 * alpha * (expected / excess);
    // Outside the domain nothing is known but that this was too far. NaN: both differences underflowed.
    if (!to.is_finite() || !(minimizer >= 0.1 * alpha)) return 0.1 * alpha;
    return std::min(minimizer, 0.5 * alpha);
  }

  void accept(double alpha) {
    const ConstVectorView before = pair_.current().gradient();
    const ConstVectorView after = pair_.candidate().gradient();
    const double along = before.dot(after - before);        // g_k'y
    const double squared = (after - before).squaredNorm();  // y'y
    const double gradient_squared = squared_norm();
    const double curvature = -along / (alpha * gradient_squared);  // s'y/s's with s = -alpha g_k
    next_step_ = limited(step_from(alpha, along, squared, gradient_squared));
    commit_step(oracle_, pair_, alpha, StepKind::step, record_, false);
    record_.curvature = std::isfinite(curvature) ? curvature : not_measured;
    remember_value();
  }

  double step_from(double alpha, double along, double squared, double gradient_squared) const {
    if (!(squared > 0.0) || !std::isfinite(squared)) return squared > 0.0 ? alpha : 10.0 * alpha;
    if (along < 0.0) {
      return options_.step == BarzilaiBorweinStep::long_step ? alpha * (gradient_squared / -along)
                                                             : alpha * (-along / squared);
    }
    return alpha * std::sqrt(gradient_squared / squared);
  }

  void remember_value() { values_[record_.iteration % values_.size()] = pair_.current().value(); }

  double largest_remembered_value() const {
    const Index count = std::min<Index>(record_.iteration + 1, values_.size());
    return *std::max_element(values_.begin(), values_.begin() + count);
  }

  StepStatus fail(const std::string& reason) {
    end_ = {EndClass::breakdown, "line-search-failed",
            "barzilai-borwein at iteration " + std::to_string(record_.iteration) + ": " + reason};
    return StepStatus::ended;
  }

  StepStatus fail_as_non_finite() {
    end_ = non_finite_end(record_.iteration + 1);
    return StepStatus::ended;
  }

  Oracle& oracle_;
  BarzilaiBorweinOptions options_;
  EvaluationPair pair_;
  Vector values_;           // f(x_j) at j mod M, the last M of them
  double next_step_ = 0.0;  // first trial of the next step
};

const char* name_of(BarzilaiBorweinStep step) { return step == BarzilaiBorweinStep::long_step ? "long" : "short"; }

void require(bool holds, const char* rule, double value) {
  if (!holds) throw std::invalid_argument(std::string("BarzilaiBorwein: ") + rule + ", got " + format_number(value));
}

}  // namespace

BarzilaiBorwein::BarzilaiBorwein(BarzilaiBorweinOptions options) : options_(options) {
  require(options_.memory >= 1, "memory must be >= 1", static_cast<double>(options_.memory));
  require(options_.decrease > 0.0 && options_.decrease < 1.0, "decrease must be in (0, 1)", options_.decrease);
  require(options_.initial_step >= 0.0 && std::isfinite(options_.initial_step), "initial_step must be >= 0 and finite",
          options_.initial_step);
}

std::vector<std::pair<std::string, std::string>> BarzilaiBorwein::settings() const {
  return {{"step", name_of(options_.step)},
          {"memory", std::to_string(options_.memory)},
          {"decrease", format_exact(options_.decrease)},
          {"initial_step", format_exact(options_.initial_step)}};
}

std::unique_ptr<Stepper> BarzilaiBorwein::start(Oracle& oracle, ConstVectorView x0, const RandomSource&) const {
  return std::make_unique<BarzilaiBorweinStepper>(oracle, x0, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry barzilai_borwein() {
  return {.name = "barzilai-borwein",
          .family = "first-order",
          .summary = "gradient steps from the curvature of the last step, non-monotone (Raydan 1997)",
          .parameters = {text("step", "long", "long, s's/s'y, or short, s'y/y'y"),
                         {.name = "memory",
                          .kind = ParameterKind::integer,
                          .default_value = "10",
                          .least = 1,
                          .greatest = 1e6,
                          .summary = "values that the non-monotone condition remembers; 1: every step descends"},
                         {.name = "decrease",
                          .default_value = "0.0001",
                          .least = std::numeric_limits<double>::min(),
                          .greatest = 0.999999,
                          .summary = "c of the sufficient decrease"},
                         {.name = "initial_step",
                          .default_value = "0",
                          .least = 0,
                          .summary = "first trial of the first step; 0: 1/||grad f(x0)||"}},
          .make = [](const Parameters& parameters, const Problem&) -> std::unique_ptr<Solver> {
            const std::string& step = parameters.text("step");
            if (step != "long" && step != "short") {
              throw std::invalid_argument("barzilai-borwein: step must be long or short, got '" + step + "'");
            }
            return std::make_unique<BarzilaiBorwein>(BarzilaiBorweinOptions{
                .step = step == "long" ? BarzilaiBorweinStep::long_step : BarzilaiBorweinStep::short_step,
                .memory = parameters.integer("memory"),
                .decrease = parameters.real("decrease"),
                .initial_step = parameters.real("initial_step")});
          },
          .randomness = Randomness::none};
}

}  // namespace perigee::solvers
