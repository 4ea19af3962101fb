// Did the value stand still for a long stretch while better values were to be had?
//
// A plateau is a stretch on which the exponent p of f - b ~ t^-p lies within (-0.1, 0.1) (trend.hpp), found in the
// optimal segmentation of the whole curve (segmentation.hpp), without the points at its two ends that differ from its
// median by more than 5% of the excess and 4 standard deviations, provided that
//  - it spans a factor of at least 2 in time, or 1.5 if the run ended in it after something else;
//  - if the run left it: the excess then fell (or rose) by a fifth and 3 standard deviations in at most a third of
//    the time the stretch had lasted. Every curve, an exponential for one, is flat in log time at its very beginning,
//    but what follows is slower than that; so is the passage of a logistic curve, which loses nothing to speak of by
//    waiting;
//  - if the run started and ended in it: less than 5% of the excess was lost, for the same reason, and `suspected`;
//  - if the run ended in it: it is not within 1e-6 of the range of the known optimum or bound.
// A plateau that was left and took less than a tenth of the run is information, otherwise a warning.
// A terminal one is a problem where the optimal value is known and the plateau likely.
// Exponential and power-law curves therefore raise no alarm wherever they are cut off after the first 5%, if b is
// known. Where b is only extrapolated, a curve that approaches its limit looks the same: `suspected`, and said so.
#ifndef PERIGEE_DIAGNOSTICS_PLATEAU_HPP
#define PERIGEE_DIAGNOSTICS_PLATEAU_HPP

#include <perigee/diagnostics/detector.hpp>
#include <perigee/diagnostics/segmentation.hpp>

namespace perigee {

struct Plateau {
  Index first = 0;  // in iterations
  Index last = 0;
  TrendTest test;
  double level = 0.0;          // median value
  double excess_share = 0.0;   // (level - bound)/(largest value - bound)
  double change = 0.0;         // value at the end minus value at the start, medians of a tenth of the stretch each
  bool is_terminal = false;    // the recorded run ends in it
  bool is_at_optimum = false;  // within 1e-6 of the range of the known bound
};

struct CurveReading {
  ValueBound bound;
  /// "plateau", "descent", "ascent", "at-optimum"; stretches that noise leaves undetermined are missing.
  std::vector<Phase> phases;
  std::vector<Plateau> plateaus;
};

/// Reads the curve of values. O(n).
CurveReading read_curve(const Trajectory& trajectory, const PlateauOptions& options = {});

/// How the line begins that detect_plateau adds to the limits when nothing tells a flat end from convergence.
inline constexpr std::string_view unknown_bound_limit = "Whether the flat end of the curve is convergence or a plateau";

/// Adds the shapes of the curve to the phases (nothing where it diverges and no bound is known), and a finding
/// "plateau" for each plateau that is not at the known optimum.
void detect_plateau(const DiagnosisInput& input, Diagnosis& diagnosis);

/// Makes every finding "plateau" of which at least half lies in [first, last] information, and adds `reason`.
void explain_plateaus(Diagnosis& diagnosis, Index first, Index last, const std::string& reason);

}  // namespace perigee

#endif
