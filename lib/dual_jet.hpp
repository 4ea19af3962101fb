// ceres::Jet of dual numbers: differentiates in M coordinates (the jet) and along one direction (the dual part) at
// once, so the dual parts of a jet's gradient are elements of H(x) v, forward over forward. Needs the header
// ceres/jet.h: link perigee::autodiff.
#ifndef PERIGEE_LIB_DUAL_JET_HPP
#define PERIGEE_LIB_DUAL_JET_HPP

#include <perigee/lib/dual.hpp>

#include <ceres/jet.h>

#include <compare>

namespace perigee {

// Jet<Dual, N> meets plain numbers. Ceres' own operators deduce one scalar type from both sides and so
// reject 2.0 * x; these are found through the jet's template argument.
template <int N>
using DualJet = ceres::Jet<Dual, N>;

template <int N>
DualJet<N> operator+(const DualJet<N>& x, double y) {
  return x + Dual(y);
}
template <int N>
DualJet<N> operator+(double x, const DualJet<N>& y) {
  return Dual(x) + y;
}
template <int N>
DualJet<N> operator-(const DualJet<N>& x, double y) {
  return x - Dual(y);
}
template <int N>
DualJet<N> operator-(double x, const DualJet<N>& y) {
  return Dual(x) - y;
}
template <int N>
DualJet<N> operator*(const DualJet<N>& x, double y) {
  return x * Dual(y);
}
template <int N>
DualJet<N> operator*(double x, const DualJet<N>& y) {
  return Dual(x) * y;
}
template <int N>
DualJet<N> operator/(const DualJet<N>& x, double y) {
  return x / Dual(y);
}
template <int N>
DualJet<N> operator/(double x, const DualJet<N>& y) {
  return Dual(x) / y;
}
template <int N>
bool operator==(const DualJet<N>& x, const Dual& y) {
  return x.a == y;
}
template <int N>
std::partial_ordering operator<=>(const DualJet<N>& x, const Dual& y) {
  return x.a.value <=> y.value;
}
template <int N>
DualJet<N> pow(double x, const DualJet<N>& y) {
  return pow(Dual(x), y);
}
template <int N>
DualJet<N> fmin(const DualJet<N>& x, double y) {
  return fmin(x, DualJet<N>(Dual(y)));
}
template <int N>
DualJet<N> fmax(const DualJet<N>& x, double y) {
  return fmax(x, DualJet<N>(Dual(y)));
}
template <int N>
DualJet<N> fmin(double x, const DualJet<N>& y) {
  return fmin(DualJet<N>(Dual(x)), y);
}
template <int N>
DualJet<N> fmax(double x, const DualJet<N>& y) {
  return fmax(DualJet<N>(Dual(x)), y);
}

}  // namespace perigee

#endif
