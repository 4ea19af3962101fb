// How solvers are set for a comparison: by default, by theory, or tuned on problems that do not take part.
//
// Tuning is a campaign of its own, on training problems: every solver as it was given, and in random settings of its
// parameters, all from the same starts, under the same seeds and within the same budget. The setting with the least
//
//     score = geometric mean over cases of the restricted mean cost to the target
//
// is chosen; a run that failed, and a case that the setting does not fit, count with the whole budget. (The geometric
// mean weighs ratios, as performance profiles do; no case dominates it.) What the chosen setting is worth shows on
// other problems under other seeds only: its score here is the best of many, and flatters it.
//
// A parameter is drawn independently of the others:
//
//     default d > 0                 log-uniform on [d/100, 100 d], whole numbers on [d/10, 10 d]
//     d >= 1/2, range within [0, 1]    1 - value log-uniform on [(1 - d)/10, 10 (1 - d)]: shares kept, decays
//     the default is a rule         the rule in half of the draws, else log-uniform on [1e-4, 1e4]; 1 - value on
//                                   [1e-3, 1] where the range is within [0, 1]
//
// each cut to the parameter's range. Left alone: texts (but for learning rates and step lengths, which are drawn as
// numbers), defaults of 0, parameters of a theorem, criteria of a certificate (they set what a run claims, not how it
// gets there), and whatever was given.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_TUNING_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_TUNING_HPP

#include <perigee/diagnostics/compare/campaign_options.hpp>
#include <perigee/diagnostics/compare/run_rows.hpp>
#include <perigee/diagnostics/compare/statistics/interval.hpp>

#include <string>
#include <vector>

namespace perigee {

/// The setting that only takes what is known of a problem: parameters=theory, or learning_rate=theory, where the solver
/// has it; otherwise the solver as it is. What was given stays.
/// Throws std::invalid_argument on an unknown solver.
NamedChoice theory_setting(const NamedChoice& solver);

/// The campaign with all solvers in that setting. Throws likewise.
CampaignOptions theory_campaign(CampaignOptions campaign);

/// The campaign that tunes the solvers of `campaign` on its cases: in the place of each, itself and then
/// `configurations` - 1 settings drawn from `seed`, fewer where it has nothing to tune. Settings that fit none of the
/// cases are drawn again. The campaign's file is all that is needed to repeat it, and to read off what was chosen.
/// Throws std::invalid_argument unless configurations >= 2 and the solvers' names differ.
CampaignOptions tuning_campaign(CampaignOptions campaign, Index configurations, std::uint64_t seed = 0);

/// What tuning has shown of one solver.
struct TunedSolver {
  NamedChoice given{};
  NamedChoice chosen{};
  double given_score = not_measured;
  double chosen_score = not_measured;
  Index configurations = 0;
  // Sensitivity: the settings whose score is within twice the best, and Wilson's interval of their share.
  Index within_twice = 0;
  statistics::Interval within_twice_interval{};
  double cost = 0.0;  // C of all its runs: what tuning has cost
};

/// Of a finished tuning campaign, in the order of the solvers; of equal scores the first counts.
/// Throws std::invalid_argument where rows are missing or `target` is not one of the campaign's.
std::vector<TunedSolver> tuned_solvers(const CampaignOptions& tuning, RunRows& rows, std::size_t target = 0);

/// The solvers of `campaign` as they were tuned, under seeds that tuning has not seen; on what they were tuned, among
/// how many settings and at what cost is noted with them.
/// Throws std::invalid_argument where one was not tuned, or a problem of the campaign was tuned on.
CampaignOptions tuned_campaign(CampaignOptions campaign, const CampaignOptions& tuning, RunRows& rows);

}  // namespace perigee

#endif
