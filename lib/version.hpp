// The version of the compiled library, and what it was compiled with.
#ifndef PERIGEE_LIB_VERSION_HPP
#define PERIGEE_LIB_VERSION_HPP

#include <string>
#include <string_view>
#include <vector>

namespace perigee {

/// "major.minor.patch", semantic versioning. Said once, in the project's CMakeLists.txt.
std::string_view version();

/// One thing to know about a build, for bug reports: {"Eigen", "3.4.0"}.
struct BuildFact {
  std::string name;
  std::string value;
};

/// Compiler, language, Eigen, Boost, zlib, and the vector targets that this build has on this machine; "not built in"
/// where an optional part is missing. Throws std::invalid_argument if PERIGEE_SIMD_TARGET names a target that is not
/// there.
std::vector<BuildFact> build_facts();

}  // namespace perigee

#endif
