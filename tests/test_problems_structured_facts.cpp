// What is known of single structured problems: spectra from the literature or by hand, closed forms against sampling,
// bad minima, and messages.
#include "support/catch.hpp"
#include "support/dense_algebra.hpp"
#include "support/dense_hessian.hpp"

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/problems/relu_teacher_student.hpp>
#include <perigee/lib/run.hpp>
#include <perigee/lib/stop.hpp>
#include <perigee/solvers/gradient_descent.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

using namespace perigee;
using perigee::test::dense_hessian;

namespace {

Eigen::VectorXd spectrum(const Objective& f, ConstVectorView x) {
  return test::symmetric_eigenvalues(dense_hessian(f, x));
}

RunResult descend(const Problem& problem, const Vector& start, Index iterations) {
  return run(*problem.objective, GradientDescent({.learning_rate = *problem.suggested_step}), start,
             {.stop = max_iterations(iterations) | gradient_tolerance(1e-10)});
}

double value_at(const Problem& problem, const std::string& start) {
  return problem.objective->value(start_of(problem, start));
}

}  // namespace

TEST_CASE("rank-one PCA: eigenvalues m_i - m_j and 2 m_i, so every saddle is strict with the gap m_1 - m_i") {
  // m = 2, 1.5, 1, 0.5 for d = 4: at sqrt(m_3) e_3 the spectrum is {1 - 2, 1 - 1.5, 2, 1 - 0.5}.
  const Problem problem = problems::make("rank-one-pca", {{"dimension", "4"}});
  const Eigen::VectorXd at_third = spectrum(*problem.objective, {0.0, 0.0, 1.0, 0.0});
  const std::vector<double> expected{-1.0, -0.5, 0.5, 2.0};
  for (Index i = 0; i < 4; ++i) CHECK(at_third[i] == Approx(expected[static_cast<std::size_t>(i)]).margin(1e-14));
  CHECK(problem.stationary_points.size() == 9);
  CHECK(problem.all_stationary_points_known);
  // f* = (||M||_F^2 - m_1^2)/4 by hand: (1.5^2 + 1 + 0.25)/4.
  CHECK(*problem.optimal_value == Approx(0.875));
  // Beside the saddle the distance along e_1 grows by 1 + eta (m_1 - m_2) a step.
  const Vector near = start_of(problem, "near-saddle");
  const RunResult run = descend(problem, near, 100);
  const double factor = 1.0 + *problem.suggested_step * 0.5;
  CHECK(run.x[0] == Approx(near[0] * std::pow(factor, 100)).epsilon(1e-3));
}

TEST_CASE("problems that claim to know all stationary points have no others") {
  // Newton's method from 300 starts; a point with 3% of the box as its basin is missed with probability 1e-4.
  const std::vector<std::pair<std::string, Parameters::Assignments>> complete{
      {"rank-one-pca", {{"dimension", "3"}}},
      {"phase-retrieval-population", {{"dimension", "2"}}},
      {"phase-retrieval-population", {{"dimension", "1"}}}};
  for (const auto& [name, parameters] : complete) {
    const Problem problem = problems::make(name, parameters);
    REQUIRE(problem.all_stationary_points_known);
    RandomEngine engine = RandomSource(51).engine(name);
    std::vector<int> found(problem.stationary_points.size(), 0);
    for (int trial = 0; trial < 300; ++trial) {
      Vector x = problem.random_start(engine);
      x.view() *= 2.0;
      Vector gradient(x.size());
      double length = 1.0;
      for (int k = 0; k < 200 && length > 1e-12; ++k) {
        problem.objective->value_and_gradient(x, gradient);
        const Eigen::VectorXd step = test::solve_dense(dense_hessian(*problem.objective, x), gradient.view());
        length = step.norm();
        x.view() -= step;
      }
      if (length > 1e-12) continue;
      const auto listed =
          std::find_if(problem.stationary_points.begin(), problem.stationary_points.end(),
                       [&](const StationaryPoint& point) { return (x.view() - point.x.view()).norm() <= 1e-8; });
      INFO(name << ": Newton ended at " << x.view().transpose());
      REQUIRE(listed != problem.stationary_points.end());
      ++found[static_cast<std::size_t>(listed - problem.stationary_points.begin())];
    }
    for (const int count : found) CHECK(count > 0);
  }
  CHECK_FALSE(problems::make("phase-retrieval-population").all_stationary_points_known);  // a sphere of saddles
}

