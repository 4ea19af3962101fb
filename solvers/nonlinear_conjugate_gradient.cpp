#include <perigee/solvers/nonlinear_conjugate_gradient.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/direction_line.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/step_support.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

constexpr double truncation = 0.01;  // eta of Hager and Zhang (2005), eq. (1.6)

class ConjugateStepper final : public Stepper {
 public:
  ConjugateStepper(Oracle& oracle, ConstVectorView x0, const NonlinearConjugateGradientOptions& options)
      : oracle_(oracle), options_(options), pair_(oracle, x0), direction_(oracle.dimension()) {
    if (options_.restart_interval == 0) options_.restart_interval = std::max<Index>(6 * oracle.dimension(), 20);
    describe_start(record_, pair_.current(), oracle_);
    restart();
  }

  StepStatus step() override {
    DirectionLine line(oracle_, pair_, direction_);
    LineOutcome outcome = search_along(line, pair_, *options_.line_search, slope_, first_trial());
    if (outcome.status != LineStep::found && since_restart_ > 0) {
      restart();
      outcome = search_along(line, pair_, *options_.line_search, slope_, first_trial());
    }
    if (outcome.status != LineStep::found) {
      end_ = failed_line_end(outcome, line, *options_.line_search, record_);
      return StepStatus::ended;
    }
    const double alpha = outcome.result.step;
    const double change_along = line.slope() - slope_;  // d'y
    ++record_.iteration;
    record_.kind = StepKind::step;
    record_.value = pair_.candidate().value();
    record_.gradient_norm = pair_.candidate().gradient_norm();
    record_.step_norm = alpha * direction_norm_;
    record_.step_size = record_.step_norm / pair_.current().gradient_norm();
    record_.curvature = measures_curvature_ ? change_along / direction_norm_ / direction_norm_ / alpha : not_measured;
    record_.counts = oracle_.counts();
    last_step_ = alpha;
    last_slope_ = slope_;
    const double beta = since_restart_ + 1 < options_.restart_interval ? conjugate_beta(change_along) : 0.0;
    pair_.commit();
    turn(beta);
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("nonlinear-conjugate-gradient");
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(direction_.view());
    for (const double value : {slope_, direction_norm_, last_step_, last_slope_}) writer.write(value);
    writer.write(static_cast<std::int64_t>(since_restart_));
  }

  void load_state(StateReader& reader) override {
    reader.expect("nonlinear-conjugate-gradient");
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(direction_.view());
    for (double* value : {&slope_, &direction_norm_, &last_step_, &last_slope_}) reader.read(*value);
    std::int64_t since_restart = 0;
    reader.read(since_restart);
    since_restart_ = static_cast<Index>(since_restart);
  }

 private:
  // d = -g.
  void restart() {
    const Evaluation& at = pair_.current();
    direction_.view() = -at.gradient();
    direction_norm_ = at.gradient_norm();
    slope_ = -direction_norm_ * direction_norm_;
    since_restart_ = 0;
  }

  // beta for the step from current (k - 1) to candidate (k), before it is committed.
  double conjugate_beta(double change_along) {
    const Evaluation& from = pair_.current();
    const Evaluation& to = pair_.candidate();
    const double squared = to.gradient_norm() * to.gradient_norm();
    const double along = to.gradient().dot(from.gradient());  // g_k'g_{k-1}
    const double from_squared = from.gradient_norm() * from.gradient_norm();
    const double change_to = squared - along;  // y'g_k
    if (options_.formula == ConjugateFormula::polak_ribiere_plus) return std::max(change_to / from_squared, 0.0);
    const double change_squared = squared - 2.0 * along + from_squared;  // |y|^2
    const double slope = change_along + slope_;                          // d'g_k
    const double beta = (change_to - 2.0 * slope * change_squared / change_along) / change_along;
    const double bound = -1.0 / (direction_norm_ * std::min(truncation, from.gradient_norm()));
    return std::max(beta, bound);
  }

  // d = -g + beta d at the iterate just committed; d = -g if that does not descend.
  void turn(double beta) {
    if (beta == 0.0 || !std::isfinite(beta)) return restart();
    const Evaluation& at = pair_.current();
    direction_.view() = beta * direction_.view() - at.gradient();
    slope_ = direction_.view().dot(at.gradient());
    direction_norm_ = euclidean_norm(direction_.view());
    ++since_restart_;
    if (!(slope_ < 0.0) || !std::isfinite(direction_norm_)) restart();
  }

