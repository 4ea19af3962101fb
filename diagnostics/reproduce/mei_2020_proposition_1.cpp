// Mei et al. (2020), proposition 1: the expected reward is not concave in the escort's parameters. Witnesses: pairs of
// points, all parameters positive, at whose midpoint the reward is below the mean of its values at the ends.
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>

#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr Index arms = 3;

struct Witness {
  Index count = 0;      // pairs that contradict concavity
  double margin = 0.0;  // the largest (J(x) + J(y))/2 - J((x + y)/2)
  Vector from{};
  Vector to{};
};

Vector between(const Vector& from, const Vector& to, double part) {
  Vector point(from.size());
  for (Index a = 0; a < point.size(); ++a) point[a] = (1.0 - part) * from[a] + part * to[a];
  return point;
}

// The reward, up to a constant.
double reward(const problems::EscortBandit& bandit, const Vector& theta) { return -bandit.value(theta.view()); }

Witness search(const problems::EscortBandit& bandit, RandomEngine& engine, int pairs) {
  constexpr double rounding = 1e-12;
  Witness witness;
  for (int i = 0; i < pairs; ++i) {
    Vector from(arms);
    Vector to(arms);
    for (double& element : from.view()) element = 0.01 + uniform_unit(engine);
    for (double& element : to.view()) element = 0.01 + uniform_unit(engine);
    const double margin = 0.5 * (reward(bandit, from) + reward(bandit, to)) - reward(bandit, between(from, to, 0.5));
    if (margin > rounding) ++witness.count;
    if (margin > witness.margin) {
      witness.margin = margin;
      witness.from = from;
      witness.to = to;
    }
  }
  return witness;
}

std::string text_of(const Vector& theta) {
  std::string text;
  for (const double element : theta) text += (text.empty() ? "(" : ", ") + format_number(element, 3);
  return text + ")";
}

Result run(const Options& options) {
  const int pairs = sized(options, 100000, 10000);
  Result result{.set_up = "K = 3, r = (0.2, 0.9, 1), p = 1, 2, 4; " + std::to_string(pairs) +
                          " random pairs of points with all parameters in (0.01, 1.01) for each p."};
  Chart chart = chart_over({}, "The reward along the segment of the best witness, above its chord",
                           "J \xE2\x88\x92 chord", "part of the segment", Axes::linear);
  for (int i = 0; i <= 100; ++i) chart.iterations.push_back(i / 100.0);
  Table table{.name = "witnesses", .columns = {"p", "margin", "x1", "x2", "x3", "y1", "y2", "y3"}, .rows = {}};
  for (const double p : {1.0, 2.0, 4.0}) {
    const problems::EscortBandit bandit({0.2, 0.9, 1.0}, p);
    RandomEngine engine = RandomSource(options.seed).engine("proposition 1", static_cast<std::uint64_t>(p));
    const Witness witness = search(bandit, engine, pairs);
    result.claims.push_back({.id = "p" + format_number(p),
                             .printed = "The expected reward is not concave in theta.",
                             .measured = std::to_string(witness.count) + " of " + std::to_string(pairs) +
                                         " pairs contradict concavity for p = " + format_number(p) + "; between " +
                                         text_of(witness.from) + " and " + text_of(witness.to) + " the midpoint is " +
                                         format_number(witness.margin, 4) + " below the chord.",
                             .value = witness.margin,
                             .verdict = verdict_if(witness.margin > 1e-3)});
    table.rows.push_back({p, witness.margin, witness.from[0], witness.from[1], witness.from[2], witness.to[0],
                          witness.to[1], witness.to[2]});
    ChartSeries series{
        .label = "p = " + format_number(p), .values = {}, .style = static_cast<int>(table.rows.size()) - 1};
    const double begin = reward(bandit, witness.from);
    const double end = reward(bandit, witness.to);
    for (const double part : chart.iterations) {
      series.values.push_back(reward(bandit, between(witness.from, witness.to, part)) - (1.0 - part) * begin -
                              part * end);
    }
    chart.series.push_back(std::move(series));
  }
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("The escort's reward is not concave",
                           "Mei et al. (2020), proposition 1. A concave function is nowhere below its chord.",
                           {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction mei_2020_proposition_1() {
  return {.name = "mei-2020-proposition-1",
          .source = "Mei et al. (2020), proposition 1",
          .claim = "the expected reward is not concave in the escort's parameters",
          .run = run};
}

}  // namespace perigee::reproduce
