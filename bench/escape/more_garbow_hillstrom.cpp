// A referee on the 18 unconstrained problems of More, Garbow and Hillstrom (1981), from their starts x0, 10 x0, 100 x0.
//
//     bench_more_garbow_hillstrom [--budget N] [--runs] [--csv] [SOLVER ...]
//
// A SOLVER is a registered name with assignments, in one argument: "gradient-descent line_search=exact"; the name
// "minimize" is perigee::minimize. Without one, a choice of them. --runs also prints a line a run, --csv only these.
//
// A solver that does not end itself is stopped where the referee's criterion holds, ||g||_inf <= 1e-5 (1 + |f|); every
// solver is stopped at the budget (default 1e5 evaluations). An evaluation is a value or a value with its gradient; a
// Hessian-vector product counts as two. The *returned* point is judged by code of its own (residuals in long double,
// differences for derivatives, tests/support/more_garbow_hillstrom_twins.hpp):
//
//     stationary      ||g||_inf <= 1e-5 (1 + |f|)
//     solved          f - f* <= 1e-5 (1 + |f*|)
//     other minimum   stationary, not solved, and no eigenvalue of H below -1e-5 - 1e-12 ||H||; "known" if its value is
//                     that of a listed stationary point
//     saddle          stationary, not solved, and an eigenvalue of H below that, by differences of both lengths used
//     false success   the solver says "convergence" where the point is not stationary, or claims second-order
//                     stationarity or a minimum where an eigenvalue of H lies below that
#include "support/more_garbow_hillstrom_twins.hpp"

#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/more_garbow_hillstrom.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>
#include <perigee/solvers/guided/minimize.hpp>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace perigee;

constexpr double tolerance = 1e-5;

std::uint64_t evaluations(const OracleCounts& counts) {
  return counts.values + counts.gradients + 2 * counts.hessian_vector_products;
}

struct Contestant {
  std::string text;  // as on the command line
  std::string name;
  Parameters::Assignments assignments;
};

Contestant contestant(const std::string& text) {
  Contestant made{.text = text, .name = {}, .assignments = {}};
  std::istringstream words(text);
  words >> made.name;
  for (std::string word; words >> word;) made.assignments.push_back(parse_assignment(word));
  return made;
}

// What a solver returned and what it said about it.
struct Returned {
  Vector x;
  std::uint64_t evaluations = 0;
  std::string end;  // its id
  bool claims_convergence = false;
  bool claims_second_order = false;
};

// Fires where the referee's criterion holds. The record has the 2-norm only; where that leaves the question open, the
// gradient is computed once more, off the count.
StopRule referee_criterion(const Objective& objective) {
  return StopRule([&objective](const Progress& progress) -> std::optional<End> {
    const double limit = tolerance * (1.0 + std::abs(progress.current.value));
    const double root = std::sqrt(static_cast<double>(progress.x.size()));
    if (progress.current.gradient_norm > root * limit) return std::nullopt;
    Vector gradient(progress.x.size());
    objective.value_and_gradient(progress.x, gradient);
    if (gradient.view().lpNorm<Eigen::Infinity>() > limit) return std::nullopt;
    return End{EndClass::convergence, "referee", "the referee's criterion holds"};
  });
}

StopRule evaluation_budget(std::uint64_t budget) {
  return StopRule([budget](const Progress& progress) -> std::optional<End> {
    if (evaluations(progress.current.counts) < budget) return std::nullopt;
    return End{EndClass::budget, "evaluations", "the budget of evaluations is spent"};
  });
}

Returned minimized(const Problem& problem, const Vector& start, std::uint64_t budget) {
  const MinimizeResult result = minimize(*problem.objective, start, {.max_iterations = static_cast<Index>(budget)});
  return {.x = result.x,
          .evaluations = evaluations(result.counts),
          .end = result.end.id,
          .claims_convergence = result.end.end_class == EndClass::convergence,
          .claims_second_order =
              result.end.id == "second-order-stationary" || result.judgement.point_class == PointClass::minimum};
}

