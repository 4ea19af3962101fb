// Softmax bandits: wells at suboptimal corners, 1/t near the optimum, and policies without either.
//
//   inside        from a corner, for 0.3/(eta D pi*) steps: 1/(2 eta D pi*) is the least time that leaving takes
//                 (Mei et al. 2020, theorem 1: D the gap of the corner, pi* the probability of the best arm)
//   left          from a corner, for 3/(eta D pi*) steps
//   damped        from an even policy, hundreds of times 1/(eta D): f ~ 1/t. Rewards, and cross-entropy
//   begun         the same for 15/(eta D) steps
//   escort, natural   the same start through an escort transform, and along natural gradients: linear convergence
#include "construction.hpp"

#include <perigee/lib/problems/bandit.hpp>
#include <perigee/lib/problems/escort_bandit.hpp>
#include <perigee/lib/problems/softmax_bandit.hpp>
#include <perigee/lib/problems/softmax_cross_entropy.hpp>
#include <perigee/solvers/natural_policy_gradient.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::corpus {

namespace {

using Rewards = std::vector<double> (*)(RandomEngine& engine);  // the best arm first

std::vector<double> equal_gaps(RandomEngine&) { return {0.7, 0.2, 0.2, 0.2, 0.2, 0.2}; }
std::vector<double> graded(RandomEngine&) { return {1.0, 0.6, 0.45, 0.3, 0.15, 0.0}; }
std::vector<double> negative(RandomEngine&) { return {-0.1, -0.6, -1.0, -1.0}; }
std::vector<double> random_rewards(RandomEngine& engine) {
  std::vector<double> rewards{1.0};
  for (int a = 0; a < 7; ++a) rewards.push_back(0.6 * uniform_unit(engine));
  return rewards;
}
std::vector<double> two_arms(RandomEngine& engine) { return {0.9, 0.2 + 0.2 * uniform_unit(engine)}; }
std::vector<double> two_tiers(RandomEngine&) { return {1.0, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}; }

constexpr double learning_rate = 0.4;

Vector logarithms_of(const Vector& pi) {
  Vector theta = pi;
  for (Index a = 0; a < pi.size(); ++a) theta[a] = std::log(pi[a]);
  return theta;
}

class Treatments {
 public:
  Treatments(std::string family, Rewards rewards, Collector& collector)
      : family_(std::move(family)), rewards_(rewards), collector_(collector) {}

  void all() {
    int variant = 0;
    for (const double probability : {2e-2, 5e-3, 1e-3, 1e-4}) {
      for (const Recording recording : {Recording::objective, Recording::log, Recording::values, Recording::printed}) {
        ++variant;
        if (probability < 1e-2) well("inside", variant, recording, probability, 0.3);
        if (probability > 2e-3 && probability < 1e-2) well("left", variant, recording, probability, 3.0);
        // Wells this shallow are left so gradually that values alone show no clear end of a plateau.
        if (probability > 1e-2 && recording != Recording::values) {
          well("left", variant, recording, 1e-2, 4.0);
          well("left", variant + 100, recording, 7e-3, 2.5);
        }
      }
    }
    variant = 0;
    for (const double probability : {0.6, 0.2}) {
      for (const Recording recording : {Recording::objective, Recording::log, Recording::values, Recording::printed}) {
        damped("damped", ++variant, recording, probability);
        damped("damped-cross-entropy", variant, recording, probability);
      }
      for (const Recording recording : {Recording::objective, Recording::printed}) {
        damped("begun", ++variant, recording, probability);
      }
      for (const Recording recording : {Recording::objective, Recording::log}) {
        escort(++variant, recording, probability);
        natural(variant, recording, probability);
      }
    }
  }

 private:
  template <class Landscape>
  static Problem problem_of(const std::string& name, std::shared_ptr<const Landscape> landscape) {
    Problem problem;
    problem.name = name;
    problem.objective = landscape;
    problem.policy = landscape;
    problem.optimal_value = 0.0;
    return problem;
  }

  CorpusRun run_of(const Problem& problem, const Solver& solver, const Vector& theta, Index steps) const {
    CorpusRun run;
    run.objective = problem.objective;
    run.trajectory =
        record(*problem.objective, solver, theta, {.stop = max_iterations(steps), .probe = probe_of(problem)});
    annotate(run.trajectory, problem, solver);
    return run;
  }

  void add(const std::string& treatment, int variant, Recording recording,
           const std::function<CorpusRun(const std::vector<double>&)>& make) {
    const RunName name{family_, treatment, std::to_string(variant), recording};
    collector_.add(name, [this, name, recording, &make] {
      RandomEngine engine = engine_of(name);
      return finished(recording, make(rewards_(engine)));
    });
  }

