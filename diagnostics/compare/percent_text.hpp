// Shares in words.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_PERCENT_TEXT_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_PERCENT_TEXT_HPP

#include <string>

namespace perigee {

/// "92%", to three digits. A share that is not 0 or 1 is not written as if it were: ">99.9%", "<0.1%".
std::string percent_text(double share);

}  // namespace perigee

#endif
