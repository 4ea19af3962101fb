// Mei, Xiao, Dai, Li, Szepesvari and Schuurmans (2020), "Escaping the gravitational pull of softmax": its figures and
// theorems on exact gradients. Iterates are counted from theta_1 in the paper and from 0 here: t = k + 1.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_MEI_2020_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_MEI_2020_HPP

#include <perigee/diagnostics/reproduce/reproduction.hpp>

namespace perigee::reproduce {

Reproduction mei_2020_figure_2a();  // "mei-2020-figure-2a"

}  // namespace perigee::reproduce

#endif
