// Batched evaluation: the same bits as single evaluation in every lane, the exponential's accuracy, runs in lanes.
#include "support/catch.hpp"

#include <perigee/lib/batch_objective.hpp>
#include <perigee/lib/kernels/kernel_table.hpp>
#include <perigee/lib/problems/registry.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/simd_target.hpp>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace perigee;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Uses a target for the length of a scope.
class Pinned {
 public:
  explicit Pinned(const std::string& name) : before_(simd_target()) { pin_simd_target(name); }
  ~Pinned() { pin_simd_target(before_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  std::string before_;
};

struct Case {
  std::string problem;
  Parameters::Assignments settings;
};

std::vector<Case> cases() {
  return {{"softmax-bandit", {{"arms", "6"}}},
          {"softmax-bandit", {{"rewards", "0.1,0.9,0.4,0.4"}}},
          {"softmax-bandit", {{"arms", "1"}, {"initial_probability", "1"}}},
          {"softmax-bandit", {{"arms", "33"}}},
          {"escort-bandit", {{"arms", "6"}, {"p", "1"}}},
          {"escort-bandit", {{"arms", "6"}, {"p", "2"}}},
          {"escort-bandit", {{"arms", "7"}, {"p", "4"}}},
          {"escort-bandit", {{"arms", "6"}, {"p", "2.5"}}},
          {"softmax-cross-entropy", {{"classes", "6"}}},
          {"softmax-cross-entropy", {{"classes", "9"}, {"label", "3"}}},
          {"escort-cross-entropy", {{"classes", "6"}, {"p", "2"}}},
          {"escort-cross-entropy", {{"classes", "5"}, {"p", "3.5"}}},
          {"capped-saddle", {}},
          {"octopus", {{"dimension", "4"}}},
          {"octopus", {{"dimension", "21"}}}};
}

// Column by column a random point; the octopus gets all its zones.
std::vector<double> random_columns(const Problem& problem, Index lanes, Index stride, std::uint64_t seed) {
  const Index n = problem.objective->dimension();
  std::vector<double> columns(static_cast<std::size_t>(n * stride), not_a_number);
  Vector point(n);
  for (Index lane = 0; lane < lanes; ++lane) {
    RandomEngine engine = RandomSource(seed).engine("column", static_cast<std::uint64_t>(lane));
    fill_standard_normal(engine, point);
    const double scale = problem.name == "octopus" ? 8.0 : 2.0;
    for (Index i = 0; i < n; ++i) columns[static_cast<std::size_t>(i * stride + lane)] = scale * point[i];
  }
  return columns;
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

// The distance to exp(x), in units in the last place of the double nearest to it (of the smallest denormal at least).
double exponential_error(double x, double computed) {
  const long double exact = std::exp(static_cast<long double>(x));
  const double nearest = static_cast<double>(exact);
  const double unit = std::nextafter(nearest, infinity) - nearest;
  return static_cast<double>(std::abs(static_cast<long double>(computed) - exact) / unit);
}

}  // namespace

TEST_CASE("the exponential is within 1.15 units in the last place, underflow included, on every target") {
  // Against the long double exponential: 300000 points over the whole range and 100000 near 0.
  std::vector<double> x;
  for (int i = 0; i <= 300000; ++i) x.push_back(-745.1 + (709.7 + 745.1) * i / 300000.0);
  for (int i = 0; i <= 100000; ++i) x.push_back(-2.0 + 4.0 * i / 100000.0);
  std::vector<double> result(x.size());
  for (const std::string& target : simd_targets()) {
    const Pinned pinned(target);
    kernels::kernel_table().exponential(x.data(), result.data(), static_cast<Index>(x.size()));
    double worst = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, exponential_error(x[i], result[i]));
    INFO(target << ": " << worst);
    CHECK(worst < 1.15);  // the bound derived in lib/kernels/exponential-inl.hpp
    CHECK(worst > 0.4);   // not the exact twin by accident
  }
}

TEST_CASE("the exponential of extremes") {
  const std::vector<double> x{
      0.0,     -0.0,    infinity, -infinity, not_a_number, 709.782712893384, 709.7827128933841, 1e308,
      -745.13, -745.14, -1e308,   -708.5,    5e-324};
  const std::vector<double> expected{1.0,      1.0,      infinity, 0.0, not_a_number, std::exp(709.782712893384),
                                     infinity, infinity, 5e-324,   0.0, 0.0,          std::exp(-708.5),
                                     1.0};
  for (const std::string& target : simd_targets()) {
    const Pinned pinned(target);
    std::vector<double> result(x.size());
    // Forwards and one by one: with safe neighbours and without.
    kernels::kernel_table().exponential(x.data(), result.data(), static_cast<Index>(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      INFO(target << ", exp(" << x[i] << ")");
      double alone = 0.0;
      kernels::kernel_table().exponential(&x[i], &alone, 1);
      CHECK(same_bits(alone, result[i]));
      if (std::isnan(expected[i])) {
        CHECK(std::isnan(result[i]));
      } else if (std::isinf(expected[i]) || expected[i] < 1e-300 || expected[i] == 1.0) {
        CHECK(result[i] == Approx(expected[i]).epsilon(1e-15));
        if (expected[i] <= 5e-324 || expected[i] == 1.0) CHECK(result[i] == expected[i]);
      } else {
        CHECK(result[i] == Approx(expected[i]).epsilon(3e-16));
      }
    }
  }
}

TEST_CASE("every lane has the bits of the single evaluation, on every target, for any number of lanes and position") {
  for (const std::string& target : simd_targets()) {
    const Pinned pinned(target);
    for (const Case& one : cases()) {
      const Problem problem = problems::make(one.problem, one.settings);
      const auto* const batch = dynamic_cast<const BatchObjective*>(problem.objective.get());
      REQUIRE(batch != nullptr);
      const Index n = problem.objective->dimension();
      for (const Index lanes : {1, 2, 7, 8, 21}) {
        const Index stride = lanes + 3;
        const std::vector<double> x = random_columns(problem, lanes, stride, 5);
        std::vector<double> gradients(x.size()), values(static_cast<std::size_t>(lanes));
        batch->batch_value_and_gradient({x.data(), n, lanes, stride}, values.data(),
                                        {gradients.data(), n, lanes, stride});
        Vector point(n), gradient(n);
        for (Index lane = 0; lane < lanes; ++lane) {
          INFO(target << ", " << problem.name << " in " << n << " dimensions, lane " << lane << " of " << lanes);
          for (Index i = 0; i < n; ++i) point[i] = x[static_cast<std::size_t>(i * stride + lane)];
          const double value = problem.objective->value_and_gradient(point, gradient);
          bool equal = same_bits(values[static_cast<std::size_t>(lane)], value);
          for (Index i = 0; i < n; ++i) {
            equal = equal && same_bits(gradients[static_cast<std::size_t>(i * stride + lane)], gradient[i]);
          }
          CHECK(equal);
          CHECK(same_bits(problem.objective->value(point), value));
        }
      }
    }
  }
}

TEST_CASE("targets agree to 1e-13, relative to the value and to the norm of the gradient") {
  for (const Case& one : cases()) {
    const Problem problem = problems::make(one.problem, one.settings);
    const Index n = problem.objective->dimension();
    for (std::uint64_t trial = 0; trial < 20; ++trial) {
      const Vector point(ConstVectorView(random_columns(problem, 1, 1, 100 + trial)));
      std::vector<double> values;
      std::vector<Vector> gradients;
      for (const std::string& target : simd_targets()) {
        const Pinned pinned(target);
        gradients.emplace_back(n);
        values.push_back(problem.objective->value_and_gradient(point, gradients.back()));
      }
      for (std::size_t t = 1; t < values.size(); ++t) {
        INFO(problem.name << ", " << simd_targets()[t]);
        CHECK(std::abs(values[t] - values[0]) <= 1e-13 * std::abs(values[0]));
        CHECK((gradients[t].view() - gradients[0].view()).norm() <= 1e-13 * gradients[0].view().norm());
      }
    }
  }
}

TEST_CASE("a point outside the domain spoils its own lane only") {
  // theta = 0 is outside the escort's domain; NaN and infinite elements spoil a softmax; differences beyond the range
  // of the exponential do not.
  const Problem softmax = problems::make("softmax-bandit");
  const Problem escort = problems::make("escort-bandit");
  for (const std::string& target : simd_targets()) {
    const Pinned pinned(target);
    for (const Problem* problem : {&softmax, &escort}) {
      std::vector<double> x = random_columns(*problem, 16, 16, 9);
      std::vector<double> clean_values(16), values(16), clean_gradients(x.size()), gradients(x.size());
      const auto* const batch = dynamic_cast<const BatchObjective*>(problem->objective.get());
      batch->batch_value_and_gradient({x.data(), 6, 16, 16}, clean_values.data(), {clean_gradients.data(), 6, 16, 16});
      x[3 * 16 + 4] = not_a_number;
      x[0 * 16 + 9] = infinity;
      for (std::size_t i = 0; i < 6; ++i) x[i * 16 + 11] = problem == &escort ? 0.0 : (i == 2 ? 1e300 : -1e300);
      batch->batch_value_and_gradient({x.data(), 6, 16, 16}, values.data(), {gradients.data(), 6, 16, 16});
      for (std::size_t lane = 0; lane < 16; ++lane) {
        INFO(target << ", " << problem->name << ", lane " << lane);
        if (lane == 4 || lane == 9 || (lane == 11 && problem == &escort)) {
          CHECK_FALSE(std::isfinite(values[lane]));
        } else if (lane == 11) {
          CHECK(values[lane] == 0.5);  // the corner of the third arm
          CHECK(gradients[2 * 16 + 11] == 0.0);
        } else {
          CHECK(same_bits(values[lane], clean_values[lane]));
          for (std::size_t i = 0; i < 6; ++i)
            CHECK(same_bits(gradients[i * 16 + lane], clean_gradients[i * 16 + lane]));
        }
      }
    }
  }
}

TEST_CASE("runs in lanes are the plain loop, bit for bit, whatever the batch and however it is cut into calls") {
  // Learning rates large enough that some runs of the capped saddle diverge and end there.
  struct Descent {
    Case one;
    double rate;
    double escape_value;
    double tolerance;
  };
  const std::vector<Descent> descents{{{"softmax-bandit", {{"arms", "6"}}}, 0.4, 0.3, 1e-3},
                                      {{"softmax-bandit", {{"arms", "5"}}}, 0.4, 0.3, 1e-3},
                                      {{"softmax-bandit", {{"arms", "20"}}}, 0.4, 0.3, 1e-3},
                                      {{"escort-bandit", {{"arms", "6"}, {"p", "2"}}}, 0.3, 0.2, 1e-4},
                                      {{"escort-cross-entropy", {{"classes", "4"}}}, 0.1, 0.2, 1e-3},
                                      {{"softmax-cross-entropy", {{"classes", "6"}}}, 0.5, 0.5, 1e-1},
                                      {{"octopus", {{"dimension", "4"}}}, 0.1, -80.0, 1e-6},
                                      {{"capped-saddle", {}}, 0.45, -0.5, 1e-8}};
  constexpr Index most = 150;
  bool some_diverged = false;
  bool some_escaped = false;
  bool some_converged = false;
  for (const std::string& target : simd_targets()) {
    const Pinned pinned(target);
    for (const Descent& descent : descents) {
      const Problem problem = problems::make(descent.one.problem, descent.one.settings);
      const auto* const batch = dynamic_cast<const BatchObjective*>(problem.objective.get());
      const Index n = problem.objective->dimension();
      constexpr Index lanes = 27;
      std::vector<double> x = random_columns(problem, lanes, lanes, 77);
      const std::vector<double> start = x;
      std::vector<double> gradients(x.size()), values(lanes), iterations(lanes, 0.0), escapes(lanes, not_a_number),
          ends(lanes, 0.0);
      batch->batch_value_and_gradient({x.data(), n, lanes, lanes}, values.data(), {gradients.data(), n, lanes, lanes});
      const DescentRule rule{descent.rate, most, descent.tolerance * descent.tolerance, descent.escape_value,
                             not_a_number};
      for (const Index steps : {1, 2, 40, 200, 1}) {
        batch->descend(rule, steps,
                       {{x.data(), n, lanes, lanes},
                        {gradients.data(), n, lanes, lanes},
                        values.data(),
                        iterations.data(),
                        escapes.data(),
                        ends.data()});
      }
      Vector point(n), gradient(n), next(n), next_gradient(n);
      for (Index lane = 0; lane < lanes; ++lane) {
        const auto at = static_cast<std::size_t>(lane);
        for (Index i = 0; i < n; ++i) point[i] = start[static_cast<std::size_t>(i * lanes + lane)];
        double value = problem.objective->value_and_gradient(point, gradient);
        double escape = not_a_number;
        LaneEnd end = LaneEnd::running;
        Index k = 0;
        for (;; ++k) {
          if (value <= descent.escape_value && std::isnan(escape)) escape = static_cast<double>(k);
          if (gradient.view().norm() <= descent.tolerance) end = LaneEnd::gradient_tolerance;
          if (end == LaneEnd::running && k >= most) end = LaneEnd::max_iterations;
          if (end != LaneEnd::running) break;
          for (Index i = 0; i < n; ++i) next[i] = point[i] - descent.rate * gradient[i];
          const double next_value = problem.objective->value_and_gradient(next, next_gradient);
          if (!std::isfinite(next_value) || !std::isfinite(next_gradient.view().squaredNorm())) {
            end = LaneEnd::non_finite;
            break;
          }
          std::swap(point, next);
          std::swap(gradient, next_gradient);
          value = next_value;
        }
        some_diverged = some_diverged || end == LaneEnd::non_finite;
        some_escaped = some_escaped || escape > 0.0;
        some_converged = some_converged || end == LaneEnd::gradient_tolerance;
        INFO(target << ", " << problem.name << ", lane " << lane);
        CHECK(static_cast<int>(ends[at]) == static_cast<int>(end));
        CHECK(iterations[at] == static_cast<double>(k));
        CHECK(same_bits(escapes[at], escape));
        CHECK(same_bits(values[at], value));
        bool equal = true;
        for (Index i = 0; i < n; ++i) equal = equal && x[static_cast<std::size_t>(i * lanes + lane)] == point[i];
        for (Index i = 0; i < n; ++i) {
          equal = equal && gradients[static_cast<std::size_t>(i * lanes + lane)] == gradient[i];
        }
        CHECK(equal);
      }
    }
  }
  CHECK(some_diverged);
  CHECK(some_escaped);
  CHECK(some_converged);
}

TEST_CASE("targets are named, pinned and refused") {
  const std::vector<std::string> targets = simd_targets();
  REQUIRE_FALSE(targets.empty());
  for (const std::string& target : targets) {
    const Pinned pinned(target);
    CHECK(simd_target() == target);
  }
  std::string known;
  for (const std::string& target : targets) known += (known.empty() ? "" : ", ") + target;
  CHECK_THROWS_WITH(pin_simd_target("abacus"),
                    "pin_simd_target: the target must be one of " + known + ", got 'abacus'");
}
