#include "support/catch.hpp"
#include "support/in_order.hpp"
#include "support/sample_report.hpp"

#include <perigee/diagnostics/render_html.hpp>
#include <perigee/diagnostics/render_json.hpp>
#include <perigee/diagnostics/render_text.hpp>
#include <perigee/diagnostics/report/chart.hpp>
#include <perigee/diagnostics/report/downsample.hpp>
#include <perigee/diagnostics/report/html_pictures.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/diagnostics/report/principal_plane.hpp>
#include <perigee/diagnostics/report/report_assets.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <sstream>

using namespace perigee;
using nlohmann::json;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

// Removes from `page` the parts that are the library's own and static: styles, scripts, comments.
std::string without_assets(std::string page) {
  for (const report_assets::Asset& asset :
       {report_assets::style(), report_assets::script(), report_assets::chart_style(), report_assets::chart_script()}) {
    const std::size_t at = asset.text.empty() ? std::string::npos : page.find(asset.text);
    if (at != std::string::npos) page.erase(at, asset.text.size());
  }
  return page;
}

}  // namespace

TEST_CASE("markup: text from outside cannot become markup, script or control sequence") {
  CHECK(markup::escape("<a href=\"x\" id='y'>&</a>") == "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
  CHECK(markup::json_literal("</script><!-- \"\\\n\xE2\x80\xA8") ==
        "\"\\u003c/script\\u003e\\u003c!-- \\\"\\\\\\u000a\\u2028\"");
  CHECK(markup::terminal_line("a\x1b[31mb\nc\x7f\xC2\x9B"
                              "d") ==
        "a\xEF\xBF\xBD[31mb c\xEF\xBF\xBD\xEF\xBF\xBD"
        "d");
  // Any bytes: the literal parses back to the valid text, and escaping leaves nothing that opens a tag.
  std::mt19937 engine(1);
  for (int trial = 0; trial < 300; ++trial) {
    std::string bytes;
    for (int i = 0; i < 40; ++i) bytes += static_cast<char>(engine() & 0xFF);
    CHECK(json::parse(markup::json_literal(bytes)).get<std::string>() == markup::valid_utf8(bytes));
    CHECK(markup::json_literal(bytes).find('<') == std::string::npos);
    CHECK(markup::escape(bytes).find_first_of("<>\"'") == std::string::npos);
  }
}

TEST_CASE("markup: what is valid UTF-8 is decided as by Unicode, table 3-7") {
  const std::string replacement = "\xEF\xBF\xBD";
  for (const std::string valid : {"A", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) {
    CHECK(markup::valid_utf8(valid) == valid);
    CHECK(markup::code_points(valid) == 1);
  }
  CHECK(markup::valid_utf8("\xC0\xAF") == replacement + replacement);                    // overlong
  CHECK(markup::valid_utf8("\xED\xA0\x80") == replacement + replacement + replacement);  // surrogate
  CHECK(markup::valid_utf8("\xF4\x90\x80\x80").find('\xF4') == std::string::npos);       // beyond U+10FFFF
  CHECK(markup::valid_utf8("a\xE2\x82") == "a" + replacement + replacement);             // cut off
}

TEST_CASE("markup: numbers for people") {
  CHECK(markup::number(0.25) == "0.25");
  CHECK(markup::number(-1.2e-8) ==
        "\xE2\x88\x92"
        "1.2\xC3\x97"
        "10<sup>\xE2\x88\x92"
        "8</sup>");
  CHECK(markup::number(3e20) ==
        "3\xC3\x97"
        "10<sup>20</sup>");
  CHECK(markup::number(infinity) == "\xE2\x88\x9E");
  CHECK(markup::number(not_measured).find("not measured") != std::string::npos);
}

TEST_CASE("downsampling keeps every extreme and at most the limit") {
  // Noise in [-1, 1] with one spike up, one down and one infinite value: each must survive, wherever it is.
  std::mt19937 engine(7);
  std::uniform_real_distribution<double> noise(-1.0, 1.0);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<std::vector<double>> series(1 + trial % 3, std::vector<double>(50000));
    for (auto& values : series) {
      for (double& value : values) value = noise(engine);
    }
    const std::size_t up = engine() % 50000;
    const std::size_t down = (up + 1 + engine() % 49000) % 50000;
    const std::size_t broken = (up + 49500) % 50000;
    series.back()[up] = 100.0;
    series.back()[down] = -100.0;
    if (broken != down) series.front()[broken] = infinity;
    const std::vector<std::size_t> kept = select_samples(series, 2000);
    CHECK(kept.size() <= 2000);
    CHECK(std::is_sorted(kept.begin(), kept.end()));
    CHECK(std::adjacent_find(kept.begin(), kept.end()) == kept.end());
    CHECK(kept.front() == 0);
    CHECK(kept.back() == 49999);
    CHECK(std::binary_search(kept.begin(), kept.end(), up));
    CHECK(std::binary_search(kept.begin(), kept.end(), down));
    CHECK((broken == down || std::binary_search(kept.begin(), kept.end(), broken)));
    // The logarithmic buckets: the first ten positions are not all in one bucket.
    CHECK(std::count_if(kept.begin(), kept.end(), [](std::size_t i) { return i < 10; }) >= 5);
  }
  CHECK(select_samples({{1.0, 2.0, 3.0}}, 8) == std::vector<std::size_t>{0, 1, 2});
  CHECK(select_samples({}, 8).empty());
  CHECK_THROWS_WITH(select_samples({{1.0}, {}}, 100), "select_samples: series must be of one length, got 1 and 0");
  CHECK_THROWS_WITH(select_samples({{1.0}}, 7), "select_samples: limit must be at least 8 for 1 series, got 7");
}

TEST_CASE("a spike of one iteration is in the page's data and in its static picture") {
  Report report;
  report.trajectory.problem = "spike";
  for (Index k = 0; k < 30000; ++k) {
    StepRecord record;
    record.iteration = k;
    record.value = k == 17321 ? 987.25 : 1.0 + 1e-3 * static_cast<double>(k % 7);
    report.trajectory.records.push_back(record);
  }
  const std::vector<Chart> charts = charts_of(report);
  REQUIRE(charts.size() == 1);
  CHECK(charts[0].iterations.size() <= chart_sample_limit);
  const json data = json::parse(chart_data(charts));
  const json& chart = data["charts"][0];
  const auto spike = std::find(chart["series"][0]["values"].begin(), chart["series"][0]["values"].end(), 987.25);
  REQUIRE(spike != chart["series"][0]["values"].end());
  CHECK(chart["iterations"][static_cast<std::size_t>(spike - chart["series"][0]["values"].begin())] == 17321.0);
  // In the picture it is the highest point: 4/108 of the height of 260 below the top, above log(1 + 17321)/log(1 +
  // 29999) of the width.
  CHECK(svg_plot(charts[0]).find("L946.72 9.63") != std::string::npos);
}

TEST_CASE("the value's scale: logarithmic above what is known, linear where that is refuted") {
  Report report;
  for (Index k = 0; k <= 100; ++k) {
    StepRecord record;
    record.iteration = k;
    record.value = -3.0 + std::pow(10.0, -0.1 * static_cast<double>(k));
    report.trajectory.records.push_back(record);
  }
  SECTION("nothing known and negative values: linear") {
    CHECK(charts_of(report).at(0).scale == AxisScale::linear);
    CHECK(charts_of(report).at(0).series[0].values[0] == -2.0);
  }
  SECTION("f* known: f - f*, whose logarithm falls by 0.1 an iteration") {
    report.trajectory.optimal_value = -3.0;
    const Chart chart = charts_of(report).at(0);
    CHECK(chart.scale == AxisScale::logarithmic);
    CHECK(chart.series[0].values[0] == Approx(1.0));
    CHECK(chart.series[0].values[50] == Approx(1e-5).epsilon(1e-9));
  }
  SECTION("a value below the f* claimed: the value itself") {
    report.trajectory.optimal_value = -2.5;
    CHECK(charts_of(report).at(0).scale == AxisScale::linear);
  }
  SECTION("points exactly at f* are left out, and it is said") {
    report.trajectory.optimal_value = -3.0;
    report.trajectory.records.back().value = -3.0;
    const Chart chart = charts_of(report).at(0);
    CHECK(chart.scale == AxisScale::logarithmic);
    CHECK(std::isnan(chart.series[0].values.back()));
    CHECK(chart.caption.find("1 point at the reference not shown") != std::string::npos);
  }
}

TEST_CASE("charts show only what was measured") {
  Report report = samples::saddle();
  for (StepRecord& record : report.trajectory.records) record.gradient_norm = not_measured;
  for (const Chart& chart : charts_of(report)) CHECK(chart.id != "gradient-norm");
  CHECK(render_html(report).find("chart-gradient-norm") == std::string::npos);
  CHECK(charts_of(samples::empty_report()).empty());
}

TEST_CASE("curves bridge what was not measured and break at infinities") {
  Chart chart{.id = "c", .title = "c", .caption = ""};
  chart.iterations = {0, 1, 2, 3, 4};
  chart.series = {{.label = "v", .values = {1.0, not_measured, 2.0, infinity, 3.0}, .style = 0}};
  const std::string svg = svg_plot(chart);
  CHECK(svg.find("d=\"M0 ") != std::string::npos);
  CHECK(svg.find("L500 ") != std::string::npos);                      // 0 to 2 across the gap
  CHECK(svg.find("dot series-0\" d=\"M1000 ") != std::string::npos);  // the lone point after the break
  CHECK(svg.find("nan") == std::string::npos);
  CHECK(svg.find("inf") == std::string::npos);
  const json values = json::parse(chart_data({chart}))["charts"][0]["series"][0]["values"];
  CHECK(values == json::parse(R"([1, null, 2, "Infinity", 3])"));
}

TEST_CASE("principal plane: distances in a plane are kept, the shares are those of the variance") {
  // A planar ellipse rotated into ten dimensions, far from the origin: pairwise distances must survive, and the
  // shares of variance are a^2 and b^2 over their sum (full turn, equally spaced angles).
  const double a = 3.0;
  const double b = 1.0;
  std::vector<Snapshot> snapshots;
  std::vector<std::pair<double, double>> plane;
  constexpr int count = 24;
  for (int i = 0; i < count; ++i) {
    const double angle = 2.0 * 3.14159265358979323846 * i / count;
    plane.emplace_back(a * std::cos(angle), b * std::sin(angle));
    Vector x(10);
    for (Index k = 0; k < 10; ++k) x[k] = 1000.0;
    // Two orthonormal directions.
    for (Index k = 0; k < 4; ++k) x[k] += 0.5 * plane.back().first;
    for (Index k = 4; k < 8; ++k) x[k] += (k % 2 == 0 ? 0.5 : -0.5) * plane.back().second;
    snapshots.push_back({.iteration = i, .x = x});
  }
  const PlanePath path = principal_plane(snapshots);
  REQUIRE(path.first.size() == count);
  CHECK(path.first_share == Approx(a * a / (a * a + b * b)));
  CHECK(path.second_share == Approx(b * b / (a * a + b * b)));
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double expected = std::hypot(plane[i].first - plane[j].first, plane[i].second - plane[j].second);
      const double got = std::hypot(path.first[i] - path.first[j], path.second[i] - path.second[j]);
      CHECK(got == Approx(expected).margin(1e-8));
    }
  }
  CHECK(path.first.back() >= path.first.front());
}

