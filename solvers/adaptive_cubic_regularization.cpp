#include <perigee/solvers/adaptive_cubic_regularization.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/solvers/cubic_subproblem.hpp>
#include <perigee/solvers/second_order_entry.hpp>
#include <perigee/solvers/second_order_stepper.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

class CubicStepper final : public SecondOrderStepper {
 public:
  CubicStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
               const AdaptiveCubicRegularizationOptions& options)
      : SecondOrderStepper(oracle, x0, random, options.criterion, options.acceptance_ratio),
        options_(options),
        weight_(options.initial_weight) {}

 protected:
  const char* tag() const override { return "adaptive-cubic-regularization"; }

  Trial propose() override {
    const Evaluation& at = pair_.current();
    const double gradient_norm = at.gradient_norm();
    if (!has_model_) {
      subspace_.start(at.gradient(), gradient_norm);
      has_model_ = true;
      if (!subspace_.extend(oracle_, at.x())) return {not_measured, not_measured};
    }
    for (;;) {
      subproblem_.solve(subspace_.matrix(), gradient_norm, weight_);
      // The gradient of m at V y lies along v_{k+1}.
      const double residual = subspace_.matrix().couplings.back() * std::abs(subproblem_.y().back());
      if (residual <= std::min(options_.inner_accuracy, subproblem_.length()) * gradient_norm) break;
      if (subspace_.is_closed() || subspace_.size() >= options_.subspace_dimension) break;
      if (!subspace_.extend(oracle_, at.x())) return {not_measured, not_measured};
    }
    subspace_.combine(subproblem_.y(), step_storage());
    cubic_free_decrease_ = subproblem_.decrease() + weight_ / 3.0 * std::pow(subproblem_.length(), 3);
    return {subproblem_.decrease(), subproblem_.length()};
  }

  // On the line along v, m(t) = -|g'v| t + v'Hv t^2/2 + sigma t^3/3 has its minimum at the positive root of m'.
  Trial propose_along_curvature() override {
    const double slope = direction().dot(pair_.current().gradient());
    const double curvature = direction_curvature();
    const double length =
        0.5 * (std::hypot(curvature, 2.0 * std::sqrt(weight_) * std::sqrt(std::abs(slope))) - curvature) / weight_;
    step_storage() = (slope > 0.0 ? -length : length) * direction();
    cubic_free_decrease_ = length * (std::abs(slope) - 0.5 * curvature * length);
    return {cubic_free_decrease_ - weight_ / 3.0 * std::pow(length, 3), length};
  }

  void adapt(const Judgement& judgement) override {
    if (judgement.ratio >= options_.very_good_ratio) {
      weight_ = std::max(0.5 * weight_, options_.least_weight);
    } else if (!(judgement.ratio >= options_.acceptance_ratio)) {
      // f(x + s) = f(x) - cubic_free_decrease + (explaining/3)||s||^3.
      const double explaining = 3.0 * (judgement.increase + cubic_free_decrease_) / std::pow(judgement.trial.length, 3);
      const double wanted = std::isfinite(explaining) ? explaining : 10.0 * weight_;
      weight_ = std::clamp(wanted, 2.0 * weight_, 100.0 * weight_);
    }
  }

  void forget_model() override { has_model_ = false; }
  double reach() const override { return weight_; }
  void set_reach(double reach) override { weight_ = reach; }
  std::string reach_text() const override { return "weight " + format_number(weight_); }

 private:
  AdaptiveCubicRegularizationOptions options_;
  CubicSubproblem subproblem_;
  double weight_;                     // sigma
  double cubic_free_decrease_ = 0.0;  // -(g's + s'Hs/2)
  bool has_model_ = false;            // the Krylov space is that of the current iterate
};

}  // namespace

