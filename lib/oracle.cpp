#include <perigee/lib/oracle.hpp>

#include <perigee/lib/finite_sum.hpp>

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

void Oracle::evaluate_batch(const FiniteSum& sum, std::span<const Index> terms, Evaluation& at) {
  if (&sum != objective_) throw std::invalid_argument("Oracle: the finite sum must be the oracle's own objective");
  ++counts_.gradients;
  at.value_ = sum.batch_value_and_gradient(terms, at.x_, at.gradient_);
  at.gradient_norm_ = norm(at.gradient_);
}

}  // namespace perigee
