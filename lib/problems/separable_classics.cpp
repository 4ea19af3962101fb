#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/saddle_offset.hpp>
#include <perigee/lib/problems/separable.hpp>
#include <perigee/lib/problems/separable_classics.hpp>

#include <cmath>
#include <memory>
#include <numbers>
#include <string>

namespace perigee::problems {

namespace {

using std::numbers::pi;

ParameterDescription dimension_parameter(const std::string& default_value) {
  return {.name = "dimension",
          .kind = ParameterKind::integer,
          .default_value = default_value,
          .least = 1,
          .greatest = 1e7,
          .summary = "n, the number of variables"};
}

// The start whose first coordinate is on top of a barrier and the others in the best well, and the one beside it.
void add_saddle_starts(Problem& problem, const Parameters& parameters, double barrier, double best) {
  Vector saddle = constant_vector(parameters.integer("dimension"), best);
  saddle[0] = barrier;
  Vector near = saddle;
  near[0] += parameters.real("offset");
  problem.starts.push_back({"near-saddle", near});
  problem.starts.push_back({"saddle", saddle});
}

// The profile t^4/4 - t^2/2 + h t and everything that follows from it; names and sentences are the caller's.
Problem make_well(const Parameters& parameters, double tilt) {
  const Index n = parameters.integer("dimension");
  const Profile profile = [tilt](double t) {
    const double square = t * t;
    return ScalarJet{square * (0.25 * square - 0.5) + tilt * t, t * (square - 1.0) + tilt, 3.0 * square - 1.0};
  };
  // Ascending: the deeper minimum, the barrier, the other minimum.
  const std::vector<double> zeros = sign_changes([&](double t) { return profile(t).first; }, even_grid(-2, 2, 400));
  Problem problem;
  problem.objective = std::make_shared<Separable>(n, profile);
  problem.starts = {{"standard", constant_vector(n, zeros[1] + 0.1)}};
  add_saddle_starts(problem, parameters, zeros[1], zeros[0]);
  problem.stationary_points = separable_points(n, profile, zeros);
  problem.all_stationary_points_known = lists_all_combinations(n, zeros.size());
  problem.optimal_value = static_cast<double>(n) * profile(zeros[0]).value;
  problem.gradient_lipschitz = 11.0;  // 3 t^2 - 1 at |t| = 2
  problem.hessian_lipschitz = 12.0;   // 6 |t|
  problem.suggested_step = 0.1;
  problem.random_start = uniform_box_start(n, -2.0, 2.0);
  return problem;
}

Problem make_double_well(const Parameters& parameters) {
  Problem problem = make_well(parameters, 0.0);
  problem.name = "double-well";
  problem.summary = "f = sum_i x_i^4/4 - x_i^2/2";
  problem.why_hard = "2^n minima separated by barriers of height 1/4, and saddles of every index";
  return problem;
}

Problem make_tilted_well(const Parameters& parameters) {
  Problem problem = make_well(parameters, parameters.real("tilt"));
  problem.name = "tilted-well";
  problem.summary = "f = sum_i x_i^4/4 - x_i^2/2 + h x_i";
  problem.why_hard = "the standard start descends into the shallower wells, the worst of 2^n minima";
  return problem;
}

Problem make_styblinski_tang(const Parameters& parameters) {
  const Index n = parameters.integer("dimension");
  const Profile profile = [](double t) {
    const double square = t * t;
    return ScalarJet{0.5 * (square * (square - 16.0) + 5.0 * t), t * (2.0 * square - 16.0) + 2.5, 6.0 * square - 16.0};
  };
  const std::vector<double> zeros = sign_changes([&](double t) { return profile(t).first; }, even_grid(-5, 5, 400));
  Problem problem;
  problem.name = "styblinski-tang";
  problem.summary = "f = sum_i (x_i^4 - 16 x_i^2 + 5 x_i)/2";
  problem.why_hard = "2^n minima, and the worse one of each coordinate has a basin nearly as wide as the better";
  problem.objective = std::make_shared<Separable>(n, profile);
  problem.starts = {{"standard", constant_vector(n, 1.0)}};
  add_saddle_starts(problem, parameters, zeros[1], zeros[0]);
  problem.stationary_points = separable_points(n, profile, zeros);
  problem.all_stationary_points_known = lists_all_combinations(n, zeros.size());
  problem.optimal_value = static_cast<double>(n) * profile(zeros[0]).value;
  problem.gradient_lipschitz = 134.0;  // 6 t^2 - 16 at |t| = 5
  problem.hessian_lipschitz = 60.0;    // 12 |t|
  problem.suggested_step = 0.01;
  problem.random_start = uniform_box_start(n, -5.0, 5.0);
  return problem;
}

Problem make_rastrigin(const Parameters& parameters) {
  const Index n = parameters.integer("dimension");
  const Profile profile = [](double t) {
    const double sine = std::sin(pi * t);  // 1 - cos 2 pi t = 2 sin^2 pi t loses no digits near the minima
    return ScalarJet{t * t + 20.0 * sine * sine, 2.0 * t + 20.0 * pi * std::sin(2.0 * pi * t),
                     2.0 + 40.0 * pi * pi * std::cos(2.0 * pi * t)};
  };
  const std::vector<double> zeros =
      sign_changes([&](double t) { return profile(t).first; }, even_grid(-5.12, 5.12, 2048));
  Problem problem;
  problem.name = "rastrigin";
  problem.summary = "f = sum_i x_i^2 + 10 (1 - cos 2 pi x_i)";
  problem.why_hard = "11^n minima in [-5.12, 5.12]^n on a bowl that is far shallower than its ripples";
  problem.objective = std::make_shared<Separable>(n, profile);
  problem.starts = {{"standard", constant_vector(n, 4.4)}};
  add_saddle_starts(problem, parameters, zeros[zeros.size() / 2 + 1], 0.0);
  problem.stationary_points = separable_points(n, profile, zeros);
  problem.optimal_value = 0.0;
  problem.gradient_lipschitz = 2.0 + 40.0 * pi * pi;
  problem.hessian_lipschitz = 80.0 * pi * pi * pi;
  problem.suggested_step = 1.0 / (2.0 + 40.0 * pi * pi);
  problem.random_start = uniform_box_start(n, -5.12, 5.12);
  return problem;
}

}  // namespace

Entry double_well() {
  return {.name = "double-well",
          .family = "classics",
          .summary = "a double well in every coordinate: 2^n equal minima",
          .parameters = {dimension_parameter("1"), offset_parameter()},
          .make = make_double_well};
}

Entry tilted_well() {
  return {.name = "tilted-well",
          .family = "classics",
          .summary = "a double well in every coordinate, one side deeper than the other",
          .parameters = {dimension_parameter("1"),
                         {.name = "tilt",
                          .default_value = "0.2",
                          .least = 0.0,
                          .greatest = 0.38,
                          .summary = "h; from 0.3849 on there would be one well"},
                         offset_parameter()},
          .make = make_tilted_well};
}

Entry styblinski_tang() {
  return {.name = "styblinski-tang",
          .family = "classics",
          .summary = "two unequal wells in every coordinate: 3^n stationary points",
          .parameters = {dimension_parameter("3"), offset_parameter()},
          .make = make_styblinski_tang};
}

Entry rastrigin() {
  return {.name = "rastrigin",
          .family = "classics",
          .summary = "a bowl with ripples: a minimum near every integer point",
          .parameters = {dimension_parameter("2"), offset_parameter()},
          .make = make_rastrigin};
}

}  // namespace perigee::problems
