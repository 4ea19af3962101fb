// The report on a file, whatever is in it: of `perigee diagnose`, and of `perigee watch` once the run is over.
#ifndef PERIGEE_DIAGNOSTICS_CLI_REPORT_ON_HPP
#define PERIGEE_DIAGNOSTICS_CLI_REPORT_ON_HPP

#include <perigee/diagnostics/cli/output.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/lib/problem.hpp>

#include <optional>
#include <string>

namespace perigee::cli {

/// Reads and diagnoses. A run of ours names its problem, whose objective is then asked for curvature; `given` takes its
/// place, for logs that know nothing of theirs. Throws ReadError where the file cannot be read.
Report report_on(const std::string& path, const ReadOptions& options, const std::optional<Problem>& given,
                 DiagnoseOptions diagnose_options, const OutputOptions& output);

}  // namespace perigee::cli

#endif
