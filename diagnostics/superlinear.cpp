#include <perigee/diagnostics/superlinear.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

namespace {

constexpr double rounding = 1e-13;  // of the largest gradient norm

bool is_usable(const StepRecord& record) {
  return record.batch_size == 0 && record.gradient_norm > 0.0 && std::isfinite(record.gradient_norm);
}

// The three steps up to the record before `end`.
std::optional<SuperlinearEnd> judge(const std::vector<StepRecord>& records, std::size_t end,
                                    const SuperlinearOptions& options) {
  if (end < 4 || records[end - 1].iteration - records[end - 4].iteration != 3) return std::nullopt;
  const auto step = [&](std::size_t at) { return std::log(records[at].gradient_norm / records[at + 1].gradient_norm); };
  const double d[] = {step(end - 4), step(end - 3), step(end - 2)};
  const bool lengthens = d[0] > 0.0 && d[1] >= options.ratio * d[0] && d[2] >= options.ratio * d[1];
  if (!lengthens || d[2] < options.growth * d[0] || d[2] < std::log(options.factor)) return std::nullopt;
  return SuperlinearEnd{std::sqrt(d[2] / d[0]), records[end - 4].iteration, records[end - 1].iteration};
}

}  // namespace

std::optional<SuperlinearEnd> superlinear_end(const Trajectory& trajectory, const SuperlinearOptions& options) {
  const std::vector<StepRecord>& records = trajectory.records;
  double largest = 0.0;
  for (const StepRecord& record : records) {
    if (is_usable(record)) largest = std::max(largest, record.gradient_norm);
  }
  // The first iterate at rounding still shows how far its step went.
  std::size_t end = 0;
  while (end < records.size() && is_usable(records[end])) {
    ++end;
    if (records[end - 1].gradient_norm <= rounding * largest) break;
  }
  // The step onto the level of rounding may be cut short by it: then the one before it is the last that counts.
  const std::optional<SuperlinearEnd> found = judge(records, end, options);
  return found || end == 0 ? found : judge(records, end - 1, options);
}

}  // namespace perigee
