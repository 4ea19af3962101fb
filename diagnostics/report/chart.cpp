#include <perigee/diagnostics/report/axis.hpp>
#include <perigee/diagnostics/report/chart.hpp>
#include <perigee/diagnostics/report/downsample.hpp>
#include <perigee/diagnostics/report/svg_plot.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

namespace perigee {
namespace {

constexpr double wide_enough_for_log = 10.0;  // largest / smallest value from which a logarithmic scale shows more
constexpr std::size_t most_marks = 200;       // perturbations drawn in one chart
constexpr std::size_t most_lines = 12;        // lines that can still be told apart by color and dashes
constexpr std::size_t most_other_columns = 6;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  bool empty() const { return low > high; }
};

void include(Range& range, const std::vector<double>& values) {
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  }
}

Range range_of(const std::vector<ChartSeries>& series) {
  Range range;
  for (const ChartSeries& one : series) include(range, one.values);
  return range;
}

std::vector<double> field_of(const Trajectory& trajectory, const std::function<double(const StepRecord&)>& field) {
  std::vector<double> values;
  values.reserve(trajectory.records.size());
  for (const StepRecord& record : trajectory.records) values.push_back(field(record));
  return values;
}

// What a logarithmic scale cannot show becomes "not measured". Returns how many values that were.
std::size_t drop_non_positive(std::vector<ChartSeries>& series) {
  std::size_t dropped = 0;
  for (ChartSeries& one : series) {
    for (double& value : one.values) {
      if (value <= 0.0) {
        value = not_measured;
        ++dropped;
      }
    }
  }
  return dropped;
}

