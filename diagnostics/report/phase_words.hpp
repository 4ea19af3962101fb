// What makes a phase one of its kind, in one line, as a person reads it.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_PHASE_WORDS_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_PHASE_WORDS_HPP

#include <perigee/diagnostics/finding.hpp>

#include <string>

namespace perigee {

/// "0.8714 to 0.103"; one number where the phase is a single record; empty where no value was recorded.
std::string value_words(const Phase& phase);

/// "value 0.8714 to 0.103, gradient norm 0.0007 to 0.444, exponent 0.02 [0.01, 0.03]"; what was not recorded is left
/// out.
std::string phase_words(const Phase& phase);

}  // namespace perigee

#endif