TEST_CASE("phase retrieval: spectra at the origin, the signal and the sphere of saddles") {
  const Problem problem = problems::make("phase-retrieval-population", {{"dimension", "5"}, {"signal_norm", "2"}});
  const Objective& f = *problem.objective;
  const Eigen::VectorXd origin = spectrum(f, start_of(problem, "origin"));
  CHECK(origin[0] == Approx(-12.0));  // -3 |x|^2 along x
  CHECK(origin[4] == Approx(-4.0));   // -|x|^2 across
  const Eigen::VectorXd signal = spectrum(f, start_of(problem, "signal"));
  CHECK(signal[0] == Approx(8.0));
  CHECK(signal[4] == Approx(24.0));
  const Eigen::VectorXd sphere = spectrum(f, start_of(problem, "saddle-sphere"));
  CHECK(sphere[0] == Approx(-8.0));  // -2 |x|^2 along x
  CHECK(sphere.segment(1, 3).cwiseAbs().maxCoeff() <= 1e-13);
  CHECK(sphere[4] == Approx(8.0));
  CHECK(value_at(problem, "saddle-sphere") == Approx(2.0 / 3.0 * 16.0));
}

TEST_CASE("phase retrieval: the samples' mean tends to the population objective") {
  // (a'z)^2 etc. are eighth-moment quantities: the standard error is taken from the terms themselves, 5 of them allowed
  // (6e-7 by chance for each of 10 points).
  const Problem finite = problems::make("phase-retrieval", {{"dimension", "3"}, {"samples", "40000"}});
  const Problem limit = problems::make("phase-retrieval-population", {{"dimension", "3"}});
  const auto& sum = dynamic_cast<const FiniteSum&>(*finite.objective);
  CHECK(start_of(finite, "signal") == start_of(limit, "signal"));
  RandomEngine engine = RandomSource(52).engine("points");
  for (int trial = 0; trial < 10; ++trial) {
    const Vector z = limit.random_start(engine);
    Vector gradient(3);
    double mean = 0.0;
    double square = 0.0;
    for (Index i = 0; i < sum.term_count(); ++i) {
      const double term = sum.add_term(i, z, gradient);
      mean += term / 40000.0;
      square += term * term / 40000.0;
    }
    const double error = std::sqrt((square - mean * mean) / 40000.0);
    CHECK(std::abs(mean - limit.objective->value(z)) <= 5.0 * error);
  }
}

TEST_CASE("deep linear networks: the origin is a strict saddle at depth 2 and flat to second order from depth 3") {
  const auto origin_of = [](const char* depth) {
    const Problem problem = problems::make("deep-linear-network", {{"depth", depth}});
    return spectrum(*problem.objective, start_of(problem, "origin"));
  };
  // Depth 2: [[0, -s], [-s, 0]] for each target: +-s_i. Targets 1, 0.75, 0.5.
  CHECK(origin_of("2")[0] == Approx(-1.0));
  CHECK((origin_of("2").array() < -1e-9).count() == 12);  // h = 4 hidden times 3 targets
  for (const char* depth : {"3", "4", "7"}) CHECK(origin_of(depth).cwiseAbs().maxCoeff() == 0.0);
  // The scalar chain of depth 3 near 0: f = (w^3 - 1)^2/2 with equal weights.
  const Problem chain =
      problems::make("deep-linear-network", {{"depth", "3"}, {"width", "1"}, {"inputs", "1"}, {"outputs", "1"}});
  CHECK(chain.objective->value({0.1, 0.1, 0.1}) == Approx(0.5 * 0.999 * 0.999));
  CHECK(chain.objective->value({1.0, 1.0, 1.0}) == 0.0);
  // Width below the number of targets: f* is what does not fit, here 0.5^2/2.
  const Problem narrow = problems::make("deep-linear-network", {{"width", "2"}});
  CHECK(*narrow.optimal_value == Approx(0.125));
}

