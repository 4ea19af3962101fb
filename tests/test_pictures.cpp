#include "support/catch.hpp"
#include "support/sample_report.hpp"

#include <perigee/diagnostics/landscape.hpp>
#include <perigee/diagnostics/render_html.hpp>
#include <perigee/diagnostics/report/axis.hpp>
#include <perigee/diagnostics/report/chart.hpp>
#include <perigee/diagnostics/report/contour.hpp>
#include <perigee/diagnostics/report/html_pictures.hpp>
#include <perigee/diagnostics/report/principal_plane.hpp>
#include <perigee/diagnostics/report/svg_plane.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>
#include <perigee/diagnostics/report/svg_spectrum.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <set>
#include <string>
#include <vector>

using namespace perigee;

namespace {

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

// Whether every element is closed, in order, and every attribute's value quoted: well-formed XML as far as tags go.
bool is_well_formed(const std::string& markup) {
  std::vector<std::string> open;
  for (std::size_t at = markup.find('<'); at != std::string::npos; at = markup.find('<', at)) {
    const std::size_t end = markup.find('>', at);
    if (end == std::string::npos) return false;
    const std::string tag = markup.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string::npos || std::count(tag.begin(), tag.end(), '"') % 2 != 0) return false;
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    if (tag.starts_with('/')) {
      if (open.empty() || '/' + open.back() != tag) return false;
      open.pop_back();
    } else if (!tag.ends_with('/')) {
      open.push_back(name);
    }
    at = end;
  }
  return open.empty();
}

PlaneValues grid_of(const std::function<double(double, double)>& f, std::size_t points, double reach) {
  PlaneValues plane;
  for (std::size_t i = 0; i < points; ++i) {
    plane.first.push_back(reach * (2.0 * static_cast<double>(i) / static_cast<double>(points - 1) - 1.0));
  }
  plane.second = plane.first;
  for (const double y : plane.second) {
    for (const double x : plane.first) plane.values.push_back(f(x, y));
  }
  return plane;
}

// f = sum_i d_i x_i^2/2, and how often it was asked.
class Diagonal final : public Objective {
 public:
  explicit Diagonal(std::vector<double> d) : d_(std::move(d)) {}
  Index dimension() const override { return static_cast<Index>(d_.size()); }
  double value(ConstVectorView x) const override {
    ++values;
    double sum = 0.0;
    for (std::size_t i = 0; i < d_.size(); ++i)
      sum += 0.5 * d_[i] * x[static_cast<Index>(i)] * x[static_cast<Index>(i)];
    return sum;
  }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    for (std::size_t i = 0; i < d_.size(); ++i) {
      gradient[static_cast<Index>(i)] = d_[i] * x[static_cast<Index>(i)];
    }
    return value(x);
  }
  void hessian_vector_product(ConstVectorView, ConstVectorView v, VectorView product) const override {
    ++products;
    for (std::size_t i = 0; i < d_.size(); ++i) product[static_cast<Index>(i)] = d_[i] * v[static_cast<Index>(i)];
  }
  bool has_exact_hessian_vector_product() const override { return true; }
  mutable Index values = 0;
  mutable Index products = 0;

 private:
  std::vector<double> d_;
};

// A run of `dimension` variables with snapshots on a curve, at iterations 0, 10, ..., 100.
Trajectory curve_of(Index dimension) {
  Trajectory trajectory;
  for (Index k = 0; k <= 100; k += 10) {
    StepRecord record;
    record.iteration = k;
    trajectory.records.push_back(record);
    Vector x(dimension);
    for (Index i = 0; i < dimension; ++i) x[i] = std::cos(0.03 * static_cast<double>(k * (i + 1)));
    trajectory.snapshots.push_back({.iteration = k, .x = x});
  }
  return trajectory;
}

}  // namespace

