// Dual numbers a + b e with e^2 = 0: the scalar of derivatives along one direction, and the inner scalar of second
// derivatives.
//
// Whatever computes a gradient, run with dual numbers x + v e, has H(x) v in the dual parts of its result, exact up to
// rounding (Pearlmutter 1994, "Fast exact multiplication by the Hessian"). For jets of dual numbers see dual_jet.hpp.
#ifndef PERIGEE_LIB_DUAL_HPP
#define PERIGEE_LIB_DUAL_HPP

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <ostream>

namespace perigee {

/// value + derivative e. Converts from double on its own, so that functors may mix it with constants.
struct Dual {
  double value = 0.0;
  double derivative = 0.0;

  constexpr Dual() = default;
  constexpr Dual(double constant) : value(constant) {}
  constexpr Dual(double value_part, double derivative_part) : value(value_part), derivative(derivative_part) {}

  constexpr Dual& operator+=(const Dual& other) { return *this = *this + other; }
  constexpr Dual& operator-=(const Dual& other) { return *this = *this - other; }
  constexpr Dual& operator*=(const Dual& other) { return *this = *this * other; }
  constexpr Dual& operator/=(const Dual& other) { return *this = *this / other; }

  friend constexpr Dual operator+(const Dual& x) { return x; }
  friend constexpr Dual operator-(const Dual& x) { return {-x.value, -x.derivative}; }
  friend constexpr Dual operator+(const Dual& x, const Dual& y) {
    return {x.value + y.value, x.derivative + y.derivative};
  }
  friend constexpr Dual operator-(const Dual& x, const Dual& y) {
    return {x.value - y.value, x.derivative - y.derivative};
  }
  friend constexpr Dual operator*(const Dual& x, const Dual& y) {
    return {x.value * y.value, x.derivative * y.value + x.value * y.derivative};
  }
  friend constexpr Dual operator/(const Dual& x, const Dual& y) {
    const double quotient = x.value / y.value;
    return {quotient, (x.derivative - quotient * y.derivative) / y.value};
  }

  // Order is that of the values: a branch on x < y takes the branch that double takes.
  friend constexpr bool operator==(const Dual& x, const Dual& y) { return x.value == y.value; }
  friend constexpr bool operator!=(const Dual& x, const Dual& y) { return x.value != y.value; }
  friend constexpr bool operator<(const Dual& x, const Dual& y) { return x.value < y.value; }
  friend constexpr bool operator<=(const Dual& x, const Dual& y) { return x.value <= y.value; }
  friend constexpr bool operator>(const Dual& x, const Dual& y) { return x.value > y.value; }
  friend constexpr bool operator>=(const Dual& x, const Dual& y) { return x.value >= y.value; }

