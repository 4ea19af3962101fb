// Perigee's own methods with their defaults, ended at ||g|| <= 1e-6 where they do not end themselves. Those whose steps
// need a constant of the problem, as perturbed gradient descent does, are not in the field: no peer gets to know one.
#include "peers/peer.hpp"

#include <perigee/lib/run.hpp>
#include <perigee/solvers/adaptive_cubic_regularization.hpp>
#include <perigee/solvers/barzilai_borwein.hpp>
#include <perigee/solvers/certified.hpp>
#include <perigee/solvers/guided/guided.hpp>
#include <perigee/solvers/guided/minimize.hpp>
#include <perigee/solvers/limited_memory_bfgs.hpp>
#include <perigee/solvers/nonlinear_conjugate_gradient.hpp>
#include <perigee/solvers/saddle_free_newton.hpp>
#include <perigee/solvers/trust_region_newton_cg.hpp>

#include <memory>

namespace perigee::peers {

namespace {

std::uint64_t evaluations_of(const OracleCounts& counts) {
  return counts.values + counts.gradients + 2 * counts.hessian_vector_products;
}

Peer of(std::shared_ptr<const Solver> solver) {
  return {"perigee " + solver->name(), [solver](Meter& meter, const Vector& start) -> Outcome {
            StopRule stop = StopRule([&meter](const Progress& progress) -> std::optional<End> {
              if (evaluations_of(progress.current.counts) < meter.budget()) return std::nullopt;
              return End{EndClass::budget, "evaluations", "the budget of evaluations is spent"};
            });
            if (!solver->ends_itself()) stop = gradient_tolerance(1e-6) | stop;
            const RunResult result = run(meter.objective(), *solver, start, {.stop = stop, .random = RandomSource(1)});
            meter.add(evaluations_of(result.counts));
            return {result.x, result.end.id, result.end.end_class == EndClass::convergence};
          }};
}

}  // namespace

std::vector<Peer> own_methods() {
  return {of(std::make_shared<LimitedMemoryBfgs>()),
          of(std::make_shared<NonlinearConjugateGradient>()),
          of(std::make_shared<BarzilaiBorwein>()),
          of(std::make_shared<Certified>(certified(LimitedMemoryBfgs()))),
          of(std::make_shared<TrustRegionNewtonCg>()),
          of(std::make_shared<AdaptiveCubicRegularization>()),
          of(std::make_shared<SaddleFreeNewton>()),
          of(std::make_shared<Guided>()),
          {"perigee minimize", [](Meter& meter, const Vector& start) -> Outcome {
             const MinimizeResult result =
                 minimize(meter.objective(), start, {.max_iterations = static_cast<Index>(meter.budget())});
             meter.add(evaluations_of(result.counts));
             return {result.x, result.end.id, result.end.end_class == EndClass::convergence};
           }}};
}

}  // namespace perigee::peers
