// Counterfactuals: who leaves a saddle or a well, and in the time that theory gives.
#include "support/catch.hpp"

#include <perigee/diagnostics/diagnose.hpp>
#include <perigee/diagnostics/escape_time.hpp>
#include <perigee/diagnostics/replay/render_replay.hpp>
#include <perigee/diagnostics/replay/replay.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/solvers/guided/all_solvers.hpp>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

using namespace perigee;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
const NamedChoice gradient_descent{"gradient-descent", {}};

Trajectory recorded(const Problem& problem, const std::string& start, Index gradients) {
  const auto solver = all_solvers::make("gradient-descent", {}, problem);
  Recorder recorder({}, probe_of(problem));
  run(*problem.objective, *solver, start_of(problem, start).view(),
      {.stop = gradient_tolerance(1e-8) | max_gradients(static_cast<std::uint64_t>(gradients)),
       .observers = {&recorder}});
  annotate(recorder.trajectory(), problem, *solver);
  return recorder.trajectory();
}

Fork fork_of(const Problem& problem, const Trajectory& trajectory, const ForkOptions& options = {}) {
  return find_fork(trajectory, diagnose(trajectory, problem.objective.get()), *problem.objective, options);
}

const ReplayRow& row_of(const ReplayResult& result, const std::string& strategy) {
  for (const ReplayRow& row : result.rows) {
    if (row.strategy == strategy) return row;
  }
  throw std::logic_error("no row " + strategy);
}

template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "nothing was thrown";
}

Finding finding_of(const std::string& id, Index first, Index last, Severity severity) {
  Finding finding;
  finding.id = id;
  finding.first = first;
  finding.last = last;
  finding.severity = severity;
  return finding;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the interval of the median is that of the order statistics, and infinite where the data say no more") {
  // P(Binomial(20, 1/2) < 6) = 0.02069, so the 6th and the 15th of 20 bracket the median with 95.86%.
  std::vector<double> times;
  for (int i = 20; i >= 1; --i) times.push_back(i);
  const MedianInterval twenty = median_interval(times);
  CHECK(twenty.median == 10.5);
  CHECK(twenty.lower == 6.0);
  CHECK(twenty.upper == 15.0);
  CHECK(twenty.coverage == Approx(0.9586105).epsilon(1e-6));
  // 1 - 2/2^5 = 0.9375 is too little for 95%, 1 - 2/2^6 = 0.96875 is enough.
  const MedianInterval five = median_interval({1, 2, 3, 4, 5});
  CHECK(five.coverage == 0.0);
  CHECK(std::isinf(five.upper));
  const MedianInterval six = median_interval({3, 5, 5, 8, infinite, infinite});
  CHECK(six.median == 6.5);
  CHECK(six.lower == 3.0);
  CHECK(six.upper == infinite);
  CHECK(six.coverage == Approx(0.96875));
  CHECK(median_interval({4.0}).median == 4.0);
}

TEST_CASE("at the saddle itself gradient descent stays, and a perturbation leaves in the time of the linear model") {
  const Problem problem = problems::make("capped-saddle");
  const Fork fork = fork_of(problem, recorded(problem, "saddle", 100));
  CHECK(fork.iteration == 0);
  REQUIRE(fork.phase);
  CHECK(fork.phase->finding == "strict-saddle");
  CHECK(fork.phase->is_end);
  CHECK(std::isnan(fork.recorded_cost));
  CHECK(fork.departure == Approx(0.01));
  const ReplayResult result = replay(problem, gradient_descent, fork,
                                     {.strategies = {{"baseline", {}},
                                                     {"step", {{"factor", "5"}}},
                                                     {"heavy-ball", {}},
                                                     {"perturbation", {{"radius", "0.001"}}},
                                                     {"perturbation", {{"radius", "0.01"}}},
                                                     {"certified(gradient-descent)", {}},
                                                     {"guided", {}}},
                                      .seeds = 200,
                                      .budget = 500});
  // The gradient is exactly zero: no step, however long, and no momentum moves the point.
  for (const char* name : {"baseline", "step(factor=5)", "heavy-ball"}) {
    const ReplayRow& row = row_of(result, name);
    CHECK(row.is_deterministic);
    CHECK(row.left == 0);
    CHECK(row.runs.at(0).end == ReplayEnd::budget);
    CHECK(std::isinf(row.cost.median));
  }
  // y_k = y_0 (1 + 2 eta)^k up to the quartic, left at y = R with -R^2 + R^4/4 = -0.01; y_0 is a coordinate of a point
  // uniform in a disc, |y_0| has the median 0.404 r. Steps are whole, so the median of the ceilings lies in [t, t + 1].
  // The 95% interval misses it with probability 5% by construction; the seed is fixed.
  const double exit = std::sqrt(2.0 - std::sqrt(3.96));
  for (const double radius : {0.001, 0.01}) {
    const ReplayRow& row = row_of(result, "perturbation(radius=" + std::string(radius > 0.005 ? "0.01)" : "0.001)"));
    const double predicted = std::log(exit / (0.404 * radius)) / std::log1p(2.0 * 0.1);
    INFO(radius << " " << predicted << " " << row.iterations.lower << " " << row.iterations.upper);
    CHECK(row.left == 200);
    CHECK(row.runs.size() == 200);
    CHECK_FALSE(row.is_deterministic);
    CHECK(row.iterations.lower <= predicted + 1.0);
    CHECK(row.iterations.upper >= predicted);
    CHECK(row.iterations.upper - row.iterations.lower <= 4.0);
    CHECK(row.share_low == Approx(200.0 / (200.0 + 3.841459)).epsilon(1e-6));  // Wilson with k = n
  }
  CHECK(row_of(result, "certified(gradient-descent)").left == 200);
  CHECK(row_of(result, "guided").left == 200);
  CHECK(row_of(result, "guided").cost.median < row_of(result, "perturbation(radius=0.01)").cost.median);
}

