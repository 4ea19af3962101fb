// Mei, Xiao, Dai, Li, Szepesvari and Schuurmans (2020), "Escaping the gravitational pull of softmax": its figures and
// theorems on exact gradients. Iterates are counted from theta_1 in the paper and from 0 here: t = k + 1.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_MEI_2020_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_MEI_2020_HPP

#include <perigee/diagnostics/reproduce/reproduction.hpp>

namespace perigee::reproduce {

Reproduction mei_2020_figure_1();       // "mei-2020-figure-1"
Reproduction mei_2020_figure_2a();      // "mei-2020-figure-2a"
Reproduction mei_2020_figure_2bc();     // "mei-2020-figure-2bc"
Reproduction mei_2020_figure_3();       // "mei-2020-figure-3"
Reproduction mei_2020_figure_4();       // "mei-2020-figure-4"
Reproduction mei_2020_figure_5a();      // "mei-2020-figure-5a"
Reproduction mei_2020_figure_6();       // "mei-2020-figure-6"
Reproduction mei_2020_theorem_1();      // "mei-2020-theorem-1"
Reproduction mei_2020_theorem_2();      // "mei-2020-theorem-2"
Reproduction mei_2020_theorem_3();      // "mei-2020-theorem-3"
Reproduction mei_2020_theorem_4();      // "mei-2020-theorem-4"
Reproduction mei_2020_theorem_5();      // "mei-2020-theorem-5"
Reproduction mei_2020_proposition_1();  // "mei-2020-proposition-1"
Reproduction mei_2020_remark_3();       // "mei-2020-remark-3"
Reproduction mei_2020_inequalities();   // "mei-2020-inequalities"

}  // namespace perigee::reproduce

#endif
