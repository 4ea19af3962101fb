#include <perigee/solvers/guided/guided.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/lib/natural_gradient.hpp>
#include <perigee/lib/state.hpp>
#include <perigee/solvers/limited_memory_bfgs.hpp>
#include <perigee/solvers/line_scan.hpp>
#include <perigee/solvers/second_order_entry.hpp>
#include <perigee/solvers/step_support.hpp>
#include <perigee/solvers/trust_region_newton_cg.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

namespace perigee {

namespace {

// Lengths looked at along a direction: 2^-4, 2^-2, ..., 2^10 times the iterate's scale.
constexpr double first_length_share = 1.0 / 16.0;
constexpr double length_ratio = 4.0;
constexpr int length_count = 8;
constexpr int random_direction_count = 4;

enum class Method : std::int64_t { quasi_newton, trust_region };

class GuidedStepper final : public Stepper {
 public:
  GuidedStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random, const GuidedOptions& options)
      : oracle_(oracle),
        random_(random),
        options_(options),
        quasi_newton_({.memory = options.memory}),
        monitor_(options.monitor),
        subspace_(oracle.dimension()),
        direction_(oracle.dimension()),
        trial_(oracle.dimension()) {
    begin(x0, Method::quasi_newton);
    record_ = inner_->record();
  }

  StepStatus step() override {
    if (is_stationary() && jump_step_ == 0.0 && !examine()) return StepStatus::ended;
    if (jump_step_ != 0.0) return jump();
    if (monitor_.is_slow()) {
      decide_to_change(monitor_.reason());
      trial_.view() = current().x();
      begin(trial_, other_method());
    }
    if (measures_curvature_) inner_->measure_curvature();
    StepStatus status = inner_->step();
    if (status == StepStatus::ended) {
      end_ = inner_->end();
      if (end_.id != "non-finite") status = step_otherwise();
      if (status == StepStatus::ended) return status;
    }
    const Index iteration = record_.iteration + 1;
    record_ = inner_->record();
    record_.iteration = iteration;
    monitor_.observe(record_.value, record_.gradient_norm);
    if (!is_stationary()) return StepStatus::advanced;
    const bool goes_on = examine();
    record_.counts = oracle_.counts();
    return goes_on ? StepStatus::advanced : StepStatus::concluded;
  }

  const Evaluation& current() const override { return inner_->current(); }

  void save_state(StateWriter& writer) const override {
    writer.write("guided");
    writer.write(record_);
    writer.write(decisions_);
    writer.write(static_cast<std::int64_t>(method_));
    writer.write(static_cast<std::int64_t>(escapes_));
    writer.write(jump_step_);
    writer.write(direction_);
    monitor_.save(writer);
    inner_->save_state(writer);
  }

  void load_state(StateReader& reader) override {
    reader.expect("guided");
    reader.read(record_);
    reader.read(decisions_);
    std::int64_t method = 0;
    std::int64_t escapes = 0;
    reader.read(method);
    reader.read(escapes);
    reader.read(jump_step_);
    reader.read(direction_.view());
    monitor_.load(reader);
    escapes_ = static_cast<Index>(escapes);
    start_inner(Vector(current().x()), static_cast<Method>(method));
    inner_->load_state(reader);
  }

 private:
  double tolerance() const { return options_.criterion.gradient_tolerance * (1.0 + std::abs(current().value())); }
  bool is_stationary() const { return current().gradient_norm() <= tolerance(); }
  double scale() const { return std::max(1.0, current().x().lpNorm<Eigen::Infinity>()); }

  void start_inner(ConstVectorView x, Method method) {
    method_ = method;
    if (method == Method::quasi_newton) {
      inner_ = quasi_newton_.start(oracle_, x, random_);
      return;
    }
    // Stationary points are examined here, not there.
    inner_ = TrustRegionNewtonCg({.criterion = {.gradient_tolerance = std::numeric_limits<double>::min()}})
                 .start(oracle_, x, random_);
  }

