#include "solver_runs.hpp"

#include <perigee/lib/line_search.hpp>
#include <perigee/solvers/adam.hpp>
#include <perigee/solvers/barzilai_borwein.hpp>
#include <perigee/solvers/heavy_ball.hpp>
#include <perigee/solvers/limited_memory_bfgs.hpp>
#include <perigee/solvers/nesterov.hpp>
#include <perigee/solvers/nonlinear_conjugate_gradient.hpp>
#include <perigee/solvers/trust_region_newton_cg.hpp>

namespace perigee::corpus {

std::vector<std::pair<std::string, SolverPointer>> many_solvers(double top) {
  const Schedule gentle = schedules::constant(0.5 / top);
  const auto searching = [](line_searches::Pointer search) -> SolverPointer {
    return std::make_shared<GradientDescent>(GradientDescentOptions{.line_search = std::move(search)});
  };
  return {
      {"heavy-ball", std::make_shared<HeavyBall>(HeavyBallOptions{.learning_rate = gentle, .momentum = 0.8})},
      {"nesterov", std::make_shared<Nesterov>(NesterovOptions{.learning_rate = gentle, .momentum = 0.8})},
      {"nesterov-growing", std::make_shared<Nesterov>(NesterovOptions{.learning_rate = gentle})},
      {"l-bfgs", std::make_shared<LimitedMemoryBfgs>()},
      {"conjugate-gradients", std::make_shared<NonlinearConjugateGradient>()},
      {"barzilai-borwein", std::make_shared<BarzilaiBorwein>()},
      {"trust-region", std::make_shared<TrustRegionNewtonCg>()},
      {"adam", std::make_shared<Adam>(AdamOptions{.learning_rate = schedules::inverse_time(0.05, 0.01)})},
      {"armijo", searching(line_searches::armijo())},
      {"strong-wolfe", searching(line_searches::strong_wolfe({.curvature = 0.1}))},
      {"hager-zhang", searching(line_searches::hager_zhang())},
      {"exact", searching(line_searches::exact())},
  };
}

}  // namespace perigee::corpus
