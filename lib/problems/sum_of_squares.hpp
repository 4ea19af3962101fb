// Sums of squares, f(x) = sum_i r_i(x)^2, made of one functor that writes down its residuals once:
//
//     struct Rosenbrock {
//       template <class T, class Residual>
//       void operator()(const T* x, Residual&& residual) const {
//         residual(10.0 * (x[1] - x[0] * x[0]));
//         residual(1.0 - x[0]);
//       }
//     };
//
// T is double for values and a Variable on a tape for gradients and Hessian-vector products, which therefore cost a
// small multiple of a value whatever n is. Functors call mathematical functions after `using std::exp` and the like.
#ifndef PERIGEE_LIB_PROBLEMS_SUM_OF_SQUARES_HPP
#define PERIGEE_LIB_PROBLEMS_SUM_OF_SQUARES_HPP

#include <perigee/lib/objective.hpp>
#include <perigee/lib/problems/tape.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace perigee::problems {

template <class Residuals>
class SumOfSquares final : public Objective {
 public:
  SumOfSquares(Residuals residuals, Index dimension) : residuals_(std::move(residuals)), dimension_(dimension) {}

  Index dimension() const override { return dimension_; }

  double value(ConstVectorView x) const override {
    double sum = 0.0;
    residuals_(x.data(), [&](double r) { sum += r * r; });
    return sum;
  }

  /// The value is bit for bit that of `value`, however the compiler contracts the taped arithmetic.
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    sweep<double>([&](Index i) { return x[i]; }, [&](Index i, double adjoint) { gradient[i] = adjoint; });
    return value(x);
  }

  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override {
    sweep<Dual>([&](Index i) { return Dual(x[i], v[i]); },
                [&](Index i, const Dual& adjoint) { product[i] = adjoint.derivative; });
  }

  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  template <class Scalar, class Read, class Write>
  void sweep(Read read, Write write) const {
    Tape<Scalar> tape;
    tape.reserve(16 * dimension_);
    std::vector<Variable<Scalar>> variables;
    variables.reserve(static_cast<std::size_t>(dimension_));
    for (Index i = 0; i < dimension_; ++i) variables.emplace_back(tape, read(i));
    residuals_(static_cast<const Variable<Scalar>*>(variables.data()), [&](const Variable<Scalar>& r) {
      if (r.place() != Tape<Scalar>::constant) tape.adjoint(r.place()) += 2.0 * r.value();  // d r^2 / d r
    });
    tape.sweep();
    for (Index i = 0; i < dimension_; ++i) write(i, tape.adjoint(variables[static_cast<std::size_t>(i)].place()));
  }

  Residuals residuals_;
  Index dimension_;
};

/// The objective sum_i r_i(x)^2 in n >= 1 variables; the functor is copied into it.
template <class Residuals>
std::shared_ptr<const Objective> sum_of_squares(Residuals residuals, Index dimension) {
  return std::make_shared<SumOfSquares<Residuals>>(std::move(residuals), dimension);
}

}  // namespace perigee::problems

#endif
