// Functions of two variables from their formula alone: value, gradient and Hessian by exact second-order arithmetic.
//
//     struct Bowl {
//       template <class T> T operator()(const T& x, const T& y) const { return x * x + 2.0 * cos(y); }
//     };
//     auto objective = std::make_shared<Planar<Bowl>>();
//
// A PlaneNumber carries a value and its derivatives by x and y up to the second order; the rules of products and of
// the chain are applied to each operation of the formula. One evaluation costs about ten times that of a plain value.
// Formulas call mathematical functions unqualified.
#ifndef PERIGEE_LIB_PROBLEMS_PLANAR_HPP
#define PERIGEE_LIB_PROBLEMS_PLANAR_HPP

#include <perigee/lib/objective.hpp>

#include <cmath>
#include <utility>

namespace perigee::problems {

/// A number with its first and second derivatives by two variables.
struct PlaneNumber {
  double value = 0.0;
  double x = 0.0, y = 0.0;              // first derivatives
  double xx = 0.0, xy = 0.0, yy = 0.0;  // second derivatives

  /// outer(u) for a function with this value and these derivatives at u.value.
  static PlaneNumber chain(const PlaneNumber& u, double outer, double first, double second) {
    return {outer,
            first * u.x,
            first * u.y,
            first * u.xx + second * u.x * u.x,
            first * u.xy + second * u.x * u.y,
            first * u.yy + second * u.y * u.y};
  }

  friend PlaneNumber operator-(const PlaneNumber& a) { return {-a.value, -a.x, -a.y, -a.xx, -a.xy, -a.yy}; }
  friend PlaneNumber operator+(const PlaneNumber& a, const PlaneNumber& b) {
    return {a.value + b.value, a.x + b.x, a.y + b.y, a.xx + b.xx, a.xy + b.xy, a.yy + b.yy};
  }
  friend PlaneNumber operator-(const PlaneNumber& a, const PlaneNumber& b) { return a + -b; }
  friend PlaneNumber operator*(const PlaneNumber& a, const PlaneNumber& b) {
    return {a.value * b.value,
            a.x * b.value + a.value * b.x,
            a.y * b.value + a.value * b.y,
            a.xx * b.value + 2.0 * a.x * b.x + a.value * b.xx,
            a.xy * b.value + a.x * b.y + a.y * b.x + a.value * b.xy,
            a.yy * b.value + 2.0 * a.y * b.y + a.value * b.yy};
  }
  friend PlaneNumber operator+(const PlaneNumber& a, double b) { return chain(a, a.value + b, 1.0, 0.0); }
  friend PlaneNumber operator+(double a, const PlaneNumber& b) { return b + a; }
  friend PlaneNumber operator-(const PlaneNumber& a, double b) { return chain(a, a.value - b, 1.0, 0.0); }
  friend PlaneNumber operator-(double a, const PlaneNumber& b) { return chain(b, a - b.value, -1.0, 0.0); }
  friend PlaneNumber operator*(const PlaneNumber& a, double b) { return chain(a, a.value * b, b, 0.0); }
  friend PlaneNumber operator*(double a, const PlaneNumber& b) { return b * a; }
};

inline PlaneNumber sin(const PlaneNumber& u) {
  const double sine = std::sin(u.value);
  return PlaneNumber::chain(u, sine, std::cos(u.value), -sine);
}

/// Piecewise constant: the derivatives are those between the jumps, 0.
inline PlaneNumber floor(const PlaneNumber& u) { return {.value = std::floor(u.value)}; }

template <class Number>
Number square(const Number& u) {
  return u * u;
}

/// The objective f(x, y) = formula(x, y).
template <class Formula>
class Planar final : public Objective {
 public:
  explicit Planar(Formula formula = {}) : formula_(std::move(formula)) {}
  Index dimension() const override { return 2; }
  double value(ConstVectorView point) const override { return formula_(point[0], point[1]); }
  double value_and_gradient(ConstVectorView point, VectorView gradient) const override {
    const PlaneNumber f = evaluate(point);
    gradient[0] = f.x;
    gradient[1] = f.y;
    return Planar::value(point);  // the bits of value(), whatever the compiler fuses
  }
  void hessian_vector_product(ConstVectorView point, ConstVectorView v, VectorView product) const override {
    const PlaneNumber f = evaluate(point);
    product[0] = f.xx * v[0] + f.xy * v[1];
    product[1] = f.xy * v[0] + f.yy * v[1];
  }
  bool has_exact_hessian_vector_product() const override { return true; }

 private:
  PlaneNumber evaluate(ConstVectorView point) const {
    return formula_(PlaneNumber{.value = point[0], .x = 1.0}, PlaneNumber{.value = point[1], .y = 1.0});
  }
  Formula formula_;
};

}  // namespace perigee::problems

#endif
