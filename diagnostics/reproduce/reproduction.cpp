#include <perigee/diagnostics/reproduce/reproduction.hpp>

#include <algorithm>

namespace perigee::reproduce {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::holds_with_care:
      return "holds with care";
    case Verdict::does_not_hold:
      return "does not hold";
  }
  return "";
}

Verdict verdict_of(const Result& result) {
  Verdict worst = Verdict::holds;
  for (const Claim& claim : result.claims) worst = std::max(worst, claim.verdict);
  return worst;
}

}  // namespace perigee::reproduce
