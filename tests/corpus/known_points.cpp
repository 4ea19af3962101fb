// Landscapes whose stationary points are known with their type: wells of different depth, saddles between equal
// minima, summits, and points where the second order decides nothing.
//
//   newton     damped Newton steps from nearby lead to a point of any type
//   at-point   gradient descent from the point itself (a symmetric start): it stays
//   descend    gradient descent from near a minimum
//   passage    gradient descent from near a strict saddle, a little off its stable manifold: it slows down and leaves
//   momentum   the same by the heavy ball
//   held       the same, so near the manifold that the run ends before it has left
//   solver-*   twelve methods from near a minimum
//   perturbed  perturbed gradient descent from a strict saddle itself: it leaves
//   wrong      gradient descent from near a minimum with an error in the gradient
//   flat       gradient descent onto minima that are not isolated
//
// What a run has reached is read off the distance to the known point, and void_reason says where it has not.
#include "construction.hpp"
#include "solver_runs.hpp"

#include <perigee/lib/problems/registry.hpp>
#include <perigee/solvers/heavy_ball.hpp>
#include <perigee/solvers/perturbed_gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace perigee::corpus {

namespace {

constexpr double value_tolerance = 1e-6;  // relative to 1 + |f*|: a better value is known

std::string label_of(const Problem& problem, const StationaryPoint& point) {
  switch (point.type) {
    case StationaryType::strict_saddle:
      return "strict-saddle";
    case StationaryType::maximum:
      return "local-maximum";
    case StationaryType::degenerate:
      return "degenerate-stationary-point";
    case StationaryType::minimum:
      break;
  }
  const bool is_better_known = problem.optimal_value && point.value - *problem.optimal_value >
                                                            value_tolerance * (1.0 + std::abs(*problem.optimal_value));
  return is_better_known ? "suboptimal-minimum" : "converged-minimum";
}

class Treatments {
 public:
  Treatments(std::string family, Problem problem, Collector& collector)
      : family_(std::move(family)), problem_(std::move(problem)), collector_(collector) {
    for (const StationaryPoint& point : problem_.stationary_points) {
      scale_ = std::max(scale_, point.x.view().norm());
    }
  }

  void all() {
    std::map<StationaryType, int> taken;
    int number = 0;
    for (const StationaryPoint& point : problem_.stationary_points) {
      ++number;
      if (++taken[point.type] > 3) continue;
      newton_to(point, number, taken[point.type]);
      if (point.type != StationaryType::minimum) stay_at(point, number);
      if (point.type == StationaryType::minimum) descend_to(point, number);
      if (point.type == StationaryType::minimum && taken[point.type] < 3) many_methods(point, number);
      if (point.type == StationaryType::minimum && taken[point.type] == 1) go_wrong(point);
      if (point.type == StationaryType::strict_saddle) {
        perturb(point, number);
        hold(point, number);
      }
      if (point.type == StationaryType::strict_saddle) pass(point, number);
    }
    if (taken[StationaryType::degenerate] > 0 && taken[StationaryType::minimum] == 0) flatten();
  }

 private:
  using Make = std::function<void(RandomEngine&, CorpusRun&)>;

  void add(const std::string& treatment, const std::string& variant, Recording recording, const Make& make) {
    const RunName name{family_, treatment, variant, recording};
    collector_.add(name, [&, name, recording] {
      RandomEngine engine = engine_of(name);
      CorpusRun run;
      run.objective = problem_.objective;
      make(engine, run);
      run.trajectory.problem = problem_.name;
      run.trajectory.optimal_value = problem_.optimal_value;
      return finished(recording, std::move(run));
    });
  }

  void label_end(const StationaryPoint& point, Recording recording, CorpusRun& run) const {
    const bool is_there = distance(last_point(run.trajectory), point.x) <= 1e-3 * scale_;
    if (!is_there || !ends_stationary(run.trajectory)) run.void_reason = "not at the point";
    run.label = label_of(problem_, point);
    const bool is_optimal = problem_.optimal_value && run.label == "converged-minimum";
    if (!is_optimal) run.may.insert("plateau");  // level, and a better value is known or not excluded
    if (recording == Recording::objective) {
      // Near a degenerate point the curvature may be negative all the same: then it is a strict saddle as well.
      if (point.type == StationaryType::degenerate && has_negative_curvature(last_point(run.trajectory))) {
        run.may.insert(run.label);
        run.label = "strict-saddle";
      }
      run.must.insert(run.label);
      return;
    }
    // In values and gradients all stationary points look alike; but a known optimum tells a minimum from what is above.
    run.label =
        problem_.optimal_value && label_of(problem_, point) == "converged-minimum" ? no_trouble : not_to_be_told;
    run.also_right = {"plateau", no_trouble};
  }

