// Mei et al. (2020), remark 3: the escort's Jacobian d pi_b/d theta_a = p pi_a/theta_a (1{a = b} - pi_b) is not
// symmetric, so pi is no gradient of a potential of theta and escort policy gradient is no mirror descent *in theta*.
//
// In pi it can be one: with p = 2 and the rate ||theta||^2/4 the flow of pi is d pi_a/dt = pi_a (r_a - pi'r), the
// replicator flow, which is the flow of mirror descent with the Kullback-Leibler divergence.
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/transforms/policy_transform.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr Index arms = 4;
using Jacobian = std::array<std::array<double, arms>, arms>;
using transforms::PolicyTransform;

// By central differences of the transform itself, so that no formula is presupposed.
Jacobian jacobian_of(const PolicyTransform& transform, const Vector& theta) {
  Jacobian jacobian{};
  Vector above(arms);
  Vector below(arms);
  for (Index a = 0; a < arms; ++a) {
    const double h = 1e-5 * std::max(std::abs(theta[a]), 1e-3);
    Vector shifted = theta;
    shifted[a] = theta[a] + h;
    transform.probabilities(shifted.view(), above.view());
    shifted[a] = theta[a] - h;
    transform.probabilities(shifted.view(), below.view());
    for (Index b = 0; b < arms; ++b) {
      jacobian[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = (above[b] - below[b]) / (2.0 * h);
    }
  }
  return jacobian;
}

// max |J - J'|/max |J|.
double asymmetry(const Jacobian& jacobian) {
  double difference = 0.0;
  double largest = 0.0;
  for (std::size_t a = 0; a < arms; ++a) {
    for (std::size_t b = 0; b < arms; ++b) {
      difference = std::max(difference, std::abs(jacobian[a][b] - jacobian[b][a]));
      largest = std::max(largest, std::abs(jacobian[a][b]));
    }
  }
  return difference / largest;
}

// Of the velocity J'(||theta||^2/4 grad) of pi from the replicator's, relative to the largest component.
double replicator_deviation(const std::vector<double>& rewards, const Vector& theta) {
  const problems::EscortBandit bandit(rewards, 2.0);
  Vector gradient(arms);
  bandit.value_and_gradient(theta.view(), gradient.view());
  const Jacobian jacobian = jacobian_of(PolicyTransform::escort(2.0), theta);
  Vector pi(arms);
  bandit.probabilities(theta.view(), pi.view());
  double reward = 0.0;
  double norm = 0.0;
  for (Index a = 0; a < arms; ++a) {
    reward += pi[a] * bandit.arms().reward(a);
    norm += theta[a] * theta[a];
  }
  double deviation = 0.0;
  double largest = 0.0;
  for (Index b = 0; b < arms; ++b) {
    double velocity = 0.0;
    for (Index a = 0; a < arms; ++a) {
      velocity -= jacobian[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] * 0.25 * norm * gradient[a];
    }
    const double replicator = pi[b] * (bandit.arms().reward(b) - reward);
    deviation = std::max(deviation, std::abs(velocity - replicator));
    largest = std::max(largest, std::abs(replicator));
  }
  return deviation / largest;
}

Result run(const Options& options) {
  const int count = sized(options, 100000, 5000);
  RandomEngine engine = RandomSource(options.seed).engine("remark 3");
  const std::vector<std::pair<std::string, PolicyTransform>> transforms_shown{
      {"softmax", PolicyTransform::softmax()},
      {"escort, p = 1", PolicyTransform::escort(1.0)},
      {"escort, p = 2", PolicyTransform::escort(2.0)},
      {"escort, p = 4", PolicyTransform::escort(4.0)}};
  std::vector<std::vector<double>> samples(transforms_shown.size());
  std::vector<double> deviations;
  for (int i = 0; i < count; ++i) {
    const Vector theta = problems::normal_start(arms)(engine);
    for (std::size_t j = 0; j < transforms_shown.size(); ++j) {
      samples[j].push_back(asymmetry(jacobian_of(transforms_shown[j].second, theta)));
    }
    deviations.push_back(replicator_deviation(uniform_rewards(engine, arms), theta));
  }
  double least = 1e300;
  for (std::size_t j = 1; j < samples.size(); ++j) least = std::min(least, quantile(samples[j], 0.0));
  const double softmax = quantile(samples[0], 1.0);
  const double deviation = quantile(deviations, 0.999);
  Result result{.set_up = std::to_string(count) +
                          " random points theta ~ N(0, I), K = 4, p = 1, 2, 4 and the softmax; Jacobians by "
                          "central differences, r ~ U[0, 1]^4."};
  result.claims = {
      {.id = "asymmetric",
       .printed =
           "The Jacobian of the escort transform is not symmetric: no potential makes escort policy gradient a mirror "
           "descent in theta.",
       .measured = "max |J - J'|/max |J| has the medians " + format_number(quantile(samples[1], 0.5), 3) + ", " +
                   format_number(quantile(samples[2], 0.5), 3) + " and " + format_number(quantile(samples[3], 0.5), 3) +
                   " for p = 1, 2, 4 and is never below " + format_number(least, 2) +
                   "; for the softmax, which has a potential, "
                   "it is at most " +
                   format_number(softmax, 2) + ", the error of the differences.",
       .value = least,
       .verdict = verdict_if(least > 10.0 * softmax)},
      {.id = "not-mirror-descent",
       .printed = "Escort policy gradient cannot be recovered by mirror descent using any regularization.",
       .measured =
           "For p = 2 with the rate ||theta||^2/4 the velocity of pi is that of mirror descent with the KL divergence, "
           "pi_a (r_a - pi'r), at every point tried: relative deviation at most " +
           format_number(deviation, 2) + " (0.999 quantile; error of the differences).",
       .value = deviation,
       .verdict = deviation < 1e-6 ? Verdict::holds_with_care : Verdict::holds,
       .care = deviation < 1e-6
                   ? "True of potentials of theta, as the remark's proof has it. As a flow of policies the escort "
                     "with p = 2 is mirror descent, which figure 3b shows too."
                   : ""}};
  std::vector<double> parts;
  for (int i = 0; i <= 100; ++i) parts.push_back(i / 100.0);
  Chart chart = chart_over(parts, "Asymmetry of the Jacobian", "max |J \xE2\x88\x92 J'|/max |J|",
                           "share of the points below", Axes::logarithmic_value);
  chart.height = 300.0;
  Table table{.name = "asymmetry-quantiles",
              .columns = {"share", "softmax", "escort_p1", "escort_p2", "escort_p4"},
              .rows = {}};
  for (const double part : parts) table.rows.push_back({part});
  for (std::size_t j = 0; j < samples.size(); ++j) {
    std::sort(samples[j].begin(), samples[j].end());
    ChartSeries series{.label = transforms_shown[j].first, .values = {}, .style = static_cast<int>(j)};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      series.values.push_back(std::max(1e-16, quantile(samples[j], parts[i])));
      table.rows[i].push_back(series.values.back());
    }
    chart.series.push_back(std::move(series));
  }
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("The escort's Jacobian is not symmetric",
                           "Mei et al. (2020), remark 3. Quantiles over random points, K = 4.", {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction mei_2020_remark_3() {
  return {.name = "mei-2020-remark-3",
          .source = "Mei et al. (2020), remark 3",
          .claim = "the escort's Jacobian is asymmetric, so escort policy gradient is no mirror descent in theta",
          .run = run};
}

}  // namespace perigee::reproduce
