// After Agarwal et al. (2021), section 4.2: on a chain whose goal is H steps away from a small reward at hand, softmax
// policy gradient from the uniform policy takes a time that explodes with H.
//
// The flow is integrated with steps that change no parameter by more than 1/20, and its time accumulated; gradient
// steps of a fixed rate are counted beside it where that is affordable.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/processes.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/distractor_chain.hpp>
#include <perigee/lib/problems/tabular_policy.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr double rate = 1.0;
constexpr double longest_time = 1e12;  // later, what is left of the gradient is rounding

struct Escape {
  double flow_time = not_measured;  // until half of V*(0) - 0.1 is gained; not within longest_time: not measured
  double steps = not_measured;      // the same for gradient steps of rate 1
};

// V(0) half way between always left and the optimum.
double border(const problems::TabularPolicy& landscape) { return 0.5 * (landscape.optimum().start_value - 0.1); }

Escape escape(Index length, Index most_steps) {
  const problems::TabularPolicy landscape(problems::distractor_chain_process(length), {});
  Escape result;
  Ascent flow(landscape, Vector(landscape.dimension()));
  double time = 0.0;
  while (flow.value() > border(landscape) && flow.steps() < 1000000) {
    const double step = 0.05 / flow.gradient().lpNorm<Eigen::Infinity>();
    if (!std::isfinite(step)) break;
    // Second order: the midpoint rule.
    Vector middle = flow.theta();
    middle.view() -= 0.5 * step * flow.gradient();
    Vector gradient(middle.size());
    landscape.value_and_gradient(middle, gradient);
    Vector next = flow.theta();
    next.view() -= step * gradient.view();
    flow = Ascent(landscape, std::move(next));
    time += step;
    if (time > longest_time) break;
  }
  if (flow.value() <= border(landscape)) result.flow_time = time;
  Ascent descent(landscape, Vector(landscape.dimension()));
  while (descent.value() > border(landscape) && descent.steps() < most_steps) descent.step(rate);
  if (descent.value() <= border(landscape)) result.steps = static_cast<double>(descent.steps());
  return result;
}

Result run(const Options& options) {
  const std::size_t longest = sized<std::size_t>(options, 7, 6);
  const Index most_steps = sized<Index>(options, 1000000, 20000);
  std::vector<Escape> escapes(longest);
  for_each_index(longest, options.threads, [&](std::size_t i) {
    escapes[longest - 1 - i] = escape(static_cast<Index>(longest - i), most_steps);
  });
  Table table{.name = "escape-times", .columns = {"length", "flow_time", "steps", "factor"}, .rows = {}};
  std::vector<double> times;
  ChartSeries flow{.label = "time of the flow", .values = {}, .style = 0};
  ChartSeries counted{.label = "steps counted, \xCE\xB7 = 1", .values = {}, .style = 1, .shape = SeriesShape::points};
  double worst = 0.0;
  double compared = 0.0;
  std::string text;
  std::vector<double> factors;
  int unreached = 0;
  for (std::size_t i = 0; i < longest; ++i) {
    const double factor = i == 0 ? not_measured : escapes[i].flow_time / escapes[i - 1].flow_time;
    if (i >= 2 && std::isfinite(factor)) factors.push_back(factor);
    if (std::isfinite(escapes[i].flow_time)) {
      text += (i == 0 ? "" : ", ") + format_number(escapes[i].flow_time, 3);
    } else {
      ++unreached;
      text += ", above 1e12";
    }
    if (std::isfinite(escapes[i].steps) && escapes[i].steps >= 50.0) {
      worst = std::max(worst, std::abs(escapes[i].steps / escapes[i].flow_time - 1.0));
      compared += 1.0;
    }
    times.push_back(static_cast<double>(i + 1));
    flow.values.push_back(escapes[i].flow_time);
    counted.values.push_back(escapes[i].steps);
    table.rows.push_back({times.back(), escapes[i].flow_time, escapes[i].steps, factor});
  }
  // Explosive: the factors from one length to the next grow, until the time itself is out of reach.
  const bool grows = factors.size() >= 2 && factors.back() > 3.0 * factors.front() && unreached > 0;
  Result result{.set_up =
                    "The chain of states 0 to H with the reward 0.1 (1 - gamma) at hand and 1 - gamma at its end, "
                    "gamma = H/(H + 1), softmax policy gradient from the uniform policy until V(0) is half way to "
                    "V*(0)."};
  result.choices = {"The chain is ours, after the paper's: two actions, distraction in every state.",
                    "Long times are those of the gradient flow, whose time is the sum of the learning rates."};
  result.claims = {{.id = "explosion",
                    .printed = "Policy gradient may take a time exponential in the length of the chain.",
                    .measured = "Times for H = 1, 2, ...: " + text + "; the last factor that is known is " +
                                format_number(factors.back(), 3) + " after " + format_number(factors.front(), 3) +
                                " at the beginning.",
                    .value = factors.back(),
                    .lower = factors.front(),
                    .verdict = verdict_if(grows)},
                   {.id = "flow",
                    .printed = "Steps of a fixed rate follow the flow.",
                    .measured = "Steps counted at eta = 1 and the flow's time differ by at most " +
                                format_number(worst, 2) + " relative, for the " + format_number(compared) +
                                " lengths where there are at least 50 of them and they are affordable.",
                    .value = worst,
                    .lower = 0.0,
                    .upper = worst,
                    .verdict = verdict_if(compared > 0.0 && worst < 0.05)}};
  Chart chart = chart_over(times, "Time to turn round", "time", "length H", Axes::logarithmic_value);
  chart.series = {std::move(flow), std::move(counted)};
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("A distracting reward",
                           "After Agarwal et al. (2021), section 4.2: softmax policy gradient on a chain "
                           "with a small reward at hand and a large one H steps away.",
                           {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction agarwal_2021_chain() {
  return {.name = "agarwal-2021-chain",
          .source = "after Agarwal et al. (2021), section 4.2",
          .claim = "the time to give up a reward at hand explodes with the distance of the better one",
          .run = run};
}

}  // namespace perigee::reproduce