TEST_CASE("contours of a circle: on the level up to linear interpolation, closed, of the right area") {
  const std::size_t points = 41;
  const double h = 3.0 / 40.0;
  const PlaneValues plane = grid_of([](double x, double y) { return x * x + y * y; }, points, 1.5);
  for (const double level : {0.1, 0.5, 1.7}) {
    const std::vector<ContourLine> lines = contour_lines(plane, level);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].front() == lines[0].back());
    double area = 0.0;
    for (std::size_t i = 0; i < lines[0].size(); ++i) {
      const auto [x, y] = lines[0][i];
      // The error of linear interpolation of x^2 over a cell's side is at most h^2/4.
      CHECK(std::abs(x * x + y * y - level) <= 0.25 * h * h + 1e-12);
      if (i > 0) area += 0.5 * (lines[0][i - 1].first * y - x * lines[0][i - 1].second);
    }
    // Between the circles on which f = level -+ h^2/4, less what the chords cut off: pi r^2 up to pi h^2/4 + chords.
    CHECK(std::abs(std::abs(area) - std::numbers::pi * level) <= 2.0 * h * h);
  }
  CHECK(contour_lines(plane, 5.0).empty());
  CHECK(contour_lines(PlaneValues{}, 0.0).empty());
}

TEST_CASE("contours lie between corners of either side of the level, and end at the frame only") {
  // A rough surface: sums of waves with no symmetry to the grid.
  const PlaneValues plane =
      grid_of([](double x, double y) { return std::sin(3.1 * x + 0.4) * std::cos(2.3 * y) + 0.3 * x * y; }, 33, 2.0);
  const double h = 4.0 / 32.0;
  const std::vector<double> levels = contour_levels(plane, 8);
  REQUIRE(levels.size() == 8);
  CHECK(std::is_sorted(levels.begin(), levels.end(), std::less_equal<>()));
  CHECK(levels.front() > *std::min_element(plane.values.begin(), plane.values.end()));
  CHECK(levels.back() < *std::max_element(plane.values.begin(), plane.values.end()));
  for (const double level : levels) {
    const std::vector<ContourLine> lines = contour_lines(plane, level);
    REQUIRE_FALSE(lines.empty());
    for (const ContourLine& line : lines) {
      for (const auto& [x, y] : line) {
        // A vertex lies on a side of a cell: one coordinate is on the grid.
        const double i = (x + 2.0) / h;
        const double j = (y + 2.0) / h;
        const auto low_i = static_cast<std::size_t>(std::floor(i + 1e-9));
        const auto low_j = static_cast<std::size_t>(std::floor(j + 1e-9));
        const bool on_column = std::abs(i - std::round(i)) < 1e-9;
        const bool on_row = std::abs(j - std::round(j)) < 1e-9;
        REQUIRE((on_column || on_row));
        const std::size_t high_i = on_row && !on_column ? low_i + 1 : low_i;
        const std::size_t high_j = on_column && !on_row ? low_j + 1 : low_j;
        const double a = plane.values[low_j * 33 + low_i];
        const double b = plane.values[high_j * 33 + high_i];
        CHECK(std::min(a, b) <= level);
        CHECK(std::max(a, b) >= level);
      }
      const auto at_frame = [](const auto& point) {
        return std::max(std::abs(point.first), std::abs(point.second)) > 2.0 - 1e-9;
      };
      CHECK((line.front() == line.back() || (at_frame(line.front()) && at_frame(line.back()))));
    }
  }
}

TEST_CASE("contours of a saddle are two branches, and none passes where f is not finite") {
  const auto saddle = [](double x, double y) { return x * y; };
  CHECK(contour_lines(grid_of(saddle, 30, 1.0), 0.2).size() == 2);
  CHECK(contour_lines(grid_of(saddle, 30, 1.0), -0.2).size() == 2);
  // Undefined right of x = 0: the branch there is gone.
  const PlaneValues half = grid_of([](double x, double y) { return x > 0.0 ? not_measured : x * y; }, 30, 1.0);
  const std::vector<ContourLine> lines = contour_lines(half, 0.2);
  REQUIRE(lines.size() == 1);
  for (const auto& point : lines[0]) CHECK(point.first <= 0.0);
  CHECK(contour_levels(grid_of([](double, double) { return 3.0; }, 5, 1.0), 6).empty());
  CHECK(contour_levels(grid_of([](double, double) { return not_measured; }, 5, 1.0), 6).empty());
}

