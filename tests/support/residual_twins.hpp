// What second writings of residuals are written with: long double, and the subscripts of the papers.
#ifndef PERIGEE_TESTS_SUPPORT_RESIDUAL_TWINS_HPP
#define PERIGEE_TESTS_SUPPORT_RESIDUAL_TWINS_HPP

#include <functional>
#include <vector>

namespace perigee::twins {

using Real = long double;
using Reals = std::vector<Real>;  // 1-based where the paper's formulas are: element 0 is then unused
using Residuals = std::function<Reals(const Reals& x)>;

inline Real square(Real x) { return x * x; }

/// x with a leading unused element, so that the formulas keep the paper's subscripts.
inline Reals one_based(const Reals& x) {
  Reals shifted{0.0L};
  shifted.insert(shifted.end(), x.begin(), x.end());
  return shifted;
}

/// The residuals of the data fits, r_i for i = 1..m.
inline Reals over(int m, const std::function<Real(int)>& residual) {
  Reals r;
  for (int i = 1; i <= m; ++i) r.push_back(residual(i));
  return r;
}

}  // namespace perigee::twins

#endif
