#include "support/catch.hpp"

#include <perigee/diagnostics/compare/statistics/step_curve.hpp>
#include <perigee/lib/random.hpp>

#include <algorithm>
#include <cmath>

using namespace perigee;
using namespace perigee::statistics;

namespace {

std::vector<double> uniform_sample(std::size_t count) {
  RandomEngine engine = RandomSource(5).engine("sample");
  std::vector<double> sample;
  for (std::size_t i = 0; i < count; ++i) sample.push_back(uniform_unit(engine));
  std::sort(sample.begin(), sample.end());
  return sample;
}

}  // namespace

TEST_CASE("a step curve of few values is their distribution function") {
  // By hand: 1, 2, 2 and 4 out of five, the fifth infinite.
  const std::vector<double> values{1.0, 2.0, 2.0, 4.0};
  const StepCurve curve = step_curve(values, 5);
  CHECK(curve.at == std::vector<double>{1.0, 2.0, 4.0});
  CHECK(curve.share == std::vector<double>{0.2, 0.6, 0.8});
  CHECK(share_at(curve, 0.999) == 0.0);
  CHECK(share_at(curve, 2.0) == 0.6);
  CHECK(share_at(curve, 3.999) == 0.6);
  CHECK(share_at(curve, 1e9) == 0.8);
  CHECK(step_curve({}, 5).at.empty());
  CHECK_THROWS_WITH(step_curve(values, 3), "step_curve: finite values must be at most 3, got 4");
  CHECK_THROWS_WITH(step_curve(values, 5, 2), "step_curve: there must be room for at least 3 points, got 2");
}

TEST_CASE("a thinned curve keeps its ends and is off by less than one part in most - 2") {
  // The header's rule, checked at every value of the sample; ties make steps of many values at once.
  std::vector<double> values = uniform_sample(20000);
  std::fill(values.begin() + 9000, values.begin() + 12000, values[9000]);
  for (const std::size_t most : {3U, 10U, 100U}) {
    const StepCurve curve = step_curve(values, 40000, most);
    CHECK(curve.at.size() <= most);
    CHECK(curve.at.front() == values.front());
    CHECK(curve.at.back() == values.back());
    CHECK(curve.share.back() == 0.5);
    double largest = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto below = std::upper_bound(values.begin(), values.end(), values[i]) - values.begin();
      largest = std::max(largest, std::abs(share_at(curve, values[i]) - static_cast<double>(below) / 40000.0));
    }
    CHECK(largest < 0.5 / static_cast<double>(most - 2) + 1e-12);
    CHECK(largest > 0.0);  // something was left out
  }
}

TEST_CASE("a thinned survival curve has exact steps of the whole one") {
  std::vector<CensoredTime> times;
  for (const double value : uniform_sample(3000)) {
    times.push_back({value, value < 0.7 ? Outcome::event : Outcome::censored});
  }
  const SurvivalCurve whole = kaplan_meier(times);
  const SurvivalCurve thin = thinned(whole, 50);
  CHECK(thin.steps.size() <= 50);
  CHECK(thin.steps.size() >= 40);
  CHECK(thin.runs == 3000);
  CHECK(thin.steps.front().time == whole.steps.front().time);
  CHECK(thin.steps.back().time == whole.steps.back().time);
  double largest = 0.0;
  for (const SurvivalStep& step : whole.steps) {
    largest = std::max(largest, std::abs(survival_at(thin, step.time) - step.survival));
  }
  CHECK(largest < 0.7 / 48.0 + 1e-3);  // the survival falls by 0.7 in all, up to the sample's chance
  for (const SurvivalStep& step : thin.steps) CHECK(survival_at(whole, step.time) == step.survival);
  CHECK(thinned(whole, 5000).steps.size() == whole.steps.size());
}
