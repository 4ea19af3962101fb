#include <perigee/lib/problems/policy_evaluation.hpp>

#include <Eigen/LU>

namespace perigee::problems {

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::DontAlign>;
using Column = Eigen::Matrix<double, Eigen::Dynamic, 1, Eigen::DontAlign>;

Matrix system_of(const MarkovDecisionProcess& process, ConstVectorView pi) {
  const Index states = process.state_count();
  const Index actions = process.action_count();
  Matrix system = Matrix::Identity(states, states);
  for (Index s = 0; s < states; ++s) {
    for (Index a = 0; a < actions; ++a) {
      const double weight = process.discount() * pi[s * actions + a];
      for (const Transition& transition : process.successors(s, a)) {
        system(s, transition.next) -= weight * transition.probability;
      }
    }
  }
  return system;
}

}  // namespace

struct PolicyEvaluation::Factors {
  explicit Factors(const Matrix& system) : lu(system) {}
  Eigen::PartialPivLU<Matrix> lu;
};

PolicyEvaluation::PolicyEvaluation(const MarkovDecisionProcess& process, ConstVectorView pi)
    : factors_(std::make_unique<const Factors>(system_of(process, pi))) {}

PolicyEvaluation::~PolicyEvaluation() = default;
PolicyEvaluation::PolicyEvaluation(PolicyEvaluation&&) noexcept = default;
PolicyEvaluation& PolicyEvaluation::operator=(PolicyEvaluation&&) noexcept = default;

void PolicyEvaluation::solve(VectorView v) const {
  const Column right = v;
  v = factors_->lu.solve(right);
}

void PolicyEvaluation::solve_transposed(VectorView v) const {
  const Column right = v;
  v = factors_->lu.transpose().solve(right);
}

}  // namespace perigee::problems
