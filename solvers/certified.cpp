#include <perigee/solvers/certified.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/line_scan.hpp>
#include <perigee/solvers/second_order_entry.hpp>
#include <perigee/solvers/step_support.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

class CertifiedStepper final : public Stepper {
 public:
  CertifiedStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random, const Solver& inner,
                   const CertifiedOptions& options)
      : oracle_(oracle),
        random_(random),
        inner_solver_(inner),
        options_(options),
        inner_(inner.start(oracle, x0, random)),
        subspace_(oracle.dimension()),
        direction_(oracle.dimension()),
        trial_(oracle.dimension()) {
    record_ = inner_->record();
  }

  StepStatus step() override {
    if (is_stationary() && !is_probed_ && probe() != ProbeVerdict::negative) return StepStatus::ended;
    if (has_direction_) return jump();
    if (measures_curvature_) inner_->measure_curvature();
    const StepStatus status = inner_->step();
    if (status == StepStatus::ended && inner_->end().end_class != EndClass::convergence) return end_as(inner_->end());
    if (status != StepStatus::ended) {
      const Index iteration = record_.iteration + 1;
      record_ = inner_->record();
      record_.iteration = iteration;
      is_probed_ = false;
    }
    inner_is_done_ = status != StepStatus::advanced;
    if (status == StepStatus::ended) return step();  // no new iterate: ask about the one there is
    if (!is_stationary()) return StepStatus::advanced;
    const ProbeVerdict verdict = probe();
    record_.counts = oracle_.counts();
    return verdict == ProbeVerdict::negative ? StepStatus::advanced : StepStatus::concluded;
  }

  const Evaluation& current() const override { return inner_->current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("certified");
    writer.write(record_);
    writer.write(static_cast<std::int64_t>(escapes_));
    writer.write(static_cast<std::int64_t>(is_probed_));
    writer.write(static_cast<std::int64_t>(has_direction_));
    writer.write(static_cast<std::int64_t>(inner_is_done_));
    writer.write(direction_);
    inner_->save_state(writer);
  }

  void load_state(StateReader& reader) override {
    reader.expect("certified");
    reader.read(record_);
    std::int64_t escapes = 0;
    std::int64_t is_probed = 0;
    std::int64_t has_direction = 0;
    std::int64_t inner_is_done = 0;
    reader.read(escapes);
    reader.read(is_probed);
    reader.read(has_direction);
    reader.read(inner_is_done);
    escapes_ = static_cast<Index>(escapes);
    is_probed_ = is_probed != 0;
    has_direction_ = has_direction != 0;
    inner_is_done_ = inner_is_done != 0;
    reader.read(direction_.view());
    // Every restart draws from streams of its own; the loaded inner state must go on with those it had.
    if (escapes_ > 0) inner_ = inner_solver_.start(oracle_, Vector(current().x()), restart_source());
    inner_->load_state(reader);
  }

 private:
  StepStatus end_as(const End& end) {
    end_ = end;
    return StepStatus::ended;
  }

  bool is_stationary() const {
    return inner_is_done_ || current().gradient_norm() <= options_.criterion.gradient_tolerance;
  }

  RandomSource restart_source() const {
    return RandomSource(random_.engine("restart", static_cast<std::uint64_t>(escapes_))(), random_.run());
  }

  // After `negative` the direction waits for the jump; otherwise end_ is set.
  ProbeVerdict probe() {
    const ProbeResult result = probe_curvature(oracle_, current().x(),
                                               random_.engine("lanczos", static_cast<std::uint64_t>(record_.iteration)),
                                               options_.criterion, subspace_, direction_);
    is_probed_ = true;
    has_direction_ = result.verdict == ProbeVerdict::negative;
    if (!has_direction_) end_ = end_after(result);
    return result.verdict;
  }

  // Where the inner solver is content with a larger gradient than eps_g, its claim stays its own, and the curvature is
  // added to it.
  End end_after(const ProbeResult& result) const {
    const bool is_small = current().gradient_norm() <= options_.criterion.gradient_tolerance;
    if (is_small || result.verdict == ProbeVerdict::not_finite) {
      return end_of_probe(result, options_.criterion, current().gradient_norm(), record_.iteration);
    }
    End end = inner_->end();
    end.message += "; gradient norm " + format_number(current().gradient_norm()) +
                   " > eps_g = " + format_number(options_.criterion.gradient_tolerance) +
                   ", so the second order is not certified; no curvature below " + format_number(result.lower_bound) +
                   " was found there";
    return end;
  }

  // Leaves along the direction, into the valley next to the saddle.
  StepStatus jump() {
    const double scale = std::max(1.0, current().x().lpNorm<Eigen::Infinity>());
    const double best_step =
        nearest_valley(oracle_, current().x(), current().value(), direction_, scale / 16.0, trial_).step;
    if (best_step == 0.0 || escapes_ >= options_.max_escapes) {
      return end_as(
          {EndClass::breakdown, "no-way-down",
           "negative curvature at iteration " + std::to_string(record_.iteration) +
               (best_step == 0.0 ? ", but no step along it lowers the value"
                                 : ": the limit of " + std::to_string(options_.max_escapes) + " escapes is reached")});
    }
    trial_.view() = current().x() + best_step * direction_.view();
    ++escapes_;
    std::unique_ptr<Stepper> restarted = inner_solver_.start(oracle_, trial_, restart_source());
    if (!restarted->current().is_finite()) {
      return end_as({EndClass::breakdown, "non-finite",
                     "value or gradient is not finite at the proposed iterate " +
                         std::to_string(record_.iteration + 1) + "; the last finite iterate is kept"});
    }
    const double curvature = measures_curvature_ ? curvature_between(current(), restarted->current()) : not_measured;
    inner_ = std::move(restarted);
    const Index iteration = record_.iteration + 1;
    record_ = inner_->record();
    record_.iteration = iteration;
    record_.kind = StepKind::jump;
    record_.step_norm = std::abs(best_step);
    record_.curvature = curvature;
    record_.counts = oracle_.counts();
    is_probed_ = has_direction_ = inner_is_done_ = false;
    return StepStatus::advanced;
  }

  Oracle& oracle_;
  RandomSource random_;
  const Solver& inner_solver_;
  CertifiedOptions options_;
  std::unique_ptr<Stepper> inner_;
  LanczosSubspace subspace_;
  Vector direction_;
  Vector trial_;
  Index escapes_ = 0;
  bool is_probed_ = false;      // the current iterate's curvature is known
  bool has_direction_ = false;  // and negative, along direction_
  bool inner_is_done_ = false;  // the inner solver called the current iterate its last
};

}  // namespace

