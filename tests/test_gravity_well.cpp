#include "support/catch.hpp"
#include "support/policy_runs.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/escape_time.hpp>
#include <perigee/diagnostics/gravity_well.hpp>
#include <perigee/lib/random.hpp>

#include <numeric>

using namespace perigee;
using test::PolicyRun;
using test::simulate;

TEST_CASE("the integrated flow agrees with the closed form for two arms") {
  // d pi/dt = 2 eta D pi^2 (1 - pi)^2; an antiderivative of 1/(pi^2 (1 - pi)^2) is
  // F = -1/pi + 1/(1 - pi) + 2 log(pi/(1 - pi)). Suboptimality D (1 - pi) < 0.9 D iff pi > 0.1.
  const auto antiderivative = [](double p) { return -1.0 / p + 1.0 / (1.0 - p) + 2.0 * std::log(p / (1.0 - p)); };
  for (const double start : {1e-2, 1e-4, 1e-8}) {
    const double gap = 0.3;
    const double eta = 0.7;
    const double exact = (antiderivative(0.1) - antiderivative(start)) / (2.0 * eta * gap);
    CAPTURE(start);
    CHECK(softmax_escape_time({start, 1.0 - start}, {gap, 0.0}, eta, 0.9 * gap) == Approx(exact).epsilon(1e-4));
  }
  CHECK(softmax_escape_time({0.5, 0.5}, {1.0, 0.0}, 1.0, 0.9) == 0.0);
  CHECK(std::isinf(softmax_escape_time({0.0, 1.0}, {1.0, 0.0}, 1.0, 0.9)));  // a vertex is for ever
}

TEST_CASE("a well is found with its corner, and its escape predicted within 10%") {
  for (const std::size_t arms : {std::size_t{2}, std::size_t{6}}) {
    for (const double gap : {0.1, 0.5}) {
      for (const double probability : {1e-2, 1e-3}) {
        for (const bool is_corner : {true, false}) {
          PolicyRun run;
          run.rewards = test::gap_rewards(arms, gap);
          run.start = is_corner ? test::near_corner(arms, probability, probability / 10.0)
                                : test::others_equal(arms, probability);
          run.iterations = static_cast<Index>(3.0 / (0.4 * gap * probability));
          const Trajectory trajectory = simulate(run);
          const std::vector<GravityWell> wells = find_gravity_wells(trajectory);
          CAPTURE(arms, gap, probability, is_corner);
          REQUIRE(wells.size() == 1);
          CHECK(wells[0].corner == 1);
          CHECK(wells[0].gap == Approx(gap));
          CHECK(wells[0].lowest_probability <= probability * (1.0 + 1e-12));
          CHECK(wells[0].coefficient == wells[0].lowest_probability);
          // ||grad J|| >= C (J* - J) with C = pi(a*) (Mei et al. 2020, equation 8).
          const StepRecord& lowest = trajectory.records[static_cast<std::size_t>(wells[0].lowest_iteration)];
          CHECK(lowest.gradient_norm >= wells[0].coefficient * lowest.value * (1.0 - 1e-12));
          CHECK(wells[0].predicted_escape_time == Approx(wells[0].escape_time).epsilon(0.1));
          // From 1/pi_{t+1} >= 1/pi_t - 2 eta D, until pi = 0.1.
          CHECK(wells[0].escape_time >= (1.0 / probability - 10.0) / (2.0 * 0.4 * gap));
        }
      }
    }
  }
}

TEST_CASE("the escape time is inversely proportional to the probability of the best action") {
  // Slope -1 within 0.005 over two decades: 1/pi falls by 2 eta D a step, so T = 1/(2 eta D pi) (1 + O(pi log pi)).
  std::vector<double> x;
  std::vector<double> y;
  for (const double probability : {1e-5, 1e-4, 1e-3}) {
    PolicyRun run;
    run.rewards = test::gap_rewards(2, 0.5);
    run.start = test::near_corner(2, probability, 0.0);
    run.iterations = static_cast<Index>(1.2 / (2.0 * 0.4 * 0.5 * probability));
    const std::vector<GravityWell> wells = find_gravity_wells(simulate(run));
    REQUIRE(wells.size() == 1);
    x.push_back(std::log(probability));
    y.push_back(std::log(wells[0].escape_time));
  }
  CHECK((y[2] - y[0]) / (x[2] - x[0]) == Approx(-1.0).margin(0.005));
}

