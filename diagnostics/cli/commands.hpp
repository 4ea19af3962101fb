// The commands of `perigee`, each a function of its parsed options. Errors in use are thrown as
// std::invalid_argument or std::runtime_error; main turns them into exit code 2.
#ifndef PERIGEE_DIAGNOSTICS_CLI_COMMANDS_HPP
#define PERIGEE_DIAGNOSTICS_CLI_COMMANDS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace perigee::cli {

/// Exit codes: an interface, documented in docs/command-line.md.
enum ExitCode : int {
  exit_done = 0,
  exit_finding = 1,    // a finding named by --fail-on
  exit_usage = 2,      // bad usage or bad input
  exit_breakdown = 3,  // the run broke down numerically; its report is still written
};

/// Where reports go. An empty path: not wanted; "-" for JSON: standard output.
struct OutputOptions {
  std::string report_path;  // Markdown if it ends in .md or .markdown, else HTML
  std::string json_path;
  std::vector<std::string> fail_on;
  std::vector<std::string> thresholds;  // name=value
};

struct ListOptions {
  std::string what;  // "problems", "solvers", "schedules", "line-searches", "findings",
                     // "thresholds", "reproductions"; empty: everything
  bool as_json = false;
};

struct RunCommandOptions {
  std::string problem;
  std::string solver = "gradient-descent";
  std::vector<std::string> assignments;  // key=value, problem.key=value, solver.key=value
  std::string start;
  std::uint64_t seed = 0;
  std::uint64_t budget = 10000;      // gradient evaluations
  double gradient_tolerance = 1e-8;  // for methods that do not end themselves
  std::string store_path;
  bool resume = false;
  bool progress = false;  // lines on standard error also where that is no terminal
  OutputOptions output;
};

struct DiagnoseCommandOptions {
  std::vector<std::string> paths;
  std::string format = "auto";
  std::vector<std::string> mapping;     // role=column, comma separated or repeated
  std::string problem;                  // name or name(key=value, ...): what the log is a run of; empty: unknown
  std::optional<double> lower_bound{};  // of the value; none: as recorded
  std::string transform;                // of the probabilities; empty: as recorded
  OutputOptions output;
};

struct WatchCommandOptions {
  std::string path;
  std::string format = "auto";
  std::vector<std::string> mapping;  // role=column, comma separated or repeated
  double interval = 1.0;             // seconds between two looks at the file, at least
  double idle = 0.0;                 // seconds without change after which the run counts as over; 0: never
  std::int64_t process = 0;          // which writes the log: over when it has ended; 0: unknown
  OutputOptions output;
};

struct CompareCommandOptions {
  std::vector<std::string> problems;  // each a list: name or name(key=value, ...), @start or not, separated by commas
  std::vector<std::string> suites;    // likewise, of names
  std::string part;                   // of the suites: "training", "held-out", "all"; empty: what the mode asks for
  std::vector<std::string> solvers;   // as the problems, without starts
  std::vector<std::string> starts;    // of problems without an @; empty: each problem's first start
  std::string mode = "default";       // "default", "theory", "tuned"
  std::string tuning_path;            // of the tuned mode: a finished tuning campaign
  std::int64_t configurations = 64;   // of a tuning campaign: settings of each solver
  std::uint64_t tuning_seed = 0;      // of their draws
  std::int64_t seeds = 20;
  std::int64_t first_seed = 0;
  double budget = 10000.0;            // cost of a run
  double seconds = 0.0;               // wall time of a run; 0: no limit
  std::vector<double> weights{};      // of values, gradients and products; empty: the defaults
  std::vector<double> targets{1e-3};  // tau, decreasing
  bool keeps_traces = false;          // the best value so far over the cost of every run
  std::string judgement = "none";     // "none", "point", "diagnosis"
  std::string store_path;             // empty: nothing is kept
  std::string shard = "1/1";
  unsigned threads = 0;                 // 0: one a core
  std::string json_path;                // the summary; "-": standard output
  std::string csv_path;                 // one line a run, likewise
  std::string report_path;              // the comparison as an HTML page
  std::vector<std::string> files{};     // to be merged, or shown
  std::vector<double> shown_targets{};  // of `show`: others than the campaign's; empty: these
};

struct ReplayCommandOptions {
  std::string path;                     // a recorded run; empty: `run` says which one to make
  RunCommandOptions run;                // of a fresh run
  std::int64_t from = -1;               // the iteration to fork; -1: the start of the longest slow phase
  std::vector<std::string> strategies;  // name or name(key=value, ...); empty: the default ones
  std::int64_t seeds = 20;
  double budget = 0.0;     // cost of each run; 0: from what the recorded run spent
  double departure = 0.0;  // 0: by the rule
  unsigned jobs = 0;       // 0: all cores
  std::string json_path;
  std::string report_path;  // HTML
};

struct ReproduceCommandOptions {
  std::vector<std::string> names;  // empty: list them; "all": every one
  std::string folder = ".";        // made if it is not there
  std::uint64_t seed = 1;
  bool is_quick = false;
  unsigned jobs = 0;  // 0: all cores
};

/// How much `perigee --version` says.
enum class VersionDetail {
  number,  // "perigee 0.1.0"
  build,   // and what is compiled in, a line each
};

std::string version_text(VersionDetail detail);

/// What `perigee list KIND` shows, for completion.
struct ListedName {
  std::string name;
  std::string summary;
  std::vector<std::string> parameters;  // their names
};
std::vector<ListedName> listed_names(const std::string& kind);

int list_command(const ListOptions& options);
int run_command(const RunCommandOptions& options);
int diagnose_command(const DiagnoseCommandOptions& options);
int watch_command(const WatchCommandOptions& options);
/// Of the options: problem, assignments, start and seed.
int doctor_command(const RunCommandOptions& options);
int compare_command(const CompareCommandOptions& options);
int compare_tune_command(const CompareCommandOptions& options);
int compare_merge_command(const CompareCommandOptions& options);
int compare_show_command(const CompareCommandOptions& options);
int replay_command(const ReplayCommandOptions& options);
int reproduce_command(const ReproduceCommandOptions& options);

}  // namespace perigee::cli

#endif
