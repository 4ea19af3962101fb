// What a solver knows of a point, and the only way to get to know it.
#ifndef PERIGEE_LIB_ORACLE_HPP
#define PERIGEE_LIB_ORACLE_HPP

#include <perigee/lib/objective.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

namespace perigee {

class FiniteSum;
class NaturalGradientObjective;

/// Calls made to an objective so far.
struct OracleCounts {
  std::uint64_t values = 0;                   // f alone
  std::uint64_t gradients = 0;                // f and grad f together
  std::uint64_t hessian_vector_products = 0;  // one H(x) v
  bool operator==(const OracleCounts&) const = default;
};

/// ||v||_2 without overflow or underflow of the squares. Infinite or NaN elements give a non-finite norm.
double euclidean_norm(ConstVectorView v);

/// A point x with f(x) and grad f(x): always of the same point, because only an Oracle fills it in and
/// whoever asks to change the point loses the values.
class Evaluation {
 public:
  explicit Evaluation(Index dimension) : x_(dimension), gradient_(dimension) {}

  ConstVectorView x() const { return x_; }
  double value() const { return value_; }
  ConstVectorView gradient() const { return gradient_; }
  double gradient_norm() const { return gradient_norm_; }  // ||grad f(x)||_2

  /// Whether the value and every element of the gradient are finite.
  bool is_finite() const { return std::isfinite(value_) && std::isfinite(gradient_norm_); }

  /// The storage of x, to be written; forgets value and gradient until an Oracle evaluates here.
  VectorView propose() {
    value_ = gradient_norm_ = std::numeric_limits<double>::quiet_NaN();
    return x_;
  }

  /// Takes the storage of `x` (length n) as its point and gives its own for it; forgets value and gradient likewise.
  void propose(Vector& x) {
    std::swap(x_, x);
    value_ = gradient_norm_ = std::numeric_limits<double>::quiet_NaN();
  }

 private:
  friend class Oracle;
  friend class StateReader;
  friend class StateWriter;
  Vector x_;
  Vector gradient_;
  double value_ = std::numeric_limits<double>::quiet_NaN();
  double gradient_norm_ = std::numeric_limits<double>::quiet_NaN();
};

/// Evaluates an objective and counts every call. One Oracle per run; not for use by two threads at once.
/// The objective must outlive it.
class Oracle {
 public:
  explicit Oracle(const Objective& objective) : objective_(&objective), dimension_(objective.dimension()) {}

  const Objective& objective() const { return *objective_; }
  Index dimension() const { return dimension_; }
  const OracleCounts& counts() const { return counts_; }

  /// Value, gradient and gradient norm at the point that `at` holds. One gradient call.
  void evaluate(Evaluation& at) {
    ++counts_.gradients;
    at.value_ = objective_->value_and_gradient(at.x_, at.gradient_);
    at.gradient_norm_ = norm(at.gradient_);
  }

  /// The same, and `next` = x - step grad f(x) in the pass over memory that the norm takes anyway: at large n a
  /// gradient step then costs what the objective costs and one pass. `next` has length n.
  void evaluate_and_step(Evaluation& at, double step, Vector& next) {
    ++counts_.gradients;
    at.value_ = objective_->value_and_gradient(at.x_, at.gradient_);
    at.gradient_norm_ = norm_and_step(at, step, next);
  }

  /// The same of the mean over some terms of `sum`, which must be this oracle's objective. One gradient call, however
  /// many terms. Throws std::invalid_argument if it is another objective.
  void evaluate_batch(const FiniteSum& sum, std::span<const Index> terms, Evaluation& at);

  /// Value, gradient and gradient norm, and the natural gradient written to `natural` (length n), of `objective`, which
  /// must be this oracle's. One gradient call. Throws std::invalid_argument if it is another objective.
  void evaluate_natural(const NaturalGradientObjective& objective, Evaluation& at, VectorView natural);

  /// f(x). One value call.
  double value(ConstVectorView x) {
    ++counts_.values;
    return objective_->value(x);
  }

  /// H(x) v. One Hessian-vector product, also where the objective makes it of two gradients.
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) {
    ++counts_.hessian_vector_products;
    objective_->hessian_vector_product(x, v, product);
  }

  /// Continues the counting of an earlier part of the same run.
  void resume_counts(const OracleCounts& counts) { counts_ = counts; }

 private:
  static double norm(const Vector& v) {
    double sum = 0.0;
    if (v.size() <= 8) {  // the vectorized loop's set-up costs more than these few products
      for (const double element : v) sum += element * element;
    } else {
      for (Index first = 0; first < v.size(); first += norm_block) {
        sum += v.view().segment(first, std::min(norm_block, v.size() - first)).squaredNorm();
      }
    }
    return norm_of(sum, v);
  }
  static double norm_and_step(const Evaluation& at, double step, Vector& next);
  // Outside this range the sum of squares may have lost everything; inside it, it is exact to rounding.
  static double norm_of(double sum, const Vector& v) {
    return sum > 1e-280 && sum < 1e280 ? std::sqrt(sum) : euclidean_norm(v);
  }
  // Elements that stay in the first-level cache between two uses; both norms sum in these blocks, to the same bits.
  static constexpr Index norm_block = 1024;

  const Objective* objective_;
  Index dimension_;
  OracleCounts counts_;
};

}  // namespace perigee

#endif