TEST_CASE("the plane's coordinates lead back to the snapshots of a planar path") {
  // Snapshots in a plane of R^6 far from the origin: origin + a first + b second must be the snapshot again.
  std::vector<Snapshot> snapshots;
  for (Index k = 0; k < 15; ++k) {
    const double a = 0.3 * static_cast<double>(k);
    const double b = std::sin(0.7 * static_cast<double>(k));
    Vector x(6);
    for (Index i = 0; i < 6; ++i) x[i] = 100.0 + a * static_cast<double>(i) - b * static_cast<double>(i * i % 5);
    snapshots.push_back({.iteration = k, .x = x});
  }
  const PlanePath path = principal_plane(snapshots);
  REQUIRE(path.first_direction.size() == 6);
  CHECK(path.first_direction.view().norm() == Approx(1.0));
  CHECK(path.second_direction.view().norm() == Approx(1.0));
  CHECK(std::abs(path.first_direction.view().dot(path.second_direction.view())) < 1e-9);
  for (std::size_t k = 0; k < snapshots.size(); ++k) {
    for (Index i = 0; i < 6; ++i) {
      const double rebuilt =
          path.origin[i] + path.first[k] * path.first_direction[i] + path.second[k] * path.second_direction[i];
      CHECK(rebuilt == Approx(snapshots[k].x[i]).epsilon(1e-10));
    }
  }
}

TEST_CASE("a look around: all eigenvalues of a small Hessian, the value itself in the plane, within the budget") {
  const Diagonal objective({-1.0, 0.5, 2.0, 100.0});
  Diagnosis diagnosis;
  diagnosis.judged_points.emplace_back();
  diagnosis.judged_points.back().iteration = 70;
  diagnosis.phases = {{"descent", 0, 15}, {"plateau", 16, 44}, {"descent", 45, 100}};
  const Trajectory trajectory = curve_of(4);
  const Landscape landscape = look_around(trajectory, diagnosis, objective, RandomSource(1));
  std::set<Index> iterations;
  for (const SpectrumAt& spectrum : landscape.spectra) {
    iterations.insert(spectrum.iteration);
    CHECK(spectrum.is_complete);
    REQUIRE(spectrum.ritz_values.size() == 4);
    const std::vector<double> eigenvalues{-1.0, 0.5, 2.0, 100.0};
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(spectrum.ritz_values[i].value == Approx(eigenvalues[i]));
      CHECK(spectrum.ritz_values[i].weight == Approx(0.25));
    }
  }
  // First, last, judged, the middle of the plateau, and one to fill.
  CHECK(iterations.size() == 5);
  for (const Index wanted : {0, 30, 70, 100}) CHECK(iterations.count(wanted) == 1);
  CHECK(objective.products == 5 * 4);
  CHECK(objective.values == 41 * 41);
  // f on the grid is the quadratic at the points that the plane names.
  const PlanePath path = principal_plane(trajectory.snapshots);
  const PlaneValues& plane = landscape.plane;
  for (const std::size_t at : {std::size_t{0}, std::size_t{400}, std::size_t{1680}}) {
    Vector x(4);
    for (Index i = 0; i < 4; ++i) {
      x[i] = path.origin[i] + plane.first[at % 41] * path.first_direction[i] +
             plane.second[at / 41] * path.second_direction[i];
    }
    CHECK(plane.values[at] == Approx(objective.value(x.view())));
  }
  const auto [low, high] = std::minmax_element(path.first.begin(), path.first.end());
  CHECK(plane.first.front() < *low);
  CHECK(plane.first.back() > *high);
}

