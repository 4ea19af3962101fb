// Pages and documents: what they must contain, one part after the other.
#ifndef PERIGEE_TESTS_SUPPORT_IN_ORDER_HPP
#define PERIGEE_TESTS_SUPPORT_IN_ORDER_HPP

#include "support/catch.hpp"

#include <string>
#include <vector>

namespace perigee::test {

/// Requires every part in the text, each at or after the place of the one before.
inline void require_in_order(const std::string& text, const std::vector<std::string>& parts) {
  std::size_t at = 0;
  for (const std::string& part : parts) {
    INFO(part);
    const std::size_t found = text.find(part, at);
    REQUIRE(found != std::string::npos);
    at = found;
  }
}

}  // namespace perigee::test

#endif
