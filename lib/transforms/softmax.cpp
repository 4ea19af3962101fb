#include <perigee/lib/format.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee::transforms {

void softmax(ConstVectorView theta, VectorView pi) {
  if (theta.size() == 0) return;
  const double largest = *std::max_element(theta.begin(), theta.end());
  double sum = 0.0;
  for (Index a = 0; a < theta.size(); ++a) {
    pi[a] = std::exp(theta[a] - largest);
    sum += pi[a];
  }
  for (double& element : pi) element /= sum;
}

Vector softmax_start(ConstVectorView pi) {
  double sum = 0.0;
  for (const double element : pi) {
    if (!(element > 0.0 && element <= 1.0)) {
      throw std::invalid_argument("softmax_start: probabilities must be in (0, 1], got " + format_number(element));
    }
    sum += element;
  }
  if (!(std::abs(sum - 1.0) <= 1e-9)) {
    throw std::invalid_argument("softmax_start: probabilities must sum to 1, got " + format_number(sum, 12));
  }
  Vector theta(pi.size());
  for (Index a = 0; a < pi.size(); ++a) theta[a] = std::log(pi[a]);
  return theta;
}

}  // namespace perigee::transforms
