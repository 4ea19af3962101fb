#include "support/catch.hpp"

#include <perigee/diagnostics/resolution.hpp>

#include <limits>
#include <vector>

using namespace perigee;

TEST_CASE("significant digits are those of the shortest text that reads back") {
  CHECK(digits_of(2.303) == 4);
  CHECK(digits_of(0.05) == 1);
  CHECK(digits_of(-1200.0) == 2);
  CHECK(digits_of(1.0203e-20) == 5);
  CHECK(digits_of(0.0) == 0);
  CHECK(digits_of(1.0 / 3.0) >= 16);
  CHECK(digits_of(std::numeric_limits<double>::infinity()) == 0);
}

TEST_CASE("the resolution is half a unit in the last place that any value shows") {
  CHECK(resolution_of(std::vector<double>{1.5, 2.3026}) == Approx(0.5e-4));
  CHECK(resolution_of(std::vector<double>{1.0316e-7, 1.03e-7}) == Approx(0.5e-11));
  CHECK(resolution_of(std::vector<double>{1200.0, 1500.0}) == Approx(50.0));
  CHECK(resolution_of(std::vector<double>{1.0 / 3.0, 2.0 / 7.0}) <= 1e-16);  // whole doubles
  CHECK(resolution_of(std::vector<double>{0.0, std::numeric_limits<double>::quiet_NaN()}) == 0.0);
}