AdaptiveCubicRegularization::AdaptiveCubicRegularization(AdaptiveCubicRegularizationOptions options)
    : options_(options) {
  const auto require = [](bool holds, const char* rule, double value) {
    if (!holds) {
      throw std::invalid_argument(std::string("AdaptiveCubicRegularization: ") + rule + ", got " +
                                  format_number(value));
    }
  };
  require(options_.least_weight > 0.0 && std::isfinite(options_.least_weight), "least_weight must be > 0 and finite",
          options_.least_weight);
  require(options_.initial_weight >= options_.least_weight && std::isfinite(options_.initial_weight),
          "initial_weight must be >= least_weight and finite", options_.initial_weight);
  require(options_.very_good_ratio > 0.0 && options_.very_good_ratio < 1.0, "very_good_ratio must be in (0, 1)",
          options_.very_good_ratio);
  require(options_.acceptance_ratio > 0.0 && options_.acceptance_ratio < options_.very_good_ratio,
          "acceptance_ratio must be in (0, very_good_ratio)", options_.acceptance_ratio);
  require(options_.inner_accuracy > 0.0 && options_.inner_accuracy < 1.0, "inner_accuracy must be in (0, 1)",
          options_.inner_accuracy);
  require(options_.subspace_dimension >= 1, "subspace_dimension must be >= 1",
          static_cast<double>(options_.subspace_dimension));
  check(options_.criterion, "AdaptiveCubicRegularization");
}

std::vector<std::pair<std::string, std::string>> AdaptiveCubicRegularization::settings() const {
  std::vector<std::pair<std::string, std::string>> all{
      {"initial_weight", format_exact(options_.initial_weight)},
      {"least_weight", format_exact(options_.least_weight)},
      {"acceptance_ratio", format_exact(options_.acceptance_ratio)},
      {"very_good_ratio", format_exact(options_.very_good_ratio)},
      {"inner_accuracy", format_exact(options_.inner_accuracy)},
      {"subspace_dimension", std::to_string(options_.subspace_dimension)}};
  for (auto& setting : settings_of(options_.criterion)) all.push_back(std::move(setting));
  return all;
}

std::unique_ptr<Stepper> AdaptiveCubicRegularization::start(Oracle& oracle, ConstVectorView x0,
                                                            const RandomSource& random) const {
  return std::make_unique<CubicStepper>(oracle, x0, random, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry adaptive_cubic_regularization() {
  std::vector<ParameterDescription> parameters{
      positive("initial_weight", "", "sigma_0; default: half the Hessian's Lipschitz constant where known, or else 1"),
      positive("least_weight", "1e-08", "sigma never falls below this"),
      positive("acceptance_ratio", "0.1", "eta_1 < eta_2: accept where the decrease is this share of the model's"),
      positive("very_good_ratio", "0.9", "eta_2 in (eta_1, 1): halve sigma from here on"),
      positive("inner_accuracy", "0.1", "kappa in (0, 1): ||grad m(s)|| <= min(kappa, ||s||) ||g||"),
      count("subspace_dimension", "200", "largest dimension of a step's Krylov space")};
  for (ParameterDescription& description : second_order_parameters()) parameters.push_back(std::move(description));
  return {.name = "adaptive-cubic-regularization",
          .family = "second-order",
          .summary = "Newton steps on a cubic model (ARC) over Krylov spaces, and negative curvature by Lanczos",
          .parameters = std::move(parameters),
          .make = [](const Parameters& given, const Problem& problem) -> std::unique_ptr<Solver> {
            AdaptiveCubicRegularizationOptions options{.least_weight = given.real("least_weight"),
                                                       .acceptance_ratio = given.real("acceptance_ratio"),
                                                       .very_good_ratio = given.real("very_good_ratio"),
                                                       .inner_accuracy = given.real("inner_accuracy"),
                                                       .subspace_dimension = given.integer("subspace_dimension"),
                                                       .criterion = second_order_criterion(given)};
            if (given.has("initial_weight")) {
              options.initial_weight = given.real("initial_weight");
            } else {
              options.initial_weight = std::max(0.5 * problem.hessian_lipschitz.value_or(2.0), options.least_weight);
            }
            return std::make_unique<AdaptiveCubicRegularization>(options);
          }};
}

}  // namespace perigee::solvers
