// The gradient noise scale: its algebra, its interval on finite sums whose gradient and covariance are known, its
// columns in logs, and what a noise floor makes of it.
#include "support/catch.hpp"
#include "support/labelled_runs.hpp"
#include "support/temporary_folder.hpp"

#include <perigee/diagnostics/noise_floor.hpp>
#include <perigee/diagnostics/noise_scale.hpp>
#include <perigee/diagnostics/readers/reader.hpp>
#include <perigee/lib/finite_sum.hpp>
#include <perigee/solvers/stochastic_gradient_descent.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

using namespace perigee;

namespace {

constexpr Index terms = 200;
constexpr Index dimension = 5;

// f_i(x) = a_i'x with standard normal a_i, shifted: the gradients are the a_i, wherever x is.
struct LinearTerms {
  Vector rows = Vector(terms * dimension);
  explicit LinearTerms(double shift) {
    RandomEngine engine = RandomSource(9).engine("terms");
    fill_standard_normal(engine, rows.view());
    rows.view().array() += shift;
  }
  ConstVectorView row(Index i) const { return ConstVectorView(rows.data() + i * dimension, dimension); }
  double squared_gradient() const { return gradient().squaredNorm(); }
  // Of one term, drawn with equal probabilities.
  double covariance_trace() const {
    double squares = 0.0;
    for (Index i = 0; i < terms; ++i) squares += row(i).squaredNorm() / terms;
    return squares - squared_gradient();
  }
  auto sum() const {
    return functional_sum(dimension, terms, [this](Index i, ConstVectorView x, VectorView gradient) {
      gradient += row(i);
      return row(i).dot(x);
    });
  }

 private:
  Eigen::VectorXd gradient() const {
    Eigen::VectorXd mean = Eigen::VectorXd::Zero(dimension);
    for (Index i = 0; i < terms; ++i) mean += row(i) / double(terms);
    return mean;
  }
};

double batch_norm(const FiniteSum& sum, Index size, ConstVectorView x, RandomEngine& engine) {
  std::vector<Index> drawn;
  for (Index k = 0; k < size; ++k) drawn.push_back(static_cast<Index>(uniform_unit(engine) * double(sum.term_count())));
  Vector gradient(sum.dimension());
  sum.batch_value_and_gradient(drawn, x, gradient.view());
  return gradient.view().norm();
}

// Every fifth record has the gradient of the bigger batch.
Trajectory two_sizes(const FiniteSum& sum, std::uint64_t seed, Index iterations) {
  RandomEngine engine = RandomSource(seed).engine("batches");
  const Vector x(sum.dimension());
  Trajectory trajectory;
  for (Index k = 0; k < iterations; ++k) {
    StepRecord record;
    record.iteration = k;
    record.batch_size = k % 5 == 0 ? 64 : 4;
    record.gradient_norm = batch_norm(sum, record.batch_size, x.view(), engine);
    trajectory.records.push_back(record);
  }
  return trajectory;
}

bool covers(const NoiseScale& scale, double truth) { return scale.lower <= truth && truth <= scale.upper; }

// Norms as the expectation has them: ||G||^2 = 2, tr(Sigma) = 30.
double expected_norm(double batch) { return std::sqrt(2.0 + (batch > 0.0 ? 30.0 / batch : 0.0)); }

}  // namespace

TEST_CASE("norms without noise of their own give back both numbers, from records and from columns") {
  for (const std::uint32_t big : {256U, 0U}) {
    Trajectory mixed, paired;
    paired.columns = {{"small_batch_gradient_norm", {}}, {"small_batch_size", {}}};
    for (Index k = 0; k < 200; ++k) {
      StepRecord record;
      record.iteration = k;
      record.batch_size = k % 4 == 0 ? big : 8;
      record.gradient_norm = expected_norm(record.batch_size);
      mixed.records.push_back(record);
      record.batch_size = big;
      record.gradient_norm = expected_norm(big);
      paired.records.push_back(record);
      paired.columns[0].values.push_back(expected_norm(8));
      paired.columns[1].values.push_back(8);
    }
    for (const Trajectory* trajectory : {&mixed, &paired}) {
      const NoiseScale scale = read_noise_scale(*trajectory, 0);
      REQUIRE(scale.is_measured());
      CHECK(scale.small_batch == 8.0);
      CHECK(scale.big_batch == (big == 0 ? std::numeric_limits<double>::infinity() : big));
      CHECK(scale.squared_gradient == Approx(2.0).epsilon(1e-12));
      CHECK(scale.noise_trace == Approx(30.0).epsilon(1e-12));
      CHECK(scale.scale == Approx(15.0).epsilon(1e-12));
      CHECK(scale.lower == Approx(15.0).epsilon(1e-6));
      CHECK(scale.upper == Approx(15.0).epsilon(1e-6));
    }
  }
}

