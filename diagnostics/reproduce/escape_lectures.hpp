// Lecture notes on escaping saddles and on the temperature of stochastic gradient descent: Arora (2018), COS 597G,
// lecture 6; Chaudhari (2019), notes on the energy landscape of deep networks.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_ESCAPE_LECTURES_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_ESCAPE_LECTURES_HPP

#include <perigee/diagnostics/reproduce/reproduction.hpp>

namespace perigee::reproduce {

Reproduction arora_2018_lemmas();            // "arora-2018-lemmas"
Reproduction arora_2018_escape();            // "arora-2018-escape"
Reproduction chaudhari_2019_gibbs();         // "chaudhari-2019-gibbs"
Reproduction chaudhari_2019_passage_time();  // "chaudhari-2019-passage-time"

}  // namespace perigee::reproduce

#endif
