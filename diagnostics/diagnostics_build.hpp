// What the diagnostics were compiled with, beside what lib/version.hpp says of the core.
#ifndef PERIGEE_DIAGNOSTICS_DIAGNOSTICS_BUILD_HPP
#define PERIGEE_DIAGNOSTICS_DIAGNOSTICS_BUILD_HPP

#include <perigee/lib/version.hpp>

#include <vector>

namespace perigee {

/// SQLite, nlohmann-json, and whether HTML reports have interactive charts.
std::vector<BuildFact> diagnostics_build_facts();

}  // namespace perigee

#endif
