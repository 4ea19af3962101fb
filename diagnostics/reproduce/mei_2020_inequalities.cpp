// Mei et al. (2020), the non-uniform Lojasiewicz inequalities (8), (9), (11) and (12), at random points:
//
//     (8)  ||grad|| >= pi(a*) f                      softmax, f = (pi* - pi)'r
//     (9)  ||grad|| >= p pi(a*)/|theta(a*)| f        escort
//     (11) ||grad||^2 >= min_a pi(a) f               softmax, f = -log pi(y)
//     (12) ||grad||^2 >= p^2/||theta||_p^2 min_a pi(a)^{1-2/p} f    escort
//
// For p < 2 the exponent in (12) is negative, and what it says depends on whether the minimum or the power is taken
// first.
#include <perigee/diagnostics/compare/parallel.hpp>
#include <perigee/diagnostics/reproduce/mei_2020.hpp>
#include <perigee/diagnostics/reproduce/pictures.hpp>
#include <perigee/diagnostics/reproduce/sample.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/escort_cross_entropy.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/problems/softmax_cross_entropy.hpp>
#include <perigee/lib/transforms/escort.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace perigee::reproduce {
namespace {

constexpr std::size_t inequality_count = 6;
constexpr std::array<const char*, inequality_count> ids{
    "equation-8", "equation-9", "equation-11", "equation-12-p-ge-2", "equation-12-p-lt-2", "equation-12-power-first"};
constexpr std::array<const char*, inequality_count> labels{
    "(8)", "(9)", "(11)", "(12), p \xE2\x89\xA5 2", "(12), p < 2", "(12), p < 2, power first"};
constexpr double rounding = 1e-9;  // relative: what may be missing without being a violation

// left/right of each inequality at one point; NaN where it does not apply.
using Ratios = std::array<double, inequality_count>;

double norm_of(const Vector& gradient) {
  double squares = 0.0;
  for (const double element : gradient) squares += element * element;
  return std::sqrt(squares);
}

Ratios ratios_at(const Options& options, std::uint64_t number) {
  RandomEngine engine = RandomSource(options.seed, number).engine("inequalities");
  const auto arms = static_cast<Index>(2.0 + 9.0 * uniform_unit(engine));
  const double deviation = 0.1 * std::pow(50.0, uniform_unit(engine));  // of the parameters
  const Vector theta = problems::normal_start(arms, deviation)(engine);
  const std::vector<double> rewards = uniform_rewards(engine, arms);
  const auto label = static_cast<Index>(static_cast<double>(arms) * uniform_unit(engine));
  constexpr std::array<double, 6> powers{1.0, 1.5, 2.0, 2.5, 4.0, 8.0};
  const double p = powers[static_cast<std::size_t>(static_cast<double>(powers.size()) * uniform_unit(engine))];
  Vector gradient(arms);
  Ratios ratios;
  ratios.fill(not_measured);
  const problems::SoftmaxBandit softmax(rewards);
  double value = softmax.value_and_gradient(theta.view(), gradient.view());
  ratios[0] = norm_of(gradient) / (softmax.lojasiewicz_coefficient(theta.view()) * value);
  const problems::EscortBandit escort(rewards, p);
  value = escort.value_and_gradient(theta.view(), gradient.view());
  ratios[1] = norm_of(gradient) / (escort.lojasiewicz_coefficient(theta.view()) * value);
  const problems::SoftmaxCrossEntropy softmax_loss(arms, label);
  value = softmax_loss.value_and_gradient(theta.view(), gradient.view());
  const auto square = [](double x) { return x * x; };
  ratios[2] = square(norm_of(gradient) / softmax_loss.lojasiewicz_coefficient(theta.view())) / value;
  const problems::EscortCrossEntropy escort_loss(arms, label, p);
  value = escort_loss.value_and_gradient(theta.view(), gradient.view());
  // The problem's coefficient takes the power first.
  const double power_first = square(norm_of(gradient) / escort_loss.lojasiewicz_coefficient(theta.view())) / value;
  if (p >= 2.0) {
    ratios[3] = power_first;
    return ratios;
  }
  ratios[5] = power_first;
  Vector pi(arms);
  escort_loss.probabilities(theta.view(), pi.view());
  const double least = *std::min_element(pi.begin(), pi.end());
  const double scale = square(p / transforms::p_norm(theta.view(), p)) * std::pow(least, 1.0 - 2.0 / p);
  ratios[4] = square(norm_of(gradient)) / scale / value;
  return ratios;
}

Claim claim_of(std::size_t which, const std::vector<double>& sample) {
  constexpr std::array<const char*, inequality_count> printed{
      "(8): ||grad|| >= pi(a*) (pi* - pi)'r, softmax.",
      "(9): ||grad|| >= p pi(a*)/|theta(a*)| (pi* - pi)'r, escort with p >= 1.",
      "(11): ||grad||^2 >= min_a pi(a) D_KL(y||pi), softmax.",
      "(12): ||grad||^2 >= p^2/||theta||_p^2 min_a pi(a)^{1-2/p} D_KL(y||pi), escort with p >= 2.",
      "(12) for p < 2, read as (min_a pi(a))^{1-2/p}.",
      "Not in the paper: (12) for p < 2, read as min_a (pi(a)^{1-2/p})."};
  const auto violated =
      std::count_if(sample.begin(), sample.end(), [](double ratio) { return ratio < 1.0 - rounding; });
  const double least = quantile(sample, 0.0);
  Claim claim{.id = ids[which],
              .printed = printed[which],
              .measured = "Violated at " + std::to_string(violated) + " of " + std::to_string(sample.size()) +
                          " points; left over right is at least " + format_number(least, 5) + ", in the median " +
                          format_number(quantile(sample, 0.5), 3) + ".",
              .value = least,
              .verdict = verdict_if(violated == 0)};
  if (violated > 0) claim.care = "For p < 2 the minimum has to be taken after the power, or p >= 2 be required.";
  return claim;
}

Result run(const Options& options) {
  const std::size_t count = sized<std::size_t>(options, 1000000, 30000);
  constexpr std::size_t chunk = 1000;
  std::vector<Ratios> ratios(count);
  for_each_index(count / chunk, options.threads, [&](std::size_t part) {
    for (std::size_t i = part * chunk; i < (part + 1) * chunk; ++i) ratios[i] = ratios_at(options, i);
  });
  Result result{.set_up = std::to_string(count) +
                          " random points: K from 2 to 10, theta ~ N(0, sigma^2 I) with sigma from 0.1 to 5 "
                          "(log-uniform), r ~ U[0, 1]^K, a random label, p in {1, 1.5, 2, 2.5, 4, 8}."};
  result.choices = {"For which p (12) is meant is not stated: p >= 2 and p < 2 are reported apart."};
  std::vector<double> parts;
  for (int i = 0; i <= 200; ++i) parts.push_back(i / 200.0);
  Chart chart = chart_over(parts, "How far the inequalities are from equality", "left over right",
                           "share of the points below", Axes::logarithmic_value);
  chart.height = 320.0;
  Table table{.name = "ratio-quantiles", .columns = {"share"}, .rows = {}};
  for (const double part : parts) table.rows.push_back({part});
  for (std::size_t which = 0; which < inequality_count; ++which) {
    std::vector<double> sample;
    for (const Ratios& point : ratios) {
      if (!std::isnan(point[which])) sample.push_back(point[which]);
    }
    std::sort(sample.begin(), sample.end());
    result.claims.push_back(claim_of(which, sample));
    table.columns.push_back(ids[which]);
    ChartSeries series{.label = labels[which], .values = {}, .style = static_cast<int>(which)};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const double ratio = sample[static_cast<std::size_t>(parts[i] * static_cast<double>(sample.size() - 1))];
      table.rows[i].push_back(ratio);
      series.values.push_back(ratio < 1e8 ? ratio : not_measured);
    }
    chart.series.push_back(std::move(series));
  }
  result.tables = {std::move(table)};
  result.pictures = {
      {.name = "",
       .svg = svg_document("The Lojasiewicz inequalities at random points",
                           "Mei et al. (2020), equations (8), (9), (11), (12). Below 1 an inequality is violated; "
                           "ratios above 1e8 are not drawn.",
                           {chart_panel(chart)})}};
  return result;
}

}  // namespace

Reproduction mei_2020_inequalities() {
  return {.name = "mei-2020-inequalities",
          .source = "Mei et al. (2020), equations (8), (9), (11), (12)",
          .claim = "the non-uniform Lojasiewicz inequalities of softmax and escort hold everywhere",
          .run = run};
}

}  // namespace perigee::reproduce
