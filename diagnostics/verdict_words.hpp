// The plain words for each kind of finding, of which verdict.hpp makes the verdict.
#ifndef PERIGEE_DIAGNOSTICS_VERDICT_WORDS_HPP
#define PERIGEE_DIAGNOSTICS_VERDICT_WORDS_HPP

#include <perigee/diagnostics/finding.hpp>

#include <string>

namespace perigee {

/// A sentence each; the last two may be empty.
struct VerdictWords {
  std::string happened;
  std::string standing;  // where the run stands now, or what it cost
  std::string advice;    // what to do
};

/// Numbers are taken from the evidence of the finding by name; a finding without words of its own lends its message and
/// the first sentence of its recommendation. `trajectory`: with at least one record.
VerdictWords words_for(const Finding& finding, const Trajectory& trajectory);

}  // namespace perigee

#endif