TEST_CASE("on the octopus gradient descent outlasts its budget, and perturbed gradient descent never does") {
  const Problem problem = problems::make("octopus");
  const Trajectory trajectory = recorded(problem, "ones", 3000);
  const Fork fork = fork_of(problem, trajectory);
  REQUIRE(fork.phase);
  CHECK(fork.phase->finding == "strict-saddle");
  const ReplayResult result =
      replay(problem, gradient_descent, fork,
             {.strategies = {{"baseline", {}}, {"perturbed-gradient-descent", {}}}, .budget = 150, .threads = 2});
  CHECK(result.rows[0].left == 0);
  CHECK(result.rows[1].left == 20);
  for (const ReplayRow& row : result.rows) {
    for (const ReplayRun& run : row.runs) {
      // The budget is the same for all, and nothing beyond it counts.
      CHECK((run.end == ReplayEnd::left ? run.cost <= 150.0 : run.cost >= 150.0));
      CHECK((run.end == ReplayEnd::left) == (run.value < fork.level - fork.departure));
    }
  }
}

TEST_CASE("a fork of a method without memory is the recorded run itself") {
  const Problem problem = problems::make("capped-saddle");
  const Trajectory trajectory = recorded(problem, "near-saddle", 1000);
  const Fork fork = fork_of(problem, trajectory);
  REQUIRE(fork.phase);
  CHECK(fork.phase->finding == "saddle-passage");
  CHECK_FALSE(fork.phase->is_end);
  CHECK(fork.iteration >= fork.phase->first);
  CHECK(fork.iteration <= fork.phase->last);
  const ReplayResult result = replay(problem, gradient_descent, fork, {.strategies = {{"baseline", {}}}});
  CHECK(result.budget == 1000.0);
  CHECK(result.rows[0].iterations.median == fork.recorded_iterations);
  CHECK(result.rows[0].cost.median == fork.recorded_cost + 1.0);  // the gradient at the fork itself
}

TEST_CASE("out of a softmax well every strategy takes the time of its own closed form") {
  const double e = 0.005;
  const double gap = 0.5;
  const double eta = 0.4;
  const Problem problem =
      problems::make("softmax-bandit", {{"arms", "2"}, {"initial_probability", "0.005"}, {"reward_gap", "0.5"}});
  const Trajectory trajectory = recorded(problem, "corner", 2000);
  const Fork fork = fork_of(problem, trajectory);
  REQUIRE(fork.phase);
  CHECK(fork.phase->finding == "gravity-well");
  CHECK(fork.iteration == 0);
  CHECK(fork.departure == Approx(0.1 * gap * (1.0 - e)));
  const ReplayResult result = replay(problem, gradient_descent, fork);
  CHECK(result.learning_rate == eta);
  CHECK(result.left_out.empty());
  const auto median = [&](const char* name) { return row_of(result, name).iterations.median; };

  // The exact flow, which discrete steps follow closely; and the explicit lower bound of the time to pi(a*) = 0.1.
  const double flow = softmax_escape_time({e, 1.0 - e}, {0.75, 0.25}, eta, 0.9 * gap * (1.0 - e));
  CHECK(median("baseline") == Approx(flow).epsilon(0.01));
  CHECK(median("baseline") >= 1.0 + (1.0 / e - 10.0) / (2.0 * eta * gap));
  // The flow's time goes with 1/eta.
  CHECK(median("step(factor=3)") == Approx(flow / 3.0).epsilon(0.02));
  CHECK(median("step(factor=0.1)") == infinite);  // ten times as long, the budget is twice
  // Natural gradient: the log odds grow by eta gap a step, exactly. Left at pi > 0.1 + 0.9 e.
  const double out = 0.1 + 0.9 * e;
  const double odds = std::log(out / (1.0 - out)) - std::log(e / (1.0 - e));
  CHECK(median("natural-policy-gradient") == std::ceil(odds / (eta * gap)));
  // Escort with p = 2: theta_a is multiplied by 1 + c A_a, A the advantage and c = 2 eta/||theta||^2 = 1/(9 sqrt(2))
  // for the step of theorem 2, so pi_a is multiplied by its square.
  const double c = 1.0 / (9.0 * std::sqrt(2.0));
  double pi = e;
  int steps = 0;
  for (; pi <= out; ++steps) {
    const double best = pi * std::pow(1.0 + c * gap * (1.0 - pi), 2);
    const double other = (1.0 - pi) * std::pow(1.0 - c * gap * pi, 2);
    pi = best / (best + other);
  }
  CHECK(median("escort(p=2)") == steps);
  CHECK(median("escort(p=2)") < 0.5 * median("baseline"));
  CHECK(median("natural-policy-gradient") < 0.1 * median("baseline"));
}