Returned solved(const Contestant& solver, const Problem& problem, const Vector& start, std::uint64_t budget) {
  if (solver.name == "minimize") return minimized(problem, start, budget);
  const auto method = all_solvers::make(solver.name, solver.assignments, problem);
  StopRule stop = evaluation_budget(budget);
  if (!method->ends_itself()) stop = referee_criterion(*problem.objective) | stop;
  const RunResult result = run(*problem.objective, *method, start, {.stop = stop});
  return {.x = result.x,
          .evaluations = evaluations(result.counts),
          .end = result.end.id,
          .claims_convergence = result.end.end_class == EndClass::convergence && result.end.id != "referee",
          .claims_second_order = result.end.id == "second-order-stationary"};
}

// What the referee finds at a point.
struct Judgement {
  double value = 0.0;
  double gradient = 0.0;  // ||g||_inf
  double least_curvature = 0.0;
  bool is_stationary = false;
  bool is_solved = false;
  bool has_negative_curvature = false;
  std::string known;  // the listed stationary point of this value, if it is not the global minimum
};

Judgement judge(const Problem& problem, const Vector& x) {
  const twins::Twin twin(problem.name);
  const twins::Reals point(x.begin(), x.end());
  Judgement judgement;
  judgement.value = static_cast<double>(twin.value(point));
  judgement.gradient = static_cast<double>(twin.gradient(point).lpNorm<Eigen::Infinity>());
  judgement.is_stationary = judgement.gradient <= tolerance * (1.0 + std::abs(judgement.value));
  const double least = problem.optimal_value.value_or(-std::numeric_limits<double>::infinity());
  judgement.is_solved = judgement.value - least <= tolerance * (1.0 + std::abs(least));
  // Differences see a kink or a cliff beside the point as curvature; at two lengths they do not agree on it.
  judgement.has_negative_curvature = true;
  for (const twins::Real step : {1e-4L, 1e-3L}) {
    const Eigen::MatrixXd hessian = twin.hessian(point, step).cast<double>();
    judgement.least_curvature = std::numeric_limits<double>::quiet_NaN();
    if (hessian.allFinite()) {
      judgement.least_curvature =
          Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(hessian, Eigen::EigenvaluesOnly).eigenvalues()[0];
    }
    judgement.has_negative_curvature =
        judgement.has_negative_curvature && judgement.least_curvature < -1e-5 - 1e-12 * hessian.norm();
  }
  for (const StationaryPoint& listed : problem.stationary_points) {
    if (listed.value <= least) continue;
    if (std::abs(judgement.value - listed.value) <= tolerance * (1e-3 + std::abs(listed.value))) {
      judgement.known = name_of(listed.type);
    }
  }
  return judgement;
}

struct Tally {
  int runs = 0;
  int stationary = 0;
  int solved = 0;
  int other_minima = 0;
  int known_minima = 0;
  int saddles = 0;
  int false_successes = 0;
  double log_evaluations = 0.0;             // sum over all runs
  double log_evaluations_stationary = 0.0;  // over the stationary ones
};

std::string verdict_of(const Judgement& judgement, bool is_false) {
  std::string verdict = !judgement.is_stationary           ? "not-stationary"
                        : judgement.is_solved              ? "solved"
                        : judgement.has_negative_curvature ? "saddle"
                        : judgement.known.empty()          ? "other-minimum"
                                                           : "known-" + judgement.known;
  if (!judgement.is_stationary && judgement.is_solved) verdict = "solved-not-stationary";
  return is_false ? verdict + "+false-success" : verdict;
}

enum class Lines { none, text, csv };

