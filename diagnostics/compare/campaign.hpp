// A campaign ready to run: every run of the grid is a pure function of its place.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>
#include <perigee/diagnostics/compare/escape_rule.hpp>
#include <perigee/diagnostics/compare/run_row.hpp>
#include <perigee/diagnostics/compare/start_text.hpp>
#include <perigee/diagnostics/store.hpp>
#include <perigee/lib/problem.hpp>
#include <perigee/lib/solver.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace perigee {

class Campaign {
 public:
  /// Makes every problem and solver, and starts every solver once in every case: where that is refused, its group is
  /// not applicable. Throws std::invalid_argument on unknown names, wrong parameters, options out of range, a problem
  /// whose optimal value is not known where no traces are kept, or a solver that fits no case.
  explicit Campaign(CampaignOptions options);

  /// With the notes on groups.
  const CampaignOptions& options() const { return options_; }
  Index size() const { return run_count(options_); }

  /// What identifies the campaign's rows: the options, the version, the compiler, the vector instructions in use, and
  /// the settings that each solver took on each problem. Equal configurations give equal rows.
  RunConfiguration configuration() const;

  /// The row of one run, from any thread; not of its neighbours, of the thread or of the time of day, `seconds` apart
  /// and what a limit of wall time cuts off. Nothing: `cancelled`, asked after every iteration, said so; half a run is
  /// no row.
  RunRow run(Index run) const { return *this->run(run, {}); }
  std::optional<RunRow> run(Index run, const std::function<bool()>& cancelled) const;

  /// Whether runs of one group (case, solver) go several at a time through vector lanes: gradient descent of
  /// a fixed rate, one target, starts beside a fixed point, nothing to be judged, no limit of wall time, no traces. The
  /// rows are the same.
  bool runs_in_lanes(Index run) const;

  /// The rows of these runs, in their order, without those that were `cancelled` before their end. All of one group
  /// where runs_in_lanes; `seconds` is then shared out evenly.
  std::vector<RunRow> run_many(std::span<const Index> runs, const std::function<bool()>& cancelled = {}) const;

 private:
  void add_problem(const NamedChoice& choice);  // and the solvers on it
  void note_groups();
  const Problem& problem_at(const RunPlace& place) const;
  // What f must fall to, one a target. Heights are measured from the start before it is moved, or from x0 itself.
  std::vector<double> target_values(const RunPlace& place, const Vector& x0) const;
  std::vector<RunRow> run_lanes(std::span<const Index> runs, const std::function<bool()>& cancelled) const;
  const Solver& solver_at(const RunPlace& place) const;
  const StartText& start_at(const RunPlace& place) const;

  CampaignOptions options_;
  std::vector<std::unique_ptr<Problem>> problems_;  // one of each text; the starts refer to them
  std::vector<std::size_t> problem_of_case_;
  std::vector<std::unique_ptr<Solver>> solvers_;  // problem-major; nullptr: cannot be made
  std::vector<std::string> refusals_;             // likewise: why not
  std::vector<StartText> starts_;                 // one a case
  std::vector<EscapeRule> escapes_;               // one a case
};

}  // namespace perigee

#endif
