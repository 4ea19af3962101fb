// The figures and theorems of Mei et al. (2020), each in its quick form: what holds must hold here, and what does not
// must be seen to fail.
#include "support/reproductions.hpp"

#include <perigee/diagnostics/reproduce/softmax_flow.hpp>
#include <perigee/lib/problems/policy_quantities.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <cmath>

using namespace perigee;
using namespace perigee::reproduce;
using perigee::test::check_reproduction;

namespace {
constexpr Verdict holds = Verdict::holds;
constexpr Verdict with_care = Verdict::holds_with_care;
constexpr Verdict fails = Verdict::does_not_hold;
}  // namespace

TEST_CASE("the softmax flow's time follows its law in closed form, up to 1e30 units of time") {
  // With the other arms equal x = pi(a*) obeys dx/dt = Delta K/(K-1) x^2 (1-x)^2, whose solution is
  // t = (K-1)/(K Delta) (F(x) - F(e)), F(x) = 2 log(x/(1-x)) + 1/(1-x) - 1/x: docs/theory/policy-landscapes.md, (20).
  const problems::Arms arms("test", problems::gap_rewards(4, 0.3, 0.1));
  const auto primitive = [](double x) { return 2.0 * std::log(x / (1.0 - x)) + 1.0 / (1.0 - x) - 1.0 / x; };
  for (const double first : {0.2, 1e-3, 1e-10, 1e-30}) {
    const Vector theta = transforms::softmax_start(problems::even_policy(arms, first).view());
    const double law = 0.75 / 0.3 * (primitive(0.99) - primitive(first));
    CHECK(softmax_flow_time(arms, theta.view(), 0.99) == Approx(law).epsilon(1e-6));
  }
  CHECK(softmax_flow_time(arms, problems::even_policy(arms, 0.25).view(), 0.2) == 0.0);
}

TEST_CASE("figure 1: good starts, and bad ones that take orders of magnitude longer") {
  const Result result = check_reproduction("mei-2020-figure-1", {{"good-share", holds},
                                                                 {"good-converge", holds},
                                                                 {"bad-stuck", holds},
                                                                 {"bad-slower", holds},
                                                                 {"eventually", holds},
                                                                 {"flow-is-iteration", holds}});
  // A run that was iterated to 0.99 within T is a good one: the flow must say so too, but for those at the border.
  for (const auto& row : result.tables.at(0).rows) {
    if (std::abs(row[4] - 30000.0) > 3000.0) CHECK((row[0] == 1.0) == (row[4] < 30000.0));
  }
}

TEST_CASE("figure 2a: the escape time is inversely proportional to the first probability") {
  const Result result =
      check_reproduction("mei-2020-figure-2a", {{"slope-even", holds}, {"slope-corner", holds}, {"constant", holds}});
  // With the rest on one arm 1/pi(a*) falls by at most 2 eta Delta = 0.4 a step: at least (1e5 - 10)/0.4 steps from
  // 1e-5.
  CHECK(result.tables.at(0).rows.front().at(2) >= 1.0 + (1e5 - 10.0) / 0.4);
}

TEST_CASE("figure 2b, c: every suboptimal corner attracts") {
  check_reproduction("mei-2020-figure-2bc", {{"all-corners", holds}, {"some-corners", holds}});
}

TEST_CASE("figure 3: softmax is drawn to the corner, and p = 1 does not stay where the figure stops") {
  check_reproduction("mei-2020-figure-3", {{"backwards", holds},
                                           {"slow-corners", holds},
                                           {"attraction", holds},
                                           {"mirror-descent", holds},
                                           {"plateau", holds},
                                           {"kink", with_care}});
}

TEST_CASE("figure 4: softmax damping; the squared distance falls twice as fast as printed") {
  const Result result = check_reproduction(
      "mei-2020-figure-4", {{"softmax-rate", holds}, {"squared-distance-rate", fails}, {"escort-linear", holds}});
  CHECK(result.claims[1].value == Approx(-2.0).margin(0.01));
  // u = (1 - pi_y)/pi_y falls by (1 - 1/26)^2 a step in the limit.
  CHECK(result.claims[2].value == Approx(-2.0 * std::log(1.0 - 1.0 / 26.0) * 26.0).epsilon(1e-3));
}

TEST_CASE("figure 5a: the escort converges with many arms, the softmax often does not") {
  check_reproduction("mei-2020-figure-5a", {{"arms-10", holds}, {"arms-50", holds}, {"arms-100", holds}});
}

TEST_CASE("theorem 1: the explicit lower bound of the escape time is never violated, and is tight") {
  check_reproduction("mei-2020-theorem-1", {{"explicit-bound", holds}, {"tight", holds}});
}

TEST_CASE("theorem 2: holds for p = 2 and 4, fails for p = 1 as printed, and clipping repairs it") {
  check_reproduction("mei-2020-theorem-2", {{"ascent-p2", holds},
                                            {"ascent-p4", holds},
                                            {"ascent-p1", fails},
                                            {"ascent-p1-clipped", holds},
                                            {"flow-p1", holds},
                                            {"flow-p2", holds},
                                            {"flow-p4", holds}});
}

TEST_CASE("theorem 5: escort cross-entropy obeys its linear bound at every step") {
  check_reproduction("mei-2020-theorem-5", {{"bound", holds}, {"rate", holds}});
}

TEST_CASE(
    "figure 6: rewards lose classes to the softmax and not for long to the escort; poles spoil its cross-entropy") {
  const Result result = check_reproduction("mei-2020-figure-6", {{"reward-wells", with_care},
                                                                 {"reward-training", holds},
                                                                 {"reward-test", holds},
                                                                 {"cross-entropy-training", fails},
                                                                 {"cross-entropy-test", fails}});
  // Before the first epoch nothing is learnt: pi(right class) is about 1/10 in the mean over ten balanced classes, and
  // the errors are those of a softmax's most probable class whichever the loss is, from the same first weights.
  const auto& first = result.tables.at(0).rows.front();
  CHECK(first.at(2) == Approx(0.9).margin(0.05));
  CHECK(first.at(3) > 0.6);
  CHECK(first.at(3) == first.at(11));
  // One row an epoch and run, the start included.
  CHECK(result.tables.at(0).rows.size() == 2 * 31);
  CHECK(result.tables.at(1).rows.size() == 6);
}

TEST_CASE("theorem 3: its bound holds for p = 2 and 4, says nothing with discount 0.9, and fails for p = 1") {
  check_reproduction("mei-2020-theorem-3",
                     {{"discount-0.9", with_care}, {"bound-p2", holds}, {"bound-p4", holds}, {"bound-p1", fails}});
}

TEST_CASE("theorem 4: with an entropy bonus the escort converges linearly") {
  check_reproduction("mei-2020-theorem-4", {{"linear", holds}});
}

TEST_CASE("proposition 1: the reward is not concave in the escort's parameters") {
  check_reproduction("mei-2020-proposition-1", {{"p1", holds}, {"p2", holds}, {"p4", holds}});
}

TEST_CASE("remark 3: the Jacobian is asymmetric, and yet p = 2 is mirror descent as a flow of policies") {
  check_reproduction("mei-2020-remark-3", {{"asymmetric", holds}, {"not-mirror-descent", with_care}});
}

TEST_CASE("inequalities: all hold, but (12) only for p >= 2 or with the power first") {
  check_reproduction("mei-2020-inequalities", {{"equation-8", holds},
                                               {"equation-9", holds},
                                               {"equation-11", holds},
                                               {"equation-12-p-ge-2", holds},
                                               {"equation-12-p-lt-2", fails},
                                               {"equation-12-power-first", holds}});
}
