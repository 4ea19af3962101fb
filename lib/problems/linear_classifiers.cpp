#include <perigee/lib/problems/classification.hpp>
#include <perigee/lib/problems/differentiated.hpp>
#include <perigee/lib/problems/generated.hpp>
#include <perigee/lib/problems/linear_classifiers.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <cmath>
#include <utility>
#include <vector>

namespace perigee::problems {

namespace {

struct BoundedPenalty {  // alpha w^2/(1 + w^2)
  double alpha;
  template <class T>
  T add(const T& w, T& slope) const {
    const T whole = 1.0 + w * w;
    slope += 2.0 * alpha * w / (whole * whole);
    return alpha * w * w / whole;
  }
};

struct DoubleWell {  // lambda (w^2 - 1)^2
  double lambda;
  template <class T>
  T add(const T& w, T& slope) const {
    const T off = w * w - 1.0;
    slope += 4.0 * lambda * off * w;
    return lambda * off * off;
  }
};

template <class Penalty>
struct Classifier {
  Index variables, samples;  // d, N
  Vector signed_inputs;      // y_i x_i, scaled, N x d
  Penalty penalty;
  Index dimension() const { return variables; }
  Index term_count() const { return samples; }

  template <class T>
  T add_term(Index term, const T* w, T* gradient) const {
    using std::exp, std::log1p;
    const double* a = signed_inputs.data() + term * variables;
    const T margin = inner(variables, a, w);
    // log(1 + exp(-margin)) and its derivative without overflow on either side
    const bool right = margin > 0.0;
    const T small = exp(right ? -margin : margin);
    const T loss = right ? log1p(small) : log1p(small) - margin;
    const T weight = right ? -small / (1.0 + small) : -1.0 / (1.0 + small);
    add_scaled(variables, weight, a, gradient);
    return loss;
  }
  template <class T>
  T add_common(const T* w, T* gradient) const {
    T sum(0.0);
    for (Index j = 0; j < variables; ++j) sum += penalty.add(w[j], gradient[j]);
    return sum;
  }
};

double sign_of(double x) { return x < 0.0 ? -1.0 : 1.0; }

Problem make_logistic_regression(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  const Index samples = parameters.integer("samples");
  check_data_size("logistic-regression", "samples x dimension", static_cast<double>(samples * d));
  const RandomSource random = random_source_of(parameters);
  const Vector truth = normal_values(random, "truth", d, parameters.real("signal") / std::sqrt(static_cast<double>(d)));
  Classifier<BoundedPenalty> formula{
      d, samples, normal_values(random, "inputs", samples * d), {parameters.real("penalty")}};
  RandomEngine labels = random.engine("labels");
  for (Index i = 0; i < samples; ++i) {
    double* x = formula.signed_inputs.data() + i * d;
    const double margin = inner(d, x, truth.data());
    const bool positive = uniform_unit(labels) < 1.0 / (1.0 + std::exp(-margin));
    for (Index j = 0; j < d; ++j) x[j] *= positive ? 1.0 : -1.0;
  }
  Problem problem;
  problem.name = "logistic-regression";
  problem.summary = "logistic regression on generated labels with a bounded, nonconvex penalty";
  problem.why_hard = "mild: the penalty turns concave at |w_j| > 1/sqrt(3), and lets go of large weights";
  problem.objective = std::make_shared<DifferentiatedSum<Classifier<BoundedPenalty>>>(std::move(formula));
  const Vector standard = normal_values(random, "start", d);
  problem.starts = {{"standard", standard}, {"origin", Vector(d)}, {"truth", truth}};
  problem.suggested_step = step_by_curvature(*problem.objective, {standard, Vector(d), truth});
  problem.random_start = normal_start(d);
  return problem;
}

Problem make_binary_perceptron(const Parameters& parameters) {
  const Index d = parameters.integer("dimension");
  const auto samples = static_cast<Index>(std::ceil(parameters.real("load") * static_cast<double>(d)));
  check_data_size("binary-perceptron", "load x dimension^2", static_cast<double>(samples * d));
  const RandomSource random = random_source_of(parameters);
  Vector teacher = normal_values(random, "teacher", d);
  for (Index j = 0; j < d; ++j) teacher[j] = sign_of(teacher[j]);
  Classifier<DoubleWell> formula{d, samples, normal_values(random, "inputs", samples * d), {parameters.real("lambda")}};
  const double scale = parameters.real("beta") / std::sqrt(static_cast<double>(d));
  for (Index i = 0; i < samples; ++i) {
    double* x = formula.signed_inputs.data() + i * d;
    for (Index j = 0; j < d; ++j) x[j] = sign_of(x[j]);
    const double label = sign_of(inner(d, x, teacher.data()));
    for (Index j = 0; j < d; ++j) x[j] *= label * scale;
  }
  Problem problem;
  problem.name = "binary-perceptron";
  problem.summary = "a perceptron with weights pulled to -1 and 1, taught by one that has them";
  problem.why_hard = "about 2^d wells, most of them wrong: few sign patterns classify every sample";
  problem.objective = std::make_shared<DifferentiatedSum<Classifier<DoubleWell>>>(std::move(formula));
  const Vector standard = normal_values(random, "start", d);
  problem.starts = {{"standard", standard}, {"origin", Vector(d)}, {"teacher", teacher}};
  problem.suggested_step = step_by_curvature(*problem.objective, {standard, Vector(d), teacher});
  problem.random_start = normal_start(d);
  return problem;
}

}  // namespace

Entry logistic_regression() {
  return {
      .name = "logistic-regression",
      .family = "structured",
      .summary = "logistic regression with the penalty alpha sum w^2/(1 + w^2); a finite sum",
      .parameters = {integer_parameter("dimension", "20", 1, 1e5, "d"),
                     integer_parameter("samples", "500", 1, 1e6, "N"),
                     real_parameter("penalty", "0.01", 0, 1e3, "alpha"),
                     real_parameter("signal", "3", 0, 1e3, "expected length of the true weights"), seed_parameter()},
      .make = make_logistic_regression};
}

Entry binary_perceptron() {
  return {.name = "binary-perceptron",
          .family = "structured",
          .summary = "a perceptron with nearly binary weights (Chaudhari 2019); a finite sum",
          .parameters = {integer_parameter("dimension", "51", 1, 1e5, "d; odd numbers have no ties among the labels"),
                         real_parameter("load", "0.6", 1e-6, 100, "samples per weight: N = ceil(load d)"),
                         real_parameter("beta", "3", 1e-3, 1e3, "steepness of the loss"),
                         real_parameter("lambda", "0.02", 0, 1e3, "depth of the wells at -1 and 1"), seed_parameter()},
          .make = make_binary_perceptron};
}

}  // namespace perigee::problems
