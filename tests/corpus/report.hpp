// The outcome of the calibration as text for the terminal, as JSON, and as a section of docs/calibration.md.
#ifndef PERIGEE_TESTS_CORPUS_REPORT_HPP
#define PERIGEE_TESTS_CORPUS_REPORT_HPP

#include "score.hpp"

namespace perigee::corpus {

/// Aligned columns for the terminal, or a Markdown table.
enum class Style { terminal, markdown };

/// The totals, the confusion matrix, the rates of every finding, the delays.
std::string tables_of(const Summary& summary, Style style);

/// One line a failure: the run, what is wrong, the command that repeats it.
std::string failures_of(const std::vector<Score>& scores);

/// One section: {"runs", "decided", "right", ..., "findings": {...}, "confusion": {...}, "failures": [...]}
std::string json_of(const Summary& summary, const std::vector<Score>& scores);

/// The page with `section` ("looked-at" or "held-out") replaced between its markers; `page` is the page as it is.
std::string with_section(const std::string& page, const std::string& section, const std::string& text);

}  // namespace perigee::corpus

#endif
