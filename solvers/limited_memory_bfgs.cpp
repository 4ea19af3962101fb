#include <perigee/solvers/limited_memory_bfgs.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/curvature_pairs.hpp>
#include <perigee/solvers/direction_line.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/step_support.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

class LimitedMemoryBfgsStepper final : public Stepper {
 public:
  LimitedMemoryBfgsStepper(Oracle& oracle, ConstVectorView x0, const LimitedMemoryBfgsOptions& options)
      : oracle_(oracle),
        line_search_(options.line_search),
        initial_step_(options.initial_step),
        pair_(oracle, x0),
        pairs_(oracle.dimension(), options.memory),
        direction_(oracle.dimension()) {
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    DirectionLine line(oracle_, pair_, direction_);
    LineOutcome outcome;
    if (pairs_.size() > 0) {
      const double slope = pairs_.descend(pair_.current(), direction_);
      if (slope < 0.0) outcome = search_along(line, pair_, *line_search_, slope, 1.0);
      if (outcome.status != LineStep::found) pairs_.clear();
    }
    if (outcome.status != LineStep::found) outcome = search_steepest(line);
    if (outcome.status != LineStep::found) {
      end_ = failed_line_end(outcome, line, *line_search_, record_);
      return StepStatus::ended;
    }
    const CurvaturePairs::Measured measured = pairs_.update(pair_.current(), pair_.candidate());
    const double step_size = measured.step_norm / pair_.current().gradient_norm();
    pair_.commit();
    ++record_.iteration;
    record_.kind = StepKind::step;
    record_.value = pair_.current().value();
    record_.gradient_norm = pair_.current().gradient_norm();
    record_.step_norm = measured.step_norm;
    record_.step_size = step_size;
    record_.curvature = measures_curvature_ ? measured.curvature : not_measured;
    record_.counts = oracle_.counts();
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("limited-memory-bfgs");
    writer.write(record_);
    writer.write(pair_.current());
    pairs_.save(writer);
  }

  void load_state(StateReader& reader) override {
    reader.expect("limited-memory-bfgs");
    reader.read(record_);
    reader.read(pair_.current());
    pairs_.load(reader);
  }

 private:
  LineOutcome search_steepest(DirectionLine& line) {
    const Evaluation& at = pair_.current();
    direction_.view() = -at.gradient();
    const double slope = -at.gradient_norm() * at.gradient_norm();
    return search_along(line, pair_, *line_search_, slope, initial_step_ > 0.0 ? initial_step_ : steepest_trial(at));
  }

  Oracle& oracle_;
  line_searches::Pointer line_search_;
  double initial_step_;
  EvaluationPair pair_;
  CurvaturePairs pairs_;
  Vector direction_;
};

}  // namespace

LimitedMemoryBfgs::LimitedMemoryBfgs(LimitedMemoryBfgsOptions options) : options_(std::move(options)) {
  if (options_.memory < 1) {
    throw std::invalid_argument("LimitedMemoryBfgs: memory must be >= 1, got " + std::to_string(options_.memory));
  }
  if (!(options_.initial_step >= 0.0) || !std::isfinite(options_.initial_step)) {
    throw std::invalid_argument("LimitedMemoryBfgs: initial_step must be >= 0 and finite, got " +
                                format_number(options_.initial_step));
  }
  if (!options_.line_search) options_.line_search = line_searches::more_thuente();
}

std::vector<std::pair<std::string, std::string>> LimitedMemoryBfgs::settings() const {
  return {{"memory", std::to_string(options_.memory)},
          {"line_search", options_.line_search->text()},
          {"initial_step", format_exact(options_.initial_step)}};
}

std::unique_ptr<Stepper> LimitedMemoryBfgs::start(Oracle& oracle, ConstVectorView x0, const RandomSource&) const {
  return std::make_unique<LimitedMemoryBfgsStepper>(oracle, x0, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry limited_memory_bfgs() {
  return {.name = "limited-memory-bfgs",
          .family = "quasi-newton",
          .summary = "L-BFGS: a line search along -H grad f, H made of the last m steps and gradient changes",
          .parameters = {count("memory", "10", "m: pairs of steps and gradient changes that are kept"),
                         text("line_search", "more-thuente",
                              "more-thuente, strong-wolfe, hager-zhang, armijo or exact, with options as in "
                              "more-thuente(curvature=0.5)"),
                         {.name = "initial_step",
                          .default_value = "0",
                          .least = 0,
                          .summary = "first trial along -grad f, where there are no pairs; 0: moves no element by more "
                                     "than max(1, ||x||_inf)"}},
          .make = [](const Parameters& parameters, const Problem&) -> std::unique_ptr<Solver> {
            return std::make_unique<LimitedMemoryBfgs>(
                LimitedMemoryBfgsOptions{.memory = parameters.integer("memory"),
                                         .line_search = line_searches::parse(parameters.text("line_search")),
                                         .initial_step = parameters.real("initial_step")});
          },
          .randomness = Randomness::none};
}

}  // namespace perigee::solvers