TEST_CASE("a look around a large Hessian: Ritz values between the ends, at bounded cost") {
  std::vector<double> d(300);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = 1e-3 * static_cast<double>(i);
  d[7] = -0.4;
  d[8] = 30.0;
  const Diagonal objective(d);
  const LandscapeOptions options{.spectra = 3, .density = {.starts = 2, .products = 20}, .plane_points = 0};
  const Landscape landscape = look_around(curve_of(300), Diagnosis{}, objective, RandomSource(5), options);
  REQUIRE(landscape.spectra.size() == 3);
  CHECK(objective.products <= 3 * 2 * 20);
  CHECK(landscape.plane.values.empty());
  for (const SpectrumAt& spectrum : landscape.spectra) {
    CHECK_FALSE(spectrum.is_complete);
    double mass = 0.0;
    for (const auto& node : spectrum.ritz_values) mass += node.weight;
    CHECK(mass == Approx(1.0));
    // Courant and Fischer: Ritz values lie between the ends. Both outliers are far from the rest, so that 20 products
    // have them to many digits.
    CHECK(spectrum.ritz_values.front().value == Approx(-0.4));
    CHECK(spectrum.ritz_values.back().value == Approx(30.0));
  }
  CHECK(look_around(Trajectory{}, Diagnosis{}, objective, RandomSource(5)).spectra.empty());
  CHECK_THROWS_WITH(look_around(curve_of(3), Diagnosis{}, objective, RandomSource(5)),
                    "look_around: the snapshots must have the objective's dimension, got 3");
}

TEST_CASE("a look around: every eigenvalue where that costs no more than a sample") {
  std::vector<double> d(60);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = static_cast<double>(i * i) - 100.0;
  const Diagonal objective(d);
  const Landscape landscape = look_around(curve_of(60), Diagnosis{}, objective, RandomSource(2), {.spectra = 1});
  REQUIRE(landscape.spectra.size() == 1);
  CHECK(objective.products == 60);
  REQUIRE(landscape.spectra[0].is_complete);
  for (std::size_t i = 0; i < d.size(); ++i)
    CHECK(landscape.spectra[0].ritz_values[i].value == Approx(d[i]).margin(1e-8));
}

TEST_CASE("spectra: one row a snapshot with its ends in numbers; only what is negative is hatched") {
  const auto spectrum = [](Index iteration, const std::vector<double>& values) {
    SpectrumAt result{.iteration = iteration, .dimension = 4, .products = 4, .is_complete = true, .ritz_values = {}};
    for (const double value : values) result.ritz_values.push_back({value, 0.25});
    return result;
  };
  const std::string svg = svg_spectra({spectrum(0, {-0.5, 0.0, 1.0, 2.0}), spectrum(4000, {1e-12, 0.1, 1.0, 2.0})});
  CHECK(is_well_formed(svg));
  CHECK(svg.find("iteration 0: \xCE\xBB min \xE2\x88\x92"
                 "0.5<tspan class=\"at-wide\">, 1 of 4 negative</tspan><") != std::string::npos);
  CHECK(svg.find("iteration 4000: \xCE\xBB min 0<") != std::string::npos);  // rounding is zero, not negative
  CHECK(occurrences(svg, "class=\"spectrum-negative\"") == 1);
  CHECK(occurrences(svg, "class=\"spectrum-hatch\"") == 1);
  CHECK(occurrences(svg, "class=\"spectrum-positive\"") == 2);
  CHECK(occurrences(svg, "class=\"ritz\"") == 2);
  CHECK(occurrences(svg, "class=\"zero\"") == 1);
  CHECK(svg_spectra({}).empty());
  // Sizes over many orders, an extreme that overflows squares, all zero, all equal: always a picture of finite numbers.
  for (const std::vector<double>& values : std::vector<std::vector<double>>{
           {-1e-6, 1e-4, 1.0, 1e3}, {-1e300, -1.0, 1.0, 1e300}, {0.0, 0.0, 0.0, 0.0}, {3.0, 3.0, 3.0, 3.0}}) {
    const std::string one = svg_spectra({spectrum(1, values)});
    CHECK(is_well_formed(one));
    CHECK(one.find("nan") == std::string::npos);
    CHECK(one.find("inf") == std::string::npos);
    CHECK(occurrences(one, "class=\"tick\"") >= 1);
  }
}

