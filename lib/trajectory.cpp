#include <perigee/lib/trajectory.hpp>

#include <array>

namespace perigee {

namespace {
constexpr std::array<std::string_view, 4> step_kind_names{"initial", "step", "perturbation", "jump"};
}

std::string_view name_of(EndClass end_class) {
  switch (end_class) {
    case EndClass::convergence:
      return "convergence";
    case EndClass::budget:
      return "budget";
    case EndClass::breakdown:
      return "breakdown";
  }
  return "";
}

std::string_view name_of(StepKind kind) { return step_kind_names.at(static_cast<std::size_t>(kind)); }

std::optional<StepKind> step_kind_of(std::string_view name) {
  for (std::size_t i = 0; i < step_kind_names.size(); ++i) {
    if (step_kind_names[i] == name) return static_cast<StepKind>(i);
  }
  return std::nullopt;
}

const Column* Trajectory::column(std::string_view name) const {
  for (const Column& candidate : columns) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

}  // namespace perigee
