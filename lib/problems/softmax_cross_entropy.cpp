#include <perigee/lib/kernels/kernel_table.hpp>
#include <perigee/lib/problems/cross_entropy.hpp>
#include <perigee/lib/problems/random_starts.hpp>
#include <perigee/lib/problems/softmax_cross_entropy.hpp>
#include <perigee/lib/transforms/softmax.hpp>

#include <algorithm>
#include <cmath>

namespace perigee::problems {

SoftmaxCrossEntropy::SoftmaxCrossEntropy(Index classes, Index label) : classes_(classes), label_(label) {
  check_label("SoftmaxCrossEntropy", classes, label);
}

double SoftmaxCrossEntropy::value(ConstVectorView theta) const {
  return kernels::kernel_table().softmax_cross_entropy.value(model(), theta.data());
}

double SoftmaxCrossEntropy::value_and_gradient(ConstVectorView theta, VectorView gradient) const {
  return kernels::single_value_and_gradient(kernels::kernel_table().softmax_cross_entropy, model(), theta, gradient);
}

kernels::SoftmaxCrossEntropyModel SoftmaxCrossEntropy::model() const { return {classes_, label_}; }

void SoftmaxCrossEntropy::batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const {
  kernels::kernel_table().softmax_cross_entropy.value_and_gradient(model(), x, values, gradients);
}

void SoftmaxCrossEntropy::descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const {
  kernels::kernel_table().softmax_cross_entropy.descend(model(), rule, steps, lanes);
}

void SoftmaxCrossEntropy::hessian_vector_product(ConstVectorView theta, ConstVectorView v, VectorView product) const {
  const Index most_probable = std::max_element(theta.begin(), theta.end()) - theta.begin();
  transforms::softmax(theta, product);
  double drift = 0.0;  // sum_a pi_a (v_a - v_m): small terms only, near a corner
  for (Index a = 0; a < classes_; ++a) drift += product[a] * (v[a] - v[most_probable]);
  for (Index a = 0; a < classes_; ++a) product[a] *= (v[a] - v[most_probable]) - drift;
}

void SoftmaxCrossEntropy::probabilities(ConstVectorView theta, VectorView pi) const { transforms::softmax(theta, pi); }

double SoftmaxCrossEntropy::lojasiewicz_coefficient(ConstVectorView theta) const {
  const double largest = *std::max_element(theta.begin(), theta.end());
  const double least = *std::min_element(theta.begin(), theta.end());
  double sum = 0.0;
  for (const double element : theta) sum += std::exp(element - largest);
  return std::sqrt(std::exp(least - largest) / sum);
}

namespace {

Problem make_softmax_cross_entropy(const Parameters& parameters) {
  const Index classes = parameters.integer("classes");
  const auto objective = std::make_shared<SoftmaxCrossEntropy>(classes, label_of("softmax-cross-entropy", parameters));
  Problem problem;
  problem.name = "softmax-cross-entropy";
  problem.summary = "-log of the probability that a softmax gives to one label";
  problem.why_hard = "softmax damping: the gradient fades with the loss, so descent converges like 1/t, not linearly";
  problem.objective = objective;
  problem.policy = objective;
  problem.starts = label_policies(problem.name, parameters);
  for (StartPoint& start : problem.starts) start.x = transforms::softmax_start(start.x);
  problem.optimal_value = 0.0;
  problem.gradient_lipschitz = 0.5;
  problem.suggested_step = 1.0;  // half of 1/l = 2: monotone, and the customary choice
  problem.random_start = normal_start(classes);
  return problem;
}

}  // namespace

Entry softmax_cross_entropy() {
  return {.name = "softmax-cross-entropy",
          .family = "policies",
          .summary = "cross-entropy of a softmax against one label: converges like 1/t (softmax damping)",
          .parameters = cross_entropy_parameters(),
          .make = make_softmax_cross_entropy};
}

}  // namespace perigee::problems