TEST_CASE("ReLU networks: the closed form is the expectation") {
  // 200000 normal inputs; five standard errors, 6e-7 by chance for each of 4 pairs of networks.
  const problems::ReluTeacherStudent network(3, 4);
  RandomEngine engine = RandomSource(53).engine("inputs");
  for (int trial = 0; trial < 4; ++trial) {
    Vector w(12);
    fill_standard_normal(engine, w);
    if (trial == 3) w.view().segment(4, 4) = 2.0 * w.view().segment(0, 4);  // two parallel students
    const int draws = 200000;
    double mean = 0.0;
    double square = 0.0;
    Vector x(4);
    for (int i = 0; i < draws; ++i) {
      fill_standard_normal(engine, x);
      double difference = 0.0;
      for (Index k = 0; k < 3; ++k) difference += std::max(0.0, w.view().segment(4 * k, 4).dot(x.view()));
      for (Index j = 0; j < 4; ++j) difference -= std::max(0.0, x[j]);
      const double loss = 0.5 * difference * difference;
      mean += loss / draws;
      square += loss * loss / draws;
    }
    const double error = std::sqrt((square - mean * mean) / draws);
    CHECK(std::abs(network.value(w) - mean) <= 5.0 * error);
  }
}

TEST_CASE("ReLU networks: one student of one teacher, by hand; a dead student has no gradient") {
  // k = n = 1, w > 0: f = (w - 1)^2/4; w < 0: angle pi, phi(w, v) = 0, f = (w^2 + 1)/4.
  const problems::ReluTeacherStudent scalar(1, 1);
  CHECK(scalar.value({3.0}) == Approx(1.0));
  CHECK(scalar.value({-3.0}) == Approx(2.5));
  Vector gradient(1);
  scalar.value_and_gradient({0.0}, gradient);
  CHECK(std::isnan(gradient[0]));
  // Equal neurons: a saddle for four students of four teachers; more negative curvature than none is theory's symmetry
  // argument (differences of students lower f), the count is by the dense Hessian.
  const Problem four = problems::make("relu-teacher-student");
  CHECK(four.stationary_points.front().type == StationaryType::strict_saddle);
  const RunResult stuck = descend(four, start_of(four, "equal-neurons"), 50);
  CHECK((stuck.x.view() - start_of(four, "equal-neurons").view()).norm() <= 1e-10);
  // The teachers, as students, are a proper minimum.
  CHECK(four.stationary_points.back().type == StationaryType::minimum);
  CHECK(four.stationary_points.back().value == Approx(0.0).margin(1e-14));
}

TEST_CASE("max-cut: equal rows are the top of every graph's landscape, flat only along rotations and lengths") {
  // Connected: index (n - 1)(p - 1); the remaining n + p - 1 eigenvalues are 0. For the complete graph on 6 the
  // negative ones are all -6 (the Laplacian's).
  const Problem problem = problems::make("max-cut", {{"graph", "complete"}, {"vertices", "6"}, {"columns", "3"}});
  const Eigen::VectorXd eigenvalues = spectrum(*problem.objective, start_of(problem, "equal-rows"));
  for (Index i = 0; i < 10; ++i) CHECK(eigenvalues[i] == Approx(-6.0));
  CHECK(eigenvalues.tail(8).cwiseAbs().maxCoeff() <= 1e-12);
  CHECK(value_at(problem, "equal-rows") == Approx(15.0));
  const RunResult stuck = descend(problem, start_of(problem, "equal-rows"), 100);
  CHECK(stuck.x == start_of(problem, "equal-rows"));
}

