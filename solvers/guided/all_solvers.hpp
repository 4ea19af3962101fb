// Every solver that can be made by name: those of solvers/registry.hpp, and `guided`, which stands above the
// diagnostics.
#ifndef PERIGEE_SOLVERS_GUIDED_ALL_SOLVERS_HPP
#define PERIGEE_SOLVERS_GUIDED_ALL_SOLVERS_HPP

#include <perigee/solvers/registry.hpp>

namespace perigee::all_solvers {

/// `guided` first, then solvers::registry().
const std::vector<solvers::Entry>& registry();

/// As the functions of the same names in namespace solvers, with `guided` known.
solvers::Entry entry_named(const std::string& name);
std::unique_ptr<Solver> make(const std::string& name, const Parameters::Assignments& assignments,
                             const Problem& problem);

}  // namespace perigee::all_solvers

#endif
