// Does the run progress at the edge of stability? Good to know, no problem.
//
// Cohen, Kaur, Li, Kolter and Talwalkar (2021), "Gradient descent on neural networks typically occurs at the edge of
// stability": with a fixed step size eta on the whole objective, the largest curvature lambda rises until eta lambda is
// what the method bears (2 for gradient descent, stability.hpp), and then hovers there: the value goes up and down from
// step to step and falls on average. A quadratic cannot do that: below 2 its value falls with every step, at 2 its
// oscillation stays as it is, above 2 it grows.
//
// All of, over at least a quarter of the run:
//  1. eta lambda in [1.8, 2.4], scaled so that 2 is what the method bears: either the median of eta h in each of
//     successive twentieths of the records, h the curvature along the steps (where the oscillation dominates the
//     steps); or, with the objective at hand, at each of 3 or more successive snapshots, lambda by thick-restart
//     Lanczos;
//  2. at least one step in a hundred raises the value, by more than 1e-9 of it, and not only in the first half of it;
//  3. the value falls (course.hpp).
// `likely` where lambda was measured, at 3 snapshots or more; `suspected` from the record alone.
#ifndef PERIGEE_DIAGNOSTICS_EDGE_OF_STABILITY_HPP
#define PERIGEE_DIAGNOSTICS_EDGE_OF_STABILITY_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// Adds at most one finding "edge-of-stability", information. Asked of plain steps of one size on the whole objective:
/// gradient descent, heavy ball and Nesterov with constant settings, and logs without the name of a method. Cost: at
/// most 40 Hessian-vector products at each of 8 snapshots, where 2 and, along the steps or over the second half, 3
/// hold.
void detect_edge_of_stability(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
