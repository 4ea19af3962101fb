// Du, Jin, Lee, Jordan, Poczos and Singh (2017), "Gradient descent can take exponential time to escape saddle points":
// the experiments on the octopus.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_DU_2017_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_DU_2017_HPP

#include <perigee/diagnostics/reproduce/reproduction.hpp>

namespace perigee::reproduce {

Reproduction du_2017_octopus();  // "du-2017-octopus"

}  // namespace perigee::reproduce

#endif
