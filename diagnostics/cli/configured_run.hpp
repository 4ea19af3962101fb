// A run as named on the command line: which problem, solver, start and seed. compare/recorded_run.hpp leads back again
// from a store.
#ifndef PERIGEE_DIAGNOSTICS_CLI_CONFIGURED_RUN_HPP
#define PERIGEE_DIAGNOSTICS_CLI_CONFIGURED_RUN_HPP

#include <perigee/diagnostics/cli/commands.hpp>
#include <perigee/diagnostics/compare/recorded_run.hpp>
#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/solver.hpp>
#include <perigee/lib/stop.hpp>

#include <memory>

namespace perigee::cli {

struct ConfiguredRun {
  Problem problem;
  std::unique_ptr<Solver> solver;
  Vector start;
  RunConfiguration configuration;
};

/// Resolves names and parameters. --set KEY=VALUE goes to whichever of problem and solver has the parameter;
/// where both have it, problem.KEY or solver.KEY must be written.
/// Throws std::invalid_argument on anything unknown, wrong or ambiguous.
ConfiguredRun configure(const RunCommandOptions& options);

/// When a run of these options ends: its budget, an interrupt, and the gradient tolerance for methods that do not end
/// themselves.
StopRule stop_for(const RunCommandOptions& options, const Solver& solver);

}  // namespace perigee::cli

#endif
