#include "support/catch.hpp"
#include "support/curves.hpp"

#include <perigee/diagnostics/thresholds.hpp>

#include <cmath>
#include <regex>
#include <set>

using namespace perigee;

TEST_CASE("every threshold can be set and read back, alone, and has its default within its range") {
  std::set<std::string> names;
  for (const Threshold& threshold : thresholds()) {
    CAPTURE(threshold.name);
    CHECK(names.insert(threshold.name).second);
    CHECK(std::regex_match(threshold.name, std::regex("[a-z-]+\\.[a-z-]+")));
    CHECK(threshold.meaning.size() > 10);
    CHECK(threshold.smallest < threshold.largest);
    DiagnoseOptions options;
    CHECK(threshold.value(options) == threshold.default_value);
    CHECK(threshold.default_value >= threshold.smallest);
    CHECK(threshold.default_value <= threshold.largest);
    // Half way between the default and the smallest value, or the end itself where numbers are whole.
    double other = 0.5 * (threshold.smallest + threshold.default_value);
    if (threshold.is_count || other == threshold.default_value) other = threshold.smallest;
    if (other == threshold.default_value) other = threshold.is_count ? other + 1.0 : 0.5 * (other + 1.0);
    set_threshold(options, threshold.name, other);
    CHECK(threshold.value(options) == other);
    int changed = 0;
    for (const ThresholdValue& value : threshold_values(options)) changed += value.value != value.default_value ? 1 : 0;
    CHECK(changed == 1);
  }
}

TEST_CASE("names and values that are none are refused in words") {
  DiagnoseOptions options;
  CHECK_THROWS_WITH(set_threshold(options, "plateau.exponents", 0.1),
                    "set_threshold: the name must be one of perigee list thresholds, got plateau.exponents; did you "
                    "mean plateau.exponent?");
  CHECK_THROWS_WITH(set_threshold(options, "plateau.exponent", 11.0),
                    "set_threshold: plateau.exponent must be in [1e-06, 10], got 11");
  CHECK_THROWS_WITH(set_threshold(options, "plateau.exponent", std::nan("")),
                    "set_threshold: plateau.exponent must be in [1e-06, 10], got nan");
  CHECK_THROWS_WITH(set_threshold(options, "rounding-floor.digits", 2.5),
                    "set_threshold: rounding-floor.digits must be a whole number in [1, 17], got 2.5");
  CHECK(options.plateau.exponent == PlateauOptions{}.exponent);  // refused means unchanged
  options.plateau.exponent = -1.0;
  CHECK_THROWS_WITH(diagnose(Trajectory{}, nullptr, options),
                    "diagnose: plateau.exponent must be in [1e-06, 10], got -1");
}

TEST_CASE("a threshold changes the verdict, and the diagnosis tells it") {
  // t^-0.05: a plateau by the default 0.1, a descent by 0.02.
  const Trajectory trajectory = test::trajectory_of([](double t) { return std::pow(1.0 + t, -0.05); }, 2000);
  DiagnoseOptions strict;
  set_threshold(strict, "plateau.exponent", 0.02);
  const auto kind_at_end = [&](const DiagnoseOptions& options) {
    Trajectory known = trajectory;
    known.optimal_value = 0.0;
    return diagnose(known, nullptr, options).phases.back().kind;
  };
  CHECK(kind_at_end({}) != "descent");
  CHECK(kind_at_end(strict) == "descent");
  for (const ThresholdValue& value : diagnose(trajectory, nullptr, strict).thresholds) {
    if (value.name == "plateau.exponent") CHECK(value.value == 0.02);
  }
  CHECK(diagnose(trajectory).thresholds.size() == thresholds().size());
}
