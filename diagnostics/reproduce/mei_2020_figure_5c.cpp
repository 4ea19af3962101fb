// Mei et al. (2020), figure 5c: in the four rooms softmax policy gradient stays with the sub-goals, escort policy
// gradient with p = 2 reaches the goal. V/V* of the start after 1e2, 1e3 and 1e4 steps over 20 random starts, for a
// tabular policy and for a network of 64 rectified linear units.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/four_room_landscape.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/processes.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/network_policy.hpp>
#include <perigee/lib/problems/tabular_policy.hpp>
#include <perigee/lib/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace perigee::reproduce {
namespace {

using transforms::PolicyTransform;

constexpr Index cells = 104;
constexpr Index moves = 4;
constexpr Index hidden = 64;
constexpr std::array<double, 9> rates{0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0};

enum class Kind { tabular, network };

PolicyTransform transform_of(std::size_t method) {
  return method == 0 ? PolicyTransform::softmax() : PolicyTransform::escort(2.0);
}

// Weights N(0, 2/104) and N(0, 1/64), as lib/problems/network_policy.hpp draws them.
Vector random_weights(RandomEngine& engine) {
  Vector w(hidden * (cells + 1) + moves * (hidden + 1));
  const Index inner = hidden * cells;
  fill_standard_normal(engine, VectorView(w.data(), inner));
  VectorView(w.data(), inner) *= std::sqrt(2.0 / static_cast<double>(cells));
  fill_standard_normal(engine, VectorView(w.data() + inner + hidden, moves * hidden));
  VectorView(w.data() + inner + hidden, moves * hidden) *= std::sqrt(1.0 / static_cast<double>(hidden));
  return w;
}

// V/V* of the start state after each of the steps asked for (increasing).
std::vector<double> follow(Kind kind, std::size_t method, double rate, RandomEngine engine,
                           const std::vector<Index>& reports) {
  const auto start = static_cast<Index>(uniform_unit(engine) * static_cast<double>(cells));
  const auto landscape = std::make_shared<const FourRoomLandscape>(start, transform_of(method));
  const OneHotNetwork network(landscape, hidden);
  Vector theta(cells * moves);
  theta.view().setConstant(method == 0 ? 0.0 : 0.5);
  if (kind == Kind::network) theta = random_weights(engine);
  Ascent ascent(kind == Kind::tabular ? static_cast<const Objective&>(*landscape) : network, std::move(theta));
  std::vector<double> shares;
  for (const Index report : reports) {
    while (ascent.steps() < report) ascent.step(rate);
    shares.push_back(1.0 - ascent.value() / landscape->optimal_value());
  }
  return shares;
}

// The rate with the highest mean V/V* after the given steps over pilot starts of their own.
double tuned_rate(Kind kind, std::size_t method, Index steps, std::size_t pilots, const Options& options) {
  std::vector<double> found(rates.size() * pilots);
  for_each_index(found.size(), options.threads, [&](std::size_t i) {
    found[i] =
        follow(kind, method, rates[i / pilots], RandomSource(options.seed).engine("pilot", i % pilots), {steps})[0];
  });
  double best = -1.0;
  double rate = rates.front();
  for (std::size_t r = 0; r < rates.size(); ++r) {
    double mean = 0.0;
    for (std::size_t i = 0; i < pilots; ++i) mean += found[r * pilots + i] / static_cast<double>(pilots);
    if (mean > best) {
      best = mean;
      rate = rates[r];
    }
  }
  return rate;
}

// The gradients here against the dense ones of the library, at normal points: largest relative difference.
double gradient_error(const Options& options) {
  double worst = 0.0;
  for (std::size_t method = 0; method < 2; ++method) {
    RandomEngine engine = RandomSource(options.seed).engine("gradient-check", method);
    const auto landscape = std::make_shared<const FourRoomLandscape>(7, transform_of(method));
    const auto dense = std::make_shared<problems::TabularPolicy>(
        landscape->process(), problems::TabularPolicyOptions{.transform = transform_of(method)});
    Vector features(cells * cells);
    for (Index s = 0; s < cells; ++s) features[s * cells + s] = 1.0;
    const problems::NetworkPolicy dense_network(dense, features, cells, hidden);
    const OneHotNetwork network(landscape, hidden);
    const auto compare = [&](const Objective& one, const Objective& other, const Vector& x) {
      Vector g(x.size());
      Vector h(x.size());
      one.value_and_gradient(x, g);
      other.value_and_gradient(x, h);
      worst = std::max(worst, (g.view() - h.view()).norm() / h.view().norm());
    };
    Vector theta(cells * moves);
    fill_standard_normal(engine, theta);
    compare(*landscape, *dense, theta);
    compare(network, dense_network, random_weights(engine));
  }
  return worst;
}

struct Outcome {
  double rate = 0.0;
  std::vector<std::vector<double>> shares;  // one row a run, one column a report
  Mean mean_at(std::size_t report) const {
    std::vector<double> sample;
    for (const auto& run : shares) sample.push_back(run[report]);
    return mean_of(sample);
  }
};

Result run(const Options& options) {
  const std::size_t starts = sized<std::size_t>(options, 20, 10);
  const std::size_t pilots = sized<std::size_t>(options, 10, 3);
  const Index last = sized<Index>(options, 10000, 1000);
  std::vector<Index> reports;
  for (const Index k : logarithmic_steps(last, 60)) {
    if (k > 0) reports.push_back(k);
  }
  for (const Index mark : {100, 1000, 10000}) {
    if (mark <= last) reports.push_back(mark);
  }
  std::sort(reports.begin(), reports.end());
  reports.erase(std::unique(reports.begin(), reports.end()), reports.end());

  Result result{.set_up = "13 x 13 cells, goal 1, four sub-goals 0.7, discount 0.99, exact gradients, " +
                          std::to_string(starts) + " random start cells, " + std::to_string(last) +
                          " steps; the same starts for both methods."};
  result.choices = {
      "The cells of the goals and the discount are not stated.",
      "Learning rates are not stated: of 0.01, 0.03, ..., 100 the one with the highest mean V/V* after " +
          std::to_string(last / 10) + " steps over " + std::to_string(pilots) + " other starts, for each method.",
      "First policies: uniform for the table, random weights (He et al. 2015) for the network with one-hot inputs."};
  const double error = gradient_error(options);
  result.claims.push_back({.id = "gradient",
                           .printed = "We calculate the true gradient by closed form.",
                           .measured = "Gradients by banded systems equal those of the dense ones to " +
                                       format_number(error, 2) + " relative, table and network.",
                           .value = error,
                           .lower = 0.0,
                           .upper = error,
                           .verdict = verdict_if(error < 1e-9)});
  Table table{.name = "shares", .columns = {"steps"}, .rows = {}};
  std::vector<double> times;
  for (const Index k : reports) {
    times.push_back(static_cast<double>(k));
    table.rows.push_back({times.back()});
  }
  Chart chart =
      chart_over(times, "Value of the start over the optimal one", "V/V*, mean", "steps", Axes::logarithmic_time);
  for (const Kind kind : {Kind::tabular, Kind::network}) {
    const std::string name = kind == Kind::tabular ? "table" : "network";
    std::array<Outcome, 2> outcomes;
    for (std::size_t method = 0; method < 2; ++method) {
      Outcome& outcome = outcomes[method];
      outcome.rate = tuned_rate(kind, method, last / 10, pilots, options);
      outcome.shares.resize(starts);
      for_each_index(starts, options.threads, [&](std::size_t i) {
        outcome.shares[i] =
            follow(kind, method, outcome.rate, RandomSource(options.seed).engine("four-room", i), reports);
      });
      const std::string label = std::string(method == 0 ? "softmax" : "escort") + ", " + name;
      for (const char* end : {"_mean", "_least", "_greatest"}) {
        table.columns.push_back((method == 0 ? "softmax_" : "escort_") + name + end);
      }
      ChartSeries series{
          .label = label, .values = {}, .style = (method == 0 ? 0 : 1) + (kind == Kind::tabular ? 0 : 8)};
      for (std::size_t r = 0; r < reports.size(); ++r) {
        std::vector<double> sample;
        for (const auto& shares : outcome.shares) sample.push_back(shares[r]);
        const double mean = mean_of(sample).mean;
        table.rows[r].insert(table.rows[r].end(), {mean, quantile(sample, 0.0), quantile(sample, 1.0)});
        series.values.push_back(mean);
      }
      chart.series.push_back(std::move(series));
    }
    std::string text;
    for (const Index mark : {100, 1000, 10000}) {
      if (mark > last) continue;
      const auto r = static_cast<std::size_t>(std::find(reports.begin(), reports.end(), mark) - reports.begin());
      const Mean softmax = outcomes[0].mean_at(r);
      const Mean escort = outcomes[1].mean_at(r);
      text += (text.empty() ? "" : "; ") + std::to_string(mark) + " steps: softmax " + format_number(softmax.mean, 3) +
              " " + interval_text(softmax.lower, softmax.upper) + ", escort " + format_number(escort.mean, 3) + " " +
              interval_text(escort.lower, escort.upper);
    }
    const std::size_t end = reports.size() - 1;
    std::vector<double> differences;
    std::array<int, 2> reached{0, 0};
    for (std::size_t i = 0; i < starts; ++i) {
      differences.push_back(outcomes[1].shares[i][end] - outcomes[0].shares[i][end]);
      for (std::size_t method = 0; method < 2; ++method)
        reached[method] += outcomes[method].shares[i][end] > 0.95 ? 1 : 0;
    }
    const Mean difference = mean_of(differences);
    const bool is_better = difference.lower > 0.0;
    const bool arrives = reached[1] == static_cast<int>(starts);
    result.claims.push_back(
        {.id = name,
         .printed = "Softmax policy gradient is easily stuck with the sub-goals; the escort, p = "
                    "2, achieves the goal quickly.",
         .measured = "V/V* with learning rates " + format_number(outcomes[0].rate) + " and " +
                     format_number(outcomes[1].rate) + ", " + text +
                     ". Above 0.95 at the end: " + std::to_string(reached[0]) + " and " + std::to_string(reached[1]) +
                     " of " + std::to_string(starts) + ".",
         .value = difference.mean,
         .lower = difference.lower,
         .upper = difference.upper,
         .verdict = is_better && arrives    ? Verdict::holds
                    : difference.mean > 0.0 ? Verdict::holds_with_care
                                            : Verdict::does_not_hold,
         .care = is_better && arrives ? ""
                 : is_better          ? "The escort is better on average, but not all of its runs arrive."
                 : difference.mean > 0.0
                     ? "The escort's advantage is within the sampling error of these starts, and not "
                       "all of its runs arrive."
                     : "At tuned rates the escort is not better on average here."});
  }
  chart.height = 300.0;
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("Four rooms",
                           "Mei et al. (2020), figure 5c. Mean over random start cells; learning rates tuned "
                           "over the same grid.",
                           {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction mei_2020_figure_5c() {
  return {.name = "mei-2020-figure-5c",
          .source = "Mei et al. (2020), figure 5c",
          .claim = "in the four rooms the softmax stays with the sub-goals, the escort reaches the goal",
          .run = run};
}

}  // namespace perigee::reproduce