TEST_CASE("random bandits: every well found is predicted, attraction included") {
  // K = 5, r ~ U[0, 1], start with most of the mass on a random suboptimal arm; the others may attract first.
  int found = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    RandomEngine engine = RandomSource(seed).engine("bandit");
    PolicyRun run;
    for (int a = 0; a < 5; ++a) run.rewards.push_back(uniform_unit(engine));
    const auto best =
        static_cast<std::size_t>(std::max_element(run.rewards.begin(), run.rewards.end()) - run.rewards.begin());
    const std::size_t corner = (best + 1) % 5;
    run.start.assign(5, 3e-3);
    run.start[corner] = 1.0 - 4 * 3e-3;
    run.iterations = 60000;
    for (const GravityWell& well : find_gravity_wells(simulate(run))) {
      if (std::isnan(well.escape_time)) continue;
      ++found;
      CAPTURE(seed, well.corner, well.gap, well.first, well.last);
      CHECK(well.corner != static_cast<Index>(best));
      CHECK(well.predicted_escape_time == Approx(well.escape_time).epsilon(0.1));
    }
  }
  CHECK(found >= 20);
}

TEST_CASE("a run that ended inside is a problem, and the rest of the time is predicted") {
  PolicyRun run;
  run.rewards = test::gap_rewards(6, 0.5);
  run.start = test::near_corner(6, 1e-3, 1e-6);
  run.iterations = 10000;
  const double escape = find_gravity_wells(simulate(run)).at(0).escape_time;
  run.iterations = 1500;
  const Trajectory trajectory = simulate(run);
  const std::vector<GravityWell> wells = find_gravity_wells(trajectory);
  REQUIRE(wells.size() == 1);
  CHECK(std::isnan(wells[0].escape_time));
  CHECK(wells[0].predicted_remaining_time == Approx(escape - 1500.0).epsilon(0.02));
  const Diagnosis diagnosis = diagnose(trajectory);
  const Finding* well = find_finding(diagnosis, "gravity-well");
  REQUIRE(well != nullptr);
  CHECK(well->severity == Severity::problem);
  CHECK(well->certainty == Certainty::likely);
  REQUIRE(principal_finding(diagnosis) != nullptr);
  CHECK(principal_finding(diagnosis)->id == "gravity-well");
  const Finding* plateau = find_finding(diagnosis, "plateau");
  if (plateau != nullptr) CHECK(plateau->severity == Severity::information);
}

TEST_CASE("the escort transform with p = 2 passes the same corner without a well") {
  for (const double probability : {1e-2, 1e-3, 1e-5}) {
    for (const std::size_t arms : {std::size_t{2}, std::size_t{6}}) {
      PolicyRun run;
      run.rewards = test::gap_rewards(arms, 0.5);
      run.start = test::near_corner(arms, probability, probability / 1000.0);
      run.transform = "escort";
      for (const Index iterations : {20, 60, 2000}) {  // cut off on the way, and complete
        run.iterations = iterations;
        CAPTURE(probability, arms, iterations);
        CHECK(find_gravity_wells(simulate(run)).empty());
      }
    }
  }
}

TEST_CASE("a uniform start is no well, and neither is a policy at its optimum") {
  PolicyRun run;
  run.rewards = {1.0, 0.75, 0.5, 0.25, 0.0};
  run.start = test::others_equal(5, 0.2);
  run.iterations = 5000;
  CHECK(find_gravity_wells(simulate(run)).empty());
  run.start = test::near_corner(5, 0.99, 1e-3);
  CHECK(find_gravity_wells(simulate(run)).empty());
}

TEST_CASE("a staircase of rewards is a sequence of wells with growing rewards") {
  // r = (1, .75, .5, .25, 0) (Mei et al. 2020, figure 2), started at the worst corner: each corner is left for the next
  // better ones.
  PolicyRun run;
  run.rewards = {1.0, 0.75, 0.5, 0.25, 0.0};
  run.start = {1e-5, 1e-4, 1e-3, 1e-2, 1.0 - 1.111e-2};
  run.iterations = 400000;
  run.record_every = 10;
  const std::vector<GravityWell> wells = find_gravity_wells(simulate(run));
  REQUIRE(wells.size() >= 2);
  for (std::size_t i = 1; i < wells.size(); ++i) {
    CHECK(wells[i].gap < wells[i - 1].gap);
    CHECK(wells[i].first > wells[i - 1].last);
  }
}

TEST_CASE("probabilities without rewards, or columns that are missing, give no well of a bandit") {
  PolicyRun run;
  run.rewards = test::gap_rewards(3, 0.5);
  run.start = test::near_corner(3, 1e-3, 1e-6);
  run.iterations = 500;
  Trajectory trajectory = simulate(run);
  trajectory.policy->rewards.clear();
  CHECK(find_gravity_wells(trajectory).empty());
  trajectory = simulate(run);
  trajectory.columns.pop_back();
  CHECK(find_gravity_wells(trajectory).empty());
  trajectory = simulate(run);
  trajectory.policy->transform.clear();  // a well may still be seen, but its escape not be predicted
  const std::vector<GravityWell> wells = find_gravity_wells(trajectory);
  REQUIRE(wells.size() == 1);
  CHECK(std::isnan(wells[0].predicted_remaining_time));
  CHECK(std::isnan(wells[0].coefficient));
}
