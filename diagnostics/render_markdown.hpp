// A report for a pull request, an issue or a chat: Markdown as GitHub and CommonMark with tables read it.
//
// Text from outside stays text: what would act as markup, as a table's border, as HTML or as a mention is escaped.
#ifndef PERIGEE_DIAGNOSTICS_RENDER_MARKDOWN_HPP
#define PERIGEE_DIAGNOSTICS_RENDER_MARKDOWN_HPP

#include <perigee/diagnostics/report.hpp>
#include <perigee/diagnostics/together.hpp>

#include <string>
#include <vector>

namespace perigee {

/// Verdict, why, what to do next and what would change it, the findings, the phases, the limits; evidence folded.
/// UTF-8, ends with a newline. Deterministic.
std::string render_markdown(const Report& report);

/// Several runs: the table of their verdicts, what they show together, then each run's report, folded.
std::string render_markdown(const std::vector<Report>& reports, const std::vector<Together>& together = {});

}  // namespace perigee

#endif
