#include <perigee/lib/problems/random_field.hpp>
#include <perigee/lib/problems/random_starts.hpp>

#include <cmath>
#include <memory>
#include <numbers>

namespace perigee::problems {

RandomField::RandomField(const RandomFieldOptions& options)
    : options_(options),
      frequencies_(static_cast<std::size_t>(options.dimension * options.features)),
      phases_(static_cast<std::size_t>(options.features)) {
  const RandomSource source(options.seed);
  RandomEngine frequency_engine = source.engine("random-field-frequencies");
  RandomEngine phase_engine = source.engine("random-field-phases");
  fill_standard_normal(frequency_engine, frequencies_);
  for (double& phase : phases_) phase = 2.0 * std::numbers::pi * uniform_unit(phase_engine);
}

ConstVectorView RandomField::frequency(Index feature) const {
  return {frequencies_.data() + feature * options_.dimension, options_.dimension};
}

double RandomField::amplitude() const { return std::sqrt(2.0 / static_cast<double>(options_.features)); }

double RandomField::value(ConstVectorView x) const {
  double sum = 0.0;
  for (Index j = 0; j < options_.features; ++j) {
    sum += std::cos(frequency(j).dot(x) + phases_[static_cast<std::size_t>(j)]);
  }
  return amplitude() * sum + 0.5 * options_.confinement * x.squaredNorm();
}

double RandomField::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  gradient = options_.confinement * x;
  double sum = 0.0;
  for (Index j = 0; j < options_.features; ++j) {
    const double angle = frequency(j).dot(x) + phases_[static_cast<std::size_t>(j)];
    sum += std::cos(angle);
    gradient -= amplitude() * std::sin(angle) * frequency(j);
  }
  return amplitude() * sum + 0.5 * options_.confinement * x.squaredNorm();
}

void RandomField::hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  product = options_.confinement * v;
  for (Index j = 0; j < options_.features; ++j) {
    const double angle = frequency(j).dot(x) + phases_[static_cast<std::size_t>(j)];
    product -= amplitude() * std::cos(angle) * frequency(j).dot(v) * frequency(j);
  }
}

double RandomField::gradient_lipschitz() const {
  double sum = 0.0;
  for (Index j = 0; j < options_.features; ++j) sum += frequency(j).squaredNorm();
  return amplitude() * sum + options_.confinement;
}

double RandomField::hessian_lipschitz() const {
  double sum = 0.0;
  for (Index j = 0; j < options_.features; ++j) sum += std::pow(frequency(j).norm(), 3);
  return amplitude() * sum;
}

namespace {

Problem make_random_field(const Parameters& parameters) {
  const Index n = parameters.integer("dimension");
  const auto objective =
      std::make_shared<RandomField>(RandomFieldOptions{.dimension = n,
                                                       .features = parameters.integer("features"),
                                                       .confinement = parameters.real("confinement"),
                                                       .seed = static_cast<std::uint64_t>(parameters.integer("seed"))});
  Problem problem;
  problem.name = "random-field";
  problem.summary = "f = sqrt(2/m) sum_j cos(w_j'x + b_j) + mu ||x||^2/2 with random w_j and b_j";
  problem.why_hard = "many minima, and above them saddles of every index: the higher, the more directions descend";
  problem.objective = objective;
  problem.starts = {{"origin", Vector(n)}};
  problem.gradient_lipschitz = objective->gradient_lipschitz();
  problem.hessian_lipschitz = objective->hessian_lipschitz();
  problem.suggested_step = 1.0 / objective->gradient_lipschitz();
  problem.random_start = uniform_box_start(n, -3.0, 3.0);
  return problem;
}

}  // namespace

Entry random_field() {
  return {.name = "random-field",
          .family = "constructions",
          .summary = "a random landscape on which the index of stationary points grows with their value",
          .parameters = {{.name = "dimension",
                          .kind = ParameterKind::integer,
                          .default_value = "4",
                          .least = 1,
                          .greatest = 1e4,
                          .summary = "n, the number of variables"},
                         {.name = "features",
                          .kind = ParameterKind::integer,
                          .default_value = "200",
                          .least = 1,
                          .greatest = 1e5,
                          .summary = "m, the number of cosines"},
                         {.name = "confinement",
                          .default_value = "0.1",
                          .least = 0.0,
                          .greatest = 1e6,
                          .summary = "mu, the curvature of the bowl"},
                         {.name = "seed",
                          .kind = ParameterKind::integer,
                          .default_value = "0",
                          .least = 0,
                          .greatest = 1e9,
                          .summary = "of the landscape"}},
          .make = make_random_field};
}

}  // namespace perigee::problems
