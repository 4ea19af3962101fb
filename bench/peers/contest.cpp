// Where other people's optimizers stop, and what they say there.
//
//     bench_peers [--budget EVALUATIONS] [--runs] [METHOD ...]
//
// Three groups of runs, the same for every method: the 18 unconstrained problems of More, Garbow and Hillstrom from
// x0, 10 x0 and 100 x0; every listed strict saddle of a registered problem of 2 to 60 variables, from the saddle itself
// and from 1e-6 beside it (one fixed direction drawn for each); the policy landscapes of at most 60 parameters from
// each of their starts. An evaluation is a value, or a value with its gradient; a Hessian-vector product counts two.
//
// The returned point is judged without asking the method, by gradient and dense Hessian of the problem:
//
//     not stationary   ||g||_inf > 1e-5 (1 + |f|)
//     solved           f - f* <= 1e-5 (1 + |f*|) + 1e-3 (f(x_0) - f*), and stationary or not: the value is what counts
//     saddle           stationary, not solved, and an eigenvalue below -1e-5 - 1e-12 ||H||_F
//     flat             stationary, not solved, every |eigenvalue| <= 1e-3: a policy's corner, a plateau
//     other minimum    the rest
//
// dlib is not in the field: on the collection its line search can turn for ever without asking for a value, so that
// nothing outside ends it.
//
// A method errs where it reports success at a saddle, at a flat point, or where the gradient does not vanish.
#include "peers/peer.hpp"
#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"

#include <perigee/lib/problems/more_garbow_hillstrom.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/random.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

using namespace perigee;

struct Case {
  const Problem* problem;
  std::string start;
  Vector x;
};

struct Group {
  std::string name;
  std::vector<Case> cases;
};

constexpr Index most_variables = 60;

bool is_unconstrained(const Problem& problem) { return !problem.policy || problem.policy->transform() != "direct"; }

std::vector<Group> groups_of(const std::vector<Problem>& problems) {
  Group collection{"More-Garbow-Hillstrom", {}};
  Group saddles{"saddles", {}};
  Group policies{"policies", {}};
  const std::vector<std::string> listed = problems::unconstrained_more_garbow_hillstrom();
  for (const Problem& problem : problems) {
    if (std::find(listed.begin(), listed.end(), problem.name) != listed.end()) {
      for (const char* start : {"standard", "standard-x10", "standard-x100"}) {
        collection.cases.push_back({&problem, start, start_of(problem, start)});
      }
    }
    if (problem.policy) {
      for (const StartPoint& start : problem.starts) policies.cases.push_back({&problem, start.name, start.x});
    }
    for (std::size_t i = 0; i < problem.stationary_points.size(); ++i) {
      const StationaryPoint& point = problem.stationary_points[i];
      if (point.type != StationaryType::strict_saddle || point.x.size() < 2) continue;
      const std::string name = "saddle " + std::to_string(i);
      saddles.cases.push_back({&problem, name, point.x});
      RandomEngine engine = RandomSource(1).engine(problem.name, i);
      Vector beside(point.x.size());
      fill_standard_normal(engine, beside);
      beside.view() = point.x.view() + 1e-6 / beside.view().norm() * beside.view();
      saddles.cases.push_back({&problem, name + " + 1e-6", beside});
    }
  }
  return {collection, saddles, policies};
}

enum class Place { not_stationary, solved, saddle, flat, other_minimum };

std::string_view name_of(Place place) {
  switch (place) {
    case Place::not_stationary:
      return "not stationary";
    case Place::solved:
      return "solved";
    case Place::saddle:
      return "saddle";
    case Place::flat:
      return "flat";
    case Place::other_minimum:
      return "other minimum";
  }
  return "";
}

Place judge(const Problem& problem, const Vector& start, const Vector& x) {
  Vector gradient(x.size());
  const double value = problem.objective->value_and_gradient(x, gradient);
  if (problem.optimal_value) {
    const double least = *problem.optimal_value;
    const double excess = std::max(0.0, problem.objective->value(start) - least);
    if (value - least <= 1e-5 * (1.0 + std::abs(least)) + std::min(1e-3 * excess, 1e-3)) return Place::solved;
  }
  const double norm = gradient.view().lpNorm<Eigen::Infinity>();
  if (!(norm <= 1e-5 * (1.0 + std::abs(value)))) return Place::not_stationary;
  const Eigen::MatrixXd hessian = test::dense_hessian(*problem.objective, x);
  if (!hessian.allFinite()) return Place::not_stationary;
  const Eigen::VectorXd eigenvalues = test::symmetric_eigenvalues(0.5 * (hessian + hessian.transpose()));
  if (eigenvalues[0] < -1e-5 - 1e-12 * hessian.norm()) return Place::saddle;
  return eigenvalues.cwiseAbs().maxCoeff() <= 1e-3 ? Place::flat : Place::other_minimum;
}

