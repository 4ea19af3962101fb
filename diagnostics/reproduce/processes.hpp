// Policy gradient in Markov decision processes: Mei et al. (2020), figure 5c, and a chain after Agarwal et al.
// (2021).
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_PROCESSES_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_PROCESSES_HPP

#include <perigee/diagnostics/reproduce/reproduction.hpp>

namespace perigee::reproduce {

Reproduction mei_2020_figure_5c();  // "mei-2020-figure-5c"
Reproduction agarwal_2021_chain();  // "agarwal-2021-chain"

}  // namespace perigee::reproduce

#endif
