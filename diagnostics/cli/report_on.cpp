#include <perigee/diagnostics/cli/report_on.hpp>

#include <perigee/diagnostics/cli/configured_run.hpp>
#include <perigee/diagnostics/compare/recorded_run.hpp>
#include <perigee/diagnostics/diagnose.hpp>

#include <stdexcept>
#include <utility>

namespace perigee::cli {

Report report_on(const std::string& path, const ReadOptions& options, const Known& known,
                 DiagnoseOptions diagnose_options, const OutputOptions& output) {
  ReadResult read = read_trajectory(path, options);
  Report report;
  report.source.kind = read.format;
  report.source.path = path;
  for (const ColumnUse& use : read.columns) {
    report.source.columns.emplace_back(use.role, use.column);
  }
  report.source.notes.insert(report.source.notes.end(), read.notes.begin(), read.notes.end());
  // A run of ours names its problem, so its curvature can be asked for, with the draws that the run itself used.
  std::optional<Problem> problem = known.problem;
  if (problem) describe(*problem, read.trajectory);
  if (known.lower_bound) read.trajectory.lower_bound = known.lower_bound;
  if (!known.transform.empty()) {
    if (!read.trajectory.policy) {
      throw std::invalid_argument(path + ": --transform needs recorded probabilities (p_class_0, ...), got none");
    }
    read.trajectory.policy->transform = known.transform;
  }
  if (read.format == "sqlite") {
    const RunConfiguration configuration = read_configuration(path);
    if (!problem) problem = problem_of(configuration);
    diagnose_options.random = RandomSource(seed_of(configuration));
  }
  report.diagnosis = diagnose(read.trajectory, problem ? problem->objective.get() : nullptr, diagnose_options);
  report.trajectory = std::move(read.trajectory);
  if (problem) add_landscape(report, *problem->objective, diagnose_options.random, output);
  return report;
}

}  // namespace perigee::cli
