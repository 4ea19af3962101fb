// Why a run ended: made once, where the decision is made, and never reconstructed.
#ifndef PERIGEE_LIB_END_HPP
#define PERIGEE_LIB_END_HPP

#include <string>
#include <string_view>

namespace perigee {

enum class EndClass {
  convergence,  // a stated criterion on the point holds
  budget,       // iterations, evaluations or time ran out
  breakdown,    // the run cannot go on: non-finite values, a failed line search
};

/// "convergence", "budget" or "breakdown".
std::string_view name_of(EndClass end_class);

struct End {
  EndClass end_class = EndClass::budget;
  std::string id;       // stable, kebab-case: "gradient-tolerance", "max-iterations", "non-finite", ...
  std::string message;  // the inequality that decided, with its numbers and the iteration
  bool operator==(const End&) const = default;
};

}  // namespace perigee

#endif
