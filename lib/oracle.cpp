#include <perigee/lib/oracle.hpp>

namespace perigee {

double euclidean_norm(ConstVectorView v) {
  double largest = 0.0;
  for (const double element : v) {
    const double magnitude = std::abs(element);
    if (!(magnitude <= std::numeric_limits<double>::max())) return magnitude;  // infinite or NaN
    if (magnitude > largest) largest = magnitude;
  }
  if (largest == 0.0) return 0.0;
  double sum = 0.0;
  for (const double element : v) {
    const double scaled = element / largest;
    sum += scaled * scaled;
  }
  return largest * std::sqrt(sum);
}

}  // namespace perigee
