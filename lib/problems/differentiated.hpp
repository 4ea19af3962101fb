// Objectives made of one templated gradient: the Hessian-vector product is the gradient in dual numbers.
//
// Written once for a scalar T, a gradient evaluated with T = double is the gradient, and evaluated at x + v e with
// T = Dual has H(x) v in its dual parts, exact up to rounding (Pearlmutter 1994, "Fast exact multiplication by the
// Hessian"). A product so costs about three gradients and 2n dual numbers of memory.
#ifndef PERIGEE_LIB_PROBLEMS_DIFFERENTIATED_HPP
#define PERIGEE_LIB_PROBLEMS_DIFFERENTIATED_HPP

#include <perigee/lib/dual.hpp>
#include <perigee/lib/finite_sum.hpp>
#include <perigee/lib/objective.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace perigee::problems {

/// a'b over n elements, of any two scalars.
template <class A, class B>
auto inner(Index n, const A* a, const B* b) {
  decltype(a[0] * b[0]) sum(0.0);
  for (Index i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

/// out += factor a over n elements.
template <class Factor, class A, class T>
void add_scaled(Index n, const Factor& factor, const A* a, T* out) {
  for (Index i = 0; i < n; ++i) out[i] += factor * a[i];
}

namespace detail {
// H(x) v by one evaluation of `gradient(x, g)` in dual numbers; `gradient` adds to g, which is 0.
template <class Gradient>
void dual_product(Gradient gradient, ConstVectorView x, ConstVectorView v, VectorView product) {
  const Index n = x.size();
  std::vector<Dual> point(static_cast<std::size_t>(n));
  std::vector<Dual> result(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) point[static_cast<std::size_t>(i)] = Dual(x[i], v[i]);
  gradient(static_cast<const Dual*>(point.data()), result.data());
  for (Index i = 0; i < n; ++i) product[i] = result[static_cast<std::size_t>(i)].derivative;
}
}  // namespace detail

/// The objective of a formula with the members `Index dimension() const` and
/// `template <class T> T add_gradient(const T* x, T* gradient) const`, which returns f(x) and adds grad f(x).
template <class Formula>
class Differentiated final : public Objective {
 public:
  explicit Differentiated(Formula formula) : formula_(std::move(formula)) {}
  const Formula& formula() const { return formula_; }
  Index dimension() const override { return formula_.dimension(); }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    gradient.setZero();
    return formula_.add_gradient(x.data(), gradient.data());
  }
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override {
    detail::dual_product([&](const Dual* point, Dual* g) { formula_.add_gradient(point, g); }, x, v, product);
  }
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  Formula formula_;
};

/// The finite sum of a formula with the members `dimension()`, `term_count()`,
/// `template <class T> T add_term(Index i, const T* x, T* gradient) const`, which returns l_i(x) and adds grad l_i(x),
/// and the same without i, `add_common(x, gradient)`, for a part c that every term has: f_i = l_i + c.
/// A mean evaluates c once.
template <class Formula>
class DifferentiatedSum final : public FiniteSum {
 public:
  explicit DifferentiatedSum(Formula formula) : formula_(std::move(formula)) {}
  const Formula& formula() const { return formula_; }
  Index dimension() const override { return formula_.dimension(); }
  Index term_count() const override { return formula_.term_count(); }
  double add_term(Index term, ConstVectorView x, VectorView gradient) const override {
    const double own = formula_.add_term(term, x.data(), gradient.data());
    return own + formula_.add_common(x.data(), gradient.data());
  }
  double batch_value_and_gradient(std::span<const Index> terms, ConstVectorView x, VectorView gradient) const override {
    gradient.setZero();
    return mean(
        static_cast<Index>(terms.size()), [&](Index k) { return terms[static_cast<std::size_t>(k)]; }, x.data(),
        gradient.data());
  }
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    gradient.setZero();
    return mean(
        term_count(), [](Index k) { return k; }, x.data(), gradient.data());
  }
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override {
    const auto gradient = [&](const Dual* point, Dual* g) {
      mean(
          term_count(), [](Index k) { return k; }, point, g);
    };
    detail::dual_product(gradient, x, v, product);
  }
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  // The mean over the terms name(0), ..., name(count - 1); `gradient` is 0. No terms: NaN.
  template <class Name, class T>
  T mean(Index count, Name name, const T* x, T* gradient) const {
    T sum(0.0);
    for (Index k = 0; k < count; ++k) sum += formula_.add_term(name(k), x, gradient);
    const auto divisor = static_cast<double>(count);
    for (Index i = 0; i < dimension(); ++i) gradient[i] /= divisor;
    return sum / divisor + formula_.add_common(x, gradient);
  }

  Formula formula_;
};

}  // namespace perigee::problems

#endif
