#include <perigee/lib/problems/separable.hpp>
#include <perigee/lib/problems/single_neuron.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace perigee::problems {

namespace {

// The sizes of the inputs: 1, B, ..., B^(n-1).
std::vector<double> input_sizes(double base, Index patterns) {
  std::vector<double> sizes{1.0};
  for (Index j = 1; j < patterns; ++j) sizes.push_back(sizes.back() * base);
  return sizes;
}

ScalarJet loss(const std::vector<double>& sizes, double t) {
  ScalarJet sum;
  for (const double size : sizes) {
    const double output = 1.0 / (1.0 + std::exp(-size * t));
    const double error = output - 0.75;
    const double slope = size * output * (1.0 - output);
    sum.value += error * error;
    sum.first += 2.0 * error * slope;
    sum.second += 2.0 * slope * (slope + error * size * (1.0 - 2.0 * output));
  }
  return sum;
}

Problem make_single_neuron(const Parameters& parameters) {
  const Index dimension = parameters.integer("dimension");
  const Index patterns = parameters.integer("patterns");
  const std::vector<double> sizes = input_sizes(parameters.real("base"), patterns);
  const Profile profile = [sizes](double t) { return loss(sizes, t); };
  // All zeros of phi' lie between the first neuron's and the last one's; they are evenly spaced in ln t.
  const double least = std::log(0.3 * std::log(3.0) / sizes.back());
  const double greatest = std::log(3.0 * std::log(3.0));
  std::vector<double> grid = even_grid(least, greatest, 200 * static_cast<int>(patterns));
  for (double& point : grid) point = std::exp(point);
  const std::vector<double> zeros = sign_changes([&](double t) { return profile(t).first; }, grid);
  double least_value = std::numeric_limits<double>::infinity();
  for (const double zero : zeros) least_value = std::min(least_value, profile(zero).value);
  // |2 (s')^2 + 2 (s - 3/4) s''| <= 2/16 + 2 (3/4) sqrt(3)/18 < 0.27 for one unit input.
  double smoothness = 0.0;
  for (const double size : sizes) smoothness += 0.27 * size * size;

  Problem problem;
  problem.name = "single-neuron";
  problem.summary = "f = sum_i sum_j (sigma(B^j w_i) - 3/4)^2";
  problem.why_hard = "n^d minima at scales from 1 to B^(1-n), between plateaus where the gradient vanishes";
  problem.objective = std::make_shared<Separable>(dimension, profile);
  problem.starts = {{"standard", constant_vector(dimension, 0.5)},
                    {"plateau", constant_vector(dimension, -4.0)},
                    {"origin", Vector(dimension)}};
  problem.stationary_points = separable_points(dimension, profile, zeros);
  problem.all_stationary_points_known = lists_all_combinations(dimension, zeros.size());
  problem.optimal_value = static_cast<double>(dimension) * least_value;
  problem.gradient_lipschitz = smoothness;
  problem.suggested_step = 1.0 / smoothness;
  problem.random_start = [dimension, least, greatest](RandomEngine& engine) {
    Vector w(dimension);
    for (Index i = 0; i < dimension; ++i) w[i] = std::exp(least + (greatest - least) * uniform_unit(engine));
    return w;
  };
  return problem;
}

}  // namespace

Entry single_neuron() {
  return {.name = "single-neuron",
          .family = "constructions",
          .summary = "one sigmoid neuron with n^d minima (after Auer, Herbster and Warmuth 1996)",
          .parameters = {{.name = "dimension",
                          .kind = ParameterKind::integer,
                          .default_value = "2",
                          .least = 1,
                          .greatest = 1e6,
                          .summary = "d, the number of weights"},
                         {.name = "patterns",
                          .kind = ParameterKind::integer,
                          .default_value = "3",
                          .least = 1,
                          .greatest = 6,
                          .summary = "n, the number of inputs on each axis and of minima along it"},
                         {.name = "base",
                          .default_value = "10",
                          .least = 10,
                          .greatest = 100,
                          .summary = "B, the ratio of the inputs' sizes; below 10 minima merge"}},
          .make = make_single_neuron};
}

}  // namespace perigee::problems
