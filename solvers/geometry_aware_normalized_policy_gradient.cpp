#include <perigee/solvers/geometry_aware_normalized_policy_gradient.hpp>

#include <perigee/solvers/entry_support.hpp>

namespace perigee {

std::vector<std::pair<std::string, std::string>> GeometryAwareNormalizedPolicyGradient::settings() const {
  return {descent_.settings().front()};  // step_length; the others are of noise, of which there is none
}

}  // namespace perigee

namespace perigee::solvers {

Entry geometry_aware_normalized_policy_gradient() {
  return {.name = "geometry-aware-normalized-policy-gradient",
          .family = "first-order",
          .summary = "steps of length 1/6 along the gradient, for softmax policies (Mei et al. 2021)",
          .parameters = {text("step_length", "", "eta, in units of theta; a number or a schedule; default: 1/6")},
          .make = [](const Parameters& parameters, const Problem&) -> std::unique_ptr<Solver> {
            if (!parameters.has("step_length")) return std::make_unique<GeometryAwareNormalizedPolicyGradient>();
            return std::make_unique<GeometryAwareNormalizedPolicyGradient>(
                schedules::parse(parameters.text("step_length")));
          },
          .randomness = Randomness::none};
}

}  // namespace perigee::solvers
