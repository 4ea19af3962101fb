#include "support/catch.hpp"
#include "support/in_order.hpp"
#include "support/sample_report.hpp"

#include <perigee/diagnostics/render_markdown.hpp>

#include <algorithm>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

using namespace perigee;

namespace {

// The text without its code spans, in which nothing acts.
std::string without_code(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '`') {
      at = text.find('`', at + 1);
      if (at == std::string::npos) return result + "unfinished code";
      continue;
    }
    result += text[at];
    if (text[at] == '\\' && at + 1 < text.size()) result += text[++at];
  }
  return result;
}

// Borders of cells in a line: bars that are not escaped.
std::size_t bars(const std::string& line) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '|') {
      ++count;
    }
  }
  return count;
}

// Every table has rows of as many cells as its head.
bool tables_are_whole(const std::string& text) {
  std::istringstream lines(text);
  std::size_t cells = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('|')) {
      cells = 0;
      continue;
    }
    if (cells == 0) cells = bars(line);
    if (bars(line) != cells) return false;
  }
  return true;
}

Report hostile() {
  Report report = samples::saddle();
  const std::string evil = "a | b\n# head `code` *bold* <img src=x> @someone [x](http://y) ~~z~~ $x$ \x1b[31m";
  report.trajectory.problem = evil;
  report.trajectory.solver = evil;
  report.source.notes = {evil};
  report.diagnosis.limits = {evil};
  report.diagnosis.summary = evil;
  report.diagnosis.phases[1].kind = evil;
  report.diagnosis.phases[1].cause = evil;
  report.diagnosis.phases[1].evidence = {{evil, 1.0, evil, Comparison::at_most, 2.0}};
  report.diagnosis.principal = 0;
  report.diagnosis.thresholds = {{evil, 1.0, 2.0}};
  Finding& finding = report.diagnosis.findings[0];
  finding.id = evil;
  finding.message = finding.recommendation = finding.counterevidence = evil;
  finding.evidence = {{evil, 1.0, evil, Comparison::at_least, 0.5}};
  return report;
}

}  // namespace

TEST_CASE("Markdown: verdict, why, next, what would change it, limits, findings, phases, in this order") {
  Report report = samples::bandit(400);
  Finding& well = report.diagnosis.findings[0];
  report.diagnosis.summary = "gravity-well (likely): the policy is stuck.";
  well.evidence[1].comparison = Comparison::at_least;
  well.evidence[1].threshold = 0.05;
  well.counterevidence = "The probability of action 0 rises above 0.5 within 1850 iterations.";
  report.diagnosis.phases[1].cause = "gravity-well";
  const std::string text = render_markdown(report);
  CHECK(text == render_markdown(report));
  const std::vector<std::string> order{"**Problem:** gravity-well (likely): the policy is stuck.",
                                       "`softmax-bandit`, `gradient-descent(learning_rate=0.4)`: 400 iterations",
                                       "### Why",
                                       "- gap 0.2, at least 0.05",
                                       "### Next",
                                       "Use an escort transform with p = 2",
                                       "### What would change this verdict",
                                       "rises above 0.5 within 1850",
                                       "### What could not be decided",
                                       "Whether the gradient is noisy",
                                       "### Findings",
                                       "| problem | `gravity-well` likely | 10 to 200 |",
                                       "<details><summary>Evidence</summary>",
                                       "| measured escape time | not measured |  |",
                                       "</details>",
                                       "### Phases",
                                       "| plateau | 10 to 200 | `gravity-well` |",
                                       "### Thresholds changed",
                                       "- `plateau.exponent` = 0.05 (0.1 by default)\n"};
  test::require_in_order(text, order);
  CHECK(tables_are_whole(text));
}

TEST_CASE("Markdown: text from outside is text") {
  for (const std::string& text : {render_markdown(hostile()), render_markdown(std::vector<Report>{hostile()})}) {
    CHECK(tables_are_whole(text));
    const std::string acting = without_code(text);
    CHECK(acting.find("<img") == std::string::npos);
    CHECK(acting.find("@someone") == std::string::npos);
    CHECK(acting.find("unfinished code") == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("\n# head") == std::string::npos);
    // No character of Markdown from outside stands without its backslash.
    CHECK_FALSE(std::regex_search(acting, std::regex("[^\\\\*]\\*bold")));
    CHECK_FALSE(std::regex_search(acting, std::regex("[^\\\\]\\[x")));
    CHECK_FALSE(std::regex_search(acting, std::regex("[^\\\\]~~z")));
    // The only HTML is Perigee's own.
    const std::vector<std::string> own{"<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>"};
    for (std::size_t at = acting.find('<'); at != std::string::npos; at = acting.find('<', at + 1)) {
      const std::string tag = acting.substr(at, acting.find('>', at) - at + 1);
      INFO(tag);
      CHECK(std::find(own.begin(), own.end(), tag) != own.end());
    }
  }
}

TEST_CASE("Markdown: whatever was recorded, one run or several") {
  for (const Report& report : samples::all_reports()) {
    const std::string text = render_markdown(report);
    CHECK(text.starts_with("## Perigee report\n\n**"));
    CHECK(text.ends_with("</sub>\n"));
    CHECK(tables_are_whole(text));
    CHECK(text.find("nan") == std::string::npos);
  }
  const std::string several = render_markdown(samples::all_reports());
  CHECK(several.starts_with("## Perigee report on 6 runs\n"));
  CHECK(tables_are_whole(several));
  for (int i = 1; i <= 6; ++i) {
    CHECK(several.find("<details><summary>Run " + std::to_string(i) + ": ") != std::string::npos);
  }
  CHECK(several.find("**Problem** The policy lost most of the run") != std::string::npos);
  // What they show together, as text and nothing else, before the runs.
  const std::string together = render_markdown(samples::all_reports(), {samples::two_levels()});
  CHECK(tables_are_whole(together));
  CHECK(together.find("### Together\n\n7 runs of &lt;b&gt;well&lt;/b&gt;") < together.find("<details>"));
  CHECK(several.find("### Together") == std::string::npos);
  CHECK(render_markdown(samples::empty_report()).find("No verdict") != std::string::npos);
}
