#include <perigee/solvers/occupation_time_perturbed_gradient_descent.hpp>

#include <perigee/lib/format.hpp>
#include <perigee/solvers/entry_support.hpp>
#include <perigee/solvers/parameter_checks.hpp>
#include <perigee/solvers/perturbed_stepper.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

constexpr ParameterChecks check{"occupation-time perturbed gradient descent"};

// The last iterates with a small gradient, and signs that point away from most of them.
class OccupationLaw final : public PerturbationLaw {
 public:
  OccupationLaw(Index dimension, const OccupationTime& occupation)
      : dimension_(dimension), occupation_(occupation), visited_(dimension * occupation.window) {}

  void draw(RandomEngine& engine, double radius, ConstVectorView x, VectorView xi) override {
    fill_uniform_ball(engine, radius, xi);
    for (Index i = 0; i < dimension_; ++i) {
      Index left = 0;
      Index right = 0;
      for (Index s = 0; s < remembered(); ++s) {
        const double visited = visited_[s * dimension_ + i];
        if (visited < x[i]) ++left;
        if (visited > x[i]) ++right;
      }
      const double positive = weight(left) / (weight(left) + weight(right));
      xi[i] = std::copysign(xi[i], uniform_unit(engine) < positive ? 1.0 : -1.0);
    }
  }

  void leave(ConstVectorView x) override {
    const Index slot = total_ % occupation_.window;
    std::copy(x.data(), x.data() + dimension_, visited_.data() + slot * dimension_);
    ++total_;
  }

  void save_state(StateWriter& writer) const override {
    writer.write(static_cast<std::int64_t>(total_));
    writer.write(visited_);
  }

  void load_state(StateReader& reader) override {
    std::int64_t total = 0;
    reader.read(total);
    reader.read(visited_.view());
    total_ = static_cast<Index>(total);
  }

 private:
  Index remembered() const { return std::min(total_, occupation_.window); }
  double weight(Index count) const { return 1.0 + std::pow(static_cast<double>(count), occupation_.exponent); }

  Index dimension_;
  OccupationTime occupation_;
  Vector visited_;   // a ring of `window` points
  Index total_ = 0;  // points remembered ever
};

}  // namespace

OccupationTimePerturbedGradientDescent::OccupationTimePerturbedGradientDescent(PerturbedParameters parameters,
                                                                               OccupationTime occupation)
    : parameters_(std::move(parameters)), occupation_(occupation) {
  check_parameters(parameters_, check.who);
  check.positive("exponent", occupation_.exponent);
  check.that(occupation_.window >= 1, "window must be >= 1", static_cast<double>(occupation_.window));
  // w(window) is finite: a weight that is not would make the probabilities NaN.
  check.that(std::isfinite(std::pow(static_cast<double>(occupation_.window), occupation_.exponent)),
             "window^exponent must be finite", occupation_.exponent);
}

std::vector<std::pair<std::string, std::string>> OccupationTimePerturbedGradientDescent::settings() const {
  std::vector<std::pair<std::string, std::string>> all = settings_of(parameters_);
  all.emplace_back("exponent", format_exact(occupation_.exponent));
  all.emplace_back("window", std::to_string(occupation_.window));
  return all;
}

std::unique_ptr<Stepper> OccupationTimePerturbedGradientDescent::start(Oracle& oracle, ConstVectorView x0,
                                                                       const RandomSource& random) const {
  // The End must not claim the theorem of the uniform law.
  PerturbedParameters parameters = parameters_;
  parameters.origin += ", occupation-time";
  return std::make_unique<AlgorithmTwoStepper>(oracle, x0, random, parameters, name(),
                                               std::make_unique<OccupationLaw>(oracle.dimension(), occupation_));
}

}  // namespace perigee

namespace perigee::solvers {

Entry occupation_time_perturbed_gradient_descent() {
  return {
      .name = "occupation-time-perturbed-gradient-descent",
      .family = "perturbed",
      .summary = "perturbed gradient descent whose jumps avoid where it has been (after Guo et al. 2020)",
      .parameters = {positive("tolerance", "0.001", "eps: the gradient norm that counts as small"),
                     positive("gradient_lipschitz", "", "l; default: 1/the problem's suggested step, or else its l"),
                     positive("scale", "1", "typical size of x; the perturbation radius is a hundredth of it"),
                     count("escape_iterations", "50", "iterations that a perturbation is given"),
                     positive("exponent", "2", "alpha of the weight 1 + n^alpha of n visits"),
                     count("window", "100", "iterates remembered")},
      .make = [](const Parameters& parameters, const Problem& problem) -> std::unique_ptr<Solver> {
        const double l = given_or(parameters, "gradient_lipschitz", practical_gradient_lipschitz(problem), problem,
                                  "occupation-time-perturbed-gradient-descent");
        return std::make_unique<OccupationTimePerturbedGradientDescent>(
            PerturbedParameters::practical(l, parameters.real("tolerance"), parameters.real("scale"),
                                           parameters.integer("escape_iterations")),
            OccupationTime{.exponent = parameters.real("exponent"), .window = parameters.integer("window")});
      }};
}

}  // namespace perigee::solvers
