// exp(x) of every lane; exp(NaN) = NaN, exp(-inf) = 0, exp(inf) = inf, gradual underflow included. Compiled once for
// each target: see kernel_table.cpp.
//
// x = n ln 2 + r with whole n and |r| <= ln(2)/2 in two pieces (Cody and Waite 1980), exp(r) = 1 + r + r^2 q(r) with q
// of degree 9, the Chebyshev interpolant of (exp(r) - 1 - r)/r^2 (relative error of exp(r) below 1.7e-17), and 2^n put
// into the exponent. The error is below 1.15 units in the last place: 1/2 of the last addition, 1/4 each of r and of
// r + r^2 q, 0.15 of q; 1.06 is the largest that was measured.

// 2^n for the whole number n in [-1022, 1023] that the low bits of `shifted` = n + 1.5 * 2^52 hold.
template <class D>
HWY_INLINE hn::Vec<D> power_of_two(D d, hn::Vec<D> shifted) {
  const hn::RebindToSigned<D> di;
  const auto bits = hn::ShiftLeft<52>(hn::BitCast(di, shifted) + hn::Set(di, 1023));
  return hn::BitCast(d, bits);
}

// exp(x) = fraction * 2^n.
template <class D>
struct Exponential {
  hn::Vec<D> fraction;  // in [0.7, 1.42]
  hn::Vec<D> shifted;   // n + 1.5 * 2^52
};

constexpr double whole_shift = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to a whole number

template <class D>
HWY_INLINE Exponential<D> split_exponential(D d, hn::Vec<D> x) {
  using V = hn::Vec<D>;
  const V shifted = hn::MulAdd(x, hn::Set(d, 1.4426950408889634), hn::Set(d, whole_shift));
  const V n = shifted - hn::Set(d, whole_shift);
  const V coarse = hn::NegMulAdd(n, hn::Set(d, 0.6931471805598903), x);  // 42 bits of ln 2: n times it is exact
  const V r = hn::NegMulAdd(n, hn::Set(d, 5.497923018708371e-14), coarse);
  const V r2 = r * r;
  const V q01 = hn::MulAdd(hn::Set(d, 0.16666666666666669), r, hn::Set(d, 0.5000000000000001));
  const V q23 = hn::MulAdd(hn::Set(d, 0.008333333333330051), r, hn::Set(d, 0.04166666666662399));
  const V q45 = hn::MulAdd(hn::Set(d, 0.00019841269863105968), r, hn::Set(d, 0.0013888888917281794));
  const V q67 = hn::MulAdd(hn::Set(d, 2.7557268378684192e-06), r, hn::Set(d, 2.480152119021773e-05));
  const V q89 = hn::MulAdd(hn::Set(d, 2.5100424157005067e-08), r, hn::Set(d, 2.7620138719733994e-07));
  const V q = hn::MulAdd(hn::MulAdd(hn::MulAdd(hn::MulAdd(q89, r2, q67), r2, q45), r2, q23), r2, q01);
  return {hn::MulAdd(q, r2, r) + hn::Set(d, 1.0), shifted};
}

// Whether 2^n needs no care in any lane.
template <class D>
HWY_INLINE bool is_safe(D d, hn::Vec<D> x) {
  return hn::AllTrue(d, hn::Le(hn::Abs(x), hn::Set(d, 708.0)));
}

// exp(x) where `is_safe`: the same bits as below, because powers of two scale exactly.
template <class D>
HWY_INLINE hn::Vec<D> safe_exponential(D d, hn::Vec<D> x) {
  const hn::RebindToSigned<D> di;
  const Exponential<D> parts = split_exponential(d, x);
  const auto exponent = hn::ShiftLeft<52>(hn::BitCast(di, parts.shifted));
  return hn::BitCast(d, hn::BitCast(di, parts.fraction) + exponent);
}

// exp(x) for every x.
template <class D>
HWY_INLINE hn::Vec<D> exponential(D d, hn::Vec<D> x) {
  using V = hn::Vec<D>;
  const Exponential<D> parts = split_exponential(d, hn::Max(hn::Min(x, hn::Set(d, 711.0)), hn::Set(d, -746.0)));
  // 2^n in two halves, so that results that underflow are rounded once.
  const V shift = hn::Set(d, whole_shift);
  const V n = parts.shifted - shift;
  const V half = hn::MulAdd(n, hn::Set(d, 0.5), shift);
  const V rest = (n - (half - shift)) + shift;
  const V scaled = (parts.fraction * power_of_two(d, half)) * power_of_two(d, rest);
  return hn::IfThenElse(hn::IsNaN(x), x, scaled);
}