TEST_CASE("principal plane: degenerate paths") {
  const auto at = [](Index k, Vector x) { return Snapshot{.iteration = k, .x = std::move(x)}; };
  CHECK(principal_plane({}).first.empty());
  CHECK(principal_plane({at(0, {1.0, 2.0}), at(1, {2.0, 3.0})}).first.empty());      // two points
  CHECK(principal_plane({at(0, {1.0}), at(1, {2.0}), at(2, {3.0})}).first.empty());  // one dimension
  CHECK(principal_plane({at(0, {1., 1., 1.}), at(1, {1., 1., 1.}), at(2, {1., 1., 1.})}).first.empty());  // no motion
  // A straight line: everything on component 1, nothing on component 2.
  const PlanePath line = principal_plane({at(0, {0., 0., 0.}), at(1, {1., 2., 2.}), at(5, {3., 6., 6.})});
  REQUIRE(line.first.size() == 3);
  CHECK(line.first_share == Approx(1.0));
  CHECK(line.second == std::vector<double>{0.0, 0.0, 0.0});
  CHECK(line.first[2] - line.first[0] == Approx(9.0));
  CHECK(line.iterations == std::vector<Index>{0, 1, 5});
  // Two dimensions: the coordinates themselves; a non-finite snapshot is left out.
  const PlanePath own = principal_plane({at(0, {1., 2.}), at(1, {3., 4.}), at(2, {infinity, 0.}), at(3, {5., 7.})});
  CHECK(own.first == std::vector<double>{1.0, 3.0, 5.0});
  CHECK(own.second == std::vector<double>{2.0, 4.0, 7.0});
  // Sizes whose squares overflow.
  const PlanePath huge = principal_plane({at(0, {0., 0., 0.}), at(1, {1e200, 0., 0.}), at(2, {1e200, 1e200, 1e200})});
  REQUIRE(huge.first.size() == 3);
  CHECK(std::isfinite(huge.first[2]));
}