struct Tally {
  int runs = 0;
  int solved = 0;
  int other_minima = 0;
  int wrong[3] = {0, 0, 0};  // success reported at a saddle, at a flat point, where the gradient does not vanish
  double log_evaluations = 0.0;
};

Tally contest(const peers::Peer& peer, const Group& group, std::uint64_t budget, bool prints_runs) {
  Tally tally;
  for (const Case& item : group.cases) {
    peers::Meter meter(*item.problem->objective, budget);
    const peers::Outcome outcome = peer.minimize(meter, item.x);
    const Place place = judge(*item.problem, item.x, outcome.x);
    ++tally.runs;
    tally.solved += place == Place::solved ? 1 : 0;
    tally.other_minima += place == Place::other_minimum ? 1 : 0;
    if (outcome.claims_success) {
      tally.wrong[0] += place == Place::saddle ? 1 : 0;
      tally.wrong[1] += place == Place::flat ? 1 : 0;
      tally.wrong[2] += place == Place::not_stationary ? 1 : 0;
    }
    tally.log_evaluations += std::log(static_cast<double>(std::max<std::uint64_t>(1, meter.evaluations())));
    if (!prints_runs) continue;
    std::printf("  %-32s %-28s %-18s %8llu  %-14s %s (%s)\n", peer.name.c_str(), item.problem->name.c_str(),
                item.start.c_str(), static_cast<unsigned long long>(meter.evaluations()),
                std::string(name_of(place)).c_str(), outcome.claims_success ? "success" : "no success",
                outcome.status.c_str());
  }
  return tally;
}

std::vector<peers::Peer> field() {
  std::vector<peers::Peer> all = peers::own_methods();
  const auto add = [&all](std::vector<peers::Peer> more) {
    for (peers::Peer& peer : more) all.push_back(std::move(peer));
  };
#ifdef PERIGEE_PEER_CERES
  add(peers::ceres_peers());
#endif
#ifdef PERIGEE_PEER_GSL
  add(peers::gsl_peers());
#endif
#ifdef PERIGEE_PEER_LIBLBFGS
  add(peers::liblbfgs_peers());
#endif
#ifdef PERIGEE_PEER_NLOPT
  add(peers::nlopt_peers());
#endif
  return all;
}

}  // namespace

int main(int argument_count, char** arguments) {
  std::uint64_t budget = 10000;
  bool prints_runs = false;
  std::vector<std::string> chosen;
  for (int i = 1; i < argument_count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--budget" && i + 1 < argument_count) {
      budget = std::strtoull(arguments[++i], nullptr, 10);
    } else if (argument == "--runs") {
      prints_runs = true;
    } else {
      chosen.push_back(argument);
    }
  }
  std::vector<Problem> problems;
  for (const problems::Entry& entry : problems::registry()) {
    Problem problem = problems::make(entry.name);
    if (problem.objective->dimension() <= most_variables && is_unconstrained(problem)) {
      problems.push_back(std::move(problem));
    }
  }
  for (const Group& group : groups_of(problems)) {
    std::printf("\n%s, %zu runs a method, at most %llu evaluations each\n\n", group.name.c_str(), group.cases.size(),
                static_cast<unsigned long long>(budget));
    std::printf(
        "| method | solved | other minima | success reported at a saddle | at a flat point | where the gradient does "
        "not vanish | evaluations, geometric mean |\n|---|---|---|---|---|---|---|\n");
    for (const peers::Peer& peer : field()) {
      if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), peer.name) == chosen.end()) continue;
      const Tally tally = contest(peer, group, budget, prints_runs);
      std::printf("| %s | %d/%d | %d | %d | %d | %d | %.1f |\n", peer.name.c_str(), tally.solved, tally.runs,
                  tally.other_minima, tally.wrong[0], tally.wrong[1], tally.wrong[2],
                  std::exp(tally.log_evaluations / tally.runs));
      std::fflush(stdout);
    }
  }
  return 0;
}
