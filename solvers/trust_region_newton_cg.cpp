#include <perigee/solvers/trust_region_newton_cg.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/solvers/second_order_entry.hpp>
#include <perigee/solvers/second_order_stepper.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

class TrustRegionStepper final : public SecondOrderStepper {
 public:
  TrustRegionStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                     const TrustRegionNewtonCgOptions& options)
      : SecondOrderStepper(oracle, x0, random, options.criterion, options.acceptance_ratio),
        options_(options),
        radius_(options.initial_radius),
        residual_(oracle.dimension()),
        search_(oracle.dimension()),
        product_(oracle.dimension()) {}

 protected:
  const char* tag() const override { return "trust-region-newton-cg"; }

  // Steihaug's conjugate gradients. The norms of s and d follow from recurrences (Conn, Gould and Toint 2000, section
  // 7.5.1); s'd >= 0 throughout, so s leaves the ball once.
  Trial propose() override {
    const Evaluation& at = pair_.current();
    VectorView s = step_storage();
    VectorView r = residual_.view();
    VectorView d = search_.view();
    s.setZero();
    r = at.gradient();
    d = -at.gradient();
    const double gradient_norm = at.gradient_norm();
    const double tolerance = std::min(0.5, std::pow(gradient_norm, options_.forcing_exponent)) * gradient_norm;
    double rr = gradient_norm * gradient_norm;
    double ss = 0.0;
    double sd = 0.0;
    double dd = rr;
    double change = 0.0;  // m(s) - m(0)
    for (Index j = 0; j < options_.step_products; ++j) {
      oracle_.hessian_vector_product(at.x(), d, product_.view());
      const double curvature = d.dot(product_.view());
      if (!std::isfinite(curvature)) return {not_measured, not_measured};
      const double room = std::max(radius_ * radius_ - ss, 0.0);
      const double root = std::sqrt(sd * sd + dd * room);
      const double forward = sd > 0.0 ? room / (sd + root) : (root - sd) / dd;  // ||s + forward d|| = Delta
      // m(s + tau d) - m(s), because r'd = -r'r.
      const auto change_along = [&](double tau) { return tau * (0.5 * tau * curvature - rr); };
      if (!(curvature > 0.0)) {
        const double backward = -(sd + root) / dd;
        const double tau = change_along(backward) < change_along(forward) ? backward : forward;
        s += tau * d;
        return {-(change + change_along(tau)), radius_};
      }
      const double alpha = rr / curvature;
      if (alpha >= forward) {
        s += forward * d;
        return {-(change + change_along(forward)), radius_};
      }
      s += alpha * d;
      r += alpha * product_.view();
      change -= 0.5 * alpha * rr;
      ss += alpha * (2.0 * sd + alpha * dd);
      const double next = r.squaredNorm();
      if (std::sqrt(next) <= tolerance) break;
      const double beta = next / rr;
      d = beta * d - r;
      sd = beta * (sd + alpha * dd);
      dd = next + beta * beta * dd;
      rr = next;
    }
    return {-change, euclidean_norm(s)};
  }

  Trial propose_along_curvature() override {
    const double slope = direction().dot(pair_.current().gradient());
    step_storage() = (slope > 0.0 ? -radius_ : radius_) * direction();
    return {radius_ * (std::abs(slope) - 0.5 * radius_ * direction_curvature()), radius_};
  }

  void adapt(const Judgement& judgement) override {
    const double length = judgement.trial.length;
    if (!(judgement.ratio >= 0.25)) {
      radius_ = 0.25 * length;
    } else if (judgement.ratio > 0.75 && length >= (1.0 - 1e-10) * radius_) {
      radius_ = std::min(2.0 * radius_, options_.greatest_radius);
    }
  }

  void forget_model() override {}
  double reach() const override { return radius_; }
  void set_reach(double reach) override { radius_ = reach; }
  std::string reach_text() const override { return "radius " + format_number(radius_); }

 private:
  TrustRegionNewtonCgOptions options_;
  double radius_;    // Delta
  Vector residual_;  // r = g + H s
  Vector search_;    // d
  Vector product_;   // H d
};

}  // namespace

TrustRegionNewtonCg::TrustRegionNewtonCg(TrustRegionNewtonCgOptions options) : options_(options) {
  const auto require = [](bool holds, const char* rule, double value) {
    if (!holds)
      throw std::invalid_argument(std::string("TrustRegionNewtonCg: ") + rule + ", got " + format_number(value));
  };
  require(options_.greatest_radius > 0.0 && std::isfinite(options_.greatest_radius),
          "greatest_radius must be > 0 and finite", options_.greatest_radius);
  require(options_.initial_radius > 0.0 && options_.initial_radius <= options_.greatest_radius,
          "initial_radius must be in (0, greatest_radius]", options_.initial_radius);
  require(options_.acceptance_ratio > 0.0 && options_.acceptance_ratio < 0.25, "acceptance_ratio must be in (0, 1/4)",
          options_.acceptance_ratio);
  require(options_.forcing_exponent > 0.0 && options_.forcing_exponent <= 1.0, "forcing_exponent must be in (0, 1]",
          options_.forcing_exponent);
  require(options_.step_products >= 1, "step_products must be >= 1", static_cast<double>(options_.step_products));
  check(options_.criterion, "TrustRegionNewtonCg");
}

std::vector<std::pair<std::string, std::string>> TrustRegionNewtonCg::settings() const {
  std::vector<std::pair<std::string, std::string>> all{{"initial_radius", format_exact(options_.initial_radius)},
                                                       {"greatest_radius", format_exact(options_.greatest_radius)},
                                                       {"acceptance_ratio", format_exact(options_.acceptance_ratio)},
                                                       {"forcing_exponent", format_exact(options_.forcing_exponent)},
                                                       {"step_products", std::to_string(options_.step_products)}};
  for (auto& setting : settings_of(options_.criterion)) all.push_back(std::move(setting));
  return all;
}

std::unique_ptr<Stepper> TrustRegionNewtonCg::start(Oracle& oracle, ConstVectorView x0,
                                                    const RandomSource& random) const {
  return std::make_unique<TrustRegionStepper>(oracle, x0, random, options_);
}

}  // namespace perigee

namespace perigee::solvers {

Entry trust_region_newton_cg() {
  std::vector<ParameterDescription> parameters{
      positive("initial_radius", "1", "Delta_0, in units of x"),
      positive("greatest_radius", "1000", "Delta_max, in units of x"),
      positive("acceptance_ratio", "0.15", "in (0, 1/4): accept where the decrease is this share of the model's"),
      positive("forcing_exponent", "0.5", "theta in (0, 1]: local convergence has order 1 + theta"),
      count("step_products", "500", "Hessian-vector products one trial step may spend")};
  for (ParameterDescription& description : second_order_parameters()) parameters.push_back(std::move(description));
  return {.name = "trust-region-newton-cg",
          .family = "second-order",
          .summary = "Newton steps in a trust region by Steihaug's CG, and negative curvature by Lanczos",
          .parameters = std::move(parameters),
          .make = [](const Parameters& given, const Problem&) -> std::unique_ptr<Solver> {
            return std::make_unique<TrustRegionNewtonCg>(
                TrustRegionNewtonCgOptions{.initial_radius = given.real("initial_radius"),
                                           .greatest_radius = given.real("greatest_radius"),
                                           .acceptance_ratio = given.real("acceptance_ratio"),
                                           .forcing_exponent = given.real("forcing_exponent"),
                                           .step_products = given.integer("step_products"),
                                           .criterion = second_order_criterion(given)});
          }};
}

}  // namespace perigee::solvers
