#include <perigee/lib/version.hpp>

namespace perigee {

std::string_view version() { return PERIGEE_VERSION; }

}  // namespace perigee
