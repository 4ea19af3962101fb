// Operators whose spectrum is known because it was chosen.
#ifndef PERIGEE_TESTS_SUPPORT_DIAGONAL_OPERATORS_HPP
#define PERIGEE_TESTS_SUPPORT_DIAGONAL_OPERATORS_HPP

#include <perigee/lib/random.hpp>
#include <perigee/lib/symmetric_operator.hpp>

#include <cmath>
#include <vector>

namespace perigee::test {

// diag(eigenvalues), which must outlive it; counts its products.
inline SymmetricOperator diagonal(const std::vector<double>& eigenvalues, Index* calls = nullptr) {
  return [&eigenvalues, calls](ConstVectorView v, VectorView product) {
    if (calls != nullptr) ++*calls;
    product = ConstVectorView(eigenvalues).cwiseProduct(v);
  };
}

// 1e5 eigenvalues: a bulk |N(0, 1e-4^2)| and 20 outliers up to 1; with `lowest` in place of one of the bulk.
inline std::vector<double> bulk_and_outliers(double lowest) {
  std::vector<double> eigenvalues(100000);
  RandomEngine engine = RandomSource(11).engine("bulk");
  fill_standard_normal(engine, eigenvalues);
  for (double& value : eigenvalues) value = 1e-4 * std::abs(value);
  for (std::size_t i = 0; i < 20; ++i) eigenvalues[i] = 0.05 * static_cast<double>(i + 1);
  eigenvalues[20] = lowest;
  return eigenvalues;
}

}  // namespace perigee::test

#endif
