// The figures and theorems of Mei et al. (2020), each in its quick form: what holds must hold here, and what does not
// must be seen to fail.
#include "support/reproductions.hpp"

using namespace perigee;
using namespace perigee::reproduce;
using perigee::test::check_reproduction;

TEST_CASE("figure 2a: the escape time is inversely proportional to the first probability") {
  const Result result = check_reproduction(
      "mei-2020-figure-2a",
      {{"slope-even", Verdict::holds}, {"slope-corner", Verdict::holds}, {"constant", Verdict::holds}});
  // With the rest on one arm 1/pi(a*) falls by at most 2 eta Delta = 0.4 a step: at least (1e5 - 10)/0.4 steps from
  // 1e-5.
  CHECK(result.tables.at(0).rows.front().at(2) >= 1.0 + (1e5 - 10.0) / 0.4);
}
