#include <perigee/solvers/gradient_descent.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/step_support.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

class FixedRateStepper final : public Stepper {
 public:
  FixedRateStepper(Oracle& oracle, ConstVectorView x0, const Schedule& learning_rate)
      : oracle_(oracle), learning_rate_(learning_rate), pair_(oracle, x0), next_(oracle.dimension()) {
    describe_start(record_, pair_.current(), oracle_);
    propose_next();
  }

  StepStatus step() override {
    pair_.candidate().propose(next_);
    const double next_rate = learning_rate_(record_.iteration + 1, pair_.candidate().x());
    oracle_.evaluate_and_step(pair_.candidate(), next_rate, next_);
    if (!pair_.candidate().is_finite()) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    commit_step(oracle_, pair_, rate_, StepKind::step, record_, measures_curvature_);
    rate_ = next_rate;
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("gradient-descent");
    writer.write(record_);
    writer.write(pair_.current());
  }

  void load_state(StateReader& reader) override {
    reader.expect("gradient-descent");
    reader.read(record_);
    reader.read(pair_.current());
    propose_next();
  }

 private:
  void propose_next() {
    rate_ = learning_rate_(record_.iteration, pair_.current().x());
    next_.view() = pair_.current().x() - rate_ * pair_.current().gradient();
  }

  Oracle& oracle_;
  Schedule learning_rate_;
  EvaluationPair pair_;
  Vector next_;        // the next iterate, made while the gradient was at hand
  double rate_ = 0.0;  // of the step to it
};

class LineSearchStepper final : public Stepper {
 public:
  LineSearchStepper(Oracle& oracle, ConstVectorView x0, line_searches::Pointer line_search, double initial_step)
      : oracle_(oracle), line_search_(std::move(line_search)), pair_(oracle, x0), initial_step_(initial_step) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    const double gradient_norm = pair_.current().gradient_norm();
    const double slope = -gradient_norm * gradient_norm;
    SteepestLine line(oracle_, pair_);
    const LineSearchResult found =
        line_search_->search(line, {pair_.current().value(), slope}, first_trial(gradient_norm, slope));
    if (!(found.step > 0.0)) {
      end_ = {EndClass::breakdown, "line-search-failed",
              line_search_->text() + ": no step decreases the value sufficiently at iteration " +
                  std::to_string(record_.iteration) + " (gradient norm " + format_number(gradient_norm) + ", " +
                  std::to_string(found.trials) + " trials)"};
      return StepStatus::ended;
    }
    if (line.last_alpha() != found.step) line.evaluate(found.step);
    if (!pair_.candidate().is_finite()) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    if (pair_.candidate().x() == pair_.current().x()) {
      end_ = {EndClass::breakdown, "line-search-failed",
              line_search_->text() + ": the step " + format_number(found.step) +
                  " is too short to change the iterate in double precision at iteration " +
                  std::to_string(record_.iteration) + " (gradient norm " + format_number(gradient_norm) + ")"};
      return StepStatus::ended;
    }
    last_step_ = found.step;
    last_slope_ = slope;
    commit_step(oracle_, pair_, found.step, StepKind::step, record_, measures_curvature_);
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("gradient-descent-line-search");
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(last_step_);
    writer.write(last_slope_);
  }

  void load_state(StateReader& reader) override {
    reader.expect("gradient-descent-line-search");
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(last_step_);
    reader.read(last_slope_);
  }

 private:
  // phi(alpha) = f(x - alpha grad f(x)), evaluated in the candidate.
  class SteepestLine final : public LineFunction {
   public:
    SteepestLine(Oracle& oracle, EvaluationPair& pair) : oracle_(oracle), pair_(pair) {}
    LineValue evaluate(double alpha) override {
      propose_gradient_step(pair_, alpha);
      oracle_.evaluate(pair_.candidate());
      last_alpha_ = alpha;
      return {pair_.candidate().value(), -pair_.candidate().gradient().dot(pair_.current().gradient())};
    }
    double last_alpha() const { return last_alpha_; }

   private:
    Oracle& oracle_;
    EvaluationPair& pair_;
    double last_alpha_ = -1.0;
  };

  double first_trial(double gradient_norm, double slope) const {
    if (last_step_ > 0.0) {
      // The last step's first-order change, hoped for again; not more than tenfold growth on a plateau.
      return std::min(last_step_ * last_slope_ / slope, 10.0 * last_step_);
    }
    return initial_step_ > 0.0 ? initial_step_ : 1.0 / std::max(gradient_norm, 1e-300);
  }

  Oracle& oracle_;
  line_searches::Pointer line_search_;
  EvaluationPair pair_;
  double initial_step_;
  double last_step_ = 0.0;
  double last_slope_ = 0.0;
};

}  // namespace

