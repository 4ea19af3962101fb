// One case of a campaign: a problem from a start.
//
//     octopus                     from each of the campaign's starts
//     octopus@origin              from this start only
//     octopus(dimension=5)@+1e-3  likewise: what follows the @ is a start as in start_text.hpp
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_CASE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_CAMPAIGN_CASE_HPP

#include <perigee/diagnostics/compare/named_choice.hpp>

#include <string>
#include <vector>

namespace perigee {

struct CampaignCase {
  NamedChoice problem{};
  std::string start = "first";
};

/// "problem@start".
std::string text_of(const CampaignCase& of);

/// The same for people: "octopus", "octopus from +1e-3".
std::string words_of(const CampaignCase& of);

/// The cases that one text stands for: one where it names its start, else one for each of `starts`. Throws
/// std::invalid_argument if it has another form.
std::vector<CampaignCase> parse_cases(const std::string& text, const std::vector<std::string>& starts);

/// Every problem from every start, problem by problem.
std::vector<CampaignCase> cases_of(const std::vector<NamedChoice>& problems,
                                   const std::vector<std::string>& starts = {"first"});

/// Adds those of `more` that `cases` has not yet, by their text.
void add_cases(std::vector<CampaignCase>& cases, const std::vector<CampaignCase>& more);

}  // namespace perigee

#endif
