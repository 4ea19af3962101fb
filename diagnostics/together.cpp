#include <perigee/diagnostics/together.hpp>

namespace perigee {

std::string_view name_of(LeavingRate rate) {
  switch (rate) {
    case LeavingRate::not_tested:
      return "not tested";
    case LeavingRate::constant:
      return "constant";
    case LeavingRate::rising:
      return "rising";
    case LeavingRate::falling:
      return "falling";
  }
  return "";
}

std::string_view name_of(RestartAdvice advice) {
  switch (advice) {
    case RestartAdvice::none:
      return "none";
    case RestartAdvice::restart:
      return "restart";
    case RestartAdvice::wait:
      return "wait";
    case RestartAdvice::undecided:
      return "undecided";
  }
  return "";
}

}  // namespace perigee