  friend std::ostream& operator<<(std::ostream& stream, const Dual& x) {
    return stream << x.value << " + " << x.derivative << " e";
  }
};

namespace detail {
// outer(x) for a function with this value and this derivative at x.value.
inline Dual chain(const Dual& x, double value, double outer_derivative) {
  return {value, outer_derivative * x.derivative};
}
}  // namespace detail

inline Dual exp(const Dual& x) {
  const double value = std::exp(x.value);
  return detail::chain(x, value, value);
}
inline Dual exp2(const Dual& x) {
  const double value = std::exp2(x.value);
  return detail::chain(x, value, value * std::log(2.0));
}
inline Dual expm1(const Dual& x) { return detail::chain(x, std::expm1(x.value), std::exp(x.value)); }
inline Dual log(const Dual& x) { return detail::chain(x, std::log(x.value), 1.0 / x.value); }
inline Dual log2(const Dual& x) { return detail::chain(x, std::log2(x.value), 1.0 / (x.value * std::log(2.0))); }
inline Dual log10(const Dual& x) { return detail::chain(x, std::log10(x.value), 1.0 / (x.value * std::log(10.0))); }
inline Dual log1p(const Dual& x) { return detail::chain(x, std::log1p(x.value), 1.0 / (1.0 + x.value)); }
inline Dual sqrt(const Dual& x) {
  const double value = std::sqrt(x.value);
  return detail::chain(x, value, 0.5 / value);
}
inline Dual cbrt(const Dual& x) {
  const double value = std::cbrt(x.value);
  return detail::chain(x, value, 1.0 / (3.0 * value * value));
}
inline Dual sin(const Dual& x) { return detail::chain(x, std::sin(x.value), std::cos(x.value)); }
inline Dual cos(const Dual& x) { return detail::chain(x, std::cos(x.value), -std::sin(x.value)); }
inline Dual tan(const Dual& x) {
  const double value = std::tan(x.value);
  return detail::chain(x, value, 1.0 + value * value);
}
inline Dual asin(const Dual& x) {
  return detail::chain(x, std::asin(x.value), 1.0 / std::sqrt((1.0 - x.value) * (1.0 + x.value)));
}
inline Dual acos(const Dual& x) {
  return detail::chain(x, std::acos(x.value), -1.0 / std::sqrt((1.0 - x.value) * (1.0 + x.value)));
}
inline Dual atan(const Dual& x) { return detail::chain(x, std::atan(x.value), 1.0 / (1.0 + x.value * x.value)); }
inline Dual sinh(const Dual& x) { return detail::chain(x, std::sinh(x.value), std::cosh(x.value)); }
inline Dual cosh(const Dual& x) { return detail::chain(x, std::cosh(x.value), std::sinh(x.value)); }
inline Dual tanh(const Dual& x) {
  const double sech = 1.0 / std::cosh(x.value);  // 1 - tanh^2 would lose all digits far out
  return detail::chain(x, std::tanh(x.value), sech * sech);
}
inline Dual erf(const Dual& x) {
  return detail::chain(x, std::erf(x.value), std::exp(-x.value * x.value) / std::sqrt(std::atan(1.0)));
}
inline Dual erfc(const Dual& x) {
  return detail::chain(x, std::erfc(x.value), -std::exp(-x.value * x.value) / std::sqrt(std::atan(1.0)));
}
inline Dual floor(const Dual& x) { return std::floor(x.value); }
inline Dual ceil(const Dual& x) { return std::ceil(x.value); }
inline Dual norm(const Dual& x) { return x * x; }

/// |x|; at 0 the derivative of the side that the sign of the zero names.
inline Dual abs(const Dual& x) { return detail::chain(x, std::abs(x.value), std::copysign(1.0, x.value)); }
inline Dual copysign(const Dual& x, const Dual& sign) {
  return std::signbit(x.value) == std::signbit(sign.value) ? x : -x;
}
inline Dual fmin(const Dual& x, const Dual& y) { return std::isnan(x.value) || y.value < x.value ? y : x; }
inline Dual fmax(const Dual& x, const Dual& y) { return std::isnan(x.value) || y.value > x.value ? y : x; }

inline Dual hypot(const Dual& x, const Dual& y) {
  const double value = std::hypot(x.value, y.value);
  return {value, x.value / value * x.derivative + y.value / value * y.derivative};
}
inline Dual hypot(const Dual& x, const Dual& y, const Dual& z) { return hypot(hypot(x, y), z); }
inline Dual atan2(const Dual& y, const Dual& x) {
  const double square = x.value * x.value + y.value * y.value;
  return {std::atan2(y.value, x.value), (x.value * y.derivative - y.value * x.derivative) / square};
}

/// x^y. Parts that do not vary do not contribute: x^2 is differentiable at 0 and for negative x.
inline Dual pow(const Dual& x, const Dual& y) {
  const double value = std::pow(x.value, y.value);
  double derivative = 0.0;
  if (x.derivative != 0.0 && y.value != 0.0) derivative += y.value * std::pow(x.value, y.value - 1.0) * x.derivative;
  if (y.derivative != 0.0 && !(x.value == 0.0 && y.value > 0.0)) derivative += std::log(x.value) * value * y.derivative;
  return {value, derivative};
}

inline bool isfinite(const Dual& x) { return std::isfinite(x.value); }
inline bool isinf(const Dual& x) { return std::isinf(x.value); }
inline bool isnan(const Dual& x) { return std::isnan(x.value); }
inline bool isnormal(const Dual& x) { return std::isnormal(x.value); }
inline bool signbit(const Dual& x) { return std::signbit(x.value); }
inline int fpclassify(const Dual& x) { return std::fpclassify(x.value); }
inline bool isless(const Dual& x, const Dual& y) { return std::isless(x.value, y.value); }
inline bool isgreater(const Dual& x, const Dual& y) { return std::isgreater(x.value, y.value); }

}  // namespace perigee

namespace std {
template <>
struct numeric_limits<perigee::Dual> : numeric_limits<double> {};
}  // namespace std

namespace Eigen {
template <>
struct NumTraits<perigee::Dual> : GenericNumTraits<perigee::Dual> {
  using Real = perigee::Dual;
  using NonInteger = perigee::Dual;
  using Nested = perigee::Dual;
  using Literal = perigee::Dual;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 2,
    AddCost = 2,
    MulCost = 4
  };
  static Real epsilon() { return {std::numeric_limits<double>::epsilon()}; }
  static Real dummy_precision() { return {1e-12}; }
  static int digits10() { return std::numeric_limits<double>::digits10; }
};
}  // namespace Eigen

#endif