TEST_CASE("one size, too few of one, or one size after the other measure nothing") {
  const auto measured = [](auto size_of, Index iterations) {
    Trajectory trajectory;
    for (Index k = 0; k < iterations; ++k) {
      StepRecord record;
      record.iteration = k;
      record.batch_size = size_of(k);
      record.gradient_norm = expected_norm(record.batch_size);
      trajectory.records.push_back(record);
    }
    return read_noise_scale(trajectory, 0).is_measured();
  };
  CHECK_FALSE(measured([](Index) { return 8U; }, 1000));
  CHECK_FALSE(measured([](Index k) { return k % 100 == 0 ? 64U : 8U; }, 1000));
  CHECK_FALSE(measured([](Index k) { return k < 500 ? 8U : 64U; }, 1000));
  CHECK(measured([](Index k) { return k % 50 == 0 ? 64U : 8U; }, 1000));
  CHECK_FALSE(read_noise_scale({}, 0).is_measured());
}

TEST_CASE("on a finite sum the interval covers the noise scale of its gradients at its level") {
  // 300 seeds at 95%: standard deviation 1.26%, four of them (false alarm 6e-5) and as much for squared norms, which
  // are not normal.
  for (const double shift : {0.15, 0.5}) {
    const LinearTerms linear(shift);
    const auto sum = linear.sum();
    const double truth = linear.covariance_trace() / linear.squared_gradient();
    int covered = 0;
    const auto error_of = [](const std::vector<double>& sample, double expected) {
      double difference = 0.0, squares = 0.0;
      for (const double value : sample) {
        difference += value - expected;
        squares += (value - expected) * (value - expected);
      }
      return std::abs(difference) / std::sqrt(squares);  // of the mean, in its standard errors
    };
    std::vector<double> gradients, traces;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      const NoiseScale scale = read_noise_scale(two_sizes(sum, seed, 500), 0);
      CAPTURE(seed);
      REQUIRE(scale.blocks == 16);
      covered += covers(scale, truth);
      gradients.push_back(scale.squared_gradient);
      traces.push_back(scale.noise_trace);
    }
    CAPTURE(shift, truth, covered);
    CHECK(covered >= 270);
    CHECK(covered <= 298);
    // Both estimates are unbiased, McCandlish et al. (2018), appendix A.1: four standard errors.
    CHECK(error_of(gradients, linear.squared_gradient()) < 4.0);
    CHECK(error_of(traces, linear.covariance_trace()) < 4.0);
    CHECK(error_of(traces, 1.1 * linear.covariance_trace()) > 4.0);  // it would be seen
  }
}

TEST_CASE("where the gradient wanders slowly the interval is as wide as that makes it") {
  // G_t = (1, 0, ...) + an AR(1) process of variance v = 0.2 a coordinate and correlation 0.9; noise of trace n/b.
  // Truth: E ||G||^2 = 1 + n v, tr(Sigma) = n.
  constexpr Index n = 4;
  constexpr double correlation = 0.9;
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomEngine engine = RandomSource(seed).engine("wandering gradient");
    Vector wander(n), noise(n);
    fill_standard_normal(engine, wander.view());
    Trajectory trajectory;
    for (Index k = 0; k < 3000; ++k) {
      fill_standard_normal(engine, noise.view());
      wander.view() = correlation * wander.view() + std::sqrt(1.0 - correlation * correlation) * noise.view();
      fill_standard_normal(engine, noise.view());
      StepRecord record;
      record.iteration = k;
      record.batch_size = k % 2 == 0 ? 16 : 1;
      Vector gradient(n);
      gradient.view() = std::sqrt(0.2) * wander.view() + noise.view() / std::sqrt(double(record.batch_size));
      gradient[0] += 1.0;
      record.gradient_norm = gradient.view().norm();
      trajectory.records.push_back(record);
    }
    covered += covers(read_noise_scale(trajectory, 0), n / (1.0 + n * 0.2));
  }
  CAPTURE(covered);
  CHECK(covered >= 176);  // 95% - 4 standard deviations of 1.54%
  CHECK(covered <= 199);
}