TEST_CASE("max-cut on a cycle: twisted states are false minima with two columns and saddles with three") {
  const auto points = [](const char* columns) {
    return problems::make("max-cut", {{"vertices", "9"}, {"columns", columns}}).stationary_points;
  };
  // n = 9: cos(2 pi q/9) is negative for q = 3, 4; the best is q = 4.
  const std::vector<StationaryPoint> flat = points("2");
  REQUIRE(flat.size() == 5);
  for (std::size_t turns = 0; turns < 5; ++turns) CHECK(flat[turns].index == (turns < 3 ? 8 : 0));
  CHECK(flat[3].value > flat[4].value + 1.0);
  const std::vector<StationaryPoint> round = points("3");
  CHECK(round[3].index == 2);  // the two modes m = 4, 5
  CHECK(round[4].index == 0);
  // Gradient descent from beside the false minimum stays with two columns.
  const Problem problem = problems::make("max-cut", {{"vertices", "9"}});
  Vector start = flat[3].x;
  start.view().array() += 0.01 * Eigen::ArrayXd::LinSpaced(18, 0.0, 17.0).sin();
  CHECK(descend(problem, start, 20000).value == Approx(9.0 * std::cos(6.0 * std::numbers::pi / 9.0)).epsilon(1e-8));
}

TEST_CASE("independent components: the mean over all signs is 3 - 2 sum (a_l'u)^4, with the spectrum by support") {
  const Problem problem = problems::make("independent-components", {{"dimension", "5"}});
  const Objective& f = *problem.objective;
  for (Index k = 1; k <= 5; ++k) {
    const StationaryPoint& point = problem.stationary_points[static_cast<std::size_t>(k - 1)];
    CHECK(f.value(point.x) == Approx(3.0 - 2.0 / static_cast<double>(k)));
    const Eigen::VectorXd eigenvalues = spectrum(f, point.x);
    for (Index i = 0; i < 5; ++i) {
      const double size = static_cast<double>(k);
      const double expected = i < k - 1 ? -16.0 / size : (i == k - 1 ? 0.0 : 8.0 / size);
      CHECK(eigenvalues[i] == Approx(expected).margin(1e-12));
    }
  }
  // The scale of w does not matter.
  const Vector x = problem.starts.front().x;
  Vector longer = x;
  longer.view() *= 7.0;
  CHECK(f.value(longer) == Approx(f.value(x)).epsilon(1e-14));
}

TEST_CASE("tensor decomposition: minima at the components in any order with any signs, a saddle where all are equal") {
  const Problem problem = problems::make("tensor-decomposition", {{"dimension", "4"}});
  Vector permuted = start_of(problem, "components");
  for (Index i = 0; i < 2; ++i) {
    for (Index j = 0; j < 4; ++j) std::swap(permuted[i * 4 + j], permuted[(3 - i) * 4 + j]);
  }
  permuted.view().head(4) *= -3.0;
  CHECK(problem.objective->value(permuted) == Approx(0.0).margin(1e-28));
  // sum_l (1 - 1/d) = d - 1 at the diagonal, d^2 - d where all equal one component.
  CHECK(value_at(problem, "all-diagonal") == Approx(3.0));
  CHECK(value_at(problem, "all-first") == Approx(12.0));
  CHECK(problem.stationary_points[1].type == StationaryType::strict_saddle);
  CHECK(problem.stationary_points[2].type == StationaryType::strict_saddle);
  // Gradient descent finds the infimum from random starts: no other minima (Ge et al. 2015, theorem on strict saddles).
  RandomEngine engine = RandomSource(54).engine("starts");
  for (int trial = 0; trial < 5; ++trial) {
    CHECK(descend(problem, problem.random_start(engine), 5000).value <= 1e-10);
  }
}

