// What a file was written with, against what is wanted now.
// Internal to the diagnostics libraries.
#ifndef PERIGEE_DIAGNOSTICS_CONFIGURATION_DIFFERENCE_HPP
#define PERIGEE_DIAGNOSTICS_CONFIGURATION_DIFFERENCE_HPP

#include <perigee/diagnostics/store.hpp>

#include <string>
#include <vector>

namespace perigee {

/// What differs, entry by entry: "seed: the file has '1', this run '2'; ..."; empty: nothing but what may change.
std::string configuration_difference(const RunConfiguration& stored, const RunConfiguration& wanted,
                                     const std::vector<std::string>& may_change = {});

}  // namespace perigee

#endif
