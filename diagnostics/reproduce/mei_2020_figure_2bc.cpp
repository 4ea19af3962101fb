// Mei et al. (2020), figure 2b, c: on r = (1, 0.75, 0.5, 0.25, 0) softmax policy gradient may be drawn to every
// suboptimal corner one after the other, and its sub-optimality is a staircase of plateaus.
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/policy_quantities.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>

namespace perigee::reproduce {
namespace {

constexpr double learning_rate = 0.4;
constexpr double near = 0.1;  // a corner is visited while the policy is at most that far from it
constexpr Index most_steps = 20000000;

struct Visit {
  Index arm = 0;  // counted from 1, as in the paper
  Index first = 0;
  Index last = 0;
};

struct Path {
  std::vector<double> times;
  std::vector<double> sub_optimality;
  std::vector<std::vector<double>> probabilities;  // one list an arm
  std::vector<Visit> visits;
};

Path follow(const problems::SoftmaxBandit& bandit, const Vector& pi_1) {
  Ascent ascent(bandit, transforms::softmax_start(pi_1.view()));
  Vector pi(bandit.action_count());
  Path trajectory;
  trajectory.probabilities.resize(static_cast<std::size_t>(bandit.action_count()));
  const std::vector<Index> recorded = logarithmic_steps(most_steps, 500);
  std::size_t next = 0;
  while (ascent.steps() < most_steps) {
    bandit.probabilities(ascent.theta(), pi.view());
    const problems::Corner corner = problems::nearest_corner(pi.view());
    const bool is_near = corner.distance <= near;
    if (is_near && (trajectory.visits.empty() || trajectory.visits.back().arm != corner.action + 1)) {
      trajectory.visits.push_back({corner.action + 1, ascent.steps(), ascent.steps()});
    }
    if (is_near) trajectory.visits.back().last = ascent.steps();
    const bool has_arrived = pi[bandit.optimal_action()] >= 0.999;
    const bool is_recorded = ascent.steps() == recorded[next];
    if (is_recorded) ++next;
    if (is_recorded || has_arrived) {
      trajectory.times.push_back(static_cast<double>(ascent.steps()) + 1.0);
      trajectory.sub_optimality.push_back(ascent.value());
      for (Index a = 0; a < pi.size(); ++a) trajectory.probabilities[static_cast<std::size_t>(a)].push_back(pi[a]);
    }
    if (has_arrived) break;
    ascent.step(learning_rate);
  }
  return trajectory;
}

std::string visits_text(const std::vector<Visit>& visits) {
  std::string text;
  for (const Visit& visit : visits) {
    text += (text.empty() ? "corner " : ", corner ") + std::to_string(visit.arm) + " for " +
            std::to_string(visit.last - visit.first + 1) + " steps";
  }
  return text;
}

Claim claim_of(const std::string& id, const Path& trajectory, const std::vector<Index>& expected) {
  std::vector<Index> order;
  Index shortest = most_steps;
  for (const Visit& visit : trajectory.visits) {
    order.push_back(visit.arm);
    shortest = std::min(shortest, visit.last - visit.first + 1);
  }
  return {.id = id,
          .printed =
              "Every suboptimal vertex 2, 3, 4 can attract the iterates and slow them down: plateaus of the "
              "sub-optimality.",
          .measured = "Within 0.1 of " + visits_text(trajectory.visits) + ".",
          .value = static_cast<double>(shortest),
          .verdict = verdict_if(order == expected && shortest >= 100)};
}

Chart chart_of(const std::string& title, const Path& trajectory) {
  Chart chart = chart_over(trajectory.times, title, "probability of each arm", "t", Axes::logarithmic_time);
  for (std::size_t a = 0; a < trajectory.probabilities.size(); ++a) {
    chart.series.push_back(
        {.label = "arm " + std::to_string(a + 1), .values = trajectory.probabilities[a], .style = static_cast<int>(a)});
  }
  return chart;
}

Table table_of(const std::string& name, const Path& trajectory) {
  Table table{.name = name, .columns = {"t", "sub_optimality", "pi_1", "pi_2", "pi_3", "pi_4", "pi_5"}, .rows = {}};
  for (std::size_t i = 0; i < trajectory.times.size(); ++i) {
    std::vector<double> row{trajectory.times[i], trajectory.sub_optimality[i]};
    for (const std::vector<double>& probability : trajectory.probabilities) row.push_back(probability[i]);
    table.rows.push_back(std::move(row));
  }
  return table;
}

Result run(const Options&) {
  const problems::SoftmaxBandit bandit({1.0, 0.75, 0.5, 0.25, 0.0});
  const Path all = follow(bandit, {0.0008, 0.004, 0.02, 0.9552, 0.02});
  const Path some = follow(bandit, {0.0018, 0.006, 0.02, 0.9522, 0.02});
  Result result{
      .set_up =
          "Softmax policy gradient with exact gradients, K = 5, r = (1, 0.75, 0.5, 0.25, 0), learning rate 0.4, "
          "from pi_1 = (0.0008, 0.004, 0.02, 0.9552, 0.02) and (0.0018, 0.006, 0.02, 0.9522, 0.02), until "
          "pi(a*) >= 0.999."};
  result.choices = {
      "The two starts are not stated: both near corner 4, one with a fifth, one with three tenths of its "
      "probability from each arm to the next better.",
      "The rewards are those of the curves' levels; the learning rate is that of figure 1."};
  result.claims = {claim_of("all-corners", all, {4, 3, 2, 1}), claim_of("some-corners", some, {4, 2, 1})};
  Chart stairs =
      chart_over(all.times, "(c) sub-optimality", "(\xCF\x80* \xE2\x88\x92 \xCF\x80)'r", "t", Axes::logarithmic_time);
  stairs.series = {{.label = "first start", .values = all.sub_optimality, .style = 0}};
  std::vector<std::pair<double, double>> points;
  for (std::size_t i = 0; i < some.times.size(); ++i) points.emplace_back(some.times[i], some.sub_optimality[i]);
  add_points(stairs, {.label = "second start", .values = {}, .style = 1}, points);
  result.tables = {table_of("first", all), table_of("second", some)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("Every suboptimal corner is a well",
                           "Mei et al. (2020), figure 2b, c. Softmax policy gradient on r = (1, 0.75, 0.5, 0.25, "
                           "0) from two starts near corner 4.",
                           {chart_panel(chart_of("(b) first start", all)),
                            chart_panel(chart_of("(b) second start", some)), chart_panel(stairs)})}};
  return result;
}

}  // namespace

Reproduction mei_2020_figure_2bc() {
  return {.name = "mei-2020-figure-2bc",
          .source = "Mei et al. (2020), figure 2b, c",
          .claim = "every suboptimal corner can attract softmax policy gradient: a staircase of plateaus",
          .run = run};
}

}  // namespace perigee::reproduce
