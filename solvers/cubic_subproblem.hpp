// The cubic model on a Krylov space: min over y of gamma y_1 + y'Ty/2 + (sigma/3)||y||^3, T tridiagonal.
//
// y is a global minimizer exactly if (Nesterov and Polyak 2006, section 5; Cartis, Gould and Toint 2011, theorem 3.1)
//
//     (T + lambda I) y = -gamma e_1,   lambda = sigma ||y||,   T + lambda I positive semidefinite.
//
// ||y(lambda)|| falls and lambda/sigma grows, so one root lies right of -lambda_min(T): safeguarded Newton steps on
// 1/||y(lambda)|| - sigma/lambda. In the hard case (no root there) lambda = -lambda_min(T), and y gets as much of its
// eigenvector as its length needs.
#ifndef PERIGEE_SOLVERS_CUBIC_SUBPROBLEM_HPP
#define PERIGEE_SOLVERS_CUBIC_SUBPROBLEM_HPP

#include <perigee/lib/tridiagonal.hpp>

#include <span>
#include <vector>

namespace perigee {

class CubicSubproblem {
 public:
  /// gamma > 0 and sigma > 0. The solution is in y() until the next call. O(k) an iteration, about ten of them.
  void solve(const TridiagonalMatrix& matrix, double gamma, double sigma);
  std::span<const double> y() const { return y_; }
  double length() const { return length_; }          // ||y||_2
  double multiplier() const { return multiplier_; }  // lambda
  double decrease() const { return decrease_; }      // of the model, m(0) - m(y) > 0

 private:
  bool evaluate(const TridiagonalMatrix& matrix, double gamma, double lambda);
  TridiagonalFactor factor_;
  std::vector<double> y_;
  std::vector<double> eigenvector_;
  double length_ = 0.0;
  double multiplier_ = 0.0;
  double decrease_ = 0.0;
};

}  // namespace perigee

#endif