TEST_CASE(
    "Gaussian mixtures: coinciding centres are a saddle if and only if the samples spread more than one deviation") {
  for (const char* separation : {"0", "1", "3"}) {
    const Problem problem = problems::make(
        "gaussian-mixture", {{"components", "3"}, {"separation", separation}, {"dimension", "2"}, {"seed", "5"}});
    // The covariance from the Hessian of a mixture of one centre is invisible; it is recovered from values instead:
    // f at coincident centres moved apart by +-t e along a line is f_0 + t^2 (1 - var)/3 + O(t^4) for three centres
    // (0, t, -t), so its second difference gives the variance along e.
    const Vector& coincident = start_of(problem, "coincident");
    Eigen::Matrix2d excess;  // I - covariance
    const auto second_difference = [&](double a, double b) {
      const double t = 1e-3;
      Vector x = coincident;
      x[2] += t * a, x[3] += t * b, x[4] -= t * a, x[5] -= t * b;
      return 3.0 * (problem.objective->value(x) - problem.objective->value(coincident)) / (t * t);
    };
    excess(0, 0) = second_difference(1.0, 0.0);
    excess(1, 1) = second_difference(0.0, 1.0);
    excess(0, 1) = excess(1, 0) = 0.5 * (second_difference(1.0, 1.0) - excess(0, 0) - excess(1, 1));
    const Eigen::Vector2d eigenvalues = test::symmetric_eigenvalues(excess);
    const Index above_one = (eigenvalues.array() < 0.0).count();
    INFO("separation " << separation << ", 1 - variances " << eigenvalues.transpose());
    CHECK(eigenvalues.cwiseAbs().minCoeff() > 1e-3);  // the count is not a matter of rounding
    CHECK(problem.stationary_points.front().index == 2 * above_one);
  }
}

TEST_CASE("Gaussian mixtures: three centres have a bad minimum") {
  // Jin et al. (2016): one centre between two clusters, two in the remote one. Clusters at 0, 6, 66.
  const Problem problem = problems::make(
      "gaussian-mixture", {{"components", "3"}, {"dimension", "1"}, {"separation", "6"}, {"remoteness", "10"}});
  const RunResult good = descend(problem, start_of(problem, "truth"), 5000);
  const RunResult bad = descend(problem, start_of(problem, "two-on-one"), 20000);
  CHECK(bad.gradient_norm <= 1e-6);
  CHECK(spectrum(*problem.objective, bad.x)[0] > 1e-6);
  // By hand, in the limit: the middle centre pays (6/2)^2/2 on two thirds of the samples.
  CHECK(bad.value > good.value + 2.0);
}

TEST_CASE("robust regression: Tukey's gradient is exactly zero far out; all losses agree with squares near the truth") {
  const Problem tukey = problems::make("robust-regression");
  Vector gradient(5);
  tukey.objective->value_and_gradient(start_of(tukey, "far"), gradient);
  CHECK(gradient.view().norm() == 0.0);
  CHECK(value_at(tukey, "far") == Approx(4.685 * 4.685 / 6.0));
  for (const char* loss : {"tukey", "welsch", "geman-mcclure"}) {
    // Without noise the truth is the minimum, and there every loss has the Hessian of r^2/2: X'X/N.
    const Problem clean = problems::make("robust-regression", {{"loss", loss}, {"noise", "0"}, {"contamination", "0"}});
    const Problem other =
        problems::make("robust-regression", {{"noise", "0"}, {"contamination", "0"}, {"cutoff", "1e5"}});
    const Vector& truth = start_of(clean, "truth");
    INFO(loss);
    CHECK(clean.objective->value(truth) == Approx(0.0).margin(1e-28));
    CHECK((dense_hessian(*clean.objective, truth) - dense_hessian(*other.objective, truth)).norm() <= 1e-12);
    REQUIRE(clean.stationary_points.size() == 1);
    CHECK(clean.stationary_points.front().type == StationaryType::minimum);
  }
  // Contamination of a fifth of the data by 20 does not move the minimum by more than the noise: least squares would be
  // shifted by its mean effect; the tolerance is five standard errors of regression, 0.5 sqrt(5/200) each.
  const RunResult fit = descend(tukey, start_of(tukey, "truth"), 5000);
  CHECK((fit.x.view() - start_of(tukey, "truth").view()).norm() <= 5.0 * 0.5 * std::sqrt(5.0 / 200.0));
}

