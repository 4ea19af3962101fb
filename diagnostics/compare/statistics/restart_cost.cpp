#include <perigee/diagnostics/compare/statistics/restart_cost.hpp>

#include <perigee/diagnostics/compare/statistics/distributions.hpp>
#include <perigee/diagnostics/compare/statistics/quantile.hpp>
#include <perigee/diagnostics/compare/statistics/resample.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace perigee::statistics {

namespace {

double cost_at(std::span<const CensoredTime> runs, double cutoff) {
  double spent = 0.0;
  double arrivals = 0.0;
  for (const CensoredTime& run : runs) {
    spent += std::min(run.time, cutoff);
    arrivals += run.outcome == Outcome::event && run.time <= cutoff ? 1.0 : 0.0;
  }
  return arrivals > 0.0 ? spent / arrivals : RestartCost().cost;
}

void draw(std::span<const CensoredTime> runs, RandomEngine& engine, std::vector<CensoredTime>& drawn) {
  for (CensoredTime& run : drawn) run = runs[uniform_place(engine, runs.size())];
}

}  // namespace

RestartCost restart_cost(std::span<const CensoredTime> runs) {
  if (runs.empty()) throw std::invalid_argument("restart_cost: there must be at least one run, got 0");
  const std::vector<CensoredTime> sorted = sorted_times(runs, "restart_cost");
  RestartCost best;
  double spent = 0.0;  // by the runs that are over
  int arrivals = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double time = sorted[i].time;
    spent += time;
    if (sorted[i].outcome != Outcome::event) continue;
    if (++arrivals < first_cutoff) continue;
    const double cost = (spent + static_cast<double>(sorted.size() - i - 1) * time) / static_cast<double>(arrivals);
    if (cost < best.cost) best = {cost, time};
  }
  const double without_cutoff = spent / static_cast<double>(arrivals);
  if (arrivals > 0 && without_cutoff <= best.cost) best = {without_cutoff, RestartCost().cutoff};
  return best;
}

Interval restart_cost_interval(std::span<const CensoredTime> runs, const RandomSource& random,
                               const RestartCostOptions& options) {
  (void)two_sided_normal_quantile(options.level, "restart_cost_interval");  // one place says what a level is
  (void)restart_cost(runs);                                                 // and what a sample is
  if (options.resamples < 1) {
    throw std::invalid_argument("restart_cost_interval: resamples must be >= 1, got " +
                                std::to_string(options.resamples));
  }
  RandomEngine engine = random.engine("restart cost");
  std::vector<double> costs;
  std::vector<CensoredTime> drawn(runs.size());
  for (Index resample = 0; resample < options.resamples; ++resample) {
    draw(runs, engine, drawn);
    const double cutoff = restart_cost(drawn).cutoff;
    draw(runs, engine, drawn);
    costs.push_back(cost_at(drawn, cutoff));
  }
  const double outside = 0.5 * (1.0 - options.level);
  return {quantile(costs, outside), quantile(costs, 1.0 - outside)};
}

}  // namespace perigee::statistics
