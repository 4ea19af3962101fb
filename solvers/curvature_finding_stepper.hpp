// Gradient descent that searches for negative curvature where the gradient is small, whatever the search.
#ifndef PERIGEE_SOLVERS_CURVATURE_FINDING_STEPPER_HPP
#define PERIGEE_SOLVERS_CURVATURE_FINDING_STEPPER_HPP

#include <perigee/solvers/curvature_escape.hpp>

#include <memory>
#include <string>

namespace perigee {

/// One gradient step or one move along a direction found is one iteration.
class CurvatureFindingStepper final : public Stepper {
 public:
  /// `name` marks the saved state as that of its method.
  CurvatureFindingStepper(Oracle& oracle, ConstVectorView x0, const RandomSource& random, std::string name,
                          double learning_rate, EscapePlan plan, std::unique_ptr<CurvatureSearch> search);
  StepStatus step() override;
  const Evaluation& current() const override { return pair_.current(); }
  void save_state(StateWriter& writer) const override;
  void load_state(StateReader& reader) override;

 private:
  Oracle& oracle_;
  std::string name_;
  double learning_rate_;
  EvaluationPair pair_;
  CurvatureEscape escape_;
};

}  // namespace perigee

#endif
