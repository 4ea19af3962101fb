// Suites: named lists of cases, each split into a half to tune on and a half to be judged by.
//
// The split was fixed before anything was run on it: the problems of all suites in the order of their names, the first,
// third, ... for training, the second, fourth, ... held out. It goes by names, so that all starts and parameters of one
// problem, in whatever suite, are in one half.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_SUITES_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_SUITES_HPP

#include <perigee/diagnostics/compare/campaign_case.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace perigee {

struct Suite {
  std::string name;     // kebab-case, as on the command line
  std::string summary;  // one line
  std::vector<CampaignCase> cases;
};

/// "minimal", "policy": every case's problem knows its optimal value, and every start is a fixed point.
const std::vector<Suite>& suites();

enum class SuitePart { training, held_out, all };

/// "training", "held-out", "all"; throws std::invalid_argument on any other name.
std::string_view name_of(SuitePart part);
SuitePart suite_part_of(std::string_view name);

/// The half that a problem of the suites belongs to, by its name. Throws std::invalid_argument if no suite has it.
SuitePart part_of_problem(const std::string& name);

/// The cases of that suite and part, in the suite's order. Throws std::invalid_argument on an unknown suite.
std::vector<CampaignCase> suite_cases(const std::string& name, SuitePart part = SuitePart::all);

}  // namespace perigee

#endif
