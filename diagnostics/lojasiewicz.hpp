// How does the gradient vanish with the distance in value? Lojasiewicz's inequality ||grad f|| >= C (f - f*)^theta,
// read off the end of a run. Along the gradient flow d(f - f*)/dt = -||grad f||^2: theta = 1/2 makes it converge
// linearly, theta in (1/2, 1] like t^(-1/(2 theta - 1)). Through a softmax theta = 1 and C is no constant but the
// probability of the best action (Mei et al. 2020, On the global convergence rates of softmax policy gradient methods,
// lemma 3): it degrades where the policy sinks into a well.
//
// Over [T/4, T] log ||grad f|| and log(f - f*) are averaged over at most 24 blocks of equal length in log t; theta is
// the least-squares slope of the one over the other.
#ifndef PERIGEE_DIAGNOSTICS_LOJASIEWICZ_HPP
#define PERIGEE_DIAGNOSTICS_LOJASIEWICZ_HPP

#include <perigee/diagnostics/series.hpp>

#include <optional>
#include <vector>

namespace perigee {

/// The means that both questions are asked of.
struct InequalityBlocks {
  std::vector<double> log_time;
  std::vector<double> log_excess;    // log(f - f*)
  std::vector<double> log_gradient;  // log ||grad f||
  Index first = 0;                   // the window, in iterations
  Index last = 0;
};

/// Empty where f* is not known. O(n).
InequalityBlocks inequality_blocks(const Trajectory& trajectory);

struct Lojasiewicz {
  double exponent = 0.0;        // theta
  double exponent_error = 0.0;  // standard error, as far as scatter goes
  Index first = 0;              // the window, in iterations
  Index last = 0;
};

/// Nothing for fewer than 8 blocks, or where f - f* changes by less than a tenth in the window: then no slope is to be
/// seen.
std::optional<Lojasiewicz> lojasiewicz_exponent(const InequalityBlocks& blocks);

struct NonUniformCoefficient {
  double first_value = 0.0;  // C_t = ||grad f||/(f - f*)^theta in the first and in the last block
  double last_value = 0.0;
  double trend = 0.0;  // d log C_t/d log t, Theil-Sen, with Sen's 95% interval
  double lower = 0.0;
  double upper = 0.0;
};

/// C_t over the same window for a given theta; theta = 1: a policy landscape. Nothing for fewer than 8 blocks; C_t has
/// a trend also where f stands still.
std::optional<NonUniformCoefficient> non_uniform_coefficient(const InequalityBlocks& blocks, double exponent);

}  // namespace perigee

#endif
