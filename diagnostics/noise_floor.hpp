// Do the iterates hover at a noise floor, or is it flat there, or do they drift away slowly?
//
// While a step is noise, x_{k+1} = x_k - eta (grad f + noise), three things can keep a curve level, and the distance
// that the iterates travel tells them apart. Over blocks of m iterations, with displacements D_j and steps s_k, let
//
//     rho = sum_j ||D_j||^2 / (c sum_k ||s_k||^2),   c = (1 + beta)/(1 - beta) under momentum beta, else 1
//
//     rho -> 0   the gradient pulls back what the noise pushes away: noise floor
//     rho = 1    the steps are independent and nothing pulls back: flat, a random walk
//     rho >> 1   the steps add up: a slope, or, if most of the distance falls into the last quarter, an escape
//
// Since ||x_{k+1} - x_s||^2 = ||x_k - x_s||^2 - 2 eta (x_k - x_s)'g_k + eta^2 ||g_k||^2, the sums telescope:
// R = 1 - rho is the ratio of fluctuation and dissipation, mean (x_k - x_s)'g_k over (eta/2) mean ||g_k||^2, of Yaida
// (2019), measured from snapshots and step lengths alone; and rho is the distance diagnostic of Pesme, Dieuleveut and
// Flammarion (2020), who show why inner products of successive gradients (Pflug 1983) fail where curvatures differ.
// Under a random walk, nu rho is chi-squared with nu = (blocks) (effective dimension) degrees of freedom, the effective
// dimension (sum v_i)^2/sum v_i^2 of the variances v_i of the coordinates over the shortest lag.
// With 8 and with 4 blocks in the second half of the run (Wilson and Hilferty's approximation, one-sided 0.13% each):
//   floor   rho below what a random walk permits, and <= 0.5
//   slope, escape   rho above it, and >= 1.5; escape also where the last two displacements point the same way beyond
//           chance (cosine above 3 over the root of the effective dimension) and the last is 1.5 times as long
//   flat    neither, and 0.5 <= rho <= 1.5 with at least 30 degrees of freedom
//   undetermined    anything else.
// Without snapshots: if the value stands still while eta sum ||g_k||^2, what the gradients promise, is 20 times what
// the value lost, most of the gradient is noise: a floor is suspected, but a flat region looks the same.
// Where the noise has vanished with the gradient there is no floor but rounding (vanishing_noise.hpp).
#ifndef PERIGEE_DIAGNOSTICS_NOISE_FLOOR_HPP
#define PERIGEE_DIAGNOSTICS_NOISE_FLOOR_HPP

#include <perigee/diagnostics/detector.hpp>

#include <string_view>

namespace perigee {

enum class NoiseVerdict { floor, flat, slope, escape, undetermined };

/// "floor", "flat", "slope", "escape", "undetermined".
std::string_view name_of(NoiseVerdict verdict);

struct NoiseReading {
  NoiseVerdict verdict = NoiseVerdict::undetermined;
  double distance_ratio = not_measured;  // rho, of the 8 blocks (fewer where fewer snapshots were kept)
  double deviation = not_measured;       // of rho from a random walk's, in standard deviations
  double late_share = not_measured;      // of the squared displacements, in the last quarter of the blocks
  double effective_dimension = not_measured;
  Index blocks = 0;
  Index lag = 0;    // m, in iterations
  Index first = 0;  // the stretch read, in iterations
  Index last = 0;
};

/// Reads the snapshots and step lengths from iteration `first` on; undetermined without at least 4 snapshots there.
/// O(snapshots n + records).
NoiseReading read_noise(const Trajectory& trajectory, Index first, const NoiseFloorOptions& options = {});

/// Whether the run's steps are random: gradients of minibatches, or noise added by the method.
bool has_noise(const Trajectory& trajectory);

/// For runs with noise: adds a finding "noise-floor", a warning, where the iterates hover at one (`likely`) or might
/// (`suspected`, and a limit), and explains by it the findings "plateau" within it; where gradient norms of two batch
/// sizes were recorded, with the gradient noise scale (noise_scale.hpp). Where the end is flat instead, a "plateau"
/// there says so.
void detect_noise_floor(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
