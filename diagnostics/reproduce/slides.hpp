// A course's slides on first-order methods, "Optimization in machine learning": step sizes, schedules, and the
// coin-flip picture of saddles.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_SLIDES_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_SLIDES_HPP

#include <perigee/diagnostics/reproduce/reproduction.hpp>

namespace perigee::reproduce {

Reproduction slides_schedules();  // "slides-schedules"
Reproduction slides_step_size();  // "slides-step-size"
Reproduction slides_coin_flip();  // "slides-coin-flip"

}  // namespace perigee::reproduce

#endif