// Smallest and largest positive finite value.
Range positive_range(const std::vector<ChartSeries>& series) {
  Range range;
  for (const ChartSeries& one : series) {
    for (const double value : one.values) {
      if (!(value > 0.0) || std::isinf(value)) continue;
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
  }
  return range;
}

// A logarithmic scale if nothing is negative and the positive values span enough; says so in the caption.
void choose_scale(Chart& chart) {
  const Range positive = positive_range(chart.series);
  if (range_of(chart.series).low < 0.0 || positive.empty() || positive.high / positive.low < wide_enough_for_log)
    return;
  chart.scale = AxisScale::logarithmic;
  chart.caption += ", logarithmic scale";
  if (const std::size_t dropped = drop_non_positive(chart.series); dropped > 0) {
    chart.caption += "; " + std::to_string(dropped) + (dropped == 1 ? " zero is" : " zeros are") + " not shown";
  }
}

std::vector<double> iterations_of(const Trajectory& trajectory) {
  return field_of(trajectory, [](const StepRecord& record) { return static_cast<double>(record.iteration); });
}

ChartSeries plain_value(const Trajectory& trajectory) {
  return {.label = "f", .values = field_of(trajectory, [](const StepRecord& record) { return record.value; })};
}

std::optional<double> reference_of(const Trajectory& trajectory) {
  const std::optional<double> reference = trajectory.optimal_value ? trajectory.optimal_value : trajectory.lower_bound;
  return reference && std::isfinite(*reference) ? reference : std::nullopt;
}

// f less its reference, where that is worth a logarithmic scale. A value clearly below the reference refutes the
// reference; then the plain value is the honest picture.
std::optional<ChartSeries> value_above_reference(const Trajectory& trajectory) {
  const std::optional<double> reference = reference_of(trajectory);
  if (!reference) return std::nullopt;
  std::vector<ChartSeries> gap{{.label = "f - reference", .values = field_of(trajectory, [&](const StepRecord& record) {
                                                            return record.value - *reference;
                                                          })}};
  const Range positive = positive_range(gap);
  const double rounding = 1e-12 * (1.0 + std::abs(*reference));
  const bool spans_enough = !positive.empty() && positive.high / positive.low >= wide_enough_for_log;
  if (!spans_enough || range_of(gap).low < -rounding) return std::nullopt;
  return gap.front();
}

Chart value_chart(const Trajectory& trajectory) {
  Chart chart{.id = "value", .title = "Value", .caption = "f(x)", .height = 260.0};
  if (std::optional<ChartSeries> gap = value_above_reference(trajectory)) {
    const double reference = *reference_of(trajectory);
    chart.series = {std::move(*gap)};
    const std::size_t dropped = drop_non_positive(chart.series);
    const bool is_optimum = trajectory.optimal_value.has_value();
    if (reference != 0.0) {
      chart.series.front().label = is_optimum ? "f \xE2\x88\x92 f*" : "f \xE2\x88\x92 lower bound";
      chart.caption =
          (is_optimum ? "f(x) \xE2\x88\x92 f*, with f* = " : "f(x) above its lower bound ") + axis_label(reference);
    } else {
      chart.series.front().label = "f";
      chart.caption = is_optimum ? "f(x), whose minimum f* is 0" : "f(x), which cannot go below 0";
    }
    chart.caption += ", logarithmic scale";
    if (dropped > 0) {
      chart.caption +=
          "; " + std::to_string(dropped) + (dropped == 1 ? " point" : " points") + " at the reference not shown";
    }
    chart.scale = AxisScale::logarithmic;
    return chart;
  }
  chart.series = {plain_value(trajectory)};
  choose_scale(chart);
  return chart;
}

Chart gradient_chart(const Trajectory& trajectory) {
  Chart chart{
      .id = "gradient-norm", .title = "Gradient norm", .caption = "\xE2\x80\x96grad f(x)\xE2\x80\x96\xE2\x82\x82"};
  chart.series = {{.label = "gradient norm",
                   .values = field_of(trajectory, [](const StepRecord& record) { return record.gradient_norm; }),
                   .style = 1}};
  choose_scale(chart);
  return chart;
}

Chart steps_chart(const Trajectory& trajectory) {
  Chart chart{.id = "steps", .title = "Steps", .caption = "Step size and length of the step taken", .height = 180.0};
  chart.series = {{.label = "step size",
                   .values = field_of(trajectory, [](const StepRecord& record) { return record.step_size; }),
                   .style = 2},
                  {.label = "length of the step",
                   .values = field_of(trajectory, [](const StepRecord& record) { return record.step_norm; }),
                   .style = 4}};
  if (range_of({chart.series[1]}).empty()) {
    chart.series.pop_back();
    chart.caption = "Step size";
  } else if (range_of({chart.series[0]}).empty()) {
    chart.series.erase(chart.series.begin());
    chart.caption = "Length of the step taken";
  }
  choose_scale(chart);
  return chart;
}

// eta times the curvature along the step: what a quadratic model multiplies the error with is 1 - eta lambda, so that
// steps above 2 overshoot by more than they correct (Cohen, Kaur, Li, Kolter and Talwalkar 2021, "Gradient descent on
// neural networks typically occurs at the edge of stability").
Chart stability_chart(const Trajectory& trajectory) {
  Chart chart{.id = "stability",
              .title = "Step size against curvature",
              .caption =
                  "\xCE\xB7\xCE\xBB: step size times curvature along the step, logarithmic scale; above 2 a step "
                  "overshoots by more than it corrects",
              .scale = AxisScale::logarithmic,
              .height = 180.0};
  chart.series = {
      {.label = "\xCE\xB7\xCE\xBB",
       .values = field_of(trajectory, [](const StepRecord& record) { return record.step_size * record.curvature; }),
       .style = 3}};
  std::size_t dropped = 0;
  for (double& value : chart.series.front().values) {
    if (!(value <= 0.0)) continue;
    value = -std::numeric_limits<double>::infinity();  // the line breaks: what lies between is not in between
    ++dropped;
  }
  if (dropped > 0) {
    chart.caption +=
        "; " + std::to_string(dropped) + (dropped == 1 ? " step" : " steps") + " along no positive curvature not shown";
  }
  chart.levels = {{.value = 2.0, .label = "stability limit \xCE\xB7\xCE\xBB = 2"}};
  return chart;
}

// At most `most_lines` columns: the known best action, then those that reach the highest probability.
std::vector<const Column*> lines_of(const Trajectory& trajectory, const std::vector<const Column*>& columns) {
  if (columns.size() <= most_lines) return columns;
  const Column* best = nullptr;
  if (trajectory.policy->optimal_action) {
    const auto action = static_cast<std::size_t>(*trajectory.policy->optimal_action);
    const std::vector<std::string>& names = trajectory.policy->probability_columns;
    if (action < names.size()) best = trajectory.column(names[action]);
  }
  const auto rank = [best](const Column* column) {
    Range range;
    include(range, column->values);
    return column == best ? std::numeric_limits<double>::infinity() : range.high;
  };
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < columns.size(); ++i) order.emplace_back(-rank(columns[i]), i);
  std::sort(order.begin(), order.end());
  order.resize(most_lines);
  std::sort(order.begin(), order.end(), [](const auto& left, const auto& right) { return left.second < right.second; });
  std::vector<const Column*> chosen;
  for (const auto& entry : order) chosen.push_back(columns[entry.second]);
  return chosen;
}

