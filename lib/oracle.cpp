#include <perigee/lib/oracle.hpp>

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/natural_gradient.hpp>

#include <stdexcept>

namespace perigee {

double euclidean_norm(ConstVectorView v) {
  double largest = 0.0;
  for (const double element : v) {
    const double magnitude = std::abs(element);
    if (!(magnitude <= std::numeric_limits<double>::max())) return magnitude;  // infinite or NaN
    if (magnitude > largest) largest = magnitude;
  }
  if (largest == 0.0) return 0.0;
  double sum = 0.0;
  for (const double element : v) {
    const double scaled = element / largest;
    sum += scaled * scaled;
  }
  return largest * std::sqrt(sum);
}

double Oracle::norm_and_step(const Evaluation& at, double step, Vector& next) {
  const Index n = at.x_.size();
  const double* x = at.x_.data();
  const double* gradient = at.gradient_.data();
  double* to = next.data();
  double sum = 0.0;
  for (Index first = 0; first < n; first += norm_block) {
    const Index size = std::min(norm_block, n - first);
    if (n <= 8) {
      for (Index i = 0; i < n; ++i) sum += gradient[i] * gradient[i];
    } else {
      sum += at.gradient_.view().segment(first, size).squaredNorm();
    }
    for (Index i = first; i < first + size; ++i) to[i] = x[i] - step * gradient[i];
  }
  return norm_of(sum, at.gradient_);
}

void Oracle::evaluate_batch(const FiniteSum& sum, std::span<const Index> terms, Evaluation& at) {
  if (&sum != objective_) throw std::invalid_argument("Oracle: the finite sum must be the oracle's own objective");
  ++counts_.gradients;
  at.value_ = sum.batch_value_and_gradient(terms, at.x_, at.gradient_);
  at.gradient_norm_ = norm(at.gradient_);
}

void Oracle::evaluate_natural(const NaturalGradientObjective& objective, Evaluation& at, VectorView natural) {
  if (&objective != objective_) throw std::invalid_argument("Oracle: the objective must be the oracle's own");
  ++counts_.gradients;
  at.value_ = objective.value_and_gradients(at.x_, at.gradient_, natural);
  at.gradient_norm_ = norm(at.gradient_);
}

}  // namespace perigee
