// Linear least squares with a chosen condition number and a known solution.
//
//     f(x) = (1/2 N) sum_{i=1}^N (a_i'x - y_i)^2,   A'A/N = V diag(1, ..., 1/kappa) V'
//
// A = sqrt(N) U diag(sqrt lambda) V' with U the orthonormalized columns of a Gaussian N x n matrix, V a random
// reflection and lambda evenly spaced on a logarithmic scale. y = A x* + r with r orthogonal to the range of A and
// ||r||^2 = N sigma^2: x* is the minimizer exactly and f* = sigma^2/2. A finite sum: its terms do not vanish together
// unless sigma = 0. l = 1, rho = 0; gradient descent needs about kappa ln(1/eps) steps.
#ifndef PERIGEE_LIB_PROBLEMS_LEAST_SQUARES_HPP
#define PERIGEE_LIB_PROBLEMS_LEAST_SQUARES_HPP

#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <cstdint>
#include <vector>

namespace perigee::problems {

struct LeastSquaresOptions {
  Index dimension = 10;      // n >= 1
  Index samples = 100;       // N > n
  double condition = 100.0;  // kappa >= 1
  double noise = 0.1;        // sigma >= 0
  std::uint64_t seed = 0;    // of A, x* and r
};

class LeastSquares final : public FiniteSum {
 public:
  /// Throws std::invalid_argument unless samples > dimension.
  explicit LeastSquares(const LeastSquaresOptions& options);
  Index dimension() const override { return options_.dimension; }
  Index term_count() const override { return options_.samples; }
  double add_term(Index term, ConstVectorView x, VectorView gradient) const override;
  double value(ConstVectorView x) const override;
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override;
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  const Vector& solution() const { return solution_; }  // x*

 private:
  ConstVectorView row(Index sample) const;  // a_i

  LeastSquaresOptions options_;
  std::vector<double> rows_;  // N rows of n
  Vector targets_;            // y
  Vector solution_;
};

Entry least_squares();  // "least-squares"

}  // namespace perigee::problems

#endif
