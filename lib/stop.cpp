#include <perigee/lib/stop.hpp>

#include <perigee/lib/format.hpp>

#include <stdexcept>
#include <utility>

namespace perigee {

StopRule::StopRule(Function function) {
  if (!function) throw std::invalid_argument("StopRule: the function must not be empty");
  parts_.push_back({Kind::function, 0.0, std::move(function)});
}

StopRule StopRule::make(Kind kind, double threshold) {
  StopRule rule;
  rule.parts_.push_back({kind, threshold, {}});
  return rule;
}

StopRule operator|(StopRule a, const StopRule& b) {
  a.parts_.insert(a.parts_.end(), b.parts_.begin(), b.parts_.end());
  return a;
}

bool StopRule::asks_for_time() const {
  for (const Part& part : parts_) {
    if (part.kind == Kind::max_seconds || part.kind == Kind::function) return true;
  }
  return false;
}

std::optional<End> StopRule::end_of(const Part& part, const Progress& progress) {
  const StepRecord& now = progress.current;
  const std::string at = " at iteration " + std::to_string(now.iteration);
  const std::string threshold = format_number(part.threshold);
  switch (part.kind) {
    case Kind::max_iterations:
      return End{EndClass::budget, "max-iterations",
                 "iterations " + std::to_string(now.iteration) + " >= " + threshold};
    case Kind::max_gradients:
      return End{EndClass::budget, "max-gradients",
                 "gradient evaluations " + std::to_string(now.counts.gradients) + " >= " + threshold + at};
    case Kind::gradient_tolerance:
      return End{EndClass::convergence, "gradient-tolerance",
                 "first-order stationary: gradient norm " + format_number(now.gradient_norm) + " <= " + threshold + at};
    case Kind::value_target:
      return End{EndClass::convergence, "value-target", "value " + format_number(now.value) + " <= " + threshold + at};
    case Kind::step_tolerance:
      return End{EndClass::budget, "step-tolerance",
                 "step norm " + format_number(now.step_norm) + " <= " + threshold + at};
    case Kind::max_seconds:
      return End{EndClass::budget, "max-seconds",
                 "wall time " + format_number(progress.seconds) + " s >= " + threshold + " s" + at};
    case Kind::function:
      return part.function(progress);
  }
  return std::nullopt;
}

namespace {
double non_negative(const char* who, double threshold) {
  if (!(threshold >= 0.0)) {
    throw std::invalid_argument(std::string(who) + ": must be >= 0, got " + format_number(threshold));
  }
  return threshold;
}
}  // namespace

StopRule max_iterations(Index iterations) {
  return StopRule::make(StopRule::Kind::max_iterations,
                        non_negative("max_iterations", static_cast<double>(iterations)));
}
StopRule max_gradients(std::uint64_t gradients) {
  return StopRule::make(StopRule::Kind::max_gradients, static_cast<double>(gradients));
}
StopRule gradient_tolerance(double tolerance) {
  return StopRule::make(StopRule::Kind::gradient_tolerance, non_negative("gradient_tolerance", tolerance));
}
StopRule value_target(double value) { return StopRule::make(StopRule::Kind::value_target, value); }
StopRule step_tolerance(double tolerance) {
  return StopRule::make(StopRule::Kind::step_tolerance, non_negative("step_tolerance", tolerance));
}
StopRule max_seconds(double seconds) {
  return StopRule::make(StopRule::Kind::max_seconds, non_negative("max_seconds", seconds));
}

}  // namespace perigee
