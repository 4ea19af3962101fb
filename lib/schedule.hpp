// Learning-rate schedules: eta_k as a function of the iteration, or of the iteration and the iterate.
#ifndef PERIGEE_LIB_SCHEDULE_HPP
#define PERIGEE_LIB_SCHEDULE_HPP

#include <perigee/lib/vector.hpp>

#include <functional>
#include <string>

namespace perigee {

/// eta_k > 0 for the step from x_k to x_{k+1}, k = 0, 1, ... A small value; copy it freely.
class Schedule {
 public:
  using OfIteration = std::function<double(Index k)>;
  using OfIterate = std::function<double(Index k, ConstVectorView x)>;

  /// A constant learning rate, so that `{.step_size = 0.1}` reads as it should.
  Schedule(double constant);
  /// A rate by formula; `text` names it with its parameters, for reports.
  Schedule(std::string text, OfIteration rate);
  /// A rate that reads the iterate, such as the escort steps of Mei et al. (2020).
  Schedule(std::string text, OfIterate rate);

  double operator()(Index k, ConstVectorView x) const {
    if (of_iteration_) return of_iteration_(k);
    if (of_iterate_) return of_iterate_(k, x);
    return constant_;
  }

  /// For example "cosine(initial=0.1, final=0.001, iterations=100)".
  const std::string& text() const { return text_; }

 private:
  double constant_ = 0.0;
  OfIteration of_iteration_;
  OfIterate of_iterate_;
  std::string text_;
};

/// The schedules of the literature. Rates are > 0 and finite, counts are in iterations;
/// anything else throws std::invalid_argument.
namespace schedules {

/// a0
Schedule constant(double initial);
/// a0 factor^floor(k / interval), factor in (0, 1]
Schedule step_decay(double initial, double factor, Index interval);
/// a0 exp(-decay k), decay >= 0
Schedule exponential(double initial, double decay);
/// a0 / (1 + decay k), decay >= 0
Schedule inverse_time(double initial, double decay);
/// a1 + (a0 - a1)/2 (1 + cos(pi min(k, T)/T)), T = iterations, a1 = final in [0, a0]
Schedule cosine(double initial, double final, Index iterations);
/// a0 (k+1)/Tw for k < Tw = warm_up, then cosine over the remaining iterations - warm_up
Schedule warm_up_cosine(double initial, double final, Index warm_up, Index iterations);
/// a0 / (k + k0), k0 > 0: sums to infinity, its squares do not. Robbins and Monro (1951).
Schedule robbins_monro(double initial, double offset);
/// C / ln(k + k0), C = scale > 0, k0 > 1: the temperature of Geman and Hwang (1986). Annealing on finitely many states
/// ends at the global minima if and only if C is at least the depth of the deepest other well (Hajek 1988).
Schedule logarithmic(double scale, double offset);
/// C / ln ln(k + k0), C = scale > 0, k0 > e: the temperature of Gelfand and Mitter (1991). With the learning rate
/// robbins_monro(A, k0) Langevin's noise sqrt(2 a_k T_k) is their sqrt(B/(k ln ln k)), B = 2 A C; it is the logarithmic
/// law in the time t_k = sum a_k, which grows like A ln k.
Schedule iterated_logarithmic(double scale, double offset);

/// A schedule from text: a number, or name(key=value, ...) with the names and parameters above, for
/// example "cosine(initial=0.1, final=0.001, iterations=500)". Throws std::invalid_argument on anything else.
Schedule parse(const std::string& text);

}  // namespace schedules

}  // namespace perigee

#endif