Tally contest(const Contestant& solver, std::uint64_t budget, Lines lines) {
  Tally tally;
  for (const std::string& name : problems::unconstrained_more_garbow_hillstrom()) {
    const Problem problem = problems::make(name);
    for (const char* start : {"standard", "standard-x10", "standard-x100"}) {
      const Returned returned = solved(solver, problem, start_of(problem, start), budget);
      const Judgement judgement = judge(problem, returned.x);
      const bool is_false = (returned.claims_convergence && !judgement.is_stationary) ||
                            (returned.claims_second_order && judgement.has_negative_curvature);
      const double log_evaluations = std::log(static_cast<double>(returned.evaluations));
      ++tally.runs;
      tally.stationary += judgement.is_stationary ? 1 : 0;
      tally.solved += judgement.is_solved ? 1 : 0;
      tally.false_successes += is_false ? 1 : 0;
      tally.log_evaluations += log_evaluations;
      if (judgement.is_stationary) tally.log_evaluations_stationary += log_evaluations;
      if (judgement.is_stationary && !judgement.is_solved) {
        (judgement.has_negative_curvature ? tally.saddles : tally.other_minima) += 1;
        if (!judgement.has_negative_curvature && !judgement.known.empty()) ++tally.known_minima;
      }
      if (lines == Lines::none) continue;
      const char* form = lines == Lines::csv
                             ? "\"%s\",%s,%s,%llu,%.10g,%.3g,%.3g,%s,%s\n"
                             : "  %s  %-24s %-13s %7llu  f %-18.10g |g| %-9.3g lambda %-10.3g %s (%s)\n";
      std::printf(form, solver.text.c_str(), name.c_str(), start, static_cast<unsigned long long>(returned.evaluations),
                  judgement.value, judgement.gradient, judgement.least_curvature,
                  verdict_of(judgement, is_false).c_str(), returned.end.c_str());
    }
  }
  return tally;
}

int referee(const std::vector<std::string>& arguments) {
  std::uint64_t budget = 100000;
  Lines lines = Lines::none;
  std::vector<Contestant> field;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--budget" && i + 1 < arguments.size()) {
      budget = std::stoull(arguments[++i]);
    } else if (arguments[i] == "--runs") {
      lines = Lines::text;
    } else if (arguments[i] == "--csv") {
      lines = Lines::csv;
    } else {
      field.push_back(contestant(arguments[i]));
    }
  }
  if (field.empty()) {
    for (const char* text :
         {"limited-memory-bfgs", "gradient-descent line_search=strong-wolfe(curvature=0.1)",
          "gradient-descent line_search=exact", "barzilai-borwein", "nonlinear-conjugate-gradient",
          "trust-region-newton-cg", "adaptive-cubic-regularization", "certified(limited-memory-bfgs)", "minimize"}) {
      field.push_back(contestant(text));
    }
  }
  if (lines == Lines::csv) std::puts("solver,problem,start,evaluations,value,gradient,least_curvature,verdict,end");
  std::vector<Tally> tallies;
  for (const Contestant& solver : field) tallies.push_back(contest(solver, budget, lines));
  if (lines == Lines::csv) return 0;
  std::puts(
      "| solver | stationary | solved | other minima (known) | saddles | false | evaluations, geometric mean: "
      "stationary runs | all runs |\n|---|---|---|---|---|---|---|---|");
  for (std::size_t i = 0; i < field.size(); ++i) {
    const Tally& t = tallies[i];
    std::printf("| %s | %d/%d | %d | %d (%d) | %d | %d | %.1f | %.1f |\n", field[i].text.c_str(), t.stationary, t.runs,
                t.solved, t.other_minima, t.known_minima, t.saddles, t.false_successes,
                std::exp(t.log_evaluations_stationary / std::max(1, t.stationary)),
                std::exp(t.log_evaluations / t.runs));
  }
  return 0;
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    return referee({arguments + 1, arguments + argument_count});
  } catch (const std::exception& error) {
    std::cerr << "bench_more_garbow_hillstrom: " << error.what() << '\n';
    return 2;
  }
}
