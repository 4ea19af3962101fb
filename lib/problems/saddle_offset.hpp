// The start beside a saddle that problems offer: the saddle plus a small step along its most negative curvature.
#ifndef PERIGEE_LIB_PROBLEMS_SADDLE_OFFSET_HPP
#define PERIGEE_LIB_PROBLEMS_SADDLE_OFFSET_HPP

#include <perigee/lib/parameters.hpp>

namespace perigee::problems {

/// The parameter `offset`, the distance of the start "near-saddle" from the saddle.
inline ParameterDescription offset_parameter() {
  return {.name = "offset",
          .default_value = "1e-06",
          .least = 0.0,
          .greatest = 1.0,
          .summary = "distance of the start near-saddle from the saddle, along the most negative curvature"};
}

}  // namespace perigee::problems

#endif
