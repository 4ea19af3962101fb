// Objectives made of one templated functor: value, gradient and exact Hessian-vector products.
//
//     struct Bowl {
//       template <class T> T operator()(const T* x) const { return x[0] * x[0] + 2.0 * cos(x[1]); }
//     };
//     const auto objective = perigee::autodiff<Bowl>(2);
//
// The functor runs with double (values), ceres::Jet<double, 8> (gradients) and ceres::Jet<Dual, 8>
// (Hessian-vector products), eight coordinates at a time: forward mode, so a gradient costs about
// ceil(n/8) times a small multiple of a value. Meant for small n and for checking hand-written derivatives.
// Functors call mathematical functions unqualified (cos, not std::cos). Needs the header ceres/jet.h:
// link perigee::autodiff.
#ifndef PERIGEE_LIB_AUTODIFF_HPP
#define PERIGEE_LIB_AUTODIFF_HPP

#include <perigee/lib/dual_jet.hpp>
#include <perigee/lib/objective.hpp>

#include <algorithm>
#include <concepts>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace perigee {

/// The objective f(x) = functor(x.data()). Its products are exact up to rounding.
template <class Functor>
class AutodiffObjective final : public Objective {
 public:
  /// Throws std::invalid_argument if dimension < 0.
  AutodiffObjective(Functor functor, Index dimension) : functor_(std::move(functor)), dimension_(dimension) {
    if (dimension < 0) {
      throw std::invalid_argument("autodiff: dimension must be >= 0, got " + std::to_string(dimension));
    }
  }

  Index dimension() const override { return dimension_; }
  double value(ConstVectorView x) const override { return functor_(x.data()); }

  /// One pass in double and ceil(n/8) with jets. The value is bit for bit that of `value`: jets divide by
  /// multiplying with inverses and would round differently.
  double value_and_gradient(ConstVectorView x, VectorView gradient) const override {
    std::vector<Jet> seeded(static_cast<std::size_t>(dimension_));
    for (Index i = 0; i < dimension_; ++i) seeded[static_cast<std::size_t>(i)] = Jet(x[i]);
    differentiate(seeded, [&](Index i, double derivative) { gradient[i] = derivative; });
    return value(x);
  }

  /// ceil(n/8) passes with jets of dual numbers; product_i is the dual part of the i-th derivative.
  void hessian_vector_product(ConstVectorView x, ConstVectorView v, VectorView product) const override {
    std::vector<DualJet<chunk>> seeded(static_cast<std::size_t>(dimension_));
    for (Index i = 0; i < dimension_; ++i) seeded[static_cast<std::size_t>(i)] = DualJet<chunk>(Dual(x[i], v[i]));
    differentiate(seeded, [&](Index i, const Dual& derivative) { product[i] = derivative.derivative; });
  }

  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  static constexpr int chunk = 8;  // derivatives carried at once: eight doubles fill the widest registers
  using Jet = ceres::Jet<double, chunk>;

  template <class AnyJet, class Write>
  void differentiate(std::vector<AnyJet>& seeded, Write write) const {
    for (Index first = 0; first < dimension_; first += chunk) {
      const int count = static_cast<int>(std::min<Index>(chunk, dimension_ - first));
      for (int j = 0; j < count; ++j) seeded[static_cast<std::size_t>(first + j)].v[j] = 1.0;
      const AnyJet result = functor_(static_cast<const AnyJet*>(seeded.data()));
      for (int j = 0; j < count; ++j) {
        write(first + j, result.v[j]);
        seeded[static_cast<std::size_t>(first + j)].v[j] = 0.0;
      }
    }
  }

  Functor functor_;
  Index dimension_;
};

/// The objective of this functor in n >= 0 variables; the functor is copied into it.
/// Throws std::invalid_argument if n < 0.
template <class Functor>
AutodiffObjective<Functor> autodiff(Functor functor, Index dimension) {
  return {std::move(functor), dimension};
}

/// The same with a functor made here: of the dimension, if it can be constructed from it, else by default.
template <class Functor>
AutodiffObjective<Functor> autodiff(Index dimension) {
  if constexpr (std::constructible_from<Functor, Index>) {
    return {Functor(dimension), dimension};
  } else {
    return {Functor{}, dimension};
  }
}

}  // namespace perigee

#endif