  void begin(ConstVectorView x, Method method) {
    start_inner(x, method);
    monitor_.restart(current().value(), current().gradient_norm());
  }

  void decide(std::string remedy, std::string reason) {
    decisions_.push_back({record_.iteration, std::move(remedy), std::move(reason)});
  }

  Method other_method() const { return method_ == Method::quasi_newton ? Method::trust_region : Method::quasi_newton; }

  void decide_to_change(const std::string& reason) {
    decide(other_method() == Method::trust_region ? "second-order-steps" : "quasi-newton-steps", reason);
  }

  // Where the method in use finds no step, the other one tries; if it finds none either, nothing has changed.
  StepStatus step_otherwise() {
    std::unique_ptr<Stepper> former = std::move(inner_);
    const Method former_method = method_;
    const Method other = other_method();
    trial_.view() = former->current().x();
    start_inner(trial_, other);
    if (measures_curvature_) inner_->measure_curvature();
    const StepStatus status = inner_->step();
    if (status == StepStatus::ended) {
      if (inner_->end().id == "non-finite") end_ = inner_->end();
      inner_ = std::move(former);
      method_ = former_method;
      return status;
    }
    method_ = former_method;
    decide_to_change(former->end().message);
    method_ = other;
    monitor_.restart(former->current().value(), former->current().gradient_norm());
    return status;
  }

  // At a stationary point: plans the jump that leaves it and returns true, or sets the End and returns false.
  bool examine() {
    SecondOrderCriterion criterion = options_.criterion;
    criterion.gradient_tolerance = tolerance();
    const ProbeResult probe = probe_curvature(oracle_, current().x(),
                                              random_.engine("lanczos", static_cast<std::uint64_t>(record_.iteration)),
                                              criterion, subspace_, direction_);
    if (probe.verdict == ProbeVerdict::negative) return leave_saddle(probe);
    end_ = end_of_probe(probe, criterion, current().gradient_norm(), record_.iteration);
    if (probe.verdict == ProbeVerdict::not_negative && oracle_.dimension() > 0) require_smoothness();
    const bool is_strict = probe.verdict == ProbeVerdict::not_negative && probe.lower_bound > 0.0;
    return !is_strict && oracle_.dimension() > 0 && look_far(probe);
  }

  // A curvature that the gradients around do not show is no curvature: where products and differences of gradients
  // along a random direction disagree, nothing of the second order is claimed.
  void require_smoothness() {
    RandomEngine engine = random_.engine("smoothness", static_cast<std::uint64_t>(record_.iteration));
    fill_standard_normal(engine, direction_);
    direction_.view() /= euclidean_norm(direction_);
    Vector product(oracle_.dimension());
    oracle_.hessian_vector_product(current().x(), direction_, product);
    // Not the length that products made of differences use (objective.hpp), so that these are checked too.
    const double length = 2e-5 * (1.0 + euclidean_norm(current().x()));
    Evaluation ahead(oracle_.dimension());
    Evaluation behind(oracle_.dimension());
    ahead.propose() = current().x() + length * direction_.view();
    behind.propose() = current().x() - length * direction_.view();
    oracle_.evaluate(ahead);
    oracle_.evaluate(behind);
    product.view() -= (ahead.gradient() - behind.gradient()) / (2.0 * length);
    const double difference = euclidean_norm(product);
    const double allowed = 0.01 * subspace_.product_norm() + options_.criterion.curvature_tolerance;
    if (difference <= allowed) return;
    end_.id = "first-order-stationary";
    end_.message = "first-order stationary: gradient norm " + format_number(current().gradient_norm()) +
                   " <= " + format_number(tolerance()) + " at iteration " + std::to_string(record_.iteration) +
                   "; the curvature is undefined: Hessian-vector products and differences of gradients over " +
                   format_number(length, 3) + " differ by " + format_number(difference, 3) + ", more than " +
                   format_number(allowed, 3) + ": the objective is not smooth here at that scale";
  }

