// Mei et al. (2020), figure 3: K = 3, r = (0.2, 0.9, 1). Where softmax policy gradient is slow or goes backwards, the
// paths of softmax, escort and mirror descent from one start, and how long each takes to sub-optimality 0.005.
//
// The paths are compared at equal time of their flows: a step of the escort's theorem-2 rate is 2/(9 K^{1/p}) of time
// in which d pi_a/dt is (19) of docs/theory/policy-landscapes.md, so mirror descent, pi' ~ pi exp(eta r), gets the eta
// of p = 2.
#include <perigee/diagnostics/reproduce/ascent.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/diagnostics/reproduce/simplex_picture.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/policy_quantities.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/transforms/escort.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::reproduce {
namespace {

const std::vector<double> rewards{0.2, 0.9, 1.0};
const Vector first_policy{0.45, 0.5, 0.05};
constexpr double softmax_rate = 0.4;
constexpr double target = 0.005;
constexpr Index most_steps = 10000;
const double mirror_rate = 2.0 / (9.0 * std::sqrt(3.0));

struct Path {
  std::string label;
  int style = 0;
  std::vector<Triple> policies{};        // one a step
  std::vector<double> sub_optimality{};  // one a step
  Index arrival = most_steps;            // the first step at the target
};

void record(Path& path, const problems::Arms& arms, const Vector& pi) {
  path.policies.push_back({pi[0], pi[1], pi[2]});
  path.sub_optimality.push_back(problems::sub_optimality(arms, pi.view()));
  const auto step = static_cast<Index>(path.policies.size()) - 1;
  if (path.sub_optimality.back() <= target && path.arrival == most_steps) path.arrival = step;
}

Path softmax_path() {
  const problems::SoftmaxBandit bandit(rewards);
  Ascent ascent(bandit, transforms::softmax_start(first_policy.view()));
  Path path{.label = "softmax", .style = 0};
  Vector pi(3);
  while (ascent.steps() < most_steps) {
    bandit.probabilities(ascent.theta(), pi.view());
    record(path, bandit.arms(), pi);
    ascent.step(softmax_rate);
  }
  return path;
}

Path escort_path(double p, int style) {
  const problems::EscortBandit bandit(rewards, p);
  Ascent ascent(bandit, transforms::escort_start(first_policy.view(), p));
  Path path{.label = "escort, p = " + format_number(p), .style = style};
  Vector pi(3);
  while (ascent.steps() < most_steps) {
    bandit.probabilities(ascent.theta(), pi.view());
    record(path, bandit.arms(), pi);
    ascent.step(problems::escort_policy_gradient_step(ascent.theta(), p));
    ascent.renormalize();
  }
  return path;
}

Path mirror_path() {
  const problems::Arms arms("figure 3", rewards);
  Vector logits = transforms::softmax_start(first_policy.view());
  Path path{.label = "mirror descent", .style = 14};
  Vector pi(3);
  for (Index step = 0; step < most_steps; ++step) {
    transforms::softmax(logits.view(), pi.view());
    record(path, arms, pi);
    for (Index a = 0; a < 3; ++a) logits[a] -= mirror_rate * arms.regret(a);
  }
  return path;
}

double highest(const Path& path, std::size_t arm) {
  double result = 0.0;
  for (const Triple& pi : path.policies) result = std::max(result, pi[arm]);
  return result;
}

double lowest(const Path& path, std::size_t arm) {
  double result = 1.0;
  for (const Triple& pi : path.policies) result = std::min(result, pi[arm]);
  return result;
}

// Over all steps: the largest distance of the two policies.
double greatest_distance(const Path& left, const Path& right) {
  double result = 0.0;
  for (std::size_t i = 0; i < left.policies.size(); ++i) {
    double squares = 0.0;
    for (std::size_t k = 0; k < 3; ++k) squares += std::pow(left.policies[i][k] - right.policies[i][k], 2.0);
    result = std::max(result, std::sqrt(squares));
  }
  return result;
}

double velocity(const Triple& pi) {
  static const problems::Arms arms("figure 3", rewards);
  return problems::optimal_probability_velocity(arms, ConstVectorView{pi}, transforms::PolicyTransform::softmax());
}

// The field on a grid inside the simplex.
struct Field {
  double negative_share = 0.0;        // of the simplex's area
  double negative_near_corner = 0.0;  // of the part with pi(a_2) > 0.8
  double fastest = 0.0;               // |d pi(a*)/dt|
  double fastest_near_corners = 0.0;  // with a probability > 0.95
};

Field field_of(int side) {
  Field field;
  double count = 0.0;
  double near_count = 0.0;
  for (int i = 0; i < side; ++i) {
    for (int j = 0; i + j < side; ++j) {
      const Triple pi{(i + 1.0 / 3.0) / side, (j + 1.0 / 3.0) / side, 1.0 - (i + j + 2.0 / 3.0) / side};
      const double v = velocity(pi);
      const bool is_near = pi[1] > 0.8;
      ++count;
      near_count += is_near ? 1.0 : 0.0;
      if (v < 0.0) ++field.negative_share;
      if (v < 0.0 && is_near) ++field.negative_near_corner;
      field.fastest = std::max(field.fastest, std::abs(v));
      if (*std::max_element(pi.begin(), pi.end()) > 0.95) {
        field.fastest_near_corners = std::max(field.fastest_near_corners, std::abs(v));
      }
    }
  }
  field.negative_share /= count;
  field.negative_near_corner /= near_count;
  return field;
}

std::vector<Claim> claims_of(const Field& field, const std::vector<Path>& paths) {
  const Path& softmax = paths[0];
  const Path& kinked = paths[1];  // p = 1
  const Path& replicator = paths[2];
  const Path& mirror = paths.back();
  std::string peaks;
  std::string arrivals;
  bool is_ordered = true;
  bool is_faster = true;
  for (std::size_t i = 1; i + 1 < paths.size(); ++i) {
    peaks += paths[i].label + ": " + format_number(highest(paths[i], 1), 3) + "; ";
    arrivals += paths[i].label + " " + std::to_string(paths[i].arrival) + ", ";
    is_ordered = is_ordered && highest(paths[i], 1) < highest(i + 2 < paths.size() ? paths[i + 1] : softmax, 1);
    is_faster = is_faster && paths[i].arrival < softmax.arrival;
  }
  const auto late = static_cast<std::ptrdiff_t>(most_steps / 2);
  const auto [late_low, late_high] =
      std::minmax_element(kinked.sub_optimality.begin() + late, kinked.sub_optimality.end());
  const double distance = greatest_distance(replicator, mirror);
  return {
      {.id = "backwards",
       .printed = "(a) In a region around the lower-right suboptimal corner d pi(a*)/dt < 0: pi(a*) decreases.",
       .measured = "d pi(a*)/dt < 0 on " + format_number(100.0 * field.negative_share, 3) + "% of the simplex and on " +
                   format_number(100.0 * field.negative_near_corner, 3) + "% of the part with pi(a_2) > 0.8.",
       .value = field.negative_near_corner,
       .verdict = verdict_if(field.negative_near_corner > 0.1)},
      {.id = "slow-corners",
       .printed = "(a) Dark regions around the corners are regions of slow progress.",
       .measured = "With a probability above 0.95, |d pi(a*)/dt| is at most " +
                   format_number(field.fastest_near_corners, 3) + ", against " + format_number(field.fastest, 3) +
                   " elsewhere.",
       .value = field.fastest_near_corners / field.fastest,
       .verdict = verdict_if(field.fastest_near_corners < 0.1 * field.fastest)},
      {.id = "attraction",
       .printed =
           "(b) Softmax is drawn to the suboptimal corner; smaller p resists better, larger p is more like softmax.",
       .measured = "Highest pi(a_2) on the way: " + peaks + "softmax: " + format_number(highest(softmax, 1), 3) +
                   ". Lowest pi(a*) of softmax: " + format_number(lowest(softmax, 2), 3) + ", from 0.05.",
       .value = highest(softmax, 1),
       .verdict = verdict_if(is_ordered && lowest(softmax, 2) < 0.05)},
      {.id = "mirror-descent",
       .printed = "(b) Mirror descent (KL) performs similarly to the escort with p = 2.",
       .measured = "At equal step numbers the two policies are never more than " + format_number(distance, 3) +
                   " apart; they arrive after " + std::to_string(mirror.arrival) + " and " +
                   std::to_string(replicator.arrival) + " steps.",
       .value = distance,
       .verdict = verdict_if(distance < 0.1)},
      {.id = "plateau",
       .printed = "(c) Softmax gets stuck on a suboptimal plateau, the escort does not.",
       .measured = "Steps to sub-optimality 0.005: " + arrivals + "softmax " + std::to_string(softmax.arrival) + ".",
       .value = static_cast<double>(softmax.arrival),
       .verdict = verdict_if(is_faster && softmax.arrival > 2 * replicator.arrival)},
      {.id = "kink",
       .printed = "(c) The curves, p = 1 among them, are drawn until sub-optimality 0.005; for p >= 2 they behave "
                  "nicer than for p = 1.",
       .measured = "With p = 1 the iterates pass 0.005 at step " + std::to_string(kinked.arrival) +
                   " and do not stay: in the last half of " + std::to_string(most_steps) +
                   " steps the sub-optimality goes to and fro between " + format_number(*late_low, 3) + " and " +
                   format_number(*late_high, 3) + ".",
       .value = *late_high,
       .lower = *late_low,
       .upper = *late_high,
       .verdict = *late_high > target ? Verdict::holds_with_care : Verdict::holds,
       .care = *late_high > target ? "Stopping at the first 0.005 hides that p = 1 with this learning rate does not "
                                     "converge but ends in a limit cycle (see mei-2020-theorem-2)."
                                   : ""}};
}

std::vector<SvgPanel> panels_of(const std::vector<Path>& paths) {
  const std::array<std::string, 3> corners{"r = 0.2", "r = 0.9", "r = 1 (best)"};
  // Shades on a logarithmic scale: 1e-4 is the lightest, 0.1 full.
  const auto shade = [](const Triple& pi) {
    const double v = velocity(pi);
    return std::copysign(std::clamp((std::log10(std::abs(v) + 1e-300) + 4.0) / 3.0, 0.04, 1.0), v);
  };
  std::vector<SimplexPath> drawn;
  Chart chart = chart_over({}, "(c) sub-optimality", "(\xCF\x80* \xE2\x88\x92 \xCF\x80)'r", "t", Axes::logarithmic);
  for (const Index step : logarithmic_steps(most_steps - 1, 400))
    chart.iterations.push_back(static_cast<double>(step) + 1.0);
  for (const Path& path : paths) {
    drawn.push_back({path.label, {path.policies.begin(), path.policies.begin() + path.arrival}, path.style});
    ChartSeries series{.label = path.label, .values = {}, .style = path.style};
    for (const double time : chart.iterations)
      series.values.push_back(path.sub_optimality[static_cast<std::size_t>(time) - 1]);
    // Beyond 1e-6 nothing new is seen.
    for (double& value : series.values) value = value < 1e-6 ? not_measured : value;
    chart.series.push_back(std::move(series));
  }
  SvgPanel field =
      simplex_panel("(a) d\xCF\x80(a*)/dt of softmax: the fainter, the slower; orange: backwards", corners, shade, {});
  return {std::move(field),
          simplex_panel("(b) paths from \xCF\x80\xE2\x82\x81 = (0.45, 0.5, 0.05)", corners, {}, drawn),
          chart_panel(chart)};
}

Result run(const Options& options) {
  const Field field = field_of(sized(options, 1000, 200));
  const std::vector<Path> paths{softmax_path(),      escort_path(1.0, 1),  escort_path(2.0, 2),
                                escort_path(4.0, 3), escort_path(10.0, 4), mirror_path()};
  Result result{
      .set_up =
          "K = 3, r = (0.2, 0.9, 1); softmax with learning rate 0.4, escort with p = 1, 2, 4, 10 and the learning "
          "rate of theorem 2, mirror descent with 2/(9 sqrt(3)); 10000 steps each from pi_1 = (0.45, 0.5, 0.05)."};
  result.choices = {"The start is not stated: (0.45, 0.5, 0.05).",
                    "The learning rates are not stated: as above; that of mirror descent makes its flow as fast as the "
                    "escort's with p = 2.",
                    "The values of p are not stated: 1, 2, 4, 10."};
  result.claims = claims_of(field, paths);
  Table table{.name = "sub-optimality", .columns = {"t"}, .rows = {}};
  for (const Path& path : paths)
    table.columns.push_back(path.label == "mirror descent" ? "mirror_descent" : path.label);
  for (std::string& name : table.columns) std::erase(name, ',');
  for (const Index step : logarithmic_steps(most_steps - 1, 200)) {
    std::vector<double> row{static_cast<double>(step) + 1.0};
    for (const Path& path : paths) row.push_back(path.sub_optimality[static_cast<std::size_t>(step)]);
    table.rows.push_back(std::move(row));
  }
  result.tables = {std::move(table)};
  result.pictures = {{.name = "",
                      .svg = svg_document("Softmax, escort and mirror descent on three arms",
                                          "Mei et al. (2020), figure 3. Rewards 0.2, 0.9 and 1.", panels_of(paths))}};
  return result;
}

}  // namespace

Reproduction mei_2020_figure_3() {
  return {.name = "mei-2020-figure-3",
          .source = "Mei et al. (2020), figure 3a-c",
          .claim = "softmax is drawn to a suboptimal corner and stays long, escorts with small p are not",
          .run = run};
}

}  // namespace perigee::reproduce
