// What was written for Ceres as a Perigee objective: to be minimized, certified, and diagnosed by Perigee.
#ifndef PERIGEE_SOLVERS_CERES_CERES_OBJECTIVES_HPP
#define PERIGEE_SOLVERS_CERES_CERES_OBJECTIVES_HPP

#include <perigee/lib/objective.hpp>

#include <memory>
#include <vector>

namespace ceres {
class FirstOrderFunction;
class Problem;
}  // namespace ceres

namespace perigee {

/// A ceres::FirstOrderFunction (also of a GradientProblem: *problem.function(), in the ambient space) as an objective.
/// Where it is not evaluable (Evaluate returns false), value and gradient are NaN.
/// Hessian-vector products are those of Objective, by central differences of gradients.
/// Callable from several threads if the function is.
class FirstOrderObjective final : public Objective {
 public:
  /// The function is not copied and must outlive the objective.
  explicit FirstOrderObjective(const ceres::FirstOrderFunction& function) : function_(&function) {}

  Index dimension() const override;
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;

 private:
  const ceres::FirstOrderFunction* function_;
};

/// The cost of a ceres::Problem, f(x) = 1/2 sum_i rho_i(||r_i(x)||^2), loss functions included, as an objective.
/// x is the free parameter blocks one after another. Where the problem is not evaluable, value and gradient are NaN.
///
/// A ceres::Problem reads its parameters from the caller's memory. Every evaluation copies x there, evaluates, and
/// puts back what was there, also when a cost function throws. Calls to one ProblemObjective exclude each other;
/// nothing else may evaluate or solve the problem, or touch its parameters, meanwhile.
///
/// Hessian-vector products are those of Objective, by central differences of gradients: 2 evaluations of the
/// residuals and the Jacobian each.
class ProblemObjective final : public Objective {
 public:
  /// All blocks that are not constant, in the order of Problem::GetParameterBlocks. Ceres 2.1 sorts that by address:
  /// in one array, blocks come as they lie there; for an order that does not depend on memory, name the blocks.
  /// The problem is not copied and must outlive the objective; blocks added or freed later are not seen.
  /// Throws std::invalid_argument if a free block has a manifold or bounds: its cost is no function on R^n.
  explicit ProblemObjective(ceres::Problem& problem);

  /// These blocks, in this order; the others stay as they are.
  /// Throws std::invalid_argument also if a block is not in the problem, constant, or named twice.
  ProblemObjective(ceres::Problem& problem, std::vector<double*> blocks);

  ~ProblemObjective() override;
  ProblemObjective(const ProblemObjective&) = delete;
  ProblemObjective& operator=(const ProblemObjective&) = delete;

  /// The problem's parameters as they are now, in the order of x: a start point.
  Vector parameters() const;
  /// Writes x (length n) to the problem's parameters: how a result gets back. Throws std::invalid_argument if x has
  /// another length.
  void set_parameters(ConstVectorView x);

  Index dimension() const override;
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;

  /// J(x)'J(x) v, J the Jacobian of the residuals as Ceres corrects it for the losses (Triggs et al. 2000, section
  /// 4.3): the Gauss-Newton approximation of H(x) v, exact where the residuals vanish or are linear. It is positive
  /// semidefinite everywhere and so cannot see a saddle: no substitute for `hessian_vector_product`.
  /// NaN where the problem is not evaluable. One evaluation of the Jacobian.
  void gauss_newton_product(ConstVectorView x, ConstVectorView v, VectorView product) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace perigee

#endif
