// Ceres Solver 2.1, GradientProblemSolver through the bridge, with its default tolerances.
#include "peers/peer.hpp"

#include <perigee/solvers/ceres/ceres_minimize.hpp>

namespace perigee::peers {

std::vector<Peer> ceres_peers() {
  std::vector<Peer> peers;
  for (const CeresDirection direction : {CeresDirection::lbfgs, CeresDirection::bfgs,
                                         CeresDirection::conjugate_gradient, CeresDirection::steepest_descent}) {
    const CeresOptions options{.direction = direction};
    std::string name = ceres_name(options);
    name[name.find('-')] = ' ';
    peers.push_back({name, [options](Meter& meter, const Vector& start) -> Outcome {
                       const RunResult result =
                           ceres_minimize(meter.objective(), start, options, {.stop = max_gradients(meter.budget())});
                       meter.add(result.counts.gradients);
                       return {result.x, result.end.id, result.end.id == "ceres-convergence"};
                     }});
  }
  return peers;
}

}  // namespace perigee::peers