Certified::Certified(std::shared_ptr<const Solver> inner, CertifiedOptions options)
    : inner_(std::move(inner)), options_(options) {
  if (inner_ == nullptr) throw std::invalid_argument("Certified: the inner solver must not be null");
  check(options_.criterion, "Certified");
  if (options_.max_escapes < 0) {
    throw std::invalid_argument("Certified: max_escapes must be >= 0, got " + std::to_string(options_.max_escapes));
  }
}

std::vector<std::pair<std::string, std::string>> Certified::settings() const {
  std::vector<std::pair<std::string, std::string>> settings = inner_->settings();
  for (auto& setting : settings_of(options_.criterion))
    settings.emplace_back("certificate." + setting.first, setting.second);
  settings.emplace_back("certificate.max_escapes", std::to_string(options_.max_escapes));
  return settings;
}

std::unique_ptr<Stepper> Certified::start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const {
  return std::make_unique<CertifiedStepper>(oracle, x0, random, *inner_, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry certified(Entry inner) {
  Entry entry;
  entry.name = "certified(" + inner.name + ")";
  entry.family = "certified";
  entry.summary = inner.summary + "; leaves saddles along negative curvature";
  const std::size_t own = inner.parameters.size();
  entry.parameters = inner.parameters;
  for (ParameterDescription parameter : second_order_parameters()) {
    parameter.name = "certificate_" + parameter.name;
    entry.parameters.push_back(std::move(parameter));
  }
  entry.make = [inner, own, parameters = entry.parameters](const Parameters& given,
                                                           const Problem& problem) -> std::unique_ptr<Solver> {
    Parameters::Assignments of_inner;
    for (std::size_t i = 0; i < own; ++i) {
      if (given.is_changed(parameters[i].name))
        of_inner.emplace_back(parameters[i].name, given.text(parameters[i].name));
    }
    const SecondOrderCriterion criterion{.gradient_tolerance = given.real("certificate_gradient_tolerance"),
                                         .curvature_tolerance = given.real("certificate_curvature_tolerance"),
                                         .failure_probability = given.real("certificate_failure_probability"),
                                         .probe_products = given.integer("certificate_probe_products")};
    std::shared_ptr<const Solver> solver = inner.make(Parameters(inner.name, inner.parameters, of_inner), problem);
    return std::make_unique<Certified>(std::move(solver), CertifiedOptions{.criterion = criterion});
  };
  return entry;
}

}  // namespace perigee::solvers