TEST_CASE("text: the verdict comes first, lines keep to the width, colors only when asked for") {
  for (const Report& report : samples::all_reports()) {
    for (const Index width : {40, 80, 120}) {
      const std::string text = render_text(report, {.color = TextColor::none, .width = width});
      CHECK(text.find('\x1b') == std::string::npos);
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) {
        const bool one_word = line.find(' ', line.find_first_not_of(" -")) == std::string::npos;
        CHECK((one_word || markup::code_points(line) <= static_cast<std::size_t>(width)));
      }
    }
    // Colors change nothing but colors.
    const std::string colored = render_text(report, {.color = TextColor::ansi});
    CHECK(std::regex_replace(colored, std::regex("\x1b\\[[0-9]+m"), "") == render_text(report));
  }
  const std::string text = render_text(samples::bandit(400));
  CHECK(text.starts_with("Verdict\n  The policy lost most of the run"));
  CHECK(text.find("\nWhy\n  [x] gravity-well (likely), iterations 10 to 200\n") != std::string::npos);
  CHECK(text.find("  - lowest probability of best action 0.00012, at most 0.0125\n") != std::string::npos);
  CHECK(text.find("\nNext\n  Use an escort transform") != std::string::npos);
  CHECK(text.find("\nWhat would change this verdict\n  A reward of action 1") != std::string::npos);
  CHECK(text.find("[!] plateau") < text.find("[i] budget-exhausted (proven), iteration 400\n"));
  CHECK(text.find("      Next: See gravity-well") != std::string::npos);
  CHECK(text.find("  0 to 10     descent\n") != std::string::npos);
  CHECK(text.find("Thresholds changed\n  - plateau.exponent = 0.05 (0.1 by default)\n") != std::string::npos);
  CHECK(text.find("plateau.length") == std::string::npos);  // it is what it is by default
  CHECK(render_text(samples::empty_report()).starts_with("Verdict\n  No verdict"));
  CHECK_THROWS_WITH(render_text(samples::one_record(), {.width = 39}),
                    "render_text: width must be at least 40, got 39");
  Report sly = samples::one_record();
  sly.diagnosis.summary = "\x1b[2Jgone";
  CHECK(render_text(sly).find('\x1b') == std::string::npos);
}

