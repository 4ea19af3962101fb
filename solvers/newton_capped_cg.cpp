#include <perigee/solvers/newton_capped_cg.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/solvers/capped_conjugate_gradient.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/second_order_entry.hpp>
#include <perigee/solvers/second_order_stepper.hpp>

#include <cmath>

namespace perigee {

namespace {

// The base class accepts where the decrease is at least eta times what a trial predicts: here h ||s||^3/6.
class CappedNewtonStepper final : public SecondOrderStepper {
 public:
  CappedNewtonStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                      const NewtonCappedCgOptions& options)
      : SecondOrderStepper(oracle, x0, random, options.criterion, options.sufficient_decrease),
        options_(options),
        conjugate_gradient_(oracle.dimension()),
        full_step_(oracle.dimension()) {}

 protected:
  const char* tag() const override { return "newton-capped-cg"; }

  Trial propose() override {
    if (!has_model_ && !find_full_step()) return {not_measured, not_measured};
    step_storage() = factor_ * full_step_.view();
    return trial_of(factor_ * full_length_);
  }

  Trial propose_along_curvature() override {
    const double length = factor_ * curvature_length(direction_curvature());
    const double slope = direction().dot(pair_.current().gradient());
    step_storage() = (slope > 0.0 ? -length : length) * direction();
    return trial_of(length);
  }

  void adapt(const Judgement& judgement) override {
    if (!(judgement.ratio >= options_.sufficient_decrease)) factor_ *= options_.backtracking;
  }

  void forget_model() override {
    has_model_ = false;
    factor_ = 1.0;
  }

  double reach() const override { return factor_; }
  void set_reach(double reach) override { factor_ = reach; }
  std::string reach_text() const override { return "step factor " + format_number(factor_); }

 private:
  Trial trial_of(double length) const { return {options_.hessian_scale / 6.0 * std::pow(length, 3), length}; }
  double curvature_length(double curvature) const { return std::abs(curvature) / options_.hessian_scale; }

  // d at the current iterate. False: a product is not finite.
  bool find_full_step() {
    const Evaluation& at = pair_.current();
    const CappedResult result = conjugate_gradient_.solve(
        oracle_, at.x(), at.gradient(),
        {.damping = damping_, .accuracy = options_.accuracy, .products = options_.step_products}, full_step_);
    if (result.verdict == CappedVerdict::not_finite) return false;
    full_length_ = euclidean_norm(full_step_.view());
    if (result.verdict == CappedVerdict::negative_curvature) {
      const double wanted = curvature_length(result.curvature);
      const double slope = full_step_.view().dot(at.gradient());
      full_step_.view() *= (slope > 0.0 ? -wanted : wanted) / full_length_;
      full_length_ = wanted;
    }
    has_model_ = true;
    return true;
  }

  NewtonCappedCgOptions options_;
  double damping_ = options_.criterion.curvature_tolerance;  // eps_H
  CappedConjugateGradient conjugate_gradient_;
  Vector full_step_;          // d
  double full_length_ = 0.0;  // ||d||
  double factor_ = 1.0;       // theta^j
  bool has_model_ = false;    // d is that of the current iterate
};

}  // namespace

NewtonCappedCg::NewtonCappedCg(NewtonCappedCgOptions options) : options_(options) {
  const ParameterChecks require{"NewtonCappedCg"};
  const auto fraction = [&](const char* name, double value) {
    require.that(value > 0.0 && value < 1.0, std::string(name) + " must be in (0, 1)", value);
  };
  require.positive("hessian_scale", options_.hessian_scale);
  fraction("accuracy", options_.accuracy);
  fraction("sufficient_decrease", options_.sufficient_decrease);
  fraction("backtracking", options_.backtracking);
  require.that(options_.step_products >= 2, "step_products must be >= 2", static_cast<double>(options_.step_products));
  check(options_.criterion, "NewtonCappedCg");
}

std::vector<std::pair<std::string, std::string>> NewtonCappedCg::settings() const {
  std::vector<std::pair<std::string, std::string>> all{
      {"hessian_scale", format_exact(options_.hessian_scale)},
      {"accuracy", format_exact(options_.accuracy)},
      {"sufficient_decrease", format_exact(options_.sufficient_decrease)},
      {"backtracking", format_exact(options_.backtracking)},
      {"step_products", std::to_string(options_.step_products)}};
  for (auto& setting : settings_of(options_.criterion)) all.push_back(std::move(setting));
  return all;
}

std::unique_ptr<Stepper> NewtonCappedCg::start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const {
  return std::make_unique<CappedNewtonStepper>(oracle, x0, random, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry newton_capped_cg() {
  std::vector<ParameterDescription> parameters{
      positive("hessian_scale", "", "h; default: the Hessian's Lipschitz constant where known, or else 1"),
      positive("accuracy", "0.5", "zeta in (0, 1) of the capped CG"),
      positive("sufficient_decrease", "0.1", "eta in (0, 1): accept a decrease of (eta/6) h ||s||^3"),
      positive("backtracking", "0.5", "theta in (0, 1): what a rejection leaves of a step"),
      count("step_products", "500", "Hessian-vector products one step may spend, >= 2")};
  for (ParameterDescription& description : second_order_parameters()) parameters.push_back(std::move(description));
  return {.name = "newton-capped-cg",
          .family = "second-order",
          .summary = "Damped Newton steps by capped CG, with a worst-case bound, and negative curvature by Lanczos",
          .parameters = std::move(parameters),
          .make = [](const Parameters& given, const Problem& problem) -> std::unique_ptr<Solver> {
            return std::make_unique<NewtonCappedCg>(NewtonCappedCgOptions{
                .hessian_scale =
                    given.has("hessian_scale") ? given.real("hessian_scale") : problem.hessian_lipschitz.value_or(1.0),
                .accuracy = given.real("accuracy"),
                .sufficient_decrease = given.real("sufficient_decrease"),
                .backtracking = given.real("backtracking"),
                .step_products = given.integer("step_products"),
                .criterion = second_order_criterion(given)});
          }};
}

}  // namespace perigee::solvers
