#include <perigee/lib/problems/dense_network.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace perigee::problems {

DenseNetwork::DenseNetwork(DenseNetworkOptions options) : options_(std::move(options)) {
  const std::vector<Index>& sizes = options_.layers;
  if (sizes.size() < 2) {
    throw std::invalid_argument("DenseNetwork: layers must be at least inputs and outputs, got " +
                                std::to_string(sizes.size()));
  }
  for (const Index size : sizes) {
    if (size < 1)
      throw std::invalid_argument("DenseNetwork: every layer must have a unit, got " + std::to_string(size));
  }
  for (std::size_t l = 0; l + 1 < sizes.size(); ++l) {
    const Index weights = dimension_;
    const Index biases = weights + sizes[l] * sizes[l + 1];
    dimension_ = biases + sizes[l + 1];
    const bool is_last = l + 2 == sizes.size();
    layers_.push_back({.inputs = sizes[l],
                       .outputs = sizes[l + 1],
                       .weights = weights,
                       .biases = biases,
                       .first = units_,
                       .first_next = units_ + sizes[l],
                       .is_sigmoid = !is_last || options_.output == OutputUnits::sigmoid});
    units_ += sizes[l];
  }
  units_ += sizes.back();
  examples_ = static_cast<Index>(options_.targets.size()) / sizes.back();
  const auto is_of_examples = [&](const std::vector<double>& rows, Index length) {
    return static_cast<Index>(rows.size()) == examples_ * length;
  };
  if (examples_ < 1 || !is_of_examples(options_.inputs, sizes.front()) ||
      !is_of_examples(options_.targets, sizes.back())) {
    throw std::invalid_argument("DenseNetwork: inputs and targets must be equally many rows, at least one, got " +
                                std::to_string(options_.inputs.size()) + " and " +
                                std::to_string(options_.targets.size()) + " numbers");
  }
}

ConstVectorView DenseNetwork::input(Index term) const {
  return {options_.inputs.data() + term * options_.layers.front(), options_.layers.front()};
}

ConstVectorView DenseNetwork::target(Index term) const {
  return {options_.targets.data() + term * options_.layers.back(), options_.layers.back()};
}

void DenseNetwork::forward(ConstVectorView w, ConstVectorView inputs, VectorView units) const {
  units.head(inputs.size()) = inputs;
  for (const Layer& layer : layers_) {
    for (Index o = 0; o < layer.outputs; ++o) {
      double z = w[layer.biases + o];
      for (Index i = 0; i < layer.inputs; ++i) z += w[layer.weights + o * layer.inputs + i] * units[layer.first + i];
      units[layer.first_next + o] = layer.is_sigmoid ? 1.0 / (1.0 + std::exp(-z)) : z;
    }
  }
}

void DenseNetwork::predict(ConstVectorView w, ConstVectorView inputs, VectorView outputs) const {
  Vector units(units_);
  forward(w, inputs, units);
  outputs = units.view().tail(options_.layers.back());
}

double DenseNetwork::value(ConstVectorView w) const {
  Vector units(units_);
  double sum = 0.0;
  for (Index term = 0; term < examples_; ++term) {
    forward(w, input(term), units);
    sum += 0.5 * options_.scale * (units.view().tail(options_.layers.back()) - target(term)).squaredNorm();
  }
  return sum / static_cast<double>(examples_);
}

double DenseNetwork::add_term(Index term, ConstVectorView w, VectorView gradient) const {
  Vector units(units_), errors(units_);  // errors: df/da of every unit
  forward(w, input(term), units);
  const Index outputs = options_.layers.back();
  errors.view().tail(outputs) = options_.scale * (units.view().tail(outputs) - target(term));
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const Layer& layer = layers_[l];
    for (Index o = 0; o < layer.outputs; ++o) {
      const double a = units[layer.first_next + o];
      const double delta = errors[layer.first_next + o] * (layer.is_sigmoid ? a * (1.0 - a) : 1.0);  // df/dz
      gradient[layer.biases + o] += delta;
      for (Index i = 0; i < layer.inputs; ++i) {
        const Index at = layer.weights + o * layer.inputs + i;
        gradient[at] += delta * units[layer.first + i];
        errors[layer.first + i] += delta * w[at];
      }
    }
  }
  return 0.5 * options_.scale * (units.view().tail(outputs) - target(term)).squaredNorm();
}

void DenseNetwork::hessian_vector_product(ConstVectorView w, ConstVectorView v, VectorView product) const {
  // Every quantity of both passes with its derivative along v ("change").
  Vector units(units_), changes(units_), errors(units_), error_changes(units_);
  const Index outputs = options_.layers.back();
  product.setZero();
  for (Index term = 0; term < examples_; ++term) {
    forward(w, input(term), units);
    changes.view().setZero();
    errors.view().setZero();
    error_changes.view().setZero();
    for (const Layer& layer : layers_) {
      for (Index o = 0; o < layer.outputs; ++o) {
        double z_change = v[layer.biases + o];
        for (Index i = 0; i < layer.inputs; ++i) {
          const Index at = layer.weights + o * layer.inputs + i;
          z_change += v[at] * units[layer.first + i] + w[at] * changes[layer.first + i];
        }
        const double a = units[layer.first_next + o];
        changes[layer.first_next + o] = layer.is_sigmoid ? a * (1.0 - a) * z_change : z_change;
      }
    }
    errors.view().tail(outputs) = options_.scale * (units.view().tail(outputs) - target(term));
    error_changes.view().tail(outputs) = options_.scale * changes.view().tail(outputs);
    for (std::size_t l = layers_.size(); l-- > 0;) {
      const Layer& layer = layers_[l];
      for (Index o = 0; o < layer.outputs; ++o) {
        const Index unit = layer.first_next + o;
        const double a = units[unit];
        const double slope = layer.is_sigmoid ? a * (1.0 - a) : 1.0;
        const double slope_change = layer.is_sigmoid ? (1.0 - 2.0 * a) * changes[unit] : 0.0;
        const double delta = errors[unit] * slope;
        const double delta_change = error_changes[unit] * slope + errors[unit] * slope_change;
        product[layer.biases + o] += delta_change;
        for (Index i = 0; i < layer.inputs; ++i) {
          const Index at = layer.weights + o * layer.inputs + i;
          product[at] += delta_change * units[layer.first + i] + delta * changes[layer.first + i];
          errors[layer.first + i] += delta * w[at];
          error_changes[layer.first + i] += delta_change * w[at] + delta * v[at];
        }
      }
    }
  }
  product /= static_cast<double>(examples_);
}

}  // namespace perigee::problems