TEST_CASE("text: what several runs show together is a heading and paragraphs of the width asked for") {
  const std::string text = render_text(samples::two_levels(), {.width = 40});
  CHECK(text == "Together\n  7 runs of <b>well</b>: they end at 2\n  levels.\n  Restart rather than wait.\n");
  CHECK_THROWS_AS(render_text(samples::two_levels(), {.width = 39}), std::invalid_argument);
}

TEST_CASE("HTML: why, next and what would change the verdict follow it, before the pictures and the findings") {
  const std::string page = render_html(samples::bandit(400));
  const std::vector<std::string> order{"Verdict</h2>\n<p>The policy lost most of the run",
                                       "Why</h2>",
                                       "The policy stays near action 1",
                                       "lowest probability of best action</th>",
                                       "at most 0.0125",
                                       "Next</h2>\n<p class=\"prose\">Use an escort transform",
                                       "What would change this verdict</h2>\n<p class=\"prose\">A reward of action 1",
                                       "What could not be decided",
                                       "Course of the run</h2>",
                                       "Findings</h2>",
                                       "Evidence</h2>",
                                       "Phases</h2>",
                                       "<code>gravity-well</code></td><td class=\"because\">value ",
                                       "Thresholds changed</h2>",
                                       "0.1 by default"};
  test::require_in_order(page, order);
}

TEST_CASE("HTML: text from outside stays text") {
  const std::string page = without_assets(render_html(samples::saddle()));
  CHECK(page.find("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>") != std::string::npos);
  CHECK(page.find("<title>&lt;script&gt;alert(1)") != std::string::npos);
  for (const char* injected : {"<script>alert", "<img", "<b>rate", "<i>drift"}) {
    CHECK(page.find(injected) == std::string::npos);
  }
  // The data block holds no '<' at all, so nothing in it can end it.
  const std::string block = "id=\"chart-data\">";
  if (const std::size_t at = page.find(block); at != std::string::npos) {
    const std::size_t end = page.find('<', at + block.size());
    CHECK(page.compare(end, 9, "</script>") == 0);
    const json data = json::parse(page.substr(at + block.size(), end - at - block.size()));
    CHECK(data["charts"][0]["phases"][1]["kind"] == "<i>drift</i>");
  }
}

