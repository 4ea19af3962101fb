// The verdict: what happened, where the run stands, what to do, in at most three sentences for somebody who has read no
// paper. The deciding numbers are the finding's own (message, evidence) and are not repeated here.
//
// It tells the principal finding: of the most severe ones the most certain, then the earliest; a good end before what
// it cost on the way. A plateau, which is a shape, gives way to its equals; so does an exhausted budget, which is a
// consequence, and to the damping that used it up. Where nothing is found it tells the course of the value.
#ifndef PERIGEE_DIAGNOSTICS_VERDICT_HPP
#define PERIGEE_DIAGNOSTICS_VERDICT_HPP

#include <perigee/diagnostics/detector.hpp>

namespace perigee {

/// More severe first; of equals an exhausted budget last, a plateau before it; then the more certain, the earlier.
bool is_more_important(const Finding& a, const Finding& b);

/// A minimum, or a point that is as good as one.
bool reached_its_goal(const Finding& finding);

/// Sets diagnosis.principal and diagnosis.summary. The findings must be in order of importance. Where a power law is to
/// be qualified: at most 128 Hessian-vector products.
void give_verdict(const DiagnosisInput& input, Diagnosis& diagnosis);

}  // namespace perigee

#endif