  bool leave_saddle(const ProbeResult& probe) {
    const std::string seen = "strict saddle: gradient norm " + format_number(current().gradient_norm(), 3) +
                             ", curvature " + format_number(probe.ritz_value, 4) + " along the direction found";
    jump_step_ = nearest_valley(oracle_, current().x(), current().value(), direction_, scale() / 16.0, trial_).step;
    if (jump_step_ == 0.0) return give_up(seen + ", but no step along it lowers the value");
    if (escapes_ >= options_.max_escapes) return out_of_escapes(seen);
    decide("negative-curvature-step", seen);
    return true;
  }

  bool give_up(std::string message) {
    jump_step_ = 0.0;
    end_ = {EndClass::breakdown, "no-way-down", std::move(message)};
    return false;
  }

  bool out_of_escapes(const std::string& seen) {
    jump_step_ = 0.0;
    end_ = {EndClass::budget, "max-escapes",
            seen + "; max_escapes = " + std::to_string(options_.max_escapes) + " is reached at iteration " +
                std::to_string(record_.iteration)};
    return false;
  }

  // Where derivatives say nothing more: is there a lower place that a slope of eps_g does not account for?
  bool look_far(const ProbeResult& probe) {
    const double first_length = first_length_share * scale();
    ScanResult best{0.0, current().value()};
    Vector best_direction(oracle_.dimension());
    std::string best_name;
    const auto look = [&](const char* name, ScanSides sides) {
      const double norm = euclidean_norm(direction_);
      if (!(norm > 0.0) || !std::isfinite(norm)) return;
      direction_.view() /= norm;
      const ScanResult found = lowest_on_grid(oracle_, current().x(), current().value(), direction_, first_length,
                                              length_ratio, length_count, sides, tolerance(), trial_);
      if (found.step == 0.0 || !(found.value < best.value)) return;
      best = found;
      best_direction = direction_;
      best_name = name;
    };
    if (subspace_.size() > 0) {
      flattest_direction();
      look("the flattest direction", ScanSides::both);
    }
    direction_.view() = -current().gradient();
    look("-grad f", ScanSides::forward);
    // A policy's natural gradient does not shrink with the probability of the action that it should raise.
    if (const auto* policy = dynamic_cast<const NaturalGradientObjective*>(&oracle_.objective())) {
      Evaluation here(oracle_.dimension());
      here.propose() = current().x();
      oracle_.evaluate_natural(*policy, here, direction_);
      direction_.view() *= -1.0;
      look("the natural gradient", ScanSides::forward);
    }
    RandomEngine engine = random_.engine("long-step", static_cast<std::uint64_t>(record_.iteration));
    for (int i = 0; i < random_direction_count && best.step == 0.0; ++i) {
      fill_standard_normal(engine, direction_);
      look("a random direction", ScanSides::both);
    }
    const std::string bracket = "smallest Ritz value " + format_number(probe.ritz_value, 3);
    if (best.step == 0.0) {
      end_.message += "; no lower place was found within " +
                      format_number(first_length * std::pow(length_ratio, length_count - 1), 3) +
                      " along -grad f, the flattest direction and random ones";
      return false;
    }
    direction_ = best_direction;
    jump_step_ = best.step;
    const std::string seen = "gradient norm " + format_number(current().gradient_norm(), 3) + " and " + bracket +
                             " call this stationary, but " + format_number(std::abs(best.step), 3) + " along " +
                             best_name + " the value is lower by " + format_number(current().value() - best.value, 3) +
                             ": a plateau, a gravity well or a degenerate saddle, no minimum";
    if (escapes_ >= options_.max_escapes) return out_of_escapes(seen);
    decide("long-step", seen);
    return true;
  }