TEST_CASE("a replay does not depend on the number of threads, and its draws depend on the seed") {
  const Problem problem = problems::make("capped-saddle");
  const Fork fork = fork_of(problem, recorded(problem, "saddle", 100));
  ReplayOptions options{.seeds = 5, .seed = 7};
  const ReplayResult alone = replay(problem, gradient_descent, fork, options);
  options.threads = 3;
  const ReplayResult together = replay(problem, gradient_descent, fork, options);
  REQUIRE(alone.rows.size() == together.rows.size());
  for (std::size_t i = 0; i < alone.rows.size(); ++i) {
    CHECK(alone.rows[i].strategy == together.rows[i].strategy);
    CHECK(alone.rows[i].runs == together.rows[i].runs);
  }
  CHECK(render_json(alone) == render_json(together));
  options.seed = 8;
  const ReplayResult other = replay(problem, gradient_descent, fork, options);
  CHECK(row_of(other, "perturbation(radius=0.01)").runs != row_of(alone, "perturbation(radius=0.01)").runs);
  CHECK(row_of(other, "baseline").runs == row_of(alone, "baseline").runs);
}

TEST_CASE("a breakdown and an end elsewhere count as runs that never leave") {
  const Problem octopus = problems::make("octopus");
  const Fork saddle = fork_of(octopus, recorded(octopus, "ones", 3000));
  const ReplayResult broken =
      replay(octopus, gradient_descent, saddle, {.strategies = {{"step", {{"factor", "100"}}}}, .budget = 5000});
  CHECK(broken.rows[0].runs.at(0).end == ReplayEnd::broke_down);
  // Nobody leaves a minimum by half of its depth, and guided says so.
  const Problem problem = problems::make("capped-saddle");
  const Fork minimum = fork_of(problem, recorded(problem, "near-saddle", 1000), {.iteration = 1000, .departure = 0.5});
  CHECK(minimum.level == Approx(-1.0));
  const ReplayResult ended = replay(problem, gradient_descent, minimum, {.strategies = {{"guided", {}}}, .seeds = 3});
  CHECK(ended.rows[0].left == 0);
  CHECK(ended.rows[0].runs.at(0).end == ReplayEnd::ended);
  CHECK(std::isinf(ended.rows[0].cost.median));
  CHECK(cheapest(ended) == nullptr);
}

TEST_CASE("the longest slow phase is forked, and one that the run ended in before all") {
  Trajectory trajectory;
  trajectory.records.resize(101);
  for (Index k = 0; k <= 100; ++k) trajectory.records[static_cast<std::size_t>(k)].iteration = k;
  Diagnosis diagnosis;
  CHECK_FALSE(longest_slow_phase(trajectory, diagnosis));
  diagnosis.findings.push_back(finding_of("plateau", 0, 50, Severity::warning));
  diagnosis.findings.push_back(finding_of("saddle-passage", 60, 70, Severity::information));
  CHECK(longest_slow_phase(trajectory, diagnosis)->finding == "plateau");
  diagnosis.findings.push_back(finding_of("gravity-well", 10, 40, Severity::information));  // explains the plateau
  CHECK(longest_slow_phase(trajectory, diagnosis)->finding == "gravity-well");
  diagnosis.findings.push_back(
      finding_of("degenerate-stationary-point", 95, 100, Severity::information));  // a flat minimum
  CHECK(longest_slow_phase(trajectory, diagnosis)->finding == "gravity-well");
  diagnosis.findings.push_back(finding_of("strict-saddle", 99, 100, Severity::problem));
  CHECK(longest_slow_phase(trajectory, diagnosis)->finding == "strict-saddle");
}

