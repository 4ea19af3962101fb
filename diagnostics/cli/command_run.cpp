// `perigee run`: one recorded run and its diagnosis.
#include <perigee/diagnostics/cli/configured_run.hpp>
#include <perigee/diagnostics/cli/output.hpp>
#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/lib/recorder.hpp>
#include <perigee/lib/run.hpp>

#include <filesystem>
#include <iostream>
#include <memory>

namespace perigee::cli {

StopRule stop_for(const RunCommandOptions& options, const Solver& solver) {
  const StopRule budget = max_gradients(options.budget) | until_interrupted();
  return solver.ends_itself() ? budget : gradient_tolerance(options.gradient_tolerance) | budget;
}

namespace {

ShowProgress progress_of(const RunCommandOptions& options) {
  return options.progress ? ShowProgress::always : ShowProgress::on_terminal;
}

// Runs into a file, from the start or on from where the file's run was cut off, and reads the whole run back.
Trajectory run_into_store(const RunCommandOptions& options, const ConfiguredRun& configured) {
  Trajectory description;
  annotate(description, configured.problem, *configured.solver);
  {
    StoreRecorder store(options.store_path, {.mode = options.resume ? StoreMode::resume : StoreMode::create,
                                             .configuration = configured.configuration,
                                             .description = description,
                                             .probe = probe_of(configured.problem)});
    const std::optional<End>& finished = store.finished();
    if (finished && finished->end_class != EndClass::budget) {
      std::cerr << options.store_path << ": the run has ended already: " << finished->message << '\n';
    } else {
      ProgressLine progress(options.budget, progress_of(options), description);
      run(*configured.problem.objective, *configured.solver, configured.start,
          {.stop = stop_for(options, *configured.solver),
           .random = RandomSource(options.seed),
           .observers = {&store, &progress},
           .state = store.state()});
    }
  }
  return read_run(options.store_path);
}

Trajectory run_in_memory(const RunCommandOptions& options, const ConfiguredRun& configured) {
  Recorder recorder({}, probe_of(configured.problem));
  Trajectory description;
  annotate(description, configured.problem, *configured.solver);
  ProgressLine progress(options.budget, progress_of(options), description);
  run(*configured.problem.objective, *configured.solver, configured.start,
      {.stop = stop_for(options, *configured.solver),
       .random = RandomSource(options.seed),
       .observers = {&recorder, &progress}});
  annotate(recorder.trajectory(), configured.problem, *configured.solver);
  return std::move(recorder.trajectory());
}

}  // namespace

int run_command(const RunCommandOptions& options) {
  check_output_options(options.output);
  DiagnoseOptions diagnose_options = diagnose_options_of(options.output);
  diagnose_options.random = RandomSource(options.seed);
  const ConfiguredRun configured = configure(options);
  Report report;
  report.source.kind = options.store_path.empty() ? "run" : "sqlite";
  report.source.path = options.store_path;
  report.trajectory =
      options.store_path.empty() ? run_in_memory(options, configured) : run_into_store(options, configured);
  report.diagnosis = diagnose(report.trajectory, configured.problem.objective.get(), diagnose_options);
  add_landscape(report, *configured.problem.objective, RandomSource(options.seed), options.output);
  write_report_file({report}, options.output);
  const int exit_code = print_report(report, options.output);
  const std::optional<End>& end = report.trajectory.end;
  if (end && end->end_class == EndClass::breakdown) return exit_breakdown;
  return exit_code;
}

}  // namespace perigee::cli
