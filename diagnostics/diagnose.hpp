// From a trajectory to a diagnosis.
#ifndef PERIGEE_DIAGNOSTICS_DIAGNOSE_HPP
#define PERIGEE_DIAGNOSTICS_DIAGNOSE_HPP

#include <perigee/diagnostics/detector_options.hpp>
#include <perigee/diagnostics/finding.hpp>
#include <perigee/diagnostics/spectrum.hpp>
#include <perigee/lib/objective.hpp>
#include <perigee/lib/random.hpp>
#include <perigee/lib/trajectory.hpp>

namespace perigee {

struct DiagnoseOptions {
  double gradient_tolerance =
      1e-6;                    // eps_g: a point with ||grad f|| <= eps_g (1 + |f|) counts as first-order stationary
  SpectrumOptions spectrum{};  // how hard to look at the curvature of the end point
  RandomSource random{0};      // start vectors of the spectral certificate, directions of the derivative check
  PlateauOptions plateau{};
  LostGroundOptions lost_ground{};
  RateOptions rate{};
  GravityWellOptions gravity_well{};
  LostClassOptions lost_class{};
  SoftmaxDampingOptions softmax_damping{};
  DivergenceOptions divergence{};
  StepTooLargeOptions step_too_large{};
  LimitCycleOptions limit_cycle{};
  SuperlinearOptions superlinear{};
  EdgeOfStabilityOptions edge_of_stability{};
  RoundingFloorOptions rounding_floor{};
  EndPointOptions end_point{};
  DerivativeMismatchOptions derivative_mismatch{};
  LineSearchStallOptions line_search_stall{};
  StepTooSmallOptions step_too_small{};
  IllConditionedValleyOptions ill_conditioned_valley{};
  NoiseFloorOptions noise_floor{};
  SaddlePassageOptions saddle_passage{};
};

/// What happened in this run, as far as what was recorded and the objective (nullptr: unknown) permit.
/// A pure function of its arguments. Oracle calls are made at snapshots only: a few gradients and at most
/// spectrum.max_products Hessian-vector products for the kind of the end point, 32 for the length of the steps, 40 for
/// each of the first saddle_passage.most_judged saddles passed, 128 where a power law is to be qualified, 40 at each of
/// 8 snapshots where the run seems to be at the edge of stability; and a dozen values and gradients that question the
/// derivatives, at most 1500 more where these look wrong. Throws std::invalid_argument if the objective's dimension is
/// not that of the snapshots, and if a threshold is out of range (thresholds.hpp).
Diagnosis diagnose(const Trajectory& trajectory, const Objective* objective = nullptr,
                   const DiagnoseOptions& options = {});

}  // namespace perigee

#endif
