#include <perigee/lib/problems/hidden_layer.hpp>
#include <perigee/lib/problems/network_policy.hpp>

#include <cmath>
#include <stdexcept>
#include <string>

namespace perigee::problems {

using hidden_layer::ConstTable;
using hidden_layer::Gradients;
using hidden_layer::Matrix;
using hidden_layer::Table;
using hidden_layer::Weights;

NetworkPolicy::NetworkPolicy(std::shared_ptr<const Objective> landscape, Vector features, Index feature_count,
                             Index hidden)
    : landscape_(std::move(landscape)),
      features_(std::move(features)),
      feature_count_(feature_count),
      hidden_(hidden),
      states_(0),
      outputs_(0) {
  if (hidden < 1) throw std::invalid_argument("NetworkPolicy: hidden must be >= 1, got " + std::to_string(hidden));
  if (feature_count < 1 || features_.size() < feature_count || features_.size() % feature_count != 0) {
    throw std::invalid_argument("NetworkPolicy: feature_count must be >= 1 and divide the number of features, " +
                                std::to_string(features_.size()) + ", got " + std::to_string(feature_count));
  }
  states_ = features_.size() / feature_count;
  outputs_ = landscape_->dimension() / states_;
  if (outputs_ * states_ != landscape_->dimension()) {
    throw std::invalid_argument(
        "NetworkPolicy: the landscape's dimension must be a multiple of the number of states, " +
        std::to_string(states_) + ", got " + std::to_string(landscape_->dimension()));
  }
}

void NetworkPolicy::outputs(ConstVectorView w, VectorView table) const {
  const Weights weights(w.data(), feature_count_, hidden_, outputs_);
  const ConstTable features(features_.data(), states_, feature_count_);
  Table(table.data(), states_, outputs_) = outputs_of(activations_of(features, weights), weights);
}

double NetworkPolicy::value(ConstVectorView w) const {
  Vector table(landscape_->dimension());
  outputs(w, table);
  return landscape_->value(table);
}

double NetworkPolicy::value_and_gradient(ConstVectorView w, VectorView gradient) const {
  const Weights weights(w.data(), feature_count_, hidden_, outputs_);
  const ConstTable features(features_.data(), states_, feature_count_);
  Vector table(landscape_->dimension()), table_gradient(landscape_->dimension());
  outputs(w, table);
  const double value = landscape_->value_and_gradient(table, table_gradient);

  const Matrix activations = activations_of(features, weights);
  const ConstTable back(table_gradient.data(), states_, outputs_);
  gradient.setZero();
  Gradients result(gradient.data(), feature_count_, hidden_, outputs_);
  add_gradient(features, activations, weights, back, result);
  return value;
}

void NetworkPolicy::hessian_vector_product(ConstVectorView w, ConstVectorView v, VectorView product) const {
  const Weights weights(w.data(), feature_count_, hidden_, outputs_);
  const Weights along(v.data(), feature_count_, hidden_, outputs_);
  const ConstTable features(features_.data(), states_, feature_count_);
  const Index n = landscape_->dimension();
  Vector table(n), table_gradient(n), table_change(n), table_product(n);
  outputs(w, table);
  landscape_->value_and_gradient(table, table_gradient);

  // Forward: how activations and outputs change along v.
  const Matrix activations = activations_of(features, weights);
  const Matrix activation_changes = activation_changes_of(features, activations, along);
  Table(table_change.data(), states_, outputs_) = output_changes_of(activations, activation_changes, weights, along);
  landscape_->hessian_vector_product(table, table_change, table_product);

  // Backward: the change of the gradient, through F and through the network.
  const ConstTable back(table_gradient.data(), states_, outputs_);
  const ConstTable back_change(table_product.data(), states_, outputs_);
  product.setZero();
  Gradients result(product.data(), feature_count_, hidden_, outputs_);
  add_gradient_change(features, activations, activation_changes, weights, along, back, back_change, result);
}

Vector NetworkPolicy::random_weights(RandomEngine& engine) const {
  Vector w(dimension());
  const Index output_weights = hidden_ * (feature_count_ + 1);
  VectorView first(w.data(), hidden_ * feature_count_);
  VectorView second(w.data() + output_weights, outputs_ * hidden_);
  fill_standard_normal(engine, first);
  fill_standard_normal(engine, second);
  first *= std::sqrt(2.0 / static_cast<double>(feature_count_));
  second *= 1.0 / std::sqrt(static_cast<double>(hidden_));
  return w;
}

}  // namespace perigee::problems