TEST_CASE("an axis from zero places k at log10(1 + k)") {
  const Axis axis(0.0, 99999.0, AxisScale::logarithmic_from_zero, 6);
  CHECK(axis.position(0.0) == 0.0);
  CHECK(axis.position(99999.0) == Approx(1.0));
  CHECK(axis.position(9.0) == Approx(0.2));
  CHECK(axis.position(999.0) == Approx(0.6));
  REQUIRE(axis.ticks().size() >= 4);
  CHECK(axis.ticks().front().label == "0");
  const Axis late(5000.0, 9000.0, AxisScale::logarithmic_from_zero, 6);  // less than a decade: round numbers in it
  REQUIRE(late.ticks().size() >= 3);
  for (const AxisTick& tick : late.ticks()) {
    CHECK(tick.position >= 0.0);
    CHECK(tick.position <= 1.0 + 1e-12);
  }
}

TEST_CASE("long runs from the start on are drawn over logarithmic time, the strips too") {
  const auto scale_of = [](Index first, Index last) {
    Report report;
    for (const Index k : {first, (first + last) / 2, last}) {
      StepRecord record;
      record.iteration = k;
      record.value = 1.0;
      report.trajectory.records.push_back(record);
    }
    return charts_of(report).at(0).time_scale;
  };
  CHECK(scale_of(0, 999) == AxisScale::linear);
  CHECK(scale_of(0, 1000) == AxisScale::logarithmic_from_zero);
  CHECK(scale_of(5000, 20000) == AxisScale::linear);  // the start is not there
}

TEST_CASE("step size against curvature: their product, the limit 2 always in the picture") {
  Report report;
  for (Index k = 0; k <= 50; ++k) {
    StepRecord record;
    record.iteration = k;
    record.value = 1.0;
    if (k > 0) record.step_size = 0.1;
    if (k > 0) record.curvature = k == 7 ? -3.0 : 0.5 * static_cast<double>(k);
    report.trajectory.records.push_back(record);
  }
  const std::vector<Chart> charts = charts_of(report);
  const auto found =
      std::find_if(charts.begin(), charts.end(), [](const Chart& chart) { return chart.id == "stability"; });
  REQUIRE(found != charts.end());
  CHECK(found->scale == AxisScale::logarithmic);
  CHECK(found->series[0].values[20] == Approx(1.0));  // 0.1 * 10
  CHECK(std::isnan(found->series[0].values[0]));
  CHECK(found->series[0].values[7] == -std::numeric_limits<double>::infinity());  // the line breaks there
  CHECK(found->caption.find("1 step along no positive curvature not shown") != std::string::npos);
  const std::string svg = svg_plot(*found);
  CHECK(is_well_formed(svg));
  CHECK(occurrences(svg, "class=\"level\"") == 1);
  CHECK(svg.find("stability limit") != std::string::npos);
  // All values far below the limit: the line is in the picture all the same, at the top.
  Chart low = *found;
  for (double& value : low.series[0].values) value *= 1e-3;
  const std::string calm = svg_plot(low);
  const std::size_t at = calm.find("class=\"level\"");
  REQUIRE(at != std::string::npos);
  const std::size_t y = calm.find("y1=\"", at) + 4;
  CHECK(std::stod(calm.substr(y)) >= 0.0);
  CHECK(std::stod(calm.substr(y)) <= 0.2 * low.height);
  // Without curvature there is no such chart.
  for (StepRecord& record : report.trajectory.records) record.curvature = not_measured;
  for (const Chart& chart : charts_of(report)) CHECK(chart.id != "stability");
}

