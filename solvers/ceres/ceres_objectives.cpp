#include <perigee/solvers/ceres/ceres_objectives.hpp>
#include <perigee/solvers/ceres/parameter_blocks.hpp>

#include <ceres/crs_matrix.h>
#include <ceres/first_order_function.h>
#include <ceres/problem.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace perigee {

namespace {
constexpr double not_evaluable = std::numeric_limits<double>::quiet_NaN();
}

Index FirstOrderObjective::dimension() const { return function_->NumParameters(); }

double FirstOrderObjective::value(ConstVectorView x) const {
  double cost = not_evaluable;
  return function_->Evaluate(x.data(), &cost, nullptr) ? cost : not_evaluable;
}

double FirstOrderObjective::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  double cost = not_evaluable;
  if (function_->Evaluate(x.data(), &cost, gradient.data())) return cost;
  gradient.setConstant(not_evaluable);
  return not_evaluable;
}

struct ProblemObjective::State {
  ceres::Problem& problem;
  ParameterBlocks blocks;
  std::mutex in_use;

  State(ceres::Problem& problem_, std::vector<double*> chosen)
      : problem(problem_), blocks(problem_, std::move(chosen)) {
    blocks.require_unconstrained(problem, "ProblemObjective");
  }

  // Evaluates the problem at x; what is not asked for is null. False: not evaluable there.
  bool evaluate(ConstVectorView x, double* cost, std::vector<double>* gradient, ceres::CRSMatrix* jacobian) {
    const std::lock_guard<std::mutex> lock(in_use);
    // No blocks would mean all blocks to Ceres, constant ones included: then there is nothing to differentiate.
    ceres::Problem::EvaluateOptions options;
    options.parameter_blocks = blocks.pointers();
    if (blocks.size() == 0) gradient = nullptr;
    const Restored restored(blocks);
    blocks.write(x);
    return problem.Evaluate(options, cost, nullptr, gradient, jacobian);
  }

 private:
  // Puts the parameters back, whatever happens in between.
  class Restored {
   public:
    explicit Restored(const ParameterBlocks& blocks) : blocks_(blocks), saved_(blocks.read()) {}
    ~Restored() { blocks_.write(saved_); }
    Restored(const Restored&) = delete;
    Restored& operator=(const Restored&) = delete;

   private:
    const ParameterBlocks& blocks_;
    Vector saved_;
  };
};

ProblemObjective::ProblemObjective(ceres::Problem& problem)
    : state_(std::make_unique<State>(problem, free_blocks(problem))) {}

ProblemObjective::ProblemObjective(ceres::Problem& problem, std::vector<double*> blocks)
    : state_(std::make_unique<State>(problem, std::move(blocks))) {}

ProblemObjective::~ProblemObjective() = default;

Vector ProblemObjective::parameters() const {
  const std::lock_guard<std::mutex> lock(state_->in_use);
  return state_->blocks.read();
}

void ProblemObjective::set_parameters(ConstVectorView x) {
  if (x.size() != dimension()) {
    throw std::invalid_argument("ProblemObjective: x must have length " + std::to_string(dimension()) + ", got " +
                                std::to_string(x.size()));
  }
  const std::lock_guard<std::mutex> lock(state_->in_use);
  state_->blocks.write(x);
}

Index ProblemObjective::dimension() const { return state_->blocks.size(); }

double ProblemObjective::value(ConstVectorView x) const {
  double cost = not_evaluable;
  return state_->evaluate(x, &cost, nullptr, nullptr) ? cost : not_evaluable;
}

double ProblemObjective::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  double cost = not_evaluable;
  std::vector<double> computed;
  if (!state_->evaluate(x, &cost, &computed, nullptr)) {
    gradient.setConstant(not_evaluable);
    return not_evaluable;
  }
  std::copy(computed.begin(), computed.end(), gradient.data());
  return cost;
}

void ProblemObjective::gauss_newton_product(ConstVectorView x, ConstVectorView v, VectorView product) const {
  if (dimension() == 0) return;
  ceres::CRSMatrix jacobian;
  if (!state_->evaluate(x, nullptr, nullptr, &jacobian)) {
    product.setConstant(not_evaluable);
    return;
  }
  product.setZero();
  for (std::size_t row = 0; row + 1 < jacobian.rows.size(); ++row) {
    const auto first = static_cast<std::size_t>(jacobian.rows[row]);
    const auto last = static_cast<std::size_t>(jacobian.rows[row + 1]);
    double along = 0.0;  // (J v)_row
    for (std::size_t i = first; i < last; ++i) along += jacobian.values[i] * v[jacobian.cols[i]];
    for (std::size_t i = first; i < last; ++i) product[jacobian.cols[i]] += jacobian.values[i] * along;
  }
}

}  // namespace perigee
