#include "support/catch.hpp"

#include <perigee/diagnostics/derivative_mismatch.hpp>
#include <perigee/lib/functional.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <cmath>

using namespace perigee;

namespace {

Trajectory run_between(const Vector& start, const Vector& end) {
  Trajectory trajectory;
  trajectory.records.resize(2);
  trajectory.records[1].iteration = 100;
  trajectory.snapshots = {{0, start}, {100, end}};
  return trajectory;
}

Diagnosis mismatch_of(const Trajectory& trajectory, const Objective* objective, std::uint64_t seed = 0) {
  const DiagnoseOptions options{.random = RandomSource(seed)};
  Diagnosis diagnosis;
  detect_derivative_mismatch({trajectory, objective, options}, diagnosis);
  return diagnosis;
}

// 1/2 x'x in five variables with component 2 of the gradient wrong by a factor.
auto scaled_component(double factor) {
  return functional(
      5, [](ConstVectorView x) { return 0.5 * x.squaredNorm(); },
      [factor](ConstVectorView x, VectorView g) {
        g = x;
        g[2] *= factor;
      });
}

const Vector generic{0.3, -1.1, 0.8, 2.0, -0.4};

}  // namespace

TEST_CASE("a gradient wrong in one component is told by the Taylor slope, 1 instead of 2") {
  // The error of x_2 v_2 (factor - 1) is of first order in h, so the slope is 1 exactly.
  for (const double factor : {-1.0, 0.5, 1.01, 1.001}) {
    const auto wrong = scaled_component(factor);
    const Diagnosis diagnosis = mismatch_of(run_between(generic, generic), &wrong);
    CAPTURE(factor);
    REQUIRE(diagnosis.findings.size() == 1);
    const Finding& finding = diagnosis.findings[0];
    CHECK(finding.id == "derivative-mismatch");
    CHECK(finding.severity == Severity::problem);
    CHECK(finding.certainty == Certainty::likely);
    CHECK(finding.evidence[0].value == Approx(1.0).margin(0.1));
    CHECK(finding.message.find("is not the derivative of the value") != std::string::npos);
  }
}

TEST_CASE("an error that vanishes where the run ended is seen at its start") {
  const auto wrong = scaled_component(2.0);
  const Diagnosis diagnosis = mismatch_of(run_between(generic, Vector(5)), &wrong);
  REQUIRE(diagnosis.findings.size() == 1);
  CHECK(diagnosis.findings[0].message.find("at iteration 0") != std::string::npos);
  CHECK(mismatch_of(run_between(Vector(5), Vector(5)), &wrong).findings.empty());  // there it cannot be seen at all
}

TEST_CASE("values that are not those of value_and_gradient are told") {
  class TwoFaced final : public Objective {
   public:
    Index dimension() const override { return 1; }
    double value(ConstVectorView x) const override { return x[0] * x[0] + 1.0; }
    double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
      gradient[0] = 2.0 * x[0];
      return x[0] * x[0];
    }
  };
  const TwoFaced objective;
  const Diagnosis diagnosis = mismatch_of(run_between({2.0}, {1.0}), &objective);
  REQUIRE(diagnosis.findings.size() == 1);
  CHECK(diagnosis.findings[0].message.find("value() and value_and_gradient() disagree") != std::string::npos);
}

TEST_CASE("right derivatives raise no alarm on any registered problem, whatever the seed") {
  // Starts and stationary points; the derivatives of the registered problems are tested against automatic
  // differentiation elsewhere, so every alarm would be false.
  int asked = 0;
  for (const problems::Entry& entry : problems::registry()) {
    const Problem problem = problems::make(entry.name);
    if (problem.objective->dimension() > 60) continue;
    const Vector& start = problem.starts.front().x;
    const Vector& end = problem.stationary_points.empty() ? start : problem.stationary_points.front().x;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      CAPTURE(entry.name, seed);
      CHECK(mismatch_of(run_between(start, end), problem.objective.get(), seed).findings.empty());
      ++asked;
    }
  }
  CHECK(asked > 60);
}

TEST_CASE("kinks and values that are not finite are no wrong derivatives") {
  const auto kink = functional(
      1, [](ConstVectorView x) { return std::abs(x[0]); },
      [](ConstVectorView x, VectorView g) { g[0] = x[0] < 0.0 ? -1.0 : 1.0; });
  CHECK(mismatch_of(run_between({1e-7}, {0.0}), &kink).findings.empty());
  const auto broken = functional(
      1, [](ConstVectorView) { return std::nan(""); }, [](ConstVectorView, VectorView g) { g[0] = 0.0; });
  CHECK(mismatch_of(run_between({1.0}, {1.0}), &broken).findings.empty());
}

TEST_CASE("without objective or snapshots nothing is asked, and right derivatives cost a dozen calls") {
  const auto wrong = scaled_component(2.0);
  CHECK(mismatch_of(run_between(generic, generic), nullptr).findings.empty());
  Trajectory bare;
  bare.records.resize(1);
  CHECK(mismatch_of(bare, &wrong).findings.empty());

  int calls = 0;
  const auto counted = functional(
      5,
      [&calls](ConstVectorView x) {
        ++calls;
        return 0.5 * x.squaredNorm();
      },
      [](ConstVectorView x, VectorView g) { g = x; });
  CHECK(mismatch_of(run_between(generic, Vector(5)), &counted).findings.empty());
  CHECK(calls == 2 * (2 + 2 * 4));  // two points; value twice and four differences along each of two directions
}
