// `perigee replay`: which strategy would have left the slow phase of a run.
#include <perigee/diagnostics/cli/configured_run.hpp>
#include <perigee/diagnostics/cli/output.hpp>
#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/replay/render_replay.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>

#include <iostream>
#include <stdexcept>
#include <thread>

namespace perigee::cli {

namespace {

struct ReplayedRun {
  Problem problem;
  NamedChoice solver;
  Trajectory trajectory;
  std::uint64_t seed = 0;
};

ReplayedRun stored_run(const std::string& path) {
  const RunConfiguration configuration = read_configuration(path);
  std::optional<Problem> problem = problem_of(configuration);
  if (!problem) {
    throw std::invalid_argument(path +
                                ": the objective of this run is not known, because it names no registered "
                                "problem; fork it in a program, with perigee::replay");
  }
  try {
    NamedChoice solver = solver_of(configuration, *problem);
    return {std::move(*problem), std::move(solver), read_run(path), seed_of(configuration)};
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(path + ": " + error.what());
  }
}

ReplayedRun fresh_run(const RunCommandOptions& options) {
  ConfiguredRun configured = configure(options);
  ReplayedRun made{std::move(configured.problem), {}, {}, options.seed};
  made.solver = solver_of(configured.configuration, made.problem);
  Recorder recorder({}, probe_of(made.problem));
  run(*made.problem.objective, *configured.solver, configured.start,
      {.stop = stop_for(options, *configured.solver), .random = RandomSource(options.seed), .observers = {&recorder}});
  annotate(recorder.trajectory(), made.problem, *configured.solver);
  made.trajectory = std::move(recorder.trajectory());
  return made;
}

}  // namespace

int replay_command(const ReplayCommandOptions& options) {
  if (options.path.empty() == options.run.problem.empty()) {
    throw std::invalid_argument("replay: give either a recorded run or --problem");
  }
  const ReplayedRun replayed = options.path.empty() ? fresh_run(options.run) : stored_run(options.path);
  ReplayOptions replay_options{
      .seeds = static_cast<Index>(options.seeds),
      .seed = options.path.empty() ? options.run.seed : replayed.seed,
      .budget = options.budget,
      .threads = options.jobs > 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency())};
  for (const std::string& text : options.strategies) replay_options.strategies.push_back(parse_choice(text));
  ForkOptions fork_options;
  if (options.from >= 0) fork_options.iteration = static_cast<Index>(options.from);
  if (options.departure > 0.0) fork_options.departure = options.departure;

  const Objective& objective = *replayed.problem.objective;
  const Diagnosis diagnosis = diagnose(replayed.trajectory, &objective, {.random = RandomSource(replayed.seed)});
  const Fork fork = find_fork(replayed.trajectory, diagnosis, objective, fork_options);
  const ReplayResult result = replay(replayed.problem, replayed.solver, fork, replay_options);
  if (!options.report_path.empty()) write_file(options.report_path, render_html(result));
  if (options.json_path == "-") {
    std::cout << render_json(result);
  } else {
    if (!options.json_path.empty()) write_file(options.json_path, render_json(result));
    std::cout << render_text(result);
  }
  return exit_done;
}

}  // namespace perigee::cli
