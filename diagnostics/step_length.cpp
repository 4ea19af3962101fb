#include <perigee/diagnostics/step_length.hpp>

#include <perigee/diagnostics/noise_floor.hpp>
#include <perigee/diagnostics/series.hpp>
#include <perigee/lib/oracle.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace perigee {

namespace {

constexpr std::size_t fewest_records = 20;
constexpr Index most_products = 16;

double largest_recorded_curvature(const Trajectory& trajectory, Index first) {
  double largest = not_measured;
  for (const StepRecord& record : trajectory.records) {
    if (record.iteration < first || !std::isfinite(record.curvature)) continue;
    largest = std::fmax(largest, std::abs(record.curvature));
  }
  return largest;
}

// The largest |Ritz value| at the last iterate; NaN where it cannot be had.
double hessian_scale_at_end(const DiagnosisInput& input) {
  const std::vector<Snapshot>& snapshots = input.trajectory.snapshots;
  if (input.objective == nullptr || snapshots.empty()) return not_measured;
  if (snapshots.back().iteration != input.trajectory.records.back().iteration) return not_measured;
  const ConstVectorView x = snapshots.back().x.view();
  const SymmetricOperator hessian = [&](ConstVectorView v, VectorView product) {
    input.objective->hessian_vector_product(x, v, product);
  };
  const Spectrum spectrum = analyze_spectrum(x.size(), hessian, input.options.random, {.max_products = most_products});
  return std::fmax(std::abs(spectrum.lambda_min), std::abs(spectrum.lambda_max));
}

// Cosines of successive steps from snapshots of three successive iterates each.
std::vector<double> cosines_of_snapshots(const std::vector<Snapshot>& snapshots, Index first) {
  std::vector<double> cosines;
  for (std::size_t i = 2; i < snapshots.size(); ++i) {
    const Snapshot& a = snapshots[i - 2];
    const Snapshot& b = snapshots[i - 1];
    const Snapshot& c = snapshots[i];
    if (a.iteration < first || b.iteration != a.iteration + 1 || c.iteration != b.iteration + 1) continue;
    const double product = (b.x.view() - a.x.view()).dot(c.x.view() - b.x.view());
    const double norms = (b.x.view() - a.x.view()).norm() * (c.x.view() - b.x.view()).norm();
    if (norms > 0.0) cosines.push_back(product / norms);
  }
  return cosines;
}

// The same of gradient steps s = -eta g without snapshots: g_k'g_{k+1} = ||g_k||^2 (1 - eta h).
std::vector<double> cosines_of_gradient_steps(const Trajectory& trajectory, Index first) {
  std::vector<double> cosines;
  if (trajectory.solver != "gradient-descent") return cosines;
  for (std::size_t i = 1; i < trajectory.records.size(); ++i) {
    const StepRecord& before = trajectory.records[i - 1];
    const StepRecord& record = trajectory.records[i];
    if (before.iteration < first || record.iteration != before.iteration + 1) continue;
    const double cosine = (1.0 - record.step_size * record.curvature) * before.gradient_norm / record.gradient_norm;
    if (std::isfinite(cosine)) cosines.push_back(std::clamp(cosine, -1.0, 1.0));
  }
  return cosines;
}

double median_cosine(const Trajectory& trajectory, Index first) {
  std::vector<double> cosines = cosines_of_snapshots(trajectory.snapshots, first);
  if (cosines.size() < 5) cosines = cosines_of_gradient_steps(trajectory, first);
  return cosines.size() < 5 ? not_measured : median_of(std::move(cosines));
}

}  // namespace

std::optional<StepLength> measure_step_length(const DiagnosisInput& input) {
  const Trajectory& trajectory = input.trajectory;
  const std::vector<StepRecord>& records = trajectory.records;
  const StepRecord& last = records.back();
  const double tolerance = input.options.gradient_tolerance * (1.0 + std::abs(last.value));
  if (has_noise(trajectory) || !(last.gradient_norm > tolerance)) return std::nullopt;

  StepLength length;
  length.last = last.iteration;
  length.first = records.front().iteration + (last.iteration - records.front().iteration) / 2;
  length.gradient_norm = last.gradient_norm;
  std::vector<double> steps;
  std::vector<double> curvatures;
  std::vector<double> rates;
  double start_value = not_measured;
  const StepRecord* two_before = nullptr;
  const StepRecord* before = nullptr;
  for (const StepRecord& record : records) {
    if (record.iteration < length.first) continue;
    if (std::isnan(start_value)) start_value = record.value;
    if (std::isfinite(record.curvature)) curvatures.push_back(record.curvature);
    const bool is_measured = record.step_size > 0.0 && record.gradient_norm > 0.0;
    if (!is_measured || !std::isfinite(record.step_size) || !std::isfinite(record.gradient_norm)) continue;
    steps.push_back(record.step_size);
    if (two_before != nullptr) {
      rates.push_back(2.0 * std::log(two_before->gradient_norm / record.gradient_norm) /
                      static_cast<double>(record.iteration - two_before->iteration));
    }
    two_before = before;
    before = &record;
  }
  if (steps.size() < fewest_records || !(last.value < start_value)) return std::nullopt;
  length.step_size = median_of(std::move(steps));
  length.curvature = median_of(std::move(curvatures));
  length.rate = median_of(std::move(rates));
  length.cosine = median_cosine(trajectory, length.first);
  length.largest_curvature = hessian_scale_at_end(input);
  length.curvature_is_of_hessian = std::isfinite(length.largest_curvature);
  if (!length.curvature_is_of_hessian) {
    length.largest_curvature = largest_recorded_curvature(trajectory, length.first);
  }
  length.largest_recorded = largest_recorded_curvature(trajectory, records.front().iteration);
  if (!(length.largest_curvature > 0.0)) return std::nullopt;
  return length;
}

}  // namespace perigee
