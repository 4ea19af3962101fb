// One lane by plain arithmetic, with the names of Highway's operations that the kernels use: what the library falls
// back on where it is built without Highway.
#ifndef PERIGEE_LIB_KERNELS_SCALAR_LANE_HPP
#define PERIGEE_LIB_KERNELS_SCALAR_LANE_HPP

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#define HWY_INLINE inline
#define HWY_LIKELY(condition) (condition)

namespace perigee::kernels::lane {

struct Tag {};
struct SignedTag {};
struct Lane {
  double value;
};
struct SignedLane {
  std::int64_t value;
};
template <class>
using ScalableTag = Tag;
template <class, std::size_t>
using CappedTag = Tag;
template <class>
using RebindToSigned = SignedTag;
template <class>
using Vec = Lane;
template <class>
using Mask = bool;

inline std::size_t Lanes(Tag) { return 1; }
constexpr std::size_t MaxLanes(Tag) { return 1; }
inline Lane Set(Tag, double value) { return {value}; }
inline SignedLane Set(SignedTag, std::int64_t value) { return {value}; }
inline Lane Zero(Tag) { return {0.0}; }
inline Lane LoadU(Tag, const double* from) { return {*from}; }
inline void StoreU(Lane a, Tag, double* to) { *to = a.value; }
inline Lane operator+(Lane a, Lane b) { return {a.value + b.value}; }
inline Lane operator-(Lane a, Lane b) { return {a.value - b.value}; }
inline Lane operator*(Lane a, Lane b) { return {a.value * b.value}; }
inline Lane operator/(Lane a, Lane b) { return {a.value / b.value}; }
inline SignedLane operator+(SignedLane a, SignedLane b) { return {a.value + b.value}; }
inline Lane MulAdd(Lane a, Lane b, Lane c) { return {a.value * b.value + c.value}; }
inline Lane NegMulAdd(Lane a, Lane b, Lane c) { return {c.value - a.value * b.value}; }
inline Lane Abs(Lane a) { return {std::abs(a.value)}; }
inline Lane Neg(Lane a) { return {-a.value}; }
inline Lane Max(Lane a, Lane b) { return {a.value > b.value ? a.value : b.value}; }
inline Lane Min(Lane a, Lane b) { return {a.value < b.value ? a.value : b.value}; }
inline bool Lt(Lane a, Lane b) { return a.value < b.value; }
inline bool Le(Lane a, Lane b) { return a.value <= b.value; }
inline bool Gt(Lane a, Lane b) { return a.value > b.value; }
inline bool Ge(Lane a, Lane b) { return a.value >= b.value; }
inline bool Eq(Lane a, Lane b) { return a.value == b.value; }
inline bool IsNaN(Lane a) { return std::isnan(a.value); }
inline bool And(bool a, bool b) { return a && b; }
inline bool Or(bool a, bool b) { return a || b; }
inline bool AndNot(bool a, bool b) { return !a && b; }
inline bool AllTrue(Tag, bool a) { return a; }
inline bool AllFalse(Tag, bool a) { return !a; }
inline Lane IfThenElse(bool mask, Lane a, Lane b) { return mask ? a : b; }
inline Lane IfThenElseZero(bool mask, Lane a) { return {mask ? a.value : 0.0}; }
inline Lane CopySign(Lane magnitude, Lane sign) { return {std::copysign(magnitude.value, sign.value)}; }
inline SignedLane BitCast(SignedTag, Lane a) { return {std::bit_cast<std::int64_t>(a.value)}; }
inline Lane BitCast(Tag, SignedLane a) { return {std::bit_cast<double>(a.value)}; }
template <int bits>
SignedLane ShiftLeft(SignedLane a) {
  return {static_cast<std::int64_t>(static_cast<std::uint64_t>(a.value) << bits)};
}

}  // namespace perigee::kernels::lane

#endif
