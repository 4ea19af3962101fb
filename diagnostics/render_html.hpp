// A report as one web page that needs nothing else: no network, no other file, no script to be readable.
//
// Order: the verdict in words, the findings, pictures, then the numbers they rest on. Pictures are inline SVG; where
// the library was built with uPlot, the page's script replaces those over time by interactive charts.
// A content security policy forbids everything but the page's own style sheets and scripts, admitted by their
// SHA-256 hashes (W3C Content Security Policy Level 3, section 6.7): text from the report can neither load nor run.
#ifndef PERIGEE_DIAGNOSTICS_RENDER_HTML_HPP
#define PERIGEE_DIAGNOSTICS_RENDER_HTML_HPP

#include <perigee/diagnostics/report.hpp>
#include <perigee/diagnostics/together.hpp>

#include <string>
#include <vector>

namespace perigee {

/// The page: HTML 5, UTF-8. All text of the report is escaped; invalid UTF-8 becomes U+FFFD. At most
/// chart_sample_limit samples of a series are drawn, extremes among them. Deterministic. Linear in the records.
std::string render_html(const Report& report);

/// Several runs on one page: the table of their verdicts, their values in one chart over logarithmic time, what they
/// show together, then each run's own sections, folded away.
std::string render_html(const std::vector<Report>& reports, const std::vector<Together>& together = {});

/// A page of the same head, style sheet and policy around `content`, which is markup: its text must be escaped already.
std::string html_page(const std::string& title, const std::string& content);

}  // namespace perigee

#endif