  // From the dense Hessian at the point itself.
  bool has_negative_curvature(const Vector& x) const {
    const std::vector<EigenPair> pairs = eigenpairs_at(*problem_.objective, x.view());
    return pairs.front().value < -1e-6 * std::max(-pairs.front().value, pairs.back().value);
  }

  // A tenth of the way to the nearest other stationary point.
  double nearby(const StationaryPoint& point) const {
    double nearest = scale_;
    for (const StationaryPoint& other : problem_.stationary_points) {
      if (&other != &point) nearest = std::min(nearest, distance(other.x, point.x));
    }
    return 0.1 * nearest;
  }

  void newton_to(const StationaryPoint& point, int number, int of_type) {
    for (const double damping : {1.0, 0.5, 0.2}) {
      for (const Recording recording : {Recording::objective, Recording::gradients}) {
        if (recording == Recording::gradients && (of_type > 1 || damping != 0.2)) continue;
        const std::string variant = std::to_string(number) + "-" + std::to_string(static_cast<int>(10.0 * damping));
        add("newton", variant, recording, [&](RandomEngine& engine, CorpusRun& run) {
          const Vector start = sum(point.x, 0.3 * nearby(point), random_direction(engine, point.x.size()));
          const double tolerance = 1e-8 * (1.0 + std::abs(point.value));
          run.trajectory = newton(*run.objective, start, damping, tolerance, 400);
          label_end(point, recording, run);
        });
      }
    }
  }

  void stay_at(const StationaryPoint& point, int number) {
    add("at-point", std::to_string(number), Recording::objective, [&](RandomEngine&, CorpusRun& run) {
      run.trajectory = descend(*run.objective, 0.3 / largest_curvature(point.x), point.x, max_iterations(20));
      label_end(point, Recording::objective, run);
    });
  }

  double largest_curvature(const Vector& x) const {
    const std::vector<EigenPair> pairs = eigenpairs_at(*problem_.objective, x.view());
    return std::max({std::abs(pairs.front().value), std::abs(pairs.back().value), 1e-3});
  }

  void descend_to(const StationaryPoint& point, int number) {
    int variant = 0;
    for (const Recording recording : {Recording::objective, Recording::printed, Recording::gradients}) {
      add("descend", std::to_string(number) + "-" + std::to_string(++variant), recording,
          [&](RandomEngine& engine, CorpusRun& run) {
            const Vector start = sum(point.x, nearby(point), random_direction(engine, point.x.size()));
            run.trajectory = descend(*run.objective, 0.5 / largest_curvature(point.x), start,
                                     gradient_tolerance(1e-8 * (1.0 + std::abs(point.value))) | max_iterations(20000));
            label_end(point, recording, run);
          });
    }
  }

  // The known point near which the run ended; nullptr: none.
  const StationaryPoint* reached(const Trajectory& trajectory) const {
    for (const StationaryPoint& other : problem_.stationary_points) {
      if (distance(last_point(trajectory), other.x) <= 1e-3 * scale_) return &other;
    }
    return nullptr;
  }

  void many_methods(const StationaryPoint& point, int number) {
    int variant = number;
    for (const auto& [method, solver] : many_solvers(largest_curvature(point.x))) {
      const Recording recordings[] = {Recording::objective, Recording::objective, Recording::gradients,
                                      Recording::printed};
      const Recording recording = recordings[++variant % 4];
      add("solver-" + method, std::to_string(number), recording,
          [&, chosen = solver](RandomEngine& engine, CorpusRun& run) {
            const Vector start = sum(point.x, 2.0 * nearby(point), random_direction(engine, point.x.size()));
            run.trajectory =
                record(*run.objective, *chosen, start,
                       {.stop = gradient_tolerance(1e-8 * (1.0 + std::abs(point.value))) | max_iterations(5000)});
            const StationaryPoint* end = reached(run.trajectory);
            label_end(end == nullptr ? point : *end, recording, run);
          });
    }
  }

  void perturb(const StationaryPoint& point, int number) {
    for (int variant = 1; variant <= 2; ++variant) {
      add("perturbed", std::to_string(number) + "-" + std::to_string(variant), Recording::objective,
          [&](RandomEngine&, CorpusRun& run) {
            const double curvature = largest_curvature(point.x);
            const double gentle = 1.0 / (2.0 * curvature);
            const double rate = std::min(gentle, problem_.suggested_step.value_or(gentle));
            const PerturbedGradientDescent solver(
                PerturbedParameters::practical(1.0 / rate, 1e-7 * (1.0 + std::abs(point.value)), scale_, 400));
            run.trajectory = record(*run.objective, solver, point.x,
                                    {.stop = max_iterations(6000), .seed = static_cast<std::uint64_t>(variant)});
            const StationaryPoint* end = reached(run.trajectory);
            label_end(end == nullptr ? point : *end, Recording::objective, run);
            if (end == &point) run.void_reason = "did not leave";
            run.may.insert("saddle-passage");
            run.may.insert("plateau");
            run.also_right = {"saddle-passage"};  // where most of the run went by at the saddle
          });
    }
  }

