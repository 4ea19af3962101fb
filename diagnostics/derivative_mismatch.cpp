#include <perigee/diagnostics/derivative_mismatch.hpp>

#include <perigee/lib/derivative_check.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/oracle.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace perigee {

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

double value_along(const Objective& objective, const Vector& x, const Vector& v, double step) {
  Vector moved = x;
  moved.view() += step * v.view();
  return objective.value(moved.view());
}

// The largest |D(h) - g'v| relative to the derivative, of the directions in which it exceeds what differences explain.
double suspicious_error(const DiagnosisInput& input, const Vector& x) {
  const Objective& objective = *input.objective;
  const DerivativeMismatchOptions& options = input.options.derivative_mismatch;
  Vector gradient(x.size());
  const double value = objective.value_and_gradient(x.view(), gradient.view());
  if (!std::isfinite(value) || !std::isfinite(euclidean_norm(gradient.view()))) return 0.0;
  const double value_alone = objective.value(x.view());
  if (std::abs(value_alone - value) > 1e-10 * (1.0 + std::abs(value))) return std::abs(value_alone - value);

  const double step = std::cbrt(epsilon) * (1.0 + euclidean_norm(x.view()));
  Vector v(x.size());
  double largest = 0.0;
  for (int direction = 0; direction < options.directions; ++direction) {
    RandomEngine engine = input.options.random.engine("derivative-mismatch", static_cast<std::uint64_t>(direction));
    fill_standard_normal(engine, v.view());
    v.view() /= euclidean_norm(v.view());
    const double given = gradient.view().dot(v.view());
    const double ahead = value_along(objective, x, v, step);
    const double behind = value_along(objective, x, v, -step);
    const double near = (ahead - behind) / (2.0 * step);
    const double far =
        (value_along(objective, x, v, 2.0 * step) - value_along(objective, x, v, -2.0 * step)) / (4.0 * step);
    const double rounding = 8.0 * epsilon * std::max({std::abs(value), std::abs(ahead), std::abs(behind)}) / step;
    const double scale = std::max(std::abs(near), std::abs(given));
    const double error = std::abs(near - given);
    if (error > options.relative_error * scale + 3.0 * (std::abs(near - far) + rounding)) {
      largest = std::max(largest, error / scale);
    }
  }
  return largest;
}

const DerivativePart* failed_part(const DerivativeReport& report) {
  for (const DerivativePart& part : report.parts) {
    const bool is_of_the_gradient = part.name == "value" || part.name == "gradient";
    if (is_of_the_gradient && part.outcome == CheckOutcome::failed) return &part;
  }
  return nullptr;
}

}  // namespace

void detect_derivative_mismatch(const DiagnosisInput& input, Diagnosis& diagnosis) {
  const std::vector<Snapshot>& snapshots = input.trajectory.snapshots;
  if (input.objective == nullptr || snapshots.empty() || input.options.derivative_mismatch.directions <= 0) return;
  std::vector<const Snapshot*> asked{&snapshots.back()};
  if (snapshots.size() > 1) asked.push_back(&snapshots.front());
  for (const Snapshot* snapshot : asked) {
    if (snapshot->x.empty()) continue;
    const double error = suspicious_error(input, snapshot->x);
    if (!(error > 0.0)) continue;
    const DerivativeReport report = check_derivatives(*input.objective, snapshot->x.view(), input.options.random);
    const DerivativePart* part = failed_part(report);
    if (part == nullptr) continue;

    Finding finding;
    finding.id = "derivative-mismatch";
    finding.first = input.trajectory.records.front().iteration;
    finding.last = input.trajectory.records.back().iteration;
    finding.severity = Severity::problem;
    finding.certainty = Certainty::likely;
    finding.evidence = {
        {"taylor_slope", part->slope, "1"},
        {"expected_slope", part->name == "gradient" ? 2.0 : not_measured, "1"},
        {"relative_error", error, "1", Comparison::at_least, input.options.derivative_mismatch.relative_error},
        {"iteration_asked", static_cast<double>(snapshot->iteration), "iterations"}};
    finding.message = part->name == "gradient"
                          ? "The gradient is not the derivative of the value at iteration " +
                                std::to_string(snapshot->iteration) + ": the Taylor error falls like h^" +
                                format_number(part->slope, 2) + " where h^2 would be right (relative error " +
                                format_number(error, 2) + " along a random direction)."
                          : "value() and value_and_gradient() disagree at iteration " +
                                std::to_string(snapshot->iteration) + ", by " + format_number(error, 2) + ".";
    finding.recommendation =
        "Correct the derivatives before anything else: no other finding of this run can be trusted. Find the wrong "
        "component by check_derivatives, or let automatic differentiation write them.";
    finding.counterevidence =
        "A kink or noise in the values at that point: neither has the Taylor expansion that the check rests on.";
    diagnosis.findings.push_back(std::move(finding));
    return;
  }
}

}  // namespace perigee
