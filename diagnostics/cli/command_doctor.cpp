// `perigee doctor`: is an objective fit to be minimized?
#include <perigee/diagnostics/cli/configured_run.hpp>
#include <perigee/diagnostics/doctor.hpp>
#include <perigee/lib/format.hpp>

#include <iostream>

namespace perigee::cli {

int doctor_command(const RunCommandOptions& options) {
  const ConfiguredRun configured = configure(options);
  const DoctorReport report =
      examine(*configured.problem.objective, configured.start.view(), RandomSource(options.seed));
  std::cout << configured.problem.name << ": " << configured.start.size() << " variables, value "
            << format_number(report.value) << ", gradient norm " << format_number(report.gradient_norm, 3) << "\n\n"
            << report.text();
  return report.health() == Health::bad ? exit_finding : exit_done;
}

}  // namespace perigee::cli
