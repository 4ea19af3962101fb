#include <perigee/lib/problems/more_garbow_hillstrom.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace perigee::problems {

namespace collection {

namespace {

constexpr const char* family = "more-garbow-hillstrom";

Vector scaled_start(const Vector& start, double factor) {
  if (start.view().isZero(0.0)) return constant_vector(start.size(), factor);
  Vector scaled = start;
  scaled.view() *= factor;
  return scaled;
}

// Within a tenth of x0, element by element: farther out some of the models overflow.
std::function<Vector(RandomEngine&)> start_near(const Vector& start) {
  return [start](RandomEngine& engine) {
    Vector x = start;
    for (Index i = 0; i < x.size(); ++i) {
      const double reach = x[i] == 0.0 ? 0.1 : 0.1 * std::abs(x[i]);
      x[i] += reach * (2.0 * uniform_unit(engine) - 1.0);
    }
    return x;
  };
}

Problem assemble(const std::string& name, Instance instance) {
  Problem problem;
  problem.name = name;
  problem.summary = std::move(instance.formula);
  problem.why_hard = std::move(instance.why_hard);
  problem.objective = std::move(instance.objective);
  problem.starts = {{"standard", instance.start},
                    {"standard-x10", scaled_start(instance.start, 10.0)},
                    {"standard-x100", scaled_start(instance.start, 100.0)}};
  const auto found =
      std::ranges::find(instance.stationary_points, StationaryType::strict_saddle, &StationaryPoint::type);
  if (found != instance.stationary_points.end()) problem.starts.push_back({"saddle", found->x});
  problem.stationary_points = std::move(instance.stationary_points);
  problem.all_stationary_points_known = instance.list == Instance::List::complete;
  problem.optimal_value = instance.optimal_value;
  problem.random_start = start_near(instance.start);
  return problem;
}

}  // namespace

Entry entry(std::string name, std::string summary, Instance (*make)()) {
  return {.name = name,
          .family = family,
          .summary = std::move(summary),
          .parameters = {},
          .make = [name, make](const Parameters&) { return assemble(name, make()); }};
}

Entry entry(std::string name, std::string summary, ParameterDescription dimension, Instance (*make)(Index)) {
  return {.name = name,
          .family = family,
          .summary = std::move(summary),
          .parameters = {std::move(dimension)},
          .make = [name, make](const Parameters& parameters) {
            return assemble(name, make(parameters.integer("dimension")));
          }};
}

ParameterDescription dimension(Index default_value, Index least, Index greatest, std::string summary) {
  return {.name = "dimension",
          .kind = ParameterKind::integer,
          .default_value = std::to_string(default_value),
          .least = static_cast<double>(least),
          .greatest = static_cast<double>(greatest),
          .summary = std::move(summary)};
}

StationaryPoint minimum(Vector x, double value) { return {std::move(x), value, StationaryType::minimum, 0}; }
StationaryPoint saddle(Vector x, double value, Index index) {
  return {std::move(x), value, StationaryType::strict_saddle, index};
}
StationaryPoint degenerate(Vector x, double value) { return {std::move(x), value, StationaryType::degenerate, 0}; }

Vector constant_vector(Index dimension, double element) {
  Vector x(dimension);
  x.view().setConstant(element);
  return x;
}

}  // namespace collection

std::vector<Entry> more_garbow_hillstrom() {
  std::vector<Entry> all;
  for (const auto& part :
       {collection::valleys(), collection::data_fits(), collection::of_any_dimension(), collection::equations()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

const std::vector<std::string>& unconstrained_more_garbow_hillstrom() {
  static const std::vector<std::string> names{"helical-valley",
                                              "biggs-exp6",
                                              "gaussian",
                                              "powell-badly-scaled",
                                              "box-three-dimensional",
                                              "variably-dimensioned",
                                              "watson",
                                              "penalty-one",
                                              "penalty-two",
                                              "brown-badly-scaled",
                                              "brown-dennis",
                                              "gulf",
                                              "trigonometric",
                                              "extended-rosenbrock",
                                              "extended-powell-singular",
                                              "beale",
                                              "wood",
                                              "chebyquad"};
  return names;
}

}  // namespace perigee::problems
