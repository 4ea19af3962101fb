// Dou et al. (2022), "Demystify the gravity well in the optimization landscape": bandits whose rewards change in time.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_DOU_2022_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_DOU_2022_HPP

#include <perigee/diagnostics/reproduce/reproduction.hpp>

namespace perigee::reproduce {

Reproduction dou_2022_escape_time();  // "dou-2022-escape-time"
Reproduction dou_2022_variance();     // "dou-2022-variance"

}  // namespace perigee::reproduce

#endif
