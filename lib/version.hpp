// The version of the compiled library.
#ifndef PERIGEE_LIB_VERSION_HPP
#define PERIGEE_LIB_VERSION_HPP

#include <string_view>

namespace perigee {

/// "major.minor.patch", semantic versioning.
std::string_view version();

}  // namespace perigee

#endif