TEST_CASE("charts: well-formed, every series drawn, phases named or numbered and told apart without colors") {
  for (const Report& report : samples::all_reports()) {
    for (const Chart& chart : charts_of(report)) {
      INFO(chart.id);
      const std::string svg = svg_plot(chart);
      CHECK(is_well_formed(svg));
      std::size_t measured = 0;
      for (const ChartSeries& series : chart.series) {
        measured += std::any_of(series.values.begin(), series.values.end(), [](double v) { return std::isfinite(v); });
      }
      CHECK(occurrences(svg, "<path class=\"curve series-") + occurrences(svg, "<path class=\"curve dot series-") >=
            measured);
      for (const Phase& phase : chart.phases) {
        const std::string style(phase_style(phase.kind));
        CHECK(svg.find("class=\"phase-" + style) != std::string::npos);
        CHECK((style == "descent" || svg.find("url(#hatch-" + style + ")") != std::string::npos));
      }
    }
  }
  // 40 phases of one iteration each: no room for names, numbers only where they fit.
  Chart chart{.id = "c", .title = "c", .caption = "", .iterations = {0.0, 40.0}};
  chart.series = {{.label = "v", .values = {1.0, 2.0}}};
  for (Index k = 0; k < 40; ++k) chart.phases.push_back({k % 2 == 0 ? "descent" : "plateau", k, k + 1});
  CHECK(svg_plot(chart).find(">plateau<") == std::string::npos);
  CHECK(svg_plot(chart).find("at-wide\" text-anchor=\"middle\" x=\"3.75%\" y=\"-5\">2<") != std::string::npos);
  // The patterns that the pictures refer to exist.
  for (const char* name : {"plateau", "ascent", "held", "rest", "other", "negative"}) {
    CHECK(svg_patterns().find("id=\"hatch-" + std::string(name) + "\"") != std::string::npos);
  }
  CHECK(is_well_formed(svg_patterns()));
}

TEST_CASE("the plane with contours: well-formed, the path above them, levels named") {
  const Diagonal objective({1.0, 3.0});
  const Trajectory trajectory = curve_of(2);
  const Landscape landscape = look_around(trajectory, Diagnosis{}, objective, RandomSource(1));
  const std::string svg = svg_plane(principal_plane(trajectory.snapshots), landscape.plane);
  CHECK(is_well_formed(svg));
  CHECK(occurrences(svg, "class=\"contour\"") >= 5);
  CHECK(occurrences(svg, "class=\"contour-name\"") >= 2);
  CHECK(svg.rfind("class=\"contour\"") < svg.find("class=\"curve series-0\""));
  CHECK(svg_plane(principal_plane(trajectory.snapshots)).find("contour") == std::string::npos);
}

TEST_CASE("several runs in one chart: each run's own values at its own iterations") {
  std::vector<Report> reports(2);
  for (Index k = 0; k <= 100; ++k) {
    StepRecord record;
    record.iteration = k;
    record.value = -1.0 - static_cast<double>(k);
    reports[0].trajectory.records.push_back(record);
    record.iteration = 7 * k;
    record.value = static_cast<double>(k * k);
    reports[1].trajectory.records.push_back(record);
  }
  const Chart chart = overlay_chart(reports);
  REQUIRE(chart.series.size() == 2);
  CHECK(chart.time_scale == AxisScale::logarithmic_from_zero);
  CHECK(std::is_sorted(chart.iterations.begin(), chart.iterations.end(), std::less_equal<>()));
  std::size_t first = 0;
  std::size_t second = 0;
  for (std::size_t i = 0; i < chart.iterations.size(); ++i) {
    const double k = chart.iterations[i];
    if (const double value = chart.series[0].values[i]; !std::isnan(value)) {
      CHECK(value == -1.0 - k);
      ++first;
    }
    if (const double value = chart.series[1].values[i]; !std::isnan(value)) {
      CHECK(value == k * k / 49.0);
      ++second;
    }
  }
  CHECK(first == 101);
  CHECK(second == 101);
  CHECK(occurrences(svg_plot(chart), "<path class=\"curve series-") == 2);
  // Above the best value where that is known of both.
  reports[0].trajectory.optimal_value = -101.5;
  reports[1].trajectory.lower_bound = -1.0;
  CHECK(overlay_chart(reports).series[0].values[0] == 100.5);
  CHECK(overlay_chart(std::vector<Report>(3)).series.empty());
  CHECK(overlay_chart(std::vector<Report>(20, reports[0])).series.size() == most_overlaid);
}