TEST_CASE("the binary perceptron's origin is slow, not stationary; its Hessian there is that of the card") {
  const Problem problem = problems::make("binary-perceptron", {{"dimension", "21"}, {"lambda", "0.3"}});
  const Vector origin(21);
  Vector gradient(21);
  problem.objective->value_and_gradient(origin, gradient);
  CHECK(gradient.view().norm() > 1e-3);
  // beta^2/(4 d) mean(x x') - 4 lambda I: its trace is beta^2/4 - 4 lambda d, as |x_i|^2 = d.
  CHECK(dense_hessian(*problem.objective, origin).trace() == Approx(9.0 / 4.0 - 1.2 * 21.0));
  // The teacher classifies every sample: the loss is below log 2 everywhere, and the penalty is 0.
  CHECK(value_at(problem, "teacher") < std::log(2.0));
}

TEST_CASE("logistic regression: value by hand at the origin, and a bounded penalty") {
  const Problem problem = problems::make("logistic-regression", {{"dimension", "3"}, {"penalty", "0.7"}});
  CHECK(value_at(problem, "origin") == Approx(std::log(2.0)));
  // Far out the losses are linear in |w| at most; the penalty alone is alpha d as w grows (with no data it would stop).
  const Problem free = problems::make("logistic-regression", {{"dimension", "3"}, {"penalty", "0"}});
  const Vector far{300.0, -400.0, 500.0};
  CHECK(problem.objective->value(far) - free.objective->value(far) == Approx(2.1).epsilon(1e-4));
}

TEST_CASE("the attention head's time in the well is inversely proportional to the attention it starts from") {
  // N/(2 eta p) for the reward; a tenth of the gap must be left. T = 2, so that nothing is spread.
  const auto escape = [](const char* probability, const char* queries) {
    const Problem problem = problems::make(
        "softmax-attention", {{"tokens", "2"}, {"queries", queries}, {"initial_probability", probability}});
    const auto result = run(*problem.objective, GradientDescent({.learning_rate = *problem.suggested_step}),
                            problem.starts.front().x, {.stop = value_target(0.9) | max_iterations(100000)});
    return static_cast<double>(result.iterations);
  };
  const double slow = escape("0.0001", "1");
  // eta = 0.4: 1/(2 eta p) = 12500, to leading order in p (the lowest order correction is ln(1/p)).
  CHECK(slow == Approx(12500.0).epsilon(0.02));
  CHECK(slow / escape("0.001", "1") == Approx(10.0).epsilon(0.02));
  CHECK(escape("0.001", "3") ==
        escape("0.001", "1"));  // N queries divide the gradient by N; the step is N times as long
}

TEST_CASE("matrix completion's penalty is active beyond its bound only, and grows with the fourth power") {
  const Problem with = problems::make("matrix-completion", {{"penalty", "2"}});
  const Problem without = problems::make("matrix-completion", {{"penalty", "0"}});
  const Vector& truth = start_of(with, "truth");
  CHECK(with.objective->value(truth) == without.objective->value(truth));
  double bound = 0.0;
  for (Index i = 0; i < 20; ++i) bound = std::max(bound, 2.0 * truth.view().segment(2 * i, 2).norm());
  Vector x(40);
  x[0] = bound + 0.5;
  CHECK(with.objective->value(x) - without.objective->value(x) == Approx(2.0 * std::pow(0.5, 4)));
}

TEST_CASE("rectangular factorization: the penalty of unbalanced factors, by hand") {
  // Rank 1, M = s e_1 e_1' with s = 1: U = 2 e_1, V = e_1/2 reproduce M; what is left is (b/4)(4 - 1/4)^2, b = 0.5.
  const Problem problem =
      problems::make("rectangular-factorization", {{"rows", "3"}, {"other_rows", "2"}, {"rank", "1"}});
  CHECK(problem.objective->value({2.0, 0.0, 0.0, 0.5, 0.0}) == Approx(0.125 * 3.75 * 3.75));
  CHECK(problem.objective->value({1.0, 0.0, 0.0, 0.0, 1.0}) == Approx(0.5 * (1.0 + 1.0)));  // U V' = e_1 e_2'
}