TEST_CASE("where there is no gradient behind the noise the interval is open above") {
  int open = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomEngine engine = RandomSource(seed).engine("noise alone");
    Trajectory trajectory;
    Vector noise(6);
    for (Index k = 0; k < 400; ++k) {
      fill_standard_normal(engine, noise.view());
      StepRecord record;
      record.iteration = k;
      record.batch_size = k % 2 == 0 ? 100 : 10;
      record.gradient_norm = noise.view().norm() / std::sqrt(double(record.batch_size));
      trajectory.records.push_back(record);
    }
    const NoiseScale scale = read_noise_scale(trajectory, 0);
    open += std::isinf(scale.upper);
    CHECK(scale.lower > 100.0);  // the norms shrink with the batch up to there
  }
  // ||G||^2 differs from 0 beyond chance in 5% of the seeds, standard deviation 1.54%.
  CHECK(open >= 178);
  CHECK(open < 200);
}

TEST_CASE("logs: the batch size is a role, guessed from its name or mapped; a small batch has two columns") {
  const test::TemporaryFolder folder;
  std::ostringstream log;
  log << "step,loss,grad_norm,batch_size\n";
  for (int k = 0; k < 100; ++k) {
    // Where the cell is empty, the size is that of the row before.
    log << k << ",1," << expected_norm(k % 4 < 2 ? 64 : 8) << ','
        << (k % 4 == 0   ? "64"
            : k % 4 == 2 ? "8"
                         : "")
        << '\n';
  }
  const Trajectory guessed = read_trajectory(folder.write("a.csv", log.str())).trajectory;
  CHECK(guessed.records[1].batch_size == 64);
  CHECK(guessed.records[3].batch_size == 8);
  CHECK(read_noise_scale(guessed, 0).scale == Approx(15.0).epsilon(1e-4));

  const auto pairs = folder.write("b.csv", "step,loss,grad_norm,n,local,m\n0,1,2,64,3,8\n1,1,2,64,3,8\n");
  ReadOptions options;
  options.mapping = {{"batch_size", "n"}, {"small_batch_gradient_norm", "local"}, {"small_batch_size", "m"}};
  const Trajectory mapped = read_trajectory(pairs, options).trajectory;
  CHECK(mapped.records[0].batch_size == 64);
  REQUIRE(mapped.column("small_batch_gradient_norm") != nullptr);
  CHECK(mapped.column("small_batch_gradient_norm")->values == std::vector<double>{3, 3});
  CHECK(mapped.column("small_batch_size")->values == std::vector<double>{8, 8});

  // What cannot be a batch size is none: left as it is where the name was only guessed, refused where it was mapped.
  const auto fraction = folder.write("c.csv", "step,loss,batch_size\n0,1,0.5\n1,1,0.5\n");
  const Trajectory left = read_trajectory(fraction).trajectory;
  CHECK(left.records[0].batch_size == 0);
  CHECK(left.column("batch_size") != nullptr);
  options.mapping = {{"batch_size", "batch_size"}};
  std::string message;
  try {
    read_trajectory(fraction, options);
  } catch (const ReadError& error) {
    message = error.what();
  }
  CHECK(message.find("expected whole numbers from 0 to 4294967295 as batch_size, got others") != std::string::npos);
}

