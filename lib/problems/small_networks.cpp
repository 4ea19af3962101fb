#include <perigee/lib/problems/dense_network.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/small_networks.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace perigee::problems {

namespace {

std::vector<ParameterDescription> start_parameters() {
  return {{.name = "spread",
           .default_value = "0.5",
           .least = 1e-12,
           .greatest = 100.0,
           .summary = "random weights, and those of the standard start, are uniform in [-spread, spread)"},
          {.name = "seed",
           .kind = ParameterKind::integer,
           .default_value = "0",
           .least = 0,
           .greatest = 1e9,
           .summary = "of the standard start"}};
}

// A problem with one degenerate stationary point, `plateau`, around which the starts lie.
Problem network_problem(DenseNetworkOptions options, const Parameters& parameters, const Vector& plateau) {
  const auto network = std::make_shared<DenseNetwork>(std::move(options));
  const double spread = parameters.real("spread");
  Problem problem;
  problem.objective = network;
  problem.random_start = uniform_box_start(network->dimension(), -spread, spread);
  const RandomSource source(static_cast<std::uint64_t>(parameters.integer("seed")));
  RandomEngine engine = source.engine("network-start");
  Vector near = problem.random_start(engine);
  problem.starts = {{"standard", near}};
  near.view() = plateau.view() + 1e-3 / spread * near.view();
  problem.starts.push_back({"near-saddle", near});
  problem.starts.push_back({"saddle", plateau});
  problem.stationary_points = {{plateau, network->value(plateau), StationaryType::degenerate, 0}};
  return problem;
}

Problem make_xor(const Parameters& parameters) {
  Problem problem = network_problem({.layers = {2, 2, 1},
                                     .output = OutputUnits::sigmoid,
                                     .inputs = {0, 0, 0, 1, 1, 0, 1, 1},
                                     .targets = {0, 1, 1, 0},
                                     .scale = 4.0},  // the mean of four terms becomes their sum
                                    parameters, Vector(9));
  problem.name = "xor-network";
  problem.summary = "f = sum over the four cases of (o - t)^2/2, network 2-2-1 of sigmoids";
  problem.why_hard = "small weights lie on a plateau where the Hessian has one positive eigenvalue and eight zeros";
  problem.optimal_value = 0.0;
  problem.suggested_step = 1.0;
  return problem;
}

Problem make_square_sum(const Parameters& parameters) {
  DenseNetworkOptions options{.layers = {2, 2, 2, 1}};
  for (int i = -2; i <= 2; ++i) {
    for (int j = -2; j <= 2; ++j) {
      const double first = 0.5 * i;
      const double second = 0.5 * j;
      options.inputs.insert(options.inputs.end(), {first, second});
      options.targets.push_back(first * first + second * second);
    }
  }
  Vector plateau(15);
  plateau[14] = 1.0;
  Problem problem = network_problem(std::move(options), parameters, plateau);
  problem.name = "square-sum-network";
  problem.summary = "f = mean of (o - u_1^2 - u_2^2)^2/2 on a 5 x 5 grid, network 2-2-2-1 of sigmoids";
  problem.why_hard = "two narrow hidden layers: the plateau that predicts the mean is flat to second order";
  problem.suggested_step = 0.2;
  return problem;
}

}  // namespace

Entry xor_network() {
  return {.name = "xor-network",
          .family = "networks",
          .summary = "the smallest network for exclusive or: nine weights and a plateau",
          .parameters = start_parameters(),
          .make = make_xor};
}

Entry square_sum_network() {
  return {.name = "square-sum-network",
          .family = "networks",
          .summary = "two hidden layers of two units fitted to a sum of squares",
          .parameters = start_parameters(),
          .make = make_square_sum};
}

}  // namespace perigee::problems
