// Saddles, temperature and moving rewards, each in its quick form: what holds must hold here, and what does not must be
// seen to fail.
#include "support/reproductions.hpp"

#include <perigee/diagnostics/reproduce/kolmogorov.hpp>

#include <cmath>

using namespace perigee;
using namespace perigee::reproduce;
using perigee::test::check_reproduction;

TEST_CASE("the distance of Kolmogorov and Smirnov: by hand, and its bound") {
  const auto uniform = [](double x) { return x; };
  // F_n jumps by 1/2 at 0.2 and 0.9: the largest gap is 0.4 below 0.9.
  CHECK(kolmogorov_distance({0.9, 0.2}, uniform) == Approx(0.4));
  CHECK(kolmogorov_distance({0.5}, uniform) == Approx(0.5));
  CHECK(kolmogorov_bound(100.0, 0.05) == Approx(0.13581).epsilon(1e-4));  // the tabulated 1.3581/sqrt n
}

TEST_CASE("the octopus: a constant factor a saddle, but not for perturbed gradient descent") {
  const Result result = check_reproduction("du-2017-octopus", {{"growth-1.5-5", Verdict::holds},
                                                               {"growth-1.5-8", Verdict::holds},
                                                               {"growth-e-5", Verdict::holds},
                                                               {"growth-e-7", Verdict::holds},
                                                               {"perturbed-1.5-5", Verdict::holds},
                                                               {"perturbed-1.5-8", Verdict::holds},
                                                               {"perturbed-e-5", Verdict::holds},
                                                               {"perturbed-e-7", Verdict::holds},
                                                               {"doubles", Verdict::holds_with_care}});
  // While nothing underflows, exponents carried apart change nothing.
  for (const auto& row : result.tables.at(0).rows) {
    if (row.at(2) <= 4.0) CHECK(row.at(5) == row.at(3));
  }
  // The rates: 1 + ln 2/ln(1 + 1/(2L)). The factor tends to it from above, as the first passage starts half grown.
  for (const Claim& claim : result.claims) {
    if (claim.id.starts_with("growth-1.5")) CHECK(claim.lower > 0.999 * (1.0 + std::log(2.0) / std::log(4.0 / 3.0)));
  }
}

TEST_CASE("the lecture's lemmas at every step of random runs") {
  check_reproduction(
      "arora-2018-lemmas",
      {{"lemma-1", Verdict::holds}, {"lemma-2", Verdict::holds}, {"lemma-4", Verdict::holds_with_care}});  // a misprint
}

TEST_CASE("leaving a saddle after a random jump: the law, its mean, and (ln d)/2") {
  check_reproduction("arora-2018-escape",
                     {{"beta-law", Verdict::holds}, {"mean", Verdict::holds}, {"half-logarithm", Verdict::holds}});
}

TEST_CASE("the Gibbs distribution, its bias, and the temperature of batches") {
  check_reproduction("chaudhari-2019-gibbs", {{"unadjusted-0.01", Verdict::holds_with_care},
                                              {"unadjusted-0.3", Verdict::does_not_hold},
                                              {"corrected", Verdict::holds},
                                              {"temperature", Verdict::holds},
                                              {"temperature-remark", Verdict::does_not_hold}});
}

TEST_CASE("crossing a barrier takes the diffusion's time") {
  check_reproduction("chaudhari-2019-passage-time", {{"mean", Verdict::holds}, {"exponential", Verdict::holds}});
}

TEST_CASE("moving rewards: the actual gap governs the escape") {
  check_reproduction("dou-2022-escape-time", {{"slope-still", Verdict::holds},
                                              {"slope-together", Verdict::holds},
                                              {"slope-against", Verdict::holds},
                                              {"bound", Verdict::holds},
                                              {"constant", Verdict::holds_with_care}});
}

TEST_CASE("high variance of the start leads into wells, and costs time only") {
  check_reproduction(
      "dou-2022-variance",
      {{"caught", Verdict::holds}, {"time", Verdict::holds}, {"in-the-long-run", Verdict::does_not_hold}});
}
