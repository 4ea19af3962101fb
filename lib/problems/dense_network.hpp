// The squared loss of a fully connected network of sigmoid units, as a function of its weights.
//
//     f(w) = (1/T) sum_{t=1}^T (s/2) ||o_w(u_t) - y_t||^2
//
// Layer l has units a_l = sigma(W_l a_{l-1} + b_l), sigma(z) = 1/(1 + exp(-z)), a_0 = u; the last layer is of sigmoids
// or linear. w lists, layer by layer, W_l row by row and then b_l. Gradients by back-propagation (Rumelhart, Hinton and
// Williams 1986), Hessian-vector products by differentiating both passes along v (Pearlmutter 1994): exact, at about
// twice the cost of a gradient. The loss is a finite sum over the examples.
#ifndef PERIGEE_LIB_PROBLEMS_DENSE_NETWORK_HPP
#define PERIGEE_LIB_PROBLEMS_DENSE_NETWORK_HPP

#include <perigee/lib/finite_sum.hpp>

#include <vector>

namespace perigee::problems {

enum class OutputUnits { linear, sigmoid };

struct DenseNetworkOptions {
  std::vector<Index> layers{};               // units a layer: inputs, hidden layers, outputs; at least 2 entries >= 1
  OutputUnits output = OutputUnits::linear;  // of the last layer
  std::vector<double> inputs{};              // T rows of layers.front() numbers
  std::vector<double> targets{};             // T rows of layers.back() numbers, T >= 1
  double scale = 1.0;                        // s > 0
};

class DenseNetwork final : public FiniteSum {
 public:
  /// Throws std::invalid_argument if there is no layer of weights, or if inputs and targets are not of T rows each.
  explicit DenseNetwork(DenseNetworkOptions options);
  Index dimension() const override { return dimension_; }
  Index term_count() const override { return examples_; }
  double add_term(Index term, ConstVectorView w, VectorView gradient) const override;
  double value(ConstVectorView w) const override;
  void hessian_vector_product(ConstVectorView w, ConstVectorView v, VectorView product) const override;
  bool has_exact_hessian_vector_product() const override { return true; }

  /// The outputs for one row of inputs, written to `outputs` (layers.back() numbers).
  void predict(ConstVectorView w, ConstVectorView inputs, VectorView outputs) const;

 private:
  struct Layer {
    Index inputs, outputs;    // units
    Index weights, biases;    // where they begin in w
    Index first, first_next;  // where the units of the two layers begin in the list of all units
    bool is_sigmoid;
  };
  void forward(ConstVectorView w, ConstVectorView inputs, VectorView units) const;
  ConstVectorView input(Index term) const;
  ConstVectorView target(Index term) const;

  DenseNetworkOptions options_;
  std::vector<Layer> layers_;
  Index units_ = 0;  // of all layers
  Index dimension_ = 0;
  Index examples_ = 0;
};

}  // namespace perigee::problems

#endif
