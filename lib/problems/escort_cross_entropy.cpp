#include <perigee/lib/format.hpp>
#include <perigee/lib/kernels/kernel_table.hpp>
#include <perigee/lib/problems/bandit.hpp>
#include <perigee/lib/problems/cross_entropy.hpp>
#include <perigee/lib/problems/escort_cross_entropy.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/transforms/escort.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee::problems {

namespace {

using transforms::EscortScale;
using transforms::power;

double sign_of(double x) { return x > 0.0 ? 1.0 : (x < 0.0 ? -1.0 : 0.0); }

}  // namespace

EscortCrossEntropy::EscortCrossEntropy(Index classes, Index label, double p) : classes_(classes), label_(label), p_(p) {
  check_label("EscortCrossEntropy", classes, label);
  transforms::check_escort_power("EscortCrossEntropy", p);
}

double EscortCrossEntropy::value(ConstVectorView theta) const {
  return kernels::kernel_table().escort_cross_entropy.value(model(), theta.data());
}

double EscortCrossEntropy::value_and_gradient(ConstVectorView theta, VectorView gradient) const {
  return kernels::single_value_and_gradient(kernels::kernel_table().escort_cross_entropy, model(), theta, gradient);
}

kernels::EscortCrossEntropyModel EscortCrossEntropy::model() const { return {classes_, label_, p_}; }

void EscortCrossEntropy::batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const {
  kernels::kernel_table().escort_cross_entropy.value_and_gradient(model(), x, values, gradients);
}

void EscortCrossEntropy::descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const {
  kernels::kernel_table().escort_cross_entropy.descend(model(), rule, steps, lanes);
}

void EscortCrossEntropy::hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const {
  const EscortScale scale = transforms::escort_scale(theta, p_);
  const auto u = [&](Index a) { return std::abs(theta[a]) / scale.largest; };
  const auto score = [&](Index a) {
    return p_ * sign_of(theta[a]) * power(u(a), p_ - 1.0) / scale.sum / scale.largest;
  };
  double others = 0.0;
  double along_others = 0.0;  // sum_{b != y} z_b v_b
  for (Index a = 0; a < classes_; ++a) {
    if (a == label_) continue;
    others += power(u(a), p_);
    along_others += score(a) * v[a];
  }
  others /= scale.sum;
  const double along = along_others + score(label_) * v[label_];
  const double own_scale = p_ * (p_ - 1.0) / scale.sum / scale.largest / scale.largest;
  for (Index a = 0; a < classes_; ++a) {
    if (a == label_) continue;
    const double own = p_ != 1.0 && v[a] != 0.0 ? own_scale * power(u(a), p_ - 2.0) * v[a] : 0.0;
    product[a] = own - score(a) * along;
  }
  const double of_label = power(u(label_), p_) / scale.sum;
  const double own =
      others == 0.0 ? 0.0 * scale.sum : p_ * others * (1.0 + p_ * of_label) / theta[label_] / theta[label_] * v[label_];
  product[label_] = own - score(label_) * along_others;
}

void EscortCrossEntropy::probabilities(ConstVectorView theta, VectorView pi) const {
  transforms::escort(theta, p_, pi);
}

double EscortCrossEntropy::lojasiewicz_coefficient(ConstVectorView theta) const {
  const EscortScale scale = transforms::escort_scale(theta, p_);
  // min_a pi_a^{1 - 2/p}: at the smallest probability for p >= 2, at the largest for p < 2.
  double least = scale.largest;
  for (const double element : theta) least = std::min(least, std::abs(element));
  const double u = p_ >= 2.0 ? least / scale.largest : 1.0;
  const double norm = scale.largest * std::pow(scale.sum, 1.0 / p_);
  return p_ / norm * std::sqrt(power(u, p_ - 2.0) / std::pow(scale.sum, 1.0 - 2.0 / p_));
}

double escort_cross_entropy_step(ConstVectorView theta, double first_probability) {
  const double norm = transforms::p_norm(theta, 2.0);
  return norm * norm / (4.0 * (3.0 + 1.0 / first_probability));
}

Schedule escort_cross_entropy_schedule(double first_probability) {
  if (!(first_probability > 0.0 && first_probability <= 1.0)) {
    throw std::invalid_argument("escort_cross_entropy_schedule: first_probability must be in (0, 1], got " +
                                format_number(first_probability));
  }
  return {"escort-cross-entropy(first_probability=" + format_exact(first_probability) + ")",
          [first_probability](Index, ConstVectorView theta) {
            return escort_cross_entropy_step(theta, first_probability);
          }};
}

namespace {

Problem make_escort_cross_entropy(const Parameters& parameters) {
  const Index classes = parameters.integer("classes");
  const Index label = label_of("escort-cross-entropy", parameters);
  const double p = parameters.real("p");
  const auto objective = std::make_shared<EscortCrossEntropy>(classes, label, p);
  Problem problem;
  problem.name = "escort-cross-entropy";
  problem.summary = "-log of the probability that an escort transform gives to one label";
  problem.why_hard =
      "scale-invariant: the stable step grows with the norm of theta and shrinks with the label's "
      "first probability";
  problem.objective = objective;
  problem.policy = objective;
  problem.starts = label_policies(problem.name, parameters);
  const double first_probability = problem.starts.front().x[label];
  for (StartPoint& start : problem.starts) start.x = transforms::escort_start(start.x, p);
  if (p >= 2.0) {
    // One of the ray of minimizers: the Hessian is 0 along it, and everywhere at e_y for p > 2.
    Vector corner(classes);
    corner[label] = 1.0;
    problem.stationary_points = {{corner, 0.0, StationaryType::degenerate, 0}};
  }
  problem.optimal_value = 0.0;
  // Theorem 5's step at the start (||theta_1||_p = 1), with p in place of 2; for p = 2 it is the same number. None
  // for p < 2: the curvature near zeros, where the iterates go, is unbounded.
  if (p >= 2.0) problem.suggested_step = 1.0 / (p * p * (3.0 + std::pow(first_probability, -2.0 / p)));
  if (p == 2.0) problem.theory_schedule = escort_cross_entropy_schedule(first_probability);
  problem.random_start = normal_start(classes);
  return problem;
}

}  // namespace

Entry escort_cross_entropy() {
  std::vector<ParameterDescription> parameters = cross_entropy_parameters();
  parameters.push_back(escort_power_parameter());
  return {.name = "escort-cross-entropy",
          .family = "policies",
          .summary = "cross-entropy of an escort transform against one label: linear convergence at p = 2",
          .parameters = parameters,
          .make = make_escort_cross_entropy};
}

}  // namespace perigee::problems