GradientDescent::GradientDescent(GradientDescentOptions options) : options_(std::move(options)) {
  if (options_.learning_rate.has_value() == (options_.line_search != nullptr)) {
    throw std::invalid_argument("GradientDescent: set exactly one of learning_rate and line_search");
  }
  if (!(options_.initial_step >= 0.0) || !std::isfinite(options_.initial_step)) {
    throw std::invalid_argument("GradientDescent: initial_step must be >= 0 and finite, got " +
                                format_number(options_.initial_step));
  }
}

std::vector<std::pair<std::string, std::string>> GradientDescent::settings() const {
  if (options_.learning_rate) return {{"learning_rate", options_.learning_rate->text()}};
  return {{"line_search", options_.line_search->text()}, {"initial_step", format_exact(options_.initial_step)}};
}

std::unique_ptr<Stepper> GradientDescent::start(Oracle& oracle, ConstVectorView x0, const RandomSource&) const {
  if (options_.learning_rate) return std::make_unique<FixedRateStepper>(oracle, x0, *options_.learning_rate);
  return std::make_unique<LineSearchStepper>(oracle, x0, options_.line_search, options_.initial_step);
}

}  // namespace perigee

namespace perigee::solvers {

namespace {

Schedule learning_rate_of(const Parameters& parameters, const Problem& problem) {
  const std::string& asked = parameters.text("learning_rate");
  if (asked != "theory") return schedules::parse(asked);
  if (problem.theory_schedule) return *problem.theory_schedule;
  if (problem.gradient_lipschitz) return Schedule(1.0 / *problem.gradient_lipschitz);
  throw std::invalid_argument("gradient-descent: learning_rate=theory needs a problem that knows l; '" + problem.name +
                              "' does not");
}

}  // namespace

Entry gradient_descent() {
  return {
      .name = "gradient-descent",
      .family = "first-order",
      .summary = "x - eta grad f(x) with a learning rate, a schedule or a line search",
      .parameters =
          {text("learning_rate", "",
                "a number, a schedule such as cosine(initial=0.1, final=0, iterations=500), or theory (the problem's "
                "schedule, or 1/l); default: the problem's own step, or else a strong Wolfe line search"),
           text("line_search", "",
                "armijo, strong-wolfe, more-thuente, hager-zhang or exact, with options as in "
                "strong-wolfe(curvature=0.1)"),
           {.name = "initial_step",
            .default_value = "0",
            .least = 0,
            .summary = "first trial of the first line search; 0: 1/||grad f(x0)||"}},
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        GradientDescentOptions options;
        options.initial_step = parameters.real("initial_step");
        const bool by_rate = parameters.has("learning_rate");
        const bool by_search = parameters.has("line_search");
        if (by_rate && by_search) {
          throw std::invalid_argument("gradient-descent: set learning_rate or line_search, not both");
        }
        if (by_rate) options.learning_rate = learning_rate_of(parameters, problem);
        if (by_search) options.line_search = line_searches::parse(parameters.text("line_search"));
        if (!by_rate && !by_search) {
          if (problem.theory_schedule) {
            options.learning_rate = problem.theory_schedule;
          } else if (problem.suggested_step) {
            options.learning_rate = Schedule(*problem.suggested_step);
          } else {
            options.line_search = line_searches::strong_wolfe({.curvature = 0.1});
          }
        }
        return std::make_unique<GradientDescent>(options);
      },
      .randomness = Randomness::none};
}

}  // namespace perigee::solvers