Chart probability_chart(const Trajectory& trajectory) {
  Chart chart{.id = "probabilities", .title = "Probabilities", .caption = "Probability of each action or class"};
  const std::vector<const Column*> columns = probability_columns(trajectory);
  const std::vector<const Column*> lines = lines_of(trajectory, columns);
  if (lines.size() < columns.size()) {
    chart.caption += "; the " + std::to_string(lines.size()) + " of " + std::to_string(columns.size()) +
                     " with the highest peaks (and the best action, where known)";
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    chart.series.push_back({.label = lines[i]->name, .values = lines[i]->values, .style = static_cast<int>(i)});
  }
  // On a linear scale anything below a hundredth looks like zero, and wells are about just those.
  const Range positive = positive_range(chart.series);
  if (!positive.empty() && positive.low < 1e-2) choose_scale(chart);
  return chart;
}

std::vector<ChartMark> marks_of(const Trajectory& trajectory) {
  std::vector<ChartMark> marks;
  for (const StepRecord& record : trajectory.records) {
    if (record.kind == StepKind::perturbation || record.kind == StepKind::jump) {
      marks.push_back({.iteration = record.iteration, .kind = record.kind});
    }
  }
  if (marks.size() <= most_marks) return marks;
  std::vector<ChartMark> thinned;
  for (std::size_t i = 0; i < most_marks; ++i) thinned.push_back(marks[i * (marks.size() - 1) / (most_marks - 1)]);
  return thinned;
}

AxisScale time_scale_of(const std::vector<double>& iterations) {
  const bool begins_early = iterations.front() >= 0.0 && iterations.front() <= 0.01 * iterations.back();
  const bool is_long = iterations.back() - iterations.front() >= long_run;
  return begins_early && is_long ? AxisScale::logarithmic_from_zero : AxisScale::linear;
}

void downsample(Chart& chart, std::size_t most = chart_sample_limit) {
  std::vector<std::vector<double>> values;
  for (ChartSeries& one : chart.series) values.push_back(std::move(one.values));
  const std::size_t limit = std::max<std::size_t>(
      6 * values.size() + 2, std::min(most, chart_point_limit / std::max<std::size_t>(1, values.size())));
  const std::vector<std::size_t> selected = select_samples(values, limit);
  const auto pick = [&selected](const std::vector<double>& all) {
    std::vector<double> picked;
    picked.reserve(selected.size());
    for (const std::size_t i : selected) picked.push_back(all[i]);
    return picked;
  };
  chart.iterations = pick(chart.iterations);
  for (std::size_t i = 0; i < values.size(); ++i) chart.series[i].values = pick(values[i]);
}

}  // namespace

std::vector<const Column*> probability_columns(const Trajectory& trajectory) {
  std::vector<const Column*> columns;
  if (!trajectory.policy) return columns;
  for (const std::string& name : trajectory.policy->probability_columns) {
    const Column* column = trajectory.column(name);
    if (column && column->values.size() == trajectory.records.size()) columns.push_back(column);
  }
  return columns;
}

