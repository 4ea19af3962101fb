#include <perigee/lib/format.hpp>
#include <perigee/lib/transforms/escort.hpp>
#include <perigee/lib/transforms/policy_transform.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee::transforms {

PolicyTransform PolicyTransform::softmax(double temperature) {
  if (!(temperature > 0.0 && std::isfinite(temperature))) {
    throw std::invalid_argument("PolicyTransform: temperature must be > 0 and finite, got " +
                                format_number(temperature));
  }
  return {PolicyFamily::softmax, temperature};
}

PolicyTransform PolicyTransform::escort(double p) {
  check_escort_power("PolicyTransform", p);
  return {PolicyFamily::escort, p};
}

std::string PolicyTransform::name() const { return family_ == PolicyFamily::softmax ? "softmax" : "escort"; }

void PolicyTransform::probabilities(ConstVectorView theta, VectorView pi) const {
  if (family_ == PolicyFamily::escort) return transforms::escort(theta, parameter_, pi);
  pi = theta / parameter_;
  transforms::softmax(pi, pi);
}

void PolicyTransform::log_probabilities(ConstVectorView theta, VectorView log_pi) const {
  if (family_ == PolicyFamily::escort) {
    const EscortScale scale = escort_scale(theta, parameter_);
    const double log_sum = std::log(scale.sum);
    for (Index a = 0; a < theta.size(); ++a) {
      log_pi[a] = parameter_ * std::log(std::abs(theta[a]) / scale.largest) - log_sum;
    }
    return;
  }
  const double largest = *std::max_element(theta.begin(), theta.end());
  double sum = 0.0;
  for (Index a = 0; a < theta.size(); ++a) {
    log_pi[a] = (theta[a] - largest) / parameter_;
    sum += std::exp(log_pi[a]);
  }
  const double log_sum = std::log(sum);
  for (double& element : log_pi) element -= log_sum;
}

void PolicyTransform::scores(ConstVectorView theta, VectorView score) const {
  if (family_ == PolicyFamily::softmax) {
    probabilities(theta, score);
    for (double& element : score) element /= parameter_;
    return;
  }
  const EscortScale scale = escort_scale(theta, parameter_);
  for (Index a = 0; a < theta.size(); ++a) {
    const double size = power(std::abs(theta[a]) / scale.largest, parameter_ - 1.0) / scale.sum / scale.largest;
    const double slope = parameter_ * size;
    score[a] = theta[a] > 0.0 ? slope : (theta[a] < 0.0 ? -slope : 0.0 * slope);
  }
}

void PolicyTransform::change(ConstVectorView theta, ConstVectorView pi, ConstVectorView score, ConstVectorView v,
                             VectorView pi_change, VectorView score_change) const {
  if (family_ == PolicyFamily::softmax) {
    const Index most_probable = std::max_element(pi.begin(), pi.end()) - pi.begin();
    double drift = 0.0;
    for (Index a = 0; a < theta.size(); ++a) drift += pi[a] * (v[a] - v[most_probable]);
    for (Index a = 0; a < theta.size(); ++a) {
      pi_change[a] = pi[a] * ((v[a] - v[most_probable]) - drift) / parameter_;
      score_change[a] = pi_change[a] / parameter_;
    }
    return;
  }
  const double p = parameter_;
  const EscortScale scale = escort_scale(theta, p);
  const double stretch = score.dot(v);  // the relative change of sum |theta_a|^p
  const double curvature = p * (p - 1.0) / scale.sum / scale.largest / scale.largest;
  for (Index a = 0; a < theta.size(); ++a) {
    pi_change[a] = score[a] * v[a] - pi[a] * stretch;
    double own = 0.0;  // 0 where a factor is 0, even if the other is infinite
    if (p != 1.0 && v[a] != 0.0) own = curvature * power(std::abs(theta[a]) / scale.largest, p - 2.0) * v[a];
    score_change[a] = own - score[a] * stretch;
  }
}

double PolicyTransform::log_slope(double theta_a) const {
  return family_ == PolicyFamily::softmax ? 1.0 / parameter_ : parameter_ / theta_a;
}

double PolicyTransform::log_curvature(double theta_a) const {
  return family_ == PolicyFamily::softmax ? 0.0 : -parameter_ / (theta_a * theta_a);
}

Vector PolicyTransform::start(ConstVectorView pi) const {
  if (family_ == PolicyFamily::escort) return escort_start(pi, parameter_);
  Vector theta = softmax_start(pi);
  theta.view() *= parameter_;
  return theta;
}

}  // namespace perigee::transforms
