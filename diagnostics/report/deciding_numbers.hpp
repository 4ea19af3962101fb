// The numbers of a finding that decided, each against its threshold, as a person reads them.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_DECIDING_NUMBERS_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_DECIDING_NUMBERS_HPP

#include <perigee/diagnostics/finding.hpp>

#include <string>
#include <vector>

namespace perigee {

/// "slow share 0.6, at least 0.333"; the two ends of an interval, x_lower and x_upper, make one line:
/// "exponent in [0.014, 0.034], at least -0.1, at most 0.1". Empty where nothing was compared.
std::vector<std::string> deciding_numbers(const std::vector<Evidence>& evidence);

}  // namespace perigee

#endif
