#include <perigee/diagnostics/online/live_diagnosis.hpp>

#include <perigee/diagnostics/noise_floor.hpp>
#include <perigee/lib/solver.hpp>
#include <perigee/lib/state.hpp>

#include <stdexcept>
#include <utility>

namespace perigee {

LiveDiagnosis::LiveDiagnosis(Trajectory description, LiveDiagnosisOptions options)
    : options_(options),
      description_(std::move(description)),
      is_noisy_(has_noise(description_)),
      condenser_({.most_records = options.most_records}) {
  if (options.most_snapshots < 32 || options.most_snapshots % 2 != 0) {
    throw std::invalid_argument("LiveDiagnosis: most_snapshots must be even and >= 32, got " +
                                std::to_string(options.most_snapshots));
  }
  description_.records.clear();
  description_.columns.clear();
  description_.snapshots.clear();
  description_.end.reset();
}

void LiveDiagnosis::observe_point(const Stepper& stepper) {
  const Index iteration = stepper.record().iteration;
  if (iteration % snapshot_spacing_ != 0) return;
  std::vector<Snapshot>& snapshots = description_.snapshots;
  if (snapshots.size() == options_.most_snapshots) {
    snapshot_spacing_ *= 2;
    std::erase_if(snapshots, [this](const Snapshot& one) { return one.iteration % snapshot_spacing_ != 0; });
    if (iteration % snapshot_spacing_ != 0) return;
  }
  snapshots.push_back({iteration, Vector(stepper.current().x())});
}

void LiveDiagnosis::finish(const End& end, const Stepper& stepper) {
  description_.end = end;
  description_.decisions = stepper.decisions();
}

Trajectory LiveDiagnosis::trajectory() const {
  Trajectory trajectory = description_;
  condenser_.write_to(trajectory);
  return trajectory;
}

Diagnosis LiveDiagnosis::diagnosis(const DiagnoseOptions& options) const {
  return diagnose(trajectory(), nullptr, options);
}

CurrentCourse LiveDiagnosis::course(const DiagnoseOptions& options) const {
  const Trajectory so_far = trajectory();
  return current_course(so_far, diagnose(so_far, nullptr, options));
}

void LiveDiagnosis::save(StateWriter& writer) const {
  writer.write(std::string_view("live-diagnosis 1"));
  condenser_.save(writer);
  writer.write(static_cast<std::int64_t>(snapshot_spacing_));
  writer.write(static_cast<std::uint64_t>(description_.snapshots.size()));
  for (const Snapshot& snapshot : description_.snapshots) {
    writer.write(static_cast<std::int64_t>(snapshot.iteration));
    writer.write(static_cast<std::uint64_t>(snapshot.x.size()));
    writer.write(snapshot.x.view());
  }
}

void LiveDiagnosis::load(StateReader& reader) {
  reader.expect("live-diagnosis 1");
  condenser_.load(reader);
  std::int64_t spacing = 0;
  std::uint64_t count = 0;
  reader.read(spacing);
  reader.read(count);
  if (spacing < 1 || count > options_.most_snapshots) {
    throw std::invalid_argument("LiveDiagnosis: the state must be of at most " +
                                std::to_string(options_.most_snapshots) + " snapshots, got " + std::to_string(count));
  }
  snapshot_spacing_ = spacing;
  description_.snapshots.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    std::int64_t iteration = 0;
    std::uint64_t size = 0;
    reader.read(iteration);
    reader.read(size);
    Snapshot snapshot{iteration, Vector(static_cast<Index>(size))};
    reader.read(snapshot.x.view());
    description_.snapshots.push_back(std::move(snapshot));
  }
}

}  // namespace perigee
