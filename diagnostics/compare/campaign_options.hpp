// What a campaign consists of: the grid of runs, their budget, and what counts as solved.
//
//     run = (case * solvers + solver) * seeds + seed
//
// A case is a problem from a start. A group is the runs of one (case, solver): one a seed; the run of seed 0 alone
// where neither start nor solver draws anything; none where the solver cannot be made for the problem, or does not
// start there.
//
// Every run has the same budget of cost C = c_f values + c_g gradients + c_H
// Hessian-vector products, whatever they are spent on: steps, line searches, certificates, diagnoses that a solver
// makes on its way. Solvers meet the same start under the same seed.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_OPTIONS_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_OPTIONS_HPP

#include <perigee/diagnostics/compare/campaign_case.hpp>
#include <perigee/lib/oracle.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace perigee {

/// What calls cost, in gradients. The defaults are those of reverse differentiation.
struct CostWeights {
  double value = 1.0 / 3.0;
  double gradient = 1.0;
  double product = 2.0;
};

double cost_of(const OracleCounts& counts, const CostWeights& weights);

/// What is asked of a run's end beyond its numbers, off the budget.
enum class Judgement {
  none,
  final_point,  // what kind of point it is: stationary_point.hpp, one eigen-solve of its own
  diagnosis,    // that, and the findings of a diagnosis of the whole run, which is kept in memory for it
};

/// "none", "point", "diagnosis"; throws std::invalid_argument on any other name.
std::string_view name_of(Judgement judgement);
Judgement judgement_of(std::string_view name);

/// Whether the best value so far is kept over the cost of every run (value_trace.hpp).
enum class Traces { none, kept };

/// "none", "kept"; throws std::invalid_argument on any other name.
std::string_view name_of(Traces traces);
Traces traces_of(std::string_view name);

/// How solvers were set: tuning.hpp. The rows depend on the settings only, which stand with the solvers.
enum class SolverMode { given, theory, tuned };

/// "default", "theory", "tuned"; throws std::invalid_argument on any other name.
std::string_view name_of(SolverMode mode);
SolverMode solver_mode_of(std::string_view name);

enum class GroupKind {
  seeded,          // a run a seed
  single,          // nothing is drawn: the run of seed 0 stands for all
  not_applicable,  // no run: the solver does not fit; counts as not solved
};

/// A group that is not seeded.
struct GroupNote {
  Index group = 0;  // case * solvers + solver
  GroupKind kind = GroupKind::single;
  std::string reason{};  // of not_applicable
};

struct CampaignOptions {
  std::vector<CampaignCase> cases{};  // all different; each problem must know its f*, or traces be kept
  std::vector<NamedChoice> solvers{};
  Index seeds = 20;                                          // first_seed, ..., first_seed + seeds - 1; >= 1
  Index first_seed = 0;                                      // >= 0
  double budget = 10000.0;                                   // C of a run, >= 1; a step in progress is finished
  double seconds = std::numeric_limits<double>::infinity();  // wall time of a run likewise, > 0; infinite: no limit
  CostWeights weights{};
  // tau, decreasing, in (0, 1): solved where f <= f* + tau (f(x_0) - f*), x_0 the start before it is moved at random;
  // where f* is not known: relative_targets.hpp
  std::vector<double> targets{1e-3};
  double escape_fraction = 1e-3;  // of f_s - f*, by which f must fall below a saddle; in (0, 1): escape_rule.hpp
  double escape_distance = 10.0;  // times the start's distance from the saddle, which must be left behind; >= 0
  Judgement judgement = Judgement::none;
  Traces traces = Traces::none;
  SolverMode mode = SolverMode::given;
  std::vector<std::string> tuning{};    // of tuned solvers, in sentences: on what in all, then what of each solver
  std::vector<Index> relative_cases{};  // those without f*, ascending; found out by Campaign, as are the notes
  std::vector<GroupNote> notes{};       // found out by Campaign, whatever stands here before; by group
};

/// Where a run stands in the grid.
struct RunPlace {
  Index case_index = 0;
  Index solver = 0;
  Index seed = 0;  // that of its draws, first_seed and more
};

/// Places in the grid, those of seeds that single and not applicable groups lack included.
Index run_count(const CampaignOptions& options);
RunPlace place_of(const CampaignOptions& options, Index run);
const CampaignCase& case_at(const CampaignOptions& options, const RunPlace& place);

/// The note of a group, nullptr for seeded ones; how many runs it has; and whether a place in the grid is of one.
const GroupNote* note_of(const CampaignOptions& options, Index group);
Index runs_in_group(const CampaignOptions& options, Index group);
bool is_wanted(const CampaignOptions& options, Index run);

/// The runs that a finished campaign has.
Index wanted_count(const CampaignOptions& options);

/// Throws std::invalid_argument on anything out of range; names of problems and solvers are not looked up.
void check(const CampaignOptions& options);

/// Everything as (name, text) pairs, and back. Reading throws std::invalid_argument if an entry is missing or wrong;
/// entries of other names are passed over.
std::vector<std::pair<std::string, std::string>> entries_of(const CampaignOptions& options);
CampaignOptions options_of(const std::vector<std::pair<std::string, std::string>>& entries);

}  // namespace perigee

#endif