TEST_CASE("a batch size that every row repeats makes no log noisy unless the mapping, or a small batch, says so") {
  const test::TemporaryFolder folder;
  const std::string constant = folder.write("a.csv", "step,loss,grad_norm,batch_size\n0,3,1,32\n1,2,1,32\n2,1,1,\n");
  const ReadResult guessed = read_trajectory(constant);
  CHECK_FALSE(has_noise(guessed.trajectory));
  REQUIRE(guessed.trajectory.column("batch_size") != nullptr);  // kept, with what else was logged
  const auto says_how = [](const std::string& note) { return note.find("--map batch_size=batch_size") != note.npos; };
  CHECK(std::any_of(guessed.notes.begin(), guessed.notes.end(), says_how));
  ReadOptions options;
  options.mapping = {{"batch_size", "batch_size"}};
  const ReadResult mapped = read_trajectory(constant, options);
  CHECK(has_noise(mapped.trajectory));
  CHECK(std::none_of(mapped.notes.begin(), mapped.notes.end(), says_how));

  const auto last_is_short = folder.write("b.csv", "step,loss,batch_size\n0,3,32\n1,2,32\n2,1,17\n");
  CHECK(has_noise(read_trajectory(last_is_short).trajectory));
  const auto pairs = folder.write(
      "c.csv",
      "step,loss,grad_norm,batch_size,small_batch_gradient_norm,small_batch_size\n0,3,1,64,2,8\n1,2,1,64,2,8\n");
  CHECK(has_noise(read_trajectory(pairs).trajectory));
}

TEST_CASE("a noise floor tells the noise scale and the batch to take, where two batch sizes were recorded") {
  // 1/2 (a_i'x - b_i)^2 with b_i = a_i'1 + noise: minibatches of 4, and the gradient norm of 64 terms every third step.
  constexpr Index n = 10;
  constexpr Index count = 400;
  Vector data(count * (n + 1));
  RandomEngine engine = RandomSource(5).engine("data");
  fill_standard_normal(engine, data.view());
  const auto objective = functional_sum(n, count, [&data](Index i, ConstVectorView x, VectorView gradient) {
    const ConstVectorView row(data.data() + i * (n + 1), n);
    const double residual = row.dot(x) - row.sum() - data[i * (n + 1) + n];
    gradient += residual * row;
    return 0.5 * residual * residual;
  });
  const StochasticGradientDescent solver(
      {.learning_rate = schedules::constant(0.02), .batch = {.size = 4, .sampling = Sampling::with_replacement}});
  Recorder recorder({.every = 1, .at_most = 5000});
  run(objective, solver, Vector(n).view(),
      {.stop = max_iterations(4000), .random = RandomSource(3), .observers = {&recorder}});
  Trajectory trajectory = recorder.trajectory();
  trajectory.settings = solver.settings();
  const Finding* without = nullptr;
  const Diagnosis plain = diagnose(trajectory);
  without = find_finding(plain, "noise-floor");
  REQUIRE(without != nullptr);
  CHECK(without->message.find("noise scale") == std::string::npos);

  double squared_gradient = 0.0;
  double trace = 0.0;
  Vector gradient(n), term(n);
  for (std::size_t k = 0; k < trajectory.records.size(); ++k) {
    const ConstVectorView x = trajectory.snapshots[k].x.view();
    if (k % 3 == 0) {
      trajectory.records[k].batch_size = 64;
      trajectory.records[k].gradient_norm = batch_norm(objective, 64, x, engine);
    }
    if (trajectory.records[k].iteration < 2000) continue;
    objective.value_and_gradient(x, gradient.view());
    squared_gradient += gradient.view().squaredNorm();
    for (Index i = 0; i < count; ++i) {
      term.view().setZero();
      objective.add_term(i, x, term.view());
      trace += (term.view() - gradient.view()).squaredNorm() / count;
    }
  }
  const double truth = trace / squared_gradient;
  const Diagnosis diagnosis = diagnose(trajectory);
  const Finding* floor = find_finding(diagnosis, "noise-floor");
  REQUIRE(floor != nullptr);
  CAPTURE(floor->message, floor->recommendation, truth);
  CHECK(test::evidence_of(*floor, "small_batch") == 4.0);
  CHECK(test::evidence_of(*floor, "big_batch") == 64.0);
  CHECK(test::evidence_of(*floor, "gradient_noise_scale_lower") < truth);
  CHECK(test::evidence_of(*floor, "gradient_noise_scale_upper") > truth);
  CHECK(floor->message.find("The gradient noise scale is") != std::string::npos);
  CHECK(floor->recommendation.find("noise and slope would be equal") != std::string::npos);
}