  void go_wrong(const StationaryPoint& point) {
    for (const int error : {0, 1, 2}) {
      add("wrong", std::to_string(error), Recording::objective, [&](RandomEngine& engine, CorpusRun& run) {
        const ObjectivePointer right = problem_.objective;
        run.objective = objective_of(
            point.x.size(), [right](ConstVectorView x) { return right->value(x); },
            [right, error](ConstVectorView x, VectorView g) {
              right->value_and_gradient(x, g);
              if (error == 0) g[0] *= 1.01;
              if (error == 1) g *= 0.5;
              if (error == 2) g[x.size() - 1] = 0.0;
            });
        const Vector start = sum(point.x, nearby(point), random_direction(engine, point.x.size()));
        run.trajectory = descend(*run.objective, 0.1 / largest_curvature(point.x), start, max_iterations(30));
        run.label = "derivative-mismatch";
        run.must = {run.label};
        run.may = {any_finding};
      });
    }
  }

  void pass(const StationaryPoint& point, int number) {
    int variant = 0;
    for (const double offset : {1e-3, 1e-5, 1e-8}) {
      for (const Recording recording :
           {Recording::objective, Recording::log, Recording::gradients, Recording::values}) {
        ++variant;
        if (recording == Recording::log && offset != 1e-5) continue;
        if (recording == Recording::gradients && offset != 1e-3) continue;
        add("passage", std::to_string(number) + "-" + std::to_string(variant), recording,
            [&](RandomEngine& engine, CorpusRun& run) { make_passage(point, offset, 0.0, recording, engine, run); });
        if (offset != 1e-5) continue;
        add("momentum", std::to_string(number) + "-" + std::to_string(variant), recording,
            [&](RandomEngine& engine, CorpusRun& run) { make_passage(point, offset, 0.7, recording, engine, run); });
      }
    }
  }

  void hold(const StationaryPoint& point, int number) {
    for (const Recording recording : {Recording::objective, Recording::printed}) {
      add("held", std::to_string(number), recording, [&](RandomEngine& engine, CorpusRun& run) {
        const std::vector<EigenPair> pairs = eigenpairs_at(*problem_.objective, point.x.view());
        const double step = gentle_step(point);
        const double doubling = std::log(2.0) / std::log1p(step * -pairs.front().value);
        run.trajectory = descend(*run.objective, step, start_beside(point, pairs, 1e-13, engine),
                                 max_iterations(std::min<Index>(20000, static_cast<Index>(20.0 * doubling))));
        label_end(point, recording, run);
      });
    }
  }

  double gentle_step(const StationaryPoint& point) const {
    const double gentle = 0.2 / largest_curvature(point.x);
    return problem_.suggested_step ? std::min(gentle, *problem_.suggested_step) : gentle;
  }

  // Off the stable manifold by `offset`, and a little way from the saddle along it.
  Vector start_beside(const StationaryPoint& point, const std::vector<EigenPair>& pairs, double offset,
                      RandomEngine& engine) const {
    const double scale = 10.0 * nearby(point);
    Vector start = sum(point.x, offset * scale, pairs.front().vector);
    for (const EigenPair& pair : pairs) {
      if (pair.value > 0.0) start = sum(start, 0.02 * scale * (uniform_unit(engine) - 0.5), pair.vector);
    }
    return start;
  }