  void well(const std::string& treatment, int variant, Recording recording, double probability, double times) {
    add(treatment, variant, recording, [&](const std::vector<double>& rewards) {
      const problems::Arms arms("corpus", rewards);
      const Vector pi = problems::corner_policy(arms, probability, arms.count() > 2 ? 1e-2 * probability : 1e-6);
      const auto steps = static_cast<Index>(times / (learning_rate * arms.gap() * probability));
      CorpusRun run =
          run_of(problem_of("softmax-bandit", std::make_shared<const problems::SoftmaxBandit>(rewards)),
                 GradientDescent({.learning_rate = schedules::constant(learning_rate)}), logarithms_of(pi), steps);
      const double excess = run.trajectory.records.back().value;
      const bool is_inside = excess > 0.9 * arms.gap();
      if ((treatment == "inside") != is_inside) run.void_reason = "at the wrong end of the well";
      run.label = "gravity-well";
      run.must = {run.label};
      run.may = {"plateau"};
      if (!is_inside) run.may.insert("softmax-damping");
      if (recording == Recording::values) {  // nothing of the policy is recorded
        run.label = "plateau";
        run.must = {run.label};
        run.may = {};
      }
      return run;
    });
  }

  void damped(const std::string& treatment, int variant, Recording recording, double probability) {
    add(treatment, variant, recording, [&](const std::vector<double>& rewards) {
      const problems::Arms arms("corpus", rewards);
      const Vector theta = logarithms_of(problems::even_policy(arms, probability));
      const GradientDescent solver({.learning_rate = schedules::constant(learning_rate)});
      const bool is_bandit = treatment != "damped-cross-entropy";
      const double times = treatment == "begun" ? 15.0 : 2000.0;
      const Problem problem =
          is_bandit ? problem_of("softmax-bandit", std::make_shared<const problems::SoftmaxBandit>(rewards))
                    : problem_of("softmax-cross-entropy",
                                 std::make_shared<const problems::SoftmaxCrossEntropy>(arms.count(), arms.best()));
      const auto steps = is_bandit ? static_cast<Index>(times / (learning_rate * arms.gap())) : Index{4000};
      CorpusRun run = run_of(problem, solver, theta, steps);
      run.label = "softmax-damping";
      run.must = {run.label};
      if (recording == Recording::values || treatment == "begun") {
        run.label = "budget-exhausted";
        run.must = {};
      }
      if (treatment == "begun") {  // not asymptotic yet, but on the way
        run.may = {"softmax-damping"};
        run.also_right = {"softmax-damping"};
      }
      return run;
    });
  }

  void escort(int variant, Recording recording, double probability) {
    add("escort", variant, recording, [&](const std::vector<double>& rewards) {
      const problems::Arms arms("corpus", rewards);
      Vector theta = problems::even_policy(arms, probability);
      for (Index a = 0; a < theta.size(); ++a) theta[a] = std::sqrt(theta[a]);
      CorpusRun run =
          run_of(problem_of("escort-bandit", std::make_shared<const problems::EscortBandit>(rewards, 2.0)),
                 GradientDescent({.learning_rate = problems::escort_policy_gradient_schedule(2.0)}), theta, 1500);
      if (!ends_stationary(run.trajectory)) run.void_reason = "not there yet";
      run.label = no_trouble;
      if (recording == Recording::objective) {  // the value does not change along theta
        run.label = "degenerate-stationary-point";
        run.must = {run.label};
      }
      return run;
    });
  }

  void natural(int variant, Recording recording, double probability) {
    add("natural", variant, recording, [&](const std::vector<double>& rewards) {
      const problems::Arms arms("corpus", rewards);
      CorpusRun run = run_of(problem_of("softmax-bandit", std::make_shared<const problems::SoftmaxBandit>(rewards)),
                             NaturalPolicyGradient({.learning_rate = schedules::constant(0.1)}),
                             logarithms_of(problems::even_policy(arms, probability)), 150);
      run.label = "budget-exhausted";
      if (ends_stationary(run.trajectory)) run.void_reason = "stationary";
      return run;
    });
  }

  std::string family_;
  Rewards rewards_;
  Collector& collector_;
};

Family family_of(const std::string& name, Rewards rewards) {
  return {name, "policy",
          [rewards](const std::string& family, Collector& collector) { Treatments(family, rewards, collector).all(); }};
}

}  // namespace

std::vector<Family> policies() {
  return {family_of("equal-gap-bandit", equal_gaps), family_of("graded-bandit", graded),
          family_of("negative-rewards", negative),   family_of("random-bandit", random_rewards),
          family_of("two-armed-bandit", two_arms),   family_of("two-tier-bandit", two_tiers)};
}

}  // namespace perigee::corpus
