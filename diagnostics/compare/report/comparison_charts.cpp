#include <perigee/diagnostics/compare/report/comparison_charts.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <limits>

namespace perigee {

namespace {

using statistics::StepCurve;
using statistics::SurvivalCurve;

constexpr std::size_t most_case_points = 40;  // of a curve in a small picture

std::vector<double> merged(std::vector<double> places) {
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

ChartSeries series_of(const ComparisonReport& report, const CampaignSummary& summary, std::size_t rank) {
  return {.label = std::to_string(rank + 1) + " " + solver_name(report, summary.solvers[rank].solver),
          .values = {},
          .style = static_cast<int>(rank % 16),
          .shape = SeriesShape::steps,
          .end_name = std::to_string(rank + 1)};
}

std::size_t drawn_solvers(const CampaignSummary& summary) {
  return std::min(most_drawn_solvers, summary.solvers.size());
}

// All curves over one common set of places between `low` and `high`.
template <class CurveOf>
void add_shares(Chart& chart, const ComparisonReport& report, const CampaignSummary& summary, double low, double high,
                const CurveOf& curve_of) {
  std::vector<double> places{low, high};
  for (std::size_t rank = 0; rank < drawn_solvers(summary); ++rank) {
    for (const double at : curve_of(summary.solvers[rank]).at) {
      if (at > low && at < high) places.push_back(at);
    }
  }
  chart.iterations = merged(std::move(places));
  for (std::size_t rank = 0; rank < drawn_solvers(summary); ++rank) {
    ChartSeries series = series_of(report, summary, rank);
    for (const double at : chart.iterations) {
      series.values.push_back(statistics::share_at(curve_of(summary.solvers[rank]), at));
    }
    chart.series.push_back(std::move(series));
  }
}

Chart share_chart(std::string id, std::string title, std::string caption, std::string time_name) {
  return {.id = std::move(id),
          .title = std::move(title),
          .caption = std::move(caption),
          .shown = {0.0, 1.0},
          .height = 260.0,
          .time_scale = AxisScale::logarithmic,
          .time_name = std::move(time_name)};
}

// Half a decade before the first event, so that curves are seen to leave 0 or 1.
double first_place(double least, double budget) { return std::min(std::max(1.0, 0.5 * least), 0.5 * budget); }

template <class CurveOf>
double least_cost(const CampaignSummary& summary, double budget, const CurveOf& curve_of) {
  double least = budget;
  for (const SolverSummary& solver : summary.solvers) {
    const StepCurve& curve = curve_of(solver);
    if (!curve.at.empty()) least = std::min(least, curve.at.front());
  }
  return least;
}

}  // namespace

std::string solver_name(const ComparisonReport& report, Index solver) {
  return text_of(report.campaign.solvers[static_cast<std::size_t>(solver)]);
}

const CampaignSummary& main_summary(const ComparisonReport& report) { return report.summaries.back(); }

std::string drawn_note(std::size_t solvers) {
  if (solvers <= most_drawn_solvers) return "";
  return "; the first " + std::to_string(most_drawn_solvers) + " of " + std::to_string(solvers) + " solvers are drawn";
}

Chart profile_chart(const ComparisonReport& report, const CampaignSummary& summary, double widest) {
  Chart chart = share_chart("profile-" + format_number(summary.target), "Performance profiles",
                            "Share of all (case, seed) that a solver solved within a factor of the cheapest solver's "
                            "cost; that factor to the right, logarithmic" +
                                drawn_note(summary.solvers.size()),
                            "times the cheapest cost");
  add_shares(chart, report, summary, 1.0, widest,
             [](const SolverSummary& solver) -> const StepCurve& { return solver.profile; });
  return chart;
}

Chart data_profile_chart(const ComparisonReport& report, const CampaignSummary& summary) {
  Chart chart = share_chart("data-profile", "Data profiles",
                            "Share of all (case, seed) solved at a cost, in gradients; the cost to the right, "
                            "logarithmic, up to the budget" +
                                drawn_note(summary.solvers.size()),
                            "cost");
  const auto curve_of = [](const SolverSummary& solver) -> const StepCurve& { return solver.data_profile; };
  const double budget = report.campaign.budget;
  add_shares(chart, report, summary, first_place(least_cost(summary, budget, curve_of), budget), budget, curve_of);
  return chart;
}

Chart target_chart(const ComparisonReport& report) {
  Chart chart = share_chart(
      "targets", "Targets reached, with restarts",
      "Share of all (target, case) reached at a cost, failed runs started again; the cost to the right, logarithmic, "
      "up to ten budgets" +
          drawn_note(report.campaign.solvers.size()),
      "cost with restarts");
  if (report.target_curves.empty()) return chart;
  const auto curve_of = [&](const SolverSummary& solver) -> const StepCurve& {
    return report.target_curves[static_cast<std::size_t>(solver.solver)];
  };
  const CampaignSummary& summary = main_summary(report);
  const double budget = report.campaign.budget;
  add_shares(chart, report, summary, first_place(least_cost(summary, budget, curve_of), budget), 10.0 * budget,
             curve_of);
  return chart;
}

Chart case_chart(const ComparisonReport& report, std::size_t case_index, CaseCurves which) {
  const CampaignSummary& summary = main_summary(report);
  const std::size_t solvers = report.campaign.solvers.size();
  const std::string kind = which == CaseCurves::arrival ? "case-" : "escape-";
  Chart chart{.id = kind + std::to_string(case_index + 1),
              .title = words_of(report.campaign.cases[case_index]),
              .caption = which == CaseCurves::arrival ? "Share of the runs that has not arrived, over the cost"
                                                      : "Share of the runs still at the saddle, over the cost",
              .shown = {0.0, 1.0},
              .height = 150.0,
              .time_scale = AxisScale::logarithmic,
              .time_name = "cost"};
  std::vector<std::pair<std::size_t, SurvivalCurve>> curves;  // by rank
  double least = report.campaign.budget;
  for (std::size_t rank = 0; rank < drawn_solvers(summary); ++rank) {
    const GroupSummary& group =
        summary.groups[case_index * solvers + static_cast<std::size_t>(summary.solvers[rank].solver)];
    const SurvivalCurve& curve = which == CaseCurves::arrival ? group.curve : group.escape_curve;
    if (curve.runs == 0) continue;
    curves.emplace_back(rank, statistics::thinned(curve, most_case_points));
    if (!curve.steps.empty()) least = std::min(least, curve.steps.front().time);
  }
  if (curves.empty()) return chart;
  const double low = first_place(least, report.campaign.budget);
  std::vector<double> places{low, report.campaign.budget};
  for (const auto& entry : curves) {
    for (const statistics::SurvivalStep& step : entry.second.steps) places.push_back(std::max(low, step.time));
  }
  chart.iterations = merged(std::move(places));
  for (const auto& [rank, curve] : curves) {
    ChartSeries series = series_of(report, summary, rank);
    auto step = curve.steps.begin();
    statistics::SurvivalStep now{.band = {1.0, 1.0}};
    for (const double at : chart.iterations) {
      // A line that has come down ends there, with its number beside it.
      const bool is_down = now.survival == 0.0;
      while (step != curve.steps.end() && step->time <= at) now = *step++;
      series.values.push_back(is_down ? std::numeric_limits<double>::infinity() : now.survival);
      if (rank >= most_banded_solvers) continue;
      series.lower.push_back(now.band.lower);
      series.upper.push_back(now.band.upper);
    }
    chart.series.push_back(std::move(series));
  }
  return chart;
}

}  // namespace perigee
