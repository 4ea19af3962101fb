#include "construction.hpp"
#include "support/dense_algebra.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace perigee::corpus {

namespace {

constexpr double gradient_tolerance_of_findings = 1e-6;  // relative to 1 + |f|, see docs/findings/

bool values_stand_still(const Trajectory& trajectory) {
  const std::vector<StepRecord>& records = trajectory.records;
  if (records.size() < 20) return false;
  for (std::size_t i = records.size() - 20; i < records.size(); ++i) {
    if (records[i].value != records.back().value) return false;
  }
  return true;
}

// The end looks flat: over the last third of the numbers recorded the value changed by less than a hundredth of its
// range.
bool ends_flat(const Trajectory& trajectory) {
  std::vector<double> values;
  for (const StepRecord& record : trajectory.records) {
    if (std::isfinite(record.value)) values.push_back(record.value);
  }
  if (values.empty()) return false;
  const auto [least, largest] = std::minmax_element(values.begin(), values.end());
  return std::abs(values[values.size() - 1 - values.size() / 3] - values.back()) <= 0.01 * (*largest - *least);
}

}  // namespace

RandomEngine engine_of(const RunName& name) {
  return RandomSource(20200607).engine(name.family + name.treatment + name.variant);
}

Trajectory record(const Objective& objective, const Solver& solver, const Vector& start, const RunSettings& settings) {
  Recorder recorder(settings.snapshots, settings.probe);
  run(objective, solver, start.view(),
      {.stop = settings.stop, .random = RandomSource(settings.seed), .observers = {&recorder}});
  Trajectory trajectory = recorder.trajectory();
  trajectory.solver = solver.name();
  trajectory.settings = solver.settings();
  return trajectory;
}

Trajectory descend(const Objective& objective, double step, const Vector& start, const StopRule& stop,
                   const SnapshotRule& snapshots) {
  return record(objective, GradientDescent({.learning_rate = schedules::constant(step)}), start,
                {.stop = stop, .snapshots = snapshots});
}

std::vector<double> hessian_at(const Objective& objective, ConstVectorView x) {
  const Index n = x.size();
  std::vector<double> rows(static_cast<std::size_t>(n * n));
  Vector unit(n), product(n);
  for (Index j = 0; j < n; ++j) {
    unit.view().setZero();
    unit[j] = 1.0;
    objective.hessian_vector_product(x, unit.view(), product.view());
    for (Index i = 0; i < n; ++i) rows[static_cast<std::size_t>(i * n + j)] = product[i];
  }
  return rows;
}

namespace {
Eigen::MatrixXd symmetric_hessian(const Objective& objective, ConstVectorView x) {
  const std::vector<double> rows = hessian_at(objective, x);
  const Eigen::MatrixXd matrix = Eigen::Map<const Eigen::MatrixXd>(rows.data(), x.size(), x.size());
  return 0.5 * (matrix + matrix.transpose());
}
}  // namespace

std::vector<EigenPair> eigenpairs_at(const Objective& objective, ConstVectorView x) {
  const auto [values, vectors] = test::symmetric_eigenpairs(symmetric_hessian(objective, x));
  std::vector<EigenPair> pairs;
  for (Index i = 0; i < x.size(); ++i) {
    Vector vector(x.size());
    vector.view() = vectors.col(i);
    pairs.push_back({values[i], vector});
  }
  return pairs;
}

Trajectory newton(const Objective& objective, const Vector& start, double damping, double tolerance, Index iterations) {
  Trajectory trajectory;
  trajectory.solver = "newton";
  trajectory.settings = {{"damping", std::to_string(damping)}};
  Vector x = start;
  Vector gradient(x.size()), before(x.size());
  Eigen::VectorXd step = Eigen::VectorXd::Zero(x.size());
  for (Index k = 0;; ++k) {
    StepRecord record;
    record.iteration = k;
    record.kind = k == 0 ? StepKind::initial : StepKind::step;
    record.value = objective.value_and_gradient(x.view(), gradient.view());
    record.gradient_norm = gradient.view().norm();
    record.counts.gradients = static_cast<std::uint64_t>(k + 1);
    if (k > 0) {
      record.step_norm = step.norm();
      record.step_size = step.norm() / before.view().norm();
      record.curvature = step.dot(gradient.view() - before.view()) / step.squaredNorm();
    }
    trajectory.records.push_back(record);
    trajectory.snapshots.push_back({k, x});
    if (record.gradient_norm <= tolerance) {
      trajectory.end = End{EndClass::convergence, "gradient-tolerance", "||grad f|| is within the tolerance"};
      return trajectory;
    }
    if (k == iterations || !std::isfinite(record.gradient_norm)) {
      trajectory.end = End{EndClass::budget, "max-iterations", "k >= " + std::to_string(iterations)};
      return trajectory;
    }
    step = test::solve_least_norm(symmetric_hessian(objective, x.view()), gradient.view());
    step *= -damping;
    before = gradient;
    x.view() += step;
  }
}