  // The Ritz vector of the smallest Ritz value of the last probe, into direction_.
  void flattest_direction() {
    std::vector<double> vector(static_cast<std::size_t>(subspace_.size()));
    smallest_eigenvector(subspace_.matrix(), smallest_eigenvalue(subspace_.matrix()), factor_, vector);
    subspace_.combine(vector, direction_);
  }

  StepStatus jump() {
    trial_.view() = current().x() + jump_step_ * direction_.view();
    ++escapes_;
    std::unique_ptr<Stepper> before = std::move(inner_);
    const Method method_before = method_;
    const double length = std::abs(std::exchange(jump_step_, 0.0));
    start_inner(trial_, Method::quasi_newton);
    if (!current().is_finite()) {
      inner_ = std::move(before);
      method_ = method_before;
      end_ = non_finite_end(record_.iteration + 1);
      return StepStatus::ended;
    }
    const double curvature = measures_curvature_ ? curvature_between(before->current(), current()) : not_measured;
    monitor_.restart(current().value(), current().gradient_norm());
    const Index iteration = record_.iteration + 1;
    record_ = inner_->record();
    record_.iteration = iteration;
    record_.kind = StepKind::jump;
    record_.step_norm = length;
    record_.curvature = curvature;
    record_.counts = oracle_.counts();
    return StepStatus::advanced;
  }

  Oracle& oracle_;
  RandomSource random_;
  GuidedOptions options_;
  LimitedMemoryBfgs quasi_newton_;
  std::unique_ptr<Stepper> inner_;
  Method method_ = Method::quasi_newton;
  ProgressMonitor monitor_;
  LanczosSubspace subspace_;
  TridiagonalFactor factor_;
  Vector direction_;
  Vector trial_;
  double jump_step_ = 0.0;  // along direction_, next; 0: none is planned
  Index escapes_ = 0;
};

}  // namespace

Guided::Guided(GuidedOptions options) : options_(options) {
  check(options_.criterion, "Guided");
  (void)LimitedMemoryBfgs({.memory = options_.memory});
  (void)ProgressMonitor(options_.monitor);
  if (options_.max_escapes < 0) {
    throw std::invalid_argument("Guided: max_escapes must be >= 0, got " + std::to_string(options_.max_escapes));
  }
}

std::vector<std::pair<std::string, std::string>> Guided::settings() const {
  std::vector<std::pair<std::string, std::string>> settings = settings_of(options_.criterion);
  settings.emplace_back("memory", std::to_string(options_.memory));
  settings.emplace_back("max_escapes", std::to_string(options_.max_escapes));
  settings.emplace_back("patience", std::to_string(options_.monitor.patience));
  settings.emplace_back("value_share", format_exact(options_.monitor.value_share));
  settings.emplace_back("gradient_share", format_exact(options_.monitor.gradient_share));
  return settings;
}

std::unique_ptr<Stepper> Guided::start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const {
  return std::make_unique<GuidedStepper>(oracle, x0, random, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry guided() {
  std::vector<ParameterDescription> parameters = second_order_parameters();
  parameters.front().summary = "eps_g: ||grad f|| <= eps_g (1 + |f|) asks the second-order question";
  parameters.push_back(count("memory", "10", "m of L-BFGS: pairs of steps and gradient changes that are kept"));
  parameters.push_back(count("patience", "64", "iterations before a run may be called slow"));
  return {.name = "guided",
          .family = "guided",
          .summary = "watches its own run and applies the remedy that fits; L-BFGS where nothing is wrong",
          .parameters = std::move(parameters),
          .make = [](const Parameters& given, const Problem&) -> std::unique_ptr<Solver> {
            return std::make_unique<Guided>(GuidedOptions{.criterion = second_order_criterion(given),
                                                          .memory = given.integer("memory"),
                                                          .monitor = {.patience = given.integer("patience")}});
          }};
}

}  // namespace perigee::solvers
