// Does the value go round in a circle at the end of a run, and with which period?
//
// The last records of the second half, at most 1001 and an odd number n, equally spaced, less their least-squares line:
//  1. the periodogram I_j = |sum_t z_t e^(-2 pi i j t/n)|^2, j = 1 .. m = (n - 1)/2; Fisher's (1929) g = max I_j/sum
//  I_j.
//     Of independent normal noise P(g > x) <= m (1 - x)^(m - 1) (the first term of his series); at most 1e-6. A peak at
//     j < 8 is a course, not a cycle.
//  2. recurrence: the least rms(z_{t+L} - z_t)/(sqrt 2 sd z) over lags 2 <= L <= n/4, at most 0.3 (noise: 1). Red noise
//     and a drift have peaks, but do not come back.
//  3. no decay: the deviations of the two halves differ by a factor of at most 1.5, and the line accounts for no larger
//     change than the cycle. A damped oscillation is on its way to convergence.
//  4. deviation at least 1e-9 (1 + |f|), above the rounding of f.
#ifndef PERIGEE_DIAGNOSTICS_LIMIT_CYCLE_HPP
#define PERIGEE_DIAGNOSTICS_LIMIT_CYCLE_HPP

#include <perigee/diagnostics/detector.hpp>
#include <perigee/diagnostics/series.hpp>

#include <optional>

namespace perigee {

struct LimitCycle {
  Index first = 0;  // of the window, in iterations
  Index last = 0;
  double period = 0.0;      // in iterations, at least 2 records: L/(cycles of the peak frequency within L)
  double g = 0.0;           // Fisher's share of the highest peak, in (0, 1]
  double chance = 0.0;      // bound on P(g) under noise
  double recurrence = 0.0;  // 0: it comes back exactly; 1: noise
  double deviation = 0.0;   // standard deviation of the value within the cycle
};

/// Nothing: no cycle, fewer than 65 records in the second half, or records not equally spaced. O(n^2), n <= 1001.
std::optional<LimitCycle> find_limit_cycle(const Series& values, const LimitCycleOptions& options = {});

/// Adds a finding "step-too-large" with the period where a run without minibatches goes in circles and no such finding
/// was made; explains plateaus within it. Not where the step size changes by more than a factor of 1.5 within two
/// periods: a schedule may drive circles of its own. `likely` where a constant step size is on record, else
/// `suspected`.
void detect_limit_cycle(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
