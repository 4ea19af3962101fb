// The reproductions that can be run by name.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_REGISTRY_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_REGISTRY_HPP

#include <perigee/diagnostics/reproduce/reproduction.hpp>

namespace perigee::reproduce {

/// Every registered reproduction, paper by paper in the order of the papers.
const std::vector<Reproduction>& registry();

/// The reproduction of that name. Throws std::invalid_argument on an unknown one, naming the nearest.
const Reproduction& reproduction_named(const std::string& name);

}  // namespace perigee::reproduce

#endif