  double first_trial() const {
    if (last_step_ > 0.0) return std::min(last_step_ * last_slope_ / slope_, 10.0 * last_step_);
    if (options_.initial_step > 0.0) return options_.initial_step;
    return steepest_trial(pair_.current());
  }

  Oracle& oracle_;
  NonlinearConjugateGradientOptions options_;
  EvaluationPair pair_;
  Vector direction_;             // d_k, at the current iterate
  double slope_ = 0.0;           // g_k'd_k
  double direction_norm_ = 0.0;  // ||d_k||_2
  double last_step_ = 0.0;       // alpha_{k-1}; 0 before the first step
  double last_slope_ = 0.0;      // g_{k-1}'d_{k-1}
  Index since_restart_ = 0;      // steps since d = -g
};

const char* text_of(ConjugateFormula formula) {
  return formula == ConjugateFormula::hager_zhang ? "hager-zhang" : "polak-ribiere-plus";
}

}  // namespace

NonlinearConjugateGradient::NonlinearConjugateGradient(NonlinearConjugateGradientOptions options)
    : options_(std::move(options)) {
  if (!(options_.initial_step >= 0.0) || !std::isfinite(options_.initial_step)) {
    throw std::invalid_argument("NonlinearConjugateGradient: initial_step must be >= 0 and finite, got " +
                                format_number(options_.initial_step));
  }
  if (options_.restart_interval < 0) {
    throw std::invalid_argument("NonlinearConjugateGradient: restart_interval must be >= 0, got " +
                                std::to_string(options_.restart_interval));
  }
  if (!options_.line_search) options_.line_search = line_searches::hager_zhang({.curvature = 0.5});
}

std::vector<std::pair<std::string, std::string>> NonlinearConjugateGradient::settings() const {
  return {{"formula", text_of(options_.formula)},
          {"line_search", options_.line_search->text()},
          {"initial_step", format_exact(options_.initial_step)},
          {"restart_interval", std::to_string(options_.restart_interval)}};
}

std::unique_ptr<Stepper> NonlinearConjugateGradient::start(Oracle& oracle, ConstVectorView x0,
                                                           const RandomSource&) const {
  return std::make_unique<ConjugateStepper>(oracle, x0, options_);
}

}  // namespace perigee

namespace perigee::solvers {

namespace {

ConjugateFormula formula_of(const std::string& name) {
  for (const ConjugateFormula formula : {ConjugateFormula::hager_zhang, ConjugateFormula::polak_ribiere_plus}) {
    if (name == text_of(formula)) return formula;
  }
  throw std::invalid_argument("nonlinear-conjugate-gradient: formula must be hager-zhang or polak-ribiere-plus, got '" +
                              name + "'");
}

}  // namespace

Entry nonlinear_conjugate_gradient() {
  return {
      .name = "nonlinear-conjugate-gradient",
      .family = "conjugate-gradient",
      .summary = "a line search along -grad f + beta d, d the last direction (Hager-Zhang or Polak-Ribiere-plus)",
      .parameters = {text("formula", "hager-zhang", "of beta: hager-zhang or polak-ribiere-plus"),
                     text("line_search", "hager-zhang(curvature=0.5)",
                          "hager-zhang, strong-wolfe, more-thuente, armijo or exact, with options as in "
                          "more-thuente(curvature=0.1)"),
                     {.name = "initial_step",
                      .default_value = "0",
                      .least = 0,
                      .summary =
                          "first trial of the first line search; 0: moves no element by more than max(1, ||x0||_inf)"},
                     {.name = "restart_interval",
                      .kind = ParameterKind::integer,
                      .default_value = "0",
                      .least = 0,
                      .greatest = 9e15,
                      .summary = "steps after which the direction is -grad f again; 0: max(6 n, 20)"}},
      .make = [](const Parameters& parameters, const Problem&) -> std::unique_ptr<Solver> {
        return std::make_unique<NonlinearConjugateGradient>(
            NonlinearConjugateGradientOptions{.formula = formula_of(parameters.text("formula")),
                                              .line_search = line_searches::parse(parameters.text("line_search")),
                                              .initial_step = parameters.real("initial_step"),
                                              .restart_interval = parameters.integer("restart_interval")});
      },
      .randomness = Randomness::none};
}

}  // namespace perigee::solvers