TEST_CASE("what cannot be forked, or tried, is refused with the reason") {
  const Problem problem = problems::make("capped-saddle");
  Trajectory trajectory = recorded(problem, "near-saddle", 1000);
  const Diagnosis diagnosis = diagnose(trajectory, problem.objective.get());
  const auto fork = [&](const ForkOptions& options = {}) {
    return message_of([&] { find_fork(trajectory, diagnosis, *problem.objective, options); });
  };
  const Fork good = find_fork(trajectory, diagnosis, *problem.objective);
  const auto refused = [&](const NamedChoice& choice) {
    return message_of([&] { replay(problem, gradient_descent, good, {.strategies = {choice}}); });
  };
  CHECK(contains(refused({"perturbatoin", {}}), "did you mean 'perturbation'?"));
  CHECK(contains(refused({"heavy-bal", {}}), "did you mean 'heavy-ball'?"));
  CHECK(contains(refused({"baseline", {{"x", "1"}}}), "'x'"));
  CHECK(contains(refused({"perturbation", {{"radius", "-1"}}}), "radius"));
  CHECK(contains(refused({"escort", {}}), "must be a softmax policy"));
  CHECK(contains(refused({"natural-policy-gradient", {}}), "natural gradient"));
  CHECK(contains(message_of([&] { replay(problem, gradient_descent, good, {.seeds = 0}); }), "seeds must be >= 1"));
  CHECK(contains(message_of([&] { replay(problem, gradient_descent, good, {.budget = -1.0}); }), "got -1"));
  CHECK(contains(fork({.departure = -1.0}), "departure must be > 0, got -1"));

  const std::vector<Snapshot> snapshots = trajectory.snapshots;
  std::erase_if(trajectory.snapshots, [](const Snapshot& snapshot) { return snapshot.iteration > 0; });
  CHECK(contains(fork(), "no snapshot in its slow phase, iterations"));
  trajectory.snapshots = {{50, Vector{1.0, 0.0}}};
  CHECK(contains(fork({.iteration = 49}), "no snapshot up to iteration 49"));
  trajectory.snapshots = {{50, Vector{1.0, 0.0, 0.0}}};
  CHECK(contains(fork({.iteration = 50}), "got 2 and 3"));
  trajectory.snapshots.clear();
  CHECK(contains(fork(), "no snapshot of its iterates"));
  trajectory.snapshots = snapshots;

  const Trajectory quick = recorded(problem, "standard", 1000);
  CHECK(contains(message_of([&] { find_fork(quick, Diagnosis{}, *problem.objective); }), "no slow phase"));
  // A single value, and no bound: nothing tells how far down is far.
  Trajectory bare = recorded(problem, "saddle", 100);
  bare.optimal_value.reset();
  bare.lower_bound.reset();
  const Diagnosis bare_diagnosis = diagnose(bare, problem.objective.get());
  CHECK(contains(message_of([&] { find_fork(bare, bare_diagnosis, *problem.objective); }), "give the departure"));
  CHECK(find_fork(bare, bare_diagnosis, *problem.objective, {.departure = 0.5}).departure == 0.5);
}

TEST_CASE("the JSON of a replay carries every run, and infinities in words") {
  const Problem problem = problems::make("capped-saddle");
  const Fork fork = fork_of(problem, recorded(problem, "saddle", 100));
  const ReplayResult result = replay(problem, gradient_descent, fork,
                                     {.strategies = {{"baseline", {}}, {"perturbation", {{"radius", "0.01"}}}}});
  const nlohmann::json document = nlohmann::json::parse(render_json(result));
  CHECK(document["schema_version"] == 1);
  CHECK(document["problem"] == "capped-saddle");
  CHECK(document["fork"]["phase"]["finding"] == "strict-saddle");
  CHECK(document["fork"]["recorded_cost"].is_null());
  CHECK(document["strategies"].size() == 2);
  CHECK(document["strategies"][0]["cost"]["median"] == "Infinity");
  CHECK(document["strategies"][0]["share_interval"].is_null());
  CHECK(document["strategies"][1]["outcomes"].size() == 20);
  CHECK(document["cheapest"] == "perturbation(radius=0.01)");
  const std::string text = render_text(result);
  CHECK(contains(text, "1 of 2 strategies left in every run, 1 in none; the cheapest was perturbation(radius=0.01)"));
  CHECK(contains(text, "not within the budget"));
  const std::string page = render_html(result);
  CHECK(contains(page, "<th scope=\"row\">perturbation(radius=0.01)</th><td>20/20</td>"));
  std::size_t dots = 0;  // one a run that left
  for (std::size_t at = page.find("<circle"); at != std::string::npos; at = page.find("<circle", at + 1)) ++dots;
  CHECK(dots == 20);
}
