#include <perigee/solvers/mirror_descent.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/step_support.hpp>

#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

class MirrorStepper final : public Stepper {
 public:
  MirrorStepper(Oracle& oracle, ConstVectorView x0, const MirrorDescentOptions& options)
      : oracle_(oracle), options_(options), pair_(oracle, x0), dual_(oracle.dimension()), next_dual_(dual_) {
    options_.map.to_dual(x0, dual_);
    describe_start(record_, pair_.current(), oracle_);
  }

  StepStatus step() override {
    if (is_stationary()) return StepStatus::ended;
    const Evaluation& from = pair_.current();
    const double rate = options_.learning_rate(record_.iteration, from.x());
    next_dual_.view() = dual_.view() - rate * from.gradient();
    VectorView next = pair_.candidate().propose();
    options_.map.to_primal(next_dual_, next);
    oracle_.evaluate(pair_.candidate());
    if (!pair_.candidate().is_finite()) {
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    std::swap(dual_, next_dual_);
    commit_move(oracle_, pair_, distance(next, from.x()), not_measured, StepKind::step, record_, measures_curvature_);
    return StepStatus::advanced;
  }

  const Evaluation& current() const override { return pair_.current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("mirror-descent");
    writer.write(record_);
    writer.write(pair_.current());
    writer.write(dual_);
  }

  void load_state(StateReader& reader) override {
    reader.expect("mirror-descent");
    reader.read(record_);
    reader.read(pair_.current());
    reader.read(dual_.view());
  }

 private:
  bool is_stationary() {
    if (!(options_.tolerance > 0.0)) return false;
    const double measure = options_.map.stationarity(pair_.current().x(), pair_.current().gradient());
    if (!(measure <= options_.tolerance)) return false;
    end_ = {EndClass::convergence, "stationarity-tolerance",
            options_.map.measure + " = " + format_number(measure) + " <= " + format_number(options_.tolerance) +
                " at iteration " + std::to_string(record_.iteration)};
    return true;
  }

  Oracle& oracle_;
  MirrorDescentOptions options_;
  EvaluationPair pair_;
  Vector dual_;  // z_k; x_k may have underflowed where it has not
  Vector next_dual_;
};

}  // namespace

MirrorDescent::MirrorDescent(MirrorDescentOptions options) : options_(std::move(options)) {
  if (!options_.map.to_dual || !options_.map.to_primal) {
    throw std::invalid_argument("MirrorDescent: the map must have to_dual and to_primal, got '" + options_.map.text +
                                "' without");
  }
  const ParameterChecks check{"MirrorDescent"};
  check.that(options_.tolerance >= 0.0 && std::isfinite(options_.tolerance), "tolerance must be >= 0 and finite",
             options_.tolerance);
  check.that(options_.tolerance == 0.0 || options_.map.stationarity,
             "tolerance must be 0 with a map that does not measure stationarity", options_.tolerance);
}

std::vector<std::pair<std::string, std::string>> MirrorDescent::settings() const {
  return {{"learning_rate", options_.learning_rate.text()},
          {"map", options_.map.text},
          {"tolerance", format_exact(options_.tolerance)}};
}

std::unique_ptr<Stepper> MirrorDescent::start(Oracle& oracle, ConstVectorView x0, const RandomSource&) const {
  if (x0.size() == oracle.dimension() && options_.map.contains && !options_.map.contains(x0)) {
    throw std::invalid_argument("MirrorDescent: the start must be in the domain of " + options_.map.text + ", " +
                                options_.map.domain + ", got a point with sum " + format_number(x0.sum(), 12) +
                                " and least element " + format_number(x0.minCoeff()));
  }
  return std::make_unique<MirrorStepper>(oracle, x0, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry mirror_descent() {
  return {.name = "mirror-descent",
          .family = "first-order",
          .summary = "gradient steps in the dual coordinates of a geometry: entropies, p-norms (Nemirovski and Yudin)",
          .parameters = {text("learning_rate", "",
                              "eta: a number or a schedule; default: the problem's suggested step, or else 1/l"),
                         text("map", "simplex-entropy",
                              "euclidean, simplex-entropy, orthant-entropy or p-norm(p=1.5); the start must be in "
                              "its domain"),
                         {.name = "tolerance",
                          .default_value = "1e-08",
                          .least = 0,
                          .greatest = std::numeric_limits<double>::max(),
                          .summary = "of the map's first-order measure, which ends the run; 0: never"}},
          .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
            return std::make_unique<MirrorDescent>(
                MirrorDescentOptions{.learning_rate = schedule_or_known(parameters, problem, "mirror-descent"),
                                     .map = mirror_maps::parse(parameters.text("map")),
                                     .tolerance = parameters.real("tolerance")});
          },
          .randomness = Randomness::none};
}

}  // namespace perigee::solvers
