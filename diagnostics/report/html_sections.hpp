// What a page says of one run: the verdict first, then what it rests on, pictures, numbers.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_HTML_SECTIONS_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_HTML_SECTIONS_HPP

#include <perigee/diagnostics/report/chart.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace perigee {

/// The sections of one run as markup, `toolbar` above the pictures. `prefix` begins every id in them, so that several
/// runs fit on one page; the ids of the charts have it already.
std::string html_sections(const Report& report, const std::vector<Chart>& charts, const std::string& prefix,
                          const std::string& toolbar);

/// A section with its heading; empty text without content.
std::string section(const std::string& id, std::string_view heading, const std::string& content);

/// A name and its value, which is markup, for a `<dl class="facts">`; `style` "wide": a line of its own.
std::string fact(std::string_view name, const std::string& value, std::string_view style = "");

/// The summary, or that there is none.
std::string verdict_of(const Diagnosis& diagnosis);

/// The message of a finding; empty where the summary says the same.
std::string untold_message(const Diagnosis& diagnosis, const Finding& finding);

/// Information without findings.
Severity worst_severity(const Diagnosis& diagnosis);

/// "problem" -> "Problem": the word beside the color, so that the color is never the only sign.
std::string capitalized(std::string_view word);

}  // namespace perigee

#endif
