#include <perigee/diagnostics/stability.hpp>

#include <charconv>

namespace perigee {

namespace {

// A setting that is one plain number.
std::optional<double> number_of(const Trajectory& trajectory, std::string_view name) {
  for (const auto& [key, text] : trajectory.settings) {
    if (key != name) continue;
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
  }
  return std::nullopt;
}

}  // namespace

double stable_product_of_heavy_ball(double beta) { return 2.0 + 2.0 * beta; }
double stable_product_of_nesterov(double beta) { return (2.0 + 2.0 * beta) / (1.0 + 2.0 * beta); }
double stable_product_of_adam(double beta1) { return (2.0 + 2.0 * beta1) / (1.0 - beta1); }

std::optional<StabilityLimit> stability_limit(const Trajectory& trajectory) {
  const std::optional<double> learning_rate = number_of(trajectory, "learning_rate");
  if (!learning_rate) return std::nullopt;
  if (trajectory.solver == "gradient-descent") return StabilityLimit{*learning_rate, 2.0};
  const std::optional<double> momentum = number_of(trajectory, "momentum");
  if (!momentum) return std::nullopt;
  if (trajectory.solver == "heavy-ball") return StabilityLimit{*learning_rate, stable_product_of_heavy_ball(*momentum)};
  if (trajectory.solver == "nesterov") return StabilityLimit{*learning_rate, stable_product_of_nesterov(*momentum)};
  return std::nullopt;
}

double relative_product(const StepRecord& record, const std::optional<StabilityLimit>& limit) {
  if (!limit) return record.step_size * record.curvature;
  return 2.0 * limit->learning_rate * record.curvature / limit->product;
}

}  // namespace perigee
