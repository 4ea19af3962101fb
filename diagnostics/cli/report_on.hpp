// The report on a file, whatever is in it: of `perigee diagnose`, and of `perigee watch` once the run is over.
#ifndef PERIGEE_DIAGNOSTICS_CLI_REPORT_ON_HPP
#define PERIGEE_DIAGNOSTICS_CLI_REPORT_ON_HPP

#include <perigee/diagnostics/cli/output.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/lib/problem.hpp>

#include <optional>
#include <string>

namespace perigee::cli {

/// What the user knows of a log beyond what is in it; it goes before what is.
struct Known {
  std::optional<Problem> problem{};
  std::optional<double> lower_bound{};  // of the value
  std::string transform{};              // "softmax", "escort", "direct"; empty: unknown
};

/// Reads and diagnoses. A run of ours names its problem, whose objective is then asked for curvature; `known.problem`
/// takes its place, for logs that know nothing of theirs. Throws ReadError where the file cannot be read, and
/// std::invalid_argument where a transform is named and there are no probabilities.
Report report_on(const std::string& path, const ReadOptions& options, const Known& known,
                 DiagnoseOptions diagnose_options, const OutputOptions& output);

}  // namespace perigee::cli

#endif
