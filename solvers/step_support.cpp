#include <perigee/solvers/step_support.hpp>

namespace perigee {

End non_finite_end(Index iteration) {
  return {EndClass::breakdown, "non-finite",
          "value or gradient is not finite at the proposed iterate " + std::to_string(iteration) +
              "; the last finite iterate is kept"};
}

}  // namespace perigee
