#include <perigee/lib/format.hpp>
#include <perigee/lib/transforms/escort.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace perigee::transforms {

void check_escort_power(const char* who, double p) {
  if (!(p >= 1.0 && std::isfinite(p))) {
    throw std::invalid_argument(std::string(who) + ": p must be >= 1 and finite, got " + format_number(p));
  }
}

double power(double u, double exponent) {
  if (exponent == 0.0) return 1.0;
  if (exponent == 1.0) return u;
  if (exponent == 2.0) return u * u;
  return std::pow(u, exponent);
}

EscortScale escort_scale(ConstVectorView theta, double p) {
  double largest = 0.0;
  for (const double element : theta) {
    const double magnitude = std::abs(element);
    if (!(magnitude <= largest)) largest = magnitude;  // lets a NaN through
  }
  if (!(largest > 0.0)) return {largest, std::numeric_limits<double>::quiet_NaN()};
  double sum = 0.0;
  for (const double element : theta) sum += power(std::abs(element) / largest, p);
  return {largest, sum};
}

void escort(ConstVectorView theta, double p, VectorView pi) {
  check_escort_power("escort", p);
  const EscortScale scale = escort_scale(theta, p);
  for (Index a = 0; a < theta.size(); ++a) pi[a] = power(std::abs(theta[a]) / scale.largest, p) / scale.sum;
}

double p_norm(ConstVectorView theta, double p) {
  check_escort_power("p_norm", p);
  const EscortScale scale = escort_scale(theta, p);
  return scale.largest == 0.0 ? 0.0 : scale.largest * std::pow(scale.sum, 1.0 / p);
}

Vector escort_start(ConstVectorView pi, double p) {
  check_escort_power("escort_start", p);
  double sum = 0.0;
  for (const double element : pi) {
    if (!(element >= 0.0 && element <= 1.0)) {
      throw std::invalid_argument("escort_start: probabilities must be in [0, 1], got " + format_number(element));
    }
    sum += element;
  }
  if (!(std::abs(sum - 1.0) <= 1e-9)) {
    throw std::invalid_argument("escort_start: probabilities must sum to 1, got " + format_number(sum, 12));
  }
  Vector theta(pi.size());
  for (Index a = 0; a < pi.size(); ++a) theta[a] = std::pow(pi[a], 1.0 / p);
  return theta;
}

}  // namespace perigee::transforms