TEST_CASE("HTML: the page asks for nothing and carries a strict policy") {
  for (const Report& report : samples::all_reports()) {
    const std::string whole = render_html(report);
    const std::string page = without_assets(whole);
    CHECK_FALSE(std::regex_search(page, std::regex("(src|href|action|data|poster)\\s*=\\s*[\"'](?!#)")));
    CHECK(page.find(" style=") == std::string::npos);
    CHECK_FALSE(std::regex_search(page, std::regex("<[^>]* on[a-z]+=")));
    CHECK(page.find("default-src 'none'") != std::string::npos);
    CHECK(page.find("unsafe-inline") == std::string::npos);
    // Patterns of the page itself, and nothing from elsewhere.
    CHECK(occurrences(page, "url(") == occurrences(page, "url(#hatch-"));
    const std::string style(report_assets::style().text);
    CHECK(occurrences(style, "url(") == occurrences(style, "url(#hatch-"));
    // Each element that is styled or run is admitted by a hash.
    CHECK(occurrences(whole, "<style>") + occurrences(whole, "<script>") == occurrences(whole, "'sha256-"));
  }
}

TEST_CASE("HTML: pages are complete whatever was recorded, and the same every time") {
  for (const Report& report : samples::all_reports()) {
    const std::string page = render_html(report);
    CHECK(page == render_html(report));
    CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    CHECK(page.ends_with("</html>\n"));
    const std::string body = without_assets(page);
    for (const std::string element : {"svg", "table", "section", "figure", "ul", "ol", "dl", "div", "p", "text"}) {
      INFO(element);
      const std::size_t opened = occurrences(body, "<" + element + ">") + occurrences(body, "<" + element + " ");
      CHECK(opened == occurrences(body, "</" + element + ">"));
    }
    CHECK(occurrences(body, "<h1>") == 1);
    CHECK(body.find("Verdict</h2>") < body.find("Findings</h2>"));
    CHECK_FALSE(std::regex_search(body.substr(body.find("<body>")), std::regex("[\"> :,\\[-](nan|inf)[\"< ,;%\\]]")));
    // Every picture that carries meaning is described.
    CHECK(occurrences(body, "<svg class=\"pl") == occurrences(body, "role=\"img\" aria-label=\""));
  }
  const std::string empty = render_html(samples::empty_report());
  CHECK(empty.find("None.") != std::string::npos);
  CHECK(empty.find("Nothing was recorded that can be drawn.") != std::string::npos);
  const std::string single = render_html(samples::one_record());
  CHECK(single.find("curve dot series-0") != std::string::npos);  // one record is one dot
}

TEST_CASE("HTML: policies get a simplex for three probabilities that add up to one, strips for more") {
  const std::string three = render_html(samples::bandit(400));
  CHECK(three.find("simplex of three probabilities") != std::string::npos);
  CHECK(three.find("probability_0: 1 (best)") != std::string::npos);
  CHECK(three.find("Probabilities at a glance") == std::string::npos);
  const std::string ten = render_html(samples::training_log());
  CHECK(ten.find("simplex of three probabilities") == std::string::npos);
  CHECK(ten.find("Probabilities at a glance") != std::string::npos);
  Report unnormalized = samples::bandit(400);
  unnormalized.trajectory.columns[0].values[7] += 0.1;
  CHECK(render_html(unnormalized).find("simplex of three probabilities") == std::string::npos);
}

// Hidden: writes pages to look at, see tests/browser.
TEST_CASE("sample pages", "[.pages]") {
  const std::filesystem::path folder = std::filesystem::path(PERIGEE_BINARY_DIR) / "sample-report";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "bandit.html") << render_html(samples::bandit());
  std::ofstream(folder / "training-log.html") << render_html(samples::training_log());
  std::ofstream(folder / "saddle.html") << render_html(samples::saddle());
  std::ofstream(folder / "one-record.html") << render_html(samples::one_record());
  std::ofstream(folder / "diverging.html") << render_html(samples::diverging());
  std::ofstream(folder / "bandit.json") << render_json(samples::bandit());
  std::ofstream(folder / "bandit.txt") << render_text(samples::bandit());
  CHECK(std::filesystem::file_size(folder / "bandit.html") > 10000);
}
