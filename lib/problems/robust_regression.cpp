#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/differentiated.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/robust_regression.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace perigee::problems {

namespace {

enum class RobustLoss { tukey, welsch, geman_mcclure };

struct RobustRegression {
  Index variables, samples;  // d, N
  Vector inputs;             // x_i, N x d
  Vector responses;          // y_i
  RobustLoss loss;
  double cutoff;  // c
  Index dimension() const { return variables; }
  Index term_count() const { return samples; }

  // rho(r), and rho'(r) into `slope`
  template <class T>
  T penalize(const T& r, T& slope) const {
    using std::exp, std::expm1;
    const T square = r * r / (cutoff * cutoff);
    switch (loss) {
      case RobustLoss::tukey: {
        if (square > 1.0) {
          slope = T(0.0);
          return T(cutoff * cutoff / 6.0);
        }
        const T rest = 1.0 - square;
        slope = r * rest * rest;
        return r * r / 6.0 * (3.0 - 3.0 * square + square * square);  // 1 - rest^3, without cancellation
      }
      case RobustLoss::welsch:
        slope = r * exp(-square);
        return -0.5 * cutoff * cutoff * expm1(-square);
      case RobustLoss::geman_mcclure: {
        const T whole = 1.0 + square;
        slope = r / (whole * whole);
        return 0.5 * r * r / whole;
      }
    }
    return T(0.0);
  }
  template <class T>
  T add_term(Index term, const T* w, T* gradient) const {
    const double* x = inputs.data() + term * variables;
    T slope(0.0);
    const T value = penalize(responses[term] - inner(variables, x, w), slope);
    add_scaled(variables, -slope, x, gradient);
    return value;
  }
  template <class T>
  T add_common(const T*, T*) const {
    return T(0.0);
  }
};

RobustLoss loss_of(const std::string& name) {
  if (name == "tukey") return RobustLoss::tukey;
  if (name == "welsch") return RobustLoss::welsch;
  if (name == "geman-mcclure") return RobustLoss::geman_mcclure;
  throw std::invalid_argument("robust-regression: loss must be tukey, welsch or geman-mcclure, got '" + name + "'");
}

double usual_cutoff(RobustLoss loss) {
  switch (loss) {
    case RobustLoss::tukey:
      return 4.685;
    case RobustLoss::welsch:
      return 2.985;
    case RobustLoss::geman_mcclure:
      return 1.0;
  }
  return 1.0;
}

Problem make_robust_regression(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  const Index samples = parameters.integer("samples");
  const double noise = parameters.real("noise");
  const double contamination = parameters.real("contamination");
  const RobustLoss loss = loss_of(parameters.text("loss"));
  check_data_size("robust-regression", "samples x dimension", static_cast<double>(samples * d));
  const RandomSource random = random_source_of(parameters);
  const Vector truth = normal_values(random, "truth", d);
  RobustRegression formula{d,
                           samples,
                           normal_values(random, "inputs", samples * d),
                           normal_values(random, "noise", samples, noise),
                           loss,
                           parameters.has("cutoff") ? parameters.real("cutoff") : usual_cutoff(loss)};
  RandomEngine engine = random.engine("contamination");
  for (Index i = 0; i < samples; ++i) {
    formula.responses[i] += inner(d, formula.inputs.data() + i * d, truth.data());
    if (uniform_unit(engine) < contamination) formula.responses[i] += parameters.real("gross_error");
  }
  Problem problem;
  problem.name = "robust-regression";
  problem.summary = "linear regression by a bounded loss on contaminated data";
  problem.why_hard = "far from the data the loss is flat, and gross errors of one kind make minima of their own";
  problem.objective = std::make_shared<DifferentiatedSum<RobustRegression>>(std::move(formula));
  Vector far = truth;
  far.view() *= 1e6;
  problem.starts = {{"standard", Vector(d)}, {"far", far}, {"truth", truth}};
  if (noise == 0.0 && contamination == 0.0) {
    list_classified(problem, {truth});
    problem.optimal_value = 0.0;
  }
  problem.suggested_step = step_by_curvature(*problem.objective, {Vector(d), truth});
  problem.random_start = normal_start(d);
  return problem;
}

}  // namespace

Entry robust_regression() {
  return {.name = "robust-regression",
          .family = "structured",
          .summary = "regression by a bounded loss (Tukey, Welsch, Geman-McClure); a finite sum",
          .parameters = {integer_parameter("dimension", "5", 1, 1e5, "d"),
                         integer_parameter("samples", "200", 1, 1e6, "N"),
                         {.name = "loss",
                          .kind = ParameterKind::text,
                          .default_value = "tukey",
                          .summary = "tukey, welsch or geman-mcclure"},
                         real_parameter("cutoff", "", 1e-6, 1e6, "c; by default 4.685, 2.985 or 1, as the loss is"),
                         real_parameter("noise", "0.5", 0, 1e3, "sigma, of the ordinary errors"),
                         real_parameter("contamination", "0.2", 0, 1, "probability of a gross error"),
                         real_parameter("gross_error", "20", -1e6, 1e6, "what a contaminated response is shifted by"),
                         seed_parameter()},
          .make = make_robust_regression};
}

}  // namespace perigee::problems