TEST_CASE("a page of several runs: verdicts first, ids unique, each run whole without scripts") {
  const std::vector<Report> reports = samples::all_reports();
  const std::string page = render_html(reports);
  CHECK(page == render_html(reports));
  CHECK(page.find("Verdicts</h2>") < page.find("Side by side</h2>"));
  CHECK(page.find("Side by side</h2>") < page.find("<details class=\"run\""));
  CHECK(occurrences(page, "<details class=\"run\"") == reports.size());
  const std::string body = page.substr(page.find("<body>"), page.find("<script type=") - page.find("<body>"));
  std::set<std::string> ids;
  for (std::size_t at = body.find(" id=\""); at != std::string::npos; at = body.find(" id=\"", at + 1)) {
    const std::string id = body.substr(at + 5, body.find('"', at + 5) - at - 5);
    INFO(id);
    CHECK(ids.insert(id).second);
  }
  for (std::size_t at = body.find("href=\"#"); at != std::string::npos; at = body.find("href=\"#", at + 1)) {
    CHECK(ids.count(body.substr(at + 7, body.find('"', at + 7) - at - 7)) == 1);
  }
  // Every run has its static charts.
  for (std::size_t i = 0; i < reports.size(); ++i) {
    for (const Chart& chart : charts_of(reports[i])) {
      CHECK(ids.count("chart-run-" + std::to_string(i + 1) + '-' + chart.id) == 1);
    }
  }
  for (const char* injected : {"<script>alert", "<img", "<b>rate", "<i>drift"}) {
    CHECK(body.find(injected) == std::string::npos);
  }
  // What they show together: text and a table, in between; nothing of a name is markup.
  const std::string together = render_html(reports, {samples::two_levels()});
  CHECK(together.find("Side by side</h2>") < together.find("Together</h2>"));
  CHECK(together.find("Together</h2>") < together.find("<details class=\"run\""));
  CHECK(together.find("<p>Restart rather than wait.</p>") != std::string::npos);
  CHECK(together.find("<b>well") == std::string::npos);
  CHECK(together.find("<td>restart</td>") != std::string::npos);
  CHECK(together.find(">nan") == std::string::npos);
  CHECK(page.find("Together</h2>") == std::string::npos);
  CHECK(render_html(std::vector<Report>{}).find("0 runs") != std::string::npos);
}

TEST_CASE("the page of a run of 1e5 records with ten probabilities stays below a megabyte") {
  Report report = samples::bandit(100'000);
  report.trajectory.policy->rewards.clear();
  for (int action = 3; action < 10; ++action) {
    Column column = report.trajectory.columns[0];
    column.name = "probability_" + std::to_string(action);
    for (std::size_t k = 0; k < column.values.size(); ++k) {
      column.values[k] *= 0.1 + 0.01 * std::sin(0.37 * static_cast<double>(k) * action);
    }
    report.trajectory.policy->probability_columns.push_back(column.name);
    report.trajectory.columns.push_back(std::move(column));
  }
  CHECK(render_html(report).size() < 1'000'000);
}
