#include <perigee/lib/finite_sum.hpp>

#include <stdexcept>
#include <string>

namespace perigee {

double FiniteSum::batch_value_and_gradient(std::span<const Index> terms, ConstVectorView x, VectorView gradient) const {
  gradient.setZero();
  double sum = 0.0;
  for (const Index term : terms) sum += add_term(term, x, gradient);
  const auto count = static_cast<double>(terms.size());
  gradient /= count;
  return sum / count;
}

double FiniteSum::value_and_gradient(ConstVectorView x, VectorView gradient) const {
  gradient.setZero();
  const Index count = term_count();
  double sum = 0.0;
  for (Index term = 0; term < count; ++term) sum += add_term(term, x, gradient);
  gradient /= static_cast<double>(count);
  return sum / static_cast<double>(count);
}

void detail::check_term_count(Index term_count) {
  if (term_count < 1) {
    throw std::invalid_argument("functional_sum: term_count must be >= 1, got " + std::to_string(term_count));
  }
}

}  // namespace perigee
