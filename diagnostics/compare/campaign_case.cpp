#include <perigee/diagnostics/compare/campaign_case.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace perigee {

std::string text_of(const CampaignCase& of) { return text_of(of.problem) + "@" + of.start; }

std::string words_of(const CampaignCase& of) {
  return text_of(of.problem) + (of.start == "first" ? "" : " from " + of.start);
}

std::vector<CampaignCase> parse_cases(const std::string& text, const std::vector<std::string>& starts) {
  // A parameter may hold an @ of its own; no start holds a parenthesis.
  const std::size_t closed = text.rfind(')');
  const std::size_t mark = text.find('@', closed == std::string::npos ? 0 : closed);
  const NamedChoice problem = parse_choice(text.substr(0, mark));
  if (problem.name.empty()) throw std::invalid_argument("case: a problem must have a name, got '" + text + "'");
  if (mark == std::string::npos) return cases_of({problem}, starts);
  if (mark + 1 == text.size()) throw std::invalid_argument("case: a start must follow the @, got '" + text + "'");
  return {{problem, text.substr(mark + 1)}};
}

std::vector<CampaignCase> cases_of(const std::vector<NamedChoice>& problems, const std::vector<std::string>& starts) {
  std::vector<CampaignCase> cases;
  for (const NamedChoice& problem : problems) {
    for (const std::string& start : starts) cases.push_back({problem, start});
  }
  return cases;
}

void add_cases(std::vector<CampaignCase>& cases, const std::vector<CampaignCase>& more) {
  std::set<std::string> there;
  for (const CampaignCase& one : cases) there.insert(text_of(one));
  std::copy_if(more.begin(), more.end(), std::back_inserter(cases),
               [&](const CampaignCase& one) { return there.insert(text_of(one)).second; });
}

}  // namespace perigee
