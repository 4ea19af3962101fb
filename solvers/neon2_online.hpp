// Gradient descent that finds negative curvature from minibatches where the gradient is small.
#ifndef PERIGEE_SOLVERS_NEON2_ONLINE_HPP
#define PERIGEE_SOLVERS_NEON2_ONLINE_HPP

#include <perigee/lib/solver.hpp>

#include <string>

namespace perigee {

/// The numbers that the method runs on.
struct Neon2OnlineParameters {
  double learning_rate;        // eta, of the descent
  double gradient_threshold;   // eps: search where ||grad f|| <= this
  double search_rate;          // eta_s, of the search
  Index batch_size;            // b terms an update, drawn with replacement; 0: the whole objective
  double start_length;         // sigma: length of the start of an attempt
  double radius;               // r > sigma: an attempt ends where it has grown to this length
  Index iterations;            // T: updates of an attempt, at most
  Index attempts;              // starts before the search gives up
  double curvature_threshold;  // found: the curvature of the whole objective along the direction is <= -this
  double step_length;          // of the move along a direction found; halved until f falls enough

  /// Values that work. `curvature` mu in (0, l] is the weakest negative curvature worth finding, `scale` > 0 the
  /// typical size of x. eta = 1/l, eta_s = 1/(4 l), R = sqrt(8 l/mu + 6), r = 1e-5 scale, sigma = r/R,
  /// T = ceil(ln(1000 R)/ln(1 + eta_s mu)), 3 attempts, curvature_threshold = mu/4, step_length = scale/10.
  /// Throws std::invalid_argument on anything out of range.
  static Neon2OnlineParameters practical(double gradient_lipschitz, double tolerance, double curvature,
                                         Index batch_size, double scale = 1.0);
};

/// After the online NEON2 of Allen-Zhu and Li (2018). Gradient descent on the whole objective, and where
/// ||grad f(x)|| <= eps attempts to find negative curvature, each from a random y of length sigma:
///
///     y -= eta_s (grad f_B(x + y) - grad f_B(x)),   B a fresh batch, the same at both points
///
/// until ||y|| >= r, at most T times. The same batch at both points is what makes it work: the difference is H_B y to
/// first order and vanishes with y, while two batches would differ by the noise of the gradients, whatever y is. Then
/// the curvature of the whole objective along y is measured; a direction that fails is followed by a fresh attempt. A
/// direction found is left along as by `CurvatureEscape`.
///
/// Ends where all attempts fail: first-order stationary, the second order not certified.
/// One move or one gradient step is one iteration. Cost: one gradient a step; a search up to attempts (2 T + 1)
/// gradient calls, of which 2 T see only b terms (T, with the whole objective).
class Neon2Online final : public Solver {
 public:
  /// Throws std::invalid_argument on parameters out of range.
  explicit Neon2Online(Neon2OnlineParameters parameters);
  std::string name() const override { return "neon2-online"; }
  bool ends_itself() const override { return true; }
  std::vector<std::pair<std::string, std::string>> settings() const override;
  /// Throws std::invalid_argument, too, if batches are asked for and the objective is no finite sum.
  std::unique_ptr<Stepper> start(Oracle& oracle, ConstVectorView x0, const RandomSource& random) const override;

 private:
  Neon2OnlineParameters parameters_;
};

namespace solvers {
struct Entry;
Entry neon2_online();  // "neon2-online"
}  // namespace solvers

}  // namespace perigee

#endif
