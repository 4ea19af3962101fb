// Four rooms, the chain, and the slides' pictures, each in its quick form: what holds must hold here, and what does not
// must be seen to fail.
#include "support/reproductions.hpp"

#include <cmath>

using namespace perigee;
using namespace perigee::reproduce;
using perigee::test::check_reproduction;

TEST_CASE("figure 5c: banded gradients are exact, and the escort is ahead, but by no more than the sampling error") {
  check_reproduction(
      "mei-2020-figure-5c",
      {{"gradient", Verdict::holds}, {"table", Verdict::holds_with_care}, {"network", Verdict::holds_with_care}});
}

TEST_CASE("the chain: the time to turn round explodes, and steps follow the flow") {
  const Result result =
      check_reproduction("agarwal-2021-chain", {{"explosion", Verdict::holds}, {"flow", Verdict::holds}});
  CHECK(std::isnan(result.tables.at(0).rows.at(5).at(1)));  // H = 6 is out of reach
}

TEST_CASE("schedules are their formulas; diminishing steps with a finite sum are stuck where the sum says") {
  check_reproduction("slides-schedules", {{"formulas", Verdict::holds},
                                          {"warm-up", Verdict::holds_with_care},
                                          {"small-constant", Verdict::holds},
                                          {"large-constant", Verdict::holds},
                                          {"divergent-sum", Verdict::holds},
                                          {"finite-sum", Verdict::holds_with_care}});
}

TEST_CASE("the optimal step of a quadratic, and the rate of convex descent") {
  check_reproduction("slides-step-size", {{"optimal-step", Verdict::holds},
                                          {"eigenvectors", Verdict::holds},
                                          {"rate", Verdict::holds},
                                          {"step-sizes", Verdict::holds}});
}

TEST_CASE("coin flips: the index of critical points grows with their value") {
  check_reproduction(
      "slides-coin-flip",
      {{"index-grows", Verdict::holds}, {"minima-low", Verdict::holds}, {"exponential", Verdict::holds}});
}
