#include <perigee/solvers/curvature_finding_stepper.hpp>

#include <perigee/lib/state.hpp>

namespace perigee {

CurvatureFindingStepper::CurvatureFindingStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random,
                                                 std::string name, double learning_rate, EscapePlan plan,
                                                 std::unique_ptr<CurvatureSearch> search)
    : oracle_(oracle),
      name_(std::move(name)),
      learning_rate_(learning_rate),
      pair_(oracle, x0),
      escape_(oracle.dimension(), random, std::move(plan), std::move(search)) {
  describe_start(record_, pair_.current(), oracle_);
}

StepStatus CurvatureFindingStepper::step() {
  if (escape_.is_due(pair_.current())) return escape_.leave(oracle_, pair_, record_, end_, measures_curvature_);
  return take_gradient_step(oracle_, pair_, learning_rate_, StepKind::step, record_, end_, measures_curvature_);
}

void CurvatureFindingStepper::save_state(StateWriter& writer) const {
  writer.write(name_);
  writer.write(record_);
  writer.write(pair_.current());
}

void CurvatureFindingStepper::load_state(StateReader& reader) {
  reader.expect(name_);
  reader.read(record_);
  reader.read(pair_.current());
}

}  // namespace perigee
