// What every report is made of. The renderers (text, JSON, HTML) are pure functions of it:
// the same report gives the same bytes.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_HPP

#include <perigee/diagnostics/finding.hpp>
#include <perigee/diagnostics/landscape.hpp>
#include <perigee/lib/trajectory.hpp>

#include <string>
#include <utility>
#include <vector>

namespace perigee {

/// Where the trajectory came from.
struct ReportSource {
  std::string kind;                                          // "run", "csv", "jsonl" or "sqlite"
  std::string path;                                          // of the file; empty for a run in memory
  std::vector<std::pair<std::string, std::string>> columns;  // role in the trajectory -> column of the file
  std::vector<std::string> notes;                            // what the reader wants known: guesses, skipped lines
};

struct Report {
  ReportSource source;
  Trajectory trajectory;
  Diagnosis diagnosis;
  Landscape landscape{};  // for the pictures; empty where the objective is not at hand
};

}  // namespace perigee

#endif
