// The search for negative curvature by Chebyshev polynomials of the Hessian, stable under errors of the gradients.
#ifndef PERIGEE_SOLVERS_CHEBYSHEV_SEARCH_HPP
#define PERIGEE_SOLVERS_CHEBYSHEV_SEARCH_HPP

#include <perigee/solvers/curvature_escape.hpp>

namespace perigee {

/// Which polynomial of A = (1 - 3 delta/(4 L)) I - H/L is applied to the start.
enum class SearchPolynomial {
  chebyshev,  // T_t(A): NEON2
  power,      // A^t: the same search without acceleration, as in NEON (Xu, Rong and Yang 2018)
};

struct ChebyshevSearchParameters {
  SearchPolynomial polynomial;
  double gradient_lipschitz;   // L
  double curvature;            // delta in (0, L]: the negative curvature to find
  double start_length;         // sigma: length of the start
  double radius;               // r > sigma: the search has found its direction where it has grown to this length
  Index iterations;            // T: updates before the search gives up
  double curvature_threshold;  // found: the curvature measured along the direction is <= -this
};

/// The deterministic NEON2 of Allen-Zhu and Li (2018). With M(y) = A y by differences of gradients,
/// M(y) = -(grad f(x + y) - grad f(x))/L + (1 - 3 delta/(4 L)) y, and y_0 = 0, y_1 = xi, ||xi|| = sigma:
///
///     y_{t+1} = 2 M(y_t) - y_{t-1},   z_t = y_{t+1} - M(y_t);   ends with e = z_t/||z_t|| where ||z_t|| >= r
///
/// Where f is quadratic, z_t = T_t(A) xi and y_t = U_{t-1}(A) xi, Chebyshev's polynomials of both kinds. Curvatures in
/// [-3 delta/4, L] are mapped into [-1, 1], where |T_t| <= 1; -delta and beyond grow like
/// cosh(t acosh(1 + delta/(4 L))). So all but a share (sigma/r)^2 of e is of curvature < -3 delta/4:
///
///     e'He <= -3 delta/4 + (sigma/r)^2 (L + 3 delta/4)
///
/// That is not taken on trust: the curvature along e is measured over the distance r. Nor is what is seen on the way
/// ignored: each update measures the curvature along y_t for nothing, and where that is <= -curvature_threshold the
/// search ends with y_t/||y_t||.
///
/// Cost: one gradient an update, one for the measurement along z_t where that decides.
class ChebyshevSearch final : public CurvatureSearch {
 public:
  ChebyshevSearch(Index dimension, const ChebyshevSearchParameters& parameters)
      : parameters_(parameters), probe_(dimension), before_(dimension), now_(dimension), mapped_(dimension) {}
  SearchResult run(Oracle& oracle, const Evaluation& at, RandomEngine& engine, VectorView direction) override;

 private:
  ChebyshevSearchParameters parameters_;
  Evaluation probe_;  // at x + y_t
  Vector before_;     // y_{t-1}
  Vector now_;        // y_t
  Vector mapped_;     // M(y_t)
};

/// The updates after which a start with a component of at least `component` (in (0, 1], of a start of length 1) along
/// curvature -delta or beyond has grown by the factor `growth` >= 1:
/// ceil(acosh(growth/component)/acosh(1 + delta/(4 L))), or ceil(ln(growth/component)/ln(1 + delta/(4 L))).
Index updates_to_grow(SearchPolynomial polynomial, double gradient_lipschitz, double curvature, double growth,
                      double component);

}  // namespace perigee

#endif