TEST_CASE("dictionary: at a column the mean is that of one sparse source, and mixtures are dearer") {
  // mu -> 0: h(t) -> |t| - mu log 2 where t != 0, so that f -> E |x_l| = sparsity sqrt(2/pi); with N = 20000 its
  // standard error is sqrt(sparsity - mean^2)/sqrt(N), five of them allowed (6e-7).
  const Problem problem = problems::make(
      "dictionary-column", {{"dimension", "4"}, {"samples", "20000"}, {"smoothing", "1e-6"}, {"sparsity", "0.3"}});
  const double expected = 0.3 * std::sqrt(2.0 / std::numbers::pi);
  const double error = std::sqrt((0.3 - expected * expected) / 20000.0);
  CHECK(std::abs(value_at(problem, "component") - expected) <= 5.0 * error + 1e-6);
  CHECK(value_at(problem, "two-components") > value_at(problem, "component") + 10.0 * error);
  CHECK(value_at(problem, "all-components") > value_at(problem, "two-components"));
}

TEST_CASE("matrix sensing: the mean of Gaussian measurements is half the squared distance of the matrices") {
  // <A, D> = <G, D> for symmetric D is N(0, ||D||_F^2): E <A, D>^2 = ||D||_F^2, Var <A, D>^2 = 2 ||D||_F^4. m = 20000,
  // five standard errors.
  const Problem problem =
      problems::make("matrix-sensing", {{"dimension", "4"}, {"rank", "1"}, {"measurements", "20000"}});
  const Vector& truth = start_of(problem, "truth");
  const Vector u{0.3, -0.2, 0.5, 0.1};
  const Eigen::MatrixXd difference = u.view() * u.view().transpose() - truth.view() * truth.view().transpose();
  const double expected = 0.5 * difference.squaredNorm();
  CHECK(std::abs(problem.objective->value(u) - expected) <= 5.0 * expected * std::sqrt(2.0 / 20000.0));
}

TEST_CASE("structured problems explain wrong parameters") {
  REQUIRE_THROWS_WITH(problems::make("rank-one-pca", {{"gap", "3"}}), "rank-one-pca: gap must be < leading = 2, got 3");
  REQUIRE_THROWS_WITH(problems::make("symmetric-factorization", {{"rank", "11"}}),
                      "symmetric-factorization: rank must be <= dimension = 10, got 11");
  REQUIRE_THROWS_WITH(problems::make("rectangular-factorization", {{"rank", "7"}}),
                      "rectangular-factorization: rank must be <= min(rows, other_rows) = 6, got 7");
  REQUIRE_THROWS_WITH(problems::make("symmetric-factorization", {{"smallest", "1"}}),
                      "symmetric-factorization: smallest must be < largest = 1, got 1");
  REQUIRE_THROWS_WITH(problems::make("matrix-sensing", {{"rank", "9"}}),
                      "matrix-sensing: rank must be <= dimension = 8, got 9");
  REQUIRE_THROWS_WITH(problems::make("matrix-completion", {{"dimension", "1"}, {"rank", "1"}, {"probability", "1e-6"}}),
                      "matrix-completion: at least one element must be seen, got none with probability 1e-6");
  REQUIRE_THROWS_WITH(problems::make("deep-linear-network", {{"smallest", "2"}}),
                      "deep-linear-network: smallest must be < largest = 1, got 2");
  REQUIRE_THROWS_WITH(problems::make("max-cut", {{"graph", "star"}}),
                      "max-cut: graph must be cycle, complete or random, got 'star'");
  REQUIRE_THROWS_WITH(problems::make("robust-regression", {{"loss", "huber"}}),
                      "robust-regression: loss must be tukey, welsch or geman-mcclure, got 'huber'");
  REQUIRE_THROWS_WITH(problems::make("softmax-attention", {{"loss", "hinge"}}),
                      "softmax-attention: loss must be reward, cross-entropy or squared, got 'hinge'");
  REQUIRE_THROWS_WITH(problems::make("softmax-attention", {{"queries", "5"}}),
                      "softmax-attention: queries must be <= width = 4, got 5");
  REQUIRE_THROWS_WITH(problems::make("softmax-attention", {{"initial_probability", "0.25"}}),
                      "softmax-attention: initial_probability must be < 1/tokens = 1/5, got 0.25");
}