std::vector<Chart> charts_of(const Report& report) {
  const Trajectory& trajectory = report.trajectory;
  std::vector<Chart> charts{value_chart(trajectory), gradient_chart(trajectory), steps_chart(trajectory),
                            stability_chart(trajectory), probability_chart(trajectory)};
  const std::vector<const Column*> probabilities = probability_columns(trajectory);
  std::size_t others = 0;
  for (const Column& column : trajectory.columns) {
    if (std::find(probabilities.begin(), probabilities.end(), &column) != probabilities.end()) continue;
    if (column.values.size() != trajectory.records.size() || others == most_other_columns) continue;
    Chart chart{.id = "column-" + std::to_string(++others),
                .title = column.name,
                .caption = "Recorded column",
                .series = {{.label = column.name, .values = column.values, .style = 5}},
                .height = 140.0};
    choose_scale(chart);
    charts.push_back(std::move(chart));
  }
  std::erase_if(charts, [](const Chart& chart) { return range_of(chart.series).empty(); });
  const std::vector<double> iterations = iterations_of(trajectory);
  const std::vector<ChartMark> marks = marks_of(trajectory);
  for (Chart& chart : charts) {
    chart.iterations = iterations;
    chart.phases = report.diagnosis.phases;
    chart.marks = marks;
    chart.time_scale = time_scale_of(iterations);
    downsample(chart);
  }
  return charts;
}

std::string subject_of(const Report& report) {
  if (!report.trajectory.problem.empty()) return report.trajectory.problem;
  const std::string& path = report.source.path;
  return path.empty() ? "Unnamed run" : path.substr(path.find_last_of('/') + 1);
}

std::vector<std::string> names_of(const std::vector<Report>& reports) {
  std::vector<std::string> names;
  for (const Report& report : reports) names.push_back(subject_of(report));
  for (const auto& addition : {+[](const Report& report) { return report.trajectory.solver; },
                               +[](const Report& report) { return report.source.path; }}) {
    const std::vector<std::string> before = names;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string more = addition(reports[i]);
      if (!more.empty() && std::count(before.begin(), before.end(), before[i]) > 1) names[i] += ", " + more;
    }
  }
  return names;
}

Chart overlay_chart(const std::vector<Report>& reports) {
  Chart chart{.id = "overlay", .title = "Values of the runs", .caption = "", .height = 300.0};
  const std::size_t count = std::min(reports.size(), most_overlaid);
  const auto is_measurable = [](const Report& report) { return value_above_reference(report.trajectory).has_value(); };
  const bool above_reference =
      std::all_of(reports.begin(), reports.begin() + static_cast<std::ptrdiff_t>(count), is_measurable);
  const std::vector<std::string> names = names_of(reports);
  std::vector<Chart> own(count, chart);
  std::vector<double> times;
  for (std::size_t i = 0; i < count; ++i) {
    const Trajectory& trajectory = reports[i].trajectory;
    own[i].series = {above_reference ? *value_above_reference(trajectory) : plain_value(trajectory)};
    own[i].iterations = iterations_of(trajectory);
    downsample(own[i], chart_sample_limit / count);
    times.insert(times.end(), own[i].iterations.begin(), own[i].iterations.end());
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  for (std::size_t i = 0; i < count; ++i) {
    ChartSeries series{.label = std::to_string(i + 1) + ": " + shortened(names[i], 60),
                       .values = std::vector<double>(times.size(), not_measured),
                       .style = static_cast<int>(i),
                       .end_name = std::to_string(i + 1)};
    for (std::size_t k = 0; k < own[i].iterations.size(); ++k) {
      const auto place = std::lower_bound(times.begin(), times.end(), own[i].iterations[k]) - times.begin();
      series.values[static_cast<std::size_t>(place)] = own[i].series.front().values[k];
    }
    chart.series.push_back(std::move(series));
  }
  chart.iterations = std::move(times);
  chart.caption = above_reference ? "f(x) above the best value possible, or above its lower bound" : "f(x)";
  if (count < reports.size()) {
    chart.caption += "; the first " + std::to_string(count) + " of " + std::to_string(reports.size()) + " runs";
  }
  if (range_of(chart.series).empty()) chart.series.clear();
  choose_scale(chart);
  if (!chart.iterations.empty() && chart.iterations.front() >= 0.0) {
    chart.time_scale = AxisScale::logarithmic_from_zero;
  }
  return chart;
}

}  // namespace perigee