  void make_passage(const StationaryPoint& point, double offset, double momentum, Recording recording,
                    RandomEngine& engine, CorpusRun& run) const {
    const std::vector<EigenPair> pairs = eigenpairs_at(*problem_.objective, point.x.view());
    const double scale = 10.0 * nearby(point);
    const double step = gentle_step(point);
    const HeavyBall solver({.learning_rate = schedules::constant(step), .momentum = momentum});
    const StopRule stop = gradient_tolerance(1e-7) | max_iterations(20000);
    const Vector start = start_beside(point, pairs, offset, engine);
    run.trajectory = momentum > 0.0
                         ? record(*run.objective, solver, start, {.stop = stop, .snapshots = {.log_spacing = 1.1}})
                         : descend(*run.objective, step, start, stop, {.log_spacing = 1.1});
    const Trajectory& trajectory = run.trajectory;
    // How long the iterate stayed near: from the snapshots' distance to the known saddle.
    Index left = 0;
    for (const Snapshot& snapshot : trajectory.snapshots) {
      if (distance(snapshot.x, point.x) <= 0.05 * scale) left = snapshot.iteration;
    }
    const Index last = trajectory.records.back().iteration;
    const StationaryPoint* end = reached(trajectory);
    const bool has_left = end != nullptr && end != &point && ends_stationary(trajectory);
    const double growth =
        std::log1p(step * -pairs.front().value) / (1.0 - momentum);  // a passage has to show an exponential growth
    if (!has_left || growth > 0.3 || !slows_down(trajectory)) run.void_reason = "no passage";
    if (end == nullptr) return;
    const bool is_costly = 10 * left >= 2 * last;
    const std::string end_label = label_of(problem_, *end);
    const bool is_good = end_label == "converged-minimum";
    run.label = "saddle-passage";
    run.must = {"saddle-passage"};
    run.may = {"plateau"};
    if (!is_costly) run.also_right = {no_trouble};
    if (recording == Recording::objective) {
      run.must.insert(end_label);
      if (!is_good) run.label = end_label;  // what it has come to outweighs what it cost
      if (!is_costly) run.also_right = {end_label};
      return;
    }
    if (!is_good) {  // what can be seen of that is the level end above the known optimum
      run.label = "plateau";
      run.also_right = {"saddle-passage"};
    }
    if (recording != Recording::values) return;
    run.must = {};
    if (!is_good) return;
    run.label = is_costly ? "plateau" : no_trouble;
    run.also_right = {no_trouble, "plateau", "budget-exhausted"};
  }

  // The gradient norm grows tenfold from its lowest value before the end.
  static bool slows_down(const Trajectory& trajectory) {
    double lowest = trajectory.records.front().gradient_norm;
    for (const StepRecord& record : trajectory.records) {
      lowest = std::min(lowest, record.gradient_norm);
      if (record.gradient_norm > 10.0 * lowest) return true;
    }
    return false;
  }

  void flatten() {
    const StationaryPoint& point =
        *std::min_element(problem_.stationary_points.begin(), problem_.stationary_points.end(),
                          [](const StationaryPoint& a, const StationaryPoint& b) { return a.value < b.value; });
    for (int variant = 1; variant <= 6; ++variant) {
      add("flat", std::to_string(variant), Recording::objective, [&](RandomEngine& engine, CorpusRun& run) {
        const Vector start = sum(point.x, 0.1 * scale_, random_direction(engine, point.x.size()));
        const double step = std::min(0.5 / largest_curvature(point.x), problem_.suggested_step.value_or(1e9));
        run.trajectory = descend(*run.objective, step, start,
                                 gradient_tolerance(1e-7 * (1.0 + std::abs(point.value))) | max_iterations(10000));
        const double excess = run.trajectory.records.back().value - problem_.optimal_value.value_or(not_measured);
        if (!ends_stationary(run.trajectory) || !(excess <= 1e-6)) run.void_reason = "not at a minimum";
        run.label = "degenerate-stationary-point";
        run.must = {run.label};
      });
    }
  }

  std::string family_;
  Problem problem_;
  Collector& collector_;
  double scale_ = 1e-3;  // the largest norm of a stationary point
};

Family family_of(const std::string& name, const std::string& kind, const Parameters::Assignments& assignments = {}) {
  return {name, kind, [assignments](const std::string& family, Collector& collector) {
            Treatments(family, problems::make(family, assignments), collector).all();
          }};
}

}  // namespace

std::vector<Family> known_points() {
  std::vector<Family> families;
  for (const char* name : {"freudenstein-roth", "goldstein-price", "mueller-brown", "six-hump-camel", "styblinski-tang",
                           "three-hump-camel"}) {
    families.push_back(family_of(name, "wells of different depth"));
  }
  for (const char* name : {"capped-saddle", "cross-saddle", "cubic-regularized-saddle", "ge-saddle", "lucchi-quartic",
                           "nesterov-saddle", "octopus", "rank-one-pca", "zhang-li-saddle"}) {
    families.push_back(family_of(name, "saddle between equal minima"));
  }
  for (const char* name : {"cosine-chain", "double-well", "himmelblau", "penalty-one", "phase-retrieval-population",
                           "rastrigin", "single-neuron", "tilted-well"}) {
    families.push_back(family_of(name, "summit"));
  }
  for (const char* name :
       {"deep-chain", "deep-linear-network", "flat-saddle", "linear-rank-one", "linear-rank-one-with-zeros",
        "monkey-saddle", "powell-singular", "rectangular-factorization", "symmetric-factorization"}) {
    families.push_back(family_of(name, "degenerate"));
  }
  return families;
}

}  // namespace perigee::corpus
