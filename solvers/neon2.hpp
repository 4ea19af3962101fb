// Gradient descent that finds negative curvature by NEON2, from gradients alone, where the gradient is small.
#ifndef PERIGEE_SOLVERS_NEON2_HPP
#define PERIGEE_SOLVERS_NEON2_HPP

#include <perigee/lib/solver.hpp>
#include <perigee/solvers/chebyshev_search.hpp>
#include <perigee/solvers/negative_curvature_finding.hpp>

#include <string>

namespace perigee {

/// The numbers that the method runs on. Made by `theory` or by `practical`, which never mix.
struct Neon2Parameters {
  double learning_rate;       // eta, of the descent
  double gradient_threshold;  // eps: search where ||grad f|| <= this
  ChebyshevSearchParameters search{};
  double step_length;  // of the move along a direction found; halved until f falls enough
  std::string origin;  // "theory" or "practical", for reports

  /// delta = sqrt(rho eps). With p = failure_probability/(1 + 24 Delta_f sqrt(rho/eps^3)) the share of one search,
  /// c = min(1, p sqrt(pi/(2 n))) (a start uniform on the sphere has a smaller component along an eigenvector with
  /// probability <= p), and R = sqrt(8 L/delta + 6): T = updates_to_grow(L, delta, R, c),
  /// sigma = delta (c/R)^2/(16 rho T^3), r = R sigma, curvature_threshold = delta/2, step_length = delta/(2 rho).
  /// The structure is the paper's, sigma ~ delta/(T^3 rho) times a power of the start's component; its constants are
  /// left open there, these are derived (docs/solvers/neon2.md). Throws std::invalid_argument on anything out of range.
  static Neon2Parameters theory(const CurvatureFindingTheory& of,
                                SearchPolynomial polynomial = SearchPolynomial::chebyshev);

  /// Values that work. `curvature` mu in (0, l] is the weakest negative curvature worth finding, `scale` > 0 the
  /// typical size of x. eta = 1/l, delta = mu, R = sqrt(8 l/mu + 6), r = 1e-5 scale, sigma = r/R,
  /// T = updates_to_grow(l, mu, R, 1/1000), curvature_threshold = mu/2, step_length = scale/10.
  /// Throws std::invalid_argument on anything out of range.
  static Neon2Parameters practical(double gradient_lipschitz, double tolerance, double curvature, double scale = 1.0,
                                   SearchPolynomial polynomial = SearchPolynomial::chebyshev);
};

/// Gradient descent, and where ||grad f(x)|| <= eps the search of Allen-Zhu and Li (2018), "Neon2: finding local minima
/// via first-order oracles" (`ChebyshevSearch`), from a random direction. A direction found is left along as by
/// `CurvatureEscape`. With theory parameters a move needs no halving and lowers f by delta^3/(24 rho^2) at least.
///
/// Ends where T updates do not grow to r. With theory parameters lambda_min(H(x)) > -delta = -sqrt(rho eps) there but
/// for a probability `failure_probability` of the whole run; with practical ones the end is evidence, no proof.
/// One move or one gradient step is one iteration. Cost: one gradient a step; a search up to T + 1 gradients more,
/// T = O(sqrt(L/delta) log).
class Neon2 final : public Solver {
 public:
  /// Throws std::invalid_argument on parameters out of range.
  explicit Neon2(Neon2Parameters parameters);
  std::string name() const override { return "neon2"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  Neon2Parameters parameters_;
};

namespace solvers {
struct Entry;
Entry neon2();  // "neon2"
}  // namespace solvers

}  // namespace perigee

#endif