namespace {

double printed(double value) {
  if (!std::isfinite(value)) return value;
  char text[32];
  std::snprintf(text, sizeof text, "%.4e", value);
  return std::strtod(text, nullptr);
}

void print_log(Trajectory& trajectory) {
  const std::size_t stride = trajectory.records.size() / 150 + 1;
  std::vector<StepRecord> records;
  for (std::size_t i = 0; i < trajectory.records.size(); i += stride) {
    StepRecord kept;
    kept.iteration = trajectory.records[i].iteration;
    kept.kind = trajectory.records[i].kind;
    kept.value = printed(trajectory.records[i].value);
    kept.gradient_norm = printed(trajectory.records[i].gradient_norm);
    kept.step_size = trajectory.records[i].step_size;
    kept.batch_size = trajectory.records[i].batch_size;
    records.push_back(kept);
  }
  for (Column& column : trajectory.columns) {
    std::vector<double> values;
    for (std::size_t i = 0; i < column.values.size(); i += stride) values.push_back(printed(column.values[i]));
    column.values = std::move(values);
  }
  trajectory.records = std::move(records);
  trajectory.solver.clear();
  trajectory.settings.clear();
}

void keep_only(Recording recording, CorpusRun& run) {
  if (recording == Recording::objective) return;
  run.objective = nullptr;
  run.trajectory.snapshots.clear();
  if (recording == Recording::log) return;
  if (recording == Recording::printed) return print_log(run.trajectory);
  run.trajectory.columns.clear();
  run.trajectory.policy.reset();
  run.trajectory.settings.clear();
  run.trajectory.solver.clear();
  for (StepRecord& record : run.trajectory.records) {
    StepRecord kept;
    kept.iteration = record.iteration;
    kept.kind = record.kind;
    kept.value = record.value;
    if (recording == Recording::gradients) kept.gradient_norm = record.gradient_norm;
    record = kept;
  }
}

// x - eta grad f(x) == x in floating point, or the last step was lost likewise.
bool is_motionless(const Trajectory& trajectory, const Objective* objective) {
  const StepRecord& last = trajectory.records.back();
  if (objective == nullptr || trajectory.snapshots.empty()) return false;
  const Vector& x = last_point(trajectory);
  Vector gradient(x.size());
  objective->value_and_gradient(x.view(), gradient.view());
  const Vector next = sum(x, -last.step_size, gradient);
  return next == x;
}

}  // namespace

CorpusRun finished(Recording recording, CorpusRun run) {
  const Trajectory& trajectory = run.trajectory;
  if (trajectory.end && trajectory.end->end_class == EndClass::budget && trajectory.end->id != "step-tolerance") {
    run.must.insert("budget-exhausted");
  }
  if (trajectory.end && (trajectory.end->id == "line-search-failed" || trajectory.end->id == "no-acceptable-step")) {
    run.must.insert("line-search-stall");
    if (run.label == no_trouble || run.label == not_to_be_told) run.also_right.insert("line-search-stall");
  }
  if (values_stand_still(trajectory) || is_motionless(trajectory, run.objective.get())) {
    run.may.insert("rounding-floor");
  }
  // Values that repeat to the last bit are all that is known of such a log.
  if (recording == Recording::values && values_stand_still(trajectory)) run.also_right.insert("rounding-floor");
  const bool is_bound_known = trajectory.optimal_value || trajectory.lower_bound;
  if (recording != Recording::objective && !is_bound_known && ends_flat(trajectory)) run.may.insert("plateau");
  keep_only(recording, run);
  return run;
}

bool ends_stationary(const Trajectory& trajectory) {
  const StepRecord& last = trajectory.records.back();
  return last.gradient_norm <= gradient_tolerance_of_findings * (1.0 + std::abs(last.value));
}

Vector random_direction(RandomEngine& engine, Index dimension) {
  Vector direction(dimension);
  fill_standard_normal(engine, direction.view());
  direction.view() /= direction.view().norm();
  return direction;
}

Vector sum(const Vector& a, double s, const Vector& b) {
  Vector result = a;
  result.view() += s * b.view();
  return result;
}

double distance(const Vector& a, const Vector& b) { return (a.view() - b.view()).norm(); }

}  // namespace perigee::corpus
