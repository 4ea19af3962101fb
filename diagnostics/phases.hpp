// From what the detectors saw to phases that tile the run: the first one starts at the first record, each further one
// at the record after the last of the one before, and the last one ends at the last record.
//
// Two sources: the shapes of the curve of values (plateau.hpp: descent, ascent, plateau, at-optimum), and findings that
// speak of a stretch and say what went on there. Where they overlap, the first in the order of phase_kinds() wins: what
// explains a stretch beats the shape of its curve. Then
//  - a finding that looked at the second half of the run only (divergence, oscillation, noise floor) takes over the
//    whole of a shape of which it covers about half (45%) or more;
//  - a divergence begins at the lowest value, if the last one lies above it;
//  - the flat end of a run whose end point was judged a minimum belongs to "converged", its cause is that finding;
//  - a gap of at most a twentieth of its neighbouring shapes joins the longer of them;
//  - any other gap is a descent (ascent) if no value in it is above (below) the one before, else undetermined.
// The cause of a phase is the id of a finding of the diagnosis: of what it is the phase of, and for a shape the one of
// causes_of() that covers at least half of it. Evidence: value at both ends, least and largest gradient norm, and for
// shapes that have one, the exponent of f - b ~ t^-p with its 95% interval (trend.hpp).
#ifndef PERIGEE_DIAGNOSTICS_PHASES_HPP
#define PERIGEE_DIAGNOSTICS_PHASES_HPP

#include <perigee/diagnostics/detector.hpp>

#include <string>
#include <vector>

namespace perigee {

struct PhaseKind {
  std::string kind;
  std::string summary;
};

/// Every kind a Phase may be of; where stretches overlap, the one that comes first here wins.
const std::vector<PhaseKind>& phase_kinds();

/// Replaces the shapes of the curve that detect_plateau left in diagnosis.phases by phases that tile the run.
/// O(records x stretches that overlap).
void tile_phases(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
