// The passes through a network with one hidden layer of rectified linear units, for many rows of features at once.
// Internal to the problems that have one.
//
//     A = max(0, X W1' + b1'),   O = A W2' + b2',   w = (W1, b1, W2, b2), matrices by rows, one row a sample
//
// Backwards from B = dF/dO: dF/dW2 = B'A, dF/db2 = B'1, dF/dW1 = C'X, dF/db1 = C'1 with C = (B W2) where A > 0, else 0.
// "Change" is the derivative along a direction v of the weights (Pearlmutter 1994).
#ifndef PERIGEE_LIB_PROBLEMS_HIDDEN_LAYER_HPP
#define PERIGEE_LIB_PROBLEMS_HIDDEN_LAYER_HPP

#include <perigee/lib/vector.hpp>

namespace perigee::problems::hidden_layer {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor | Eigen::DontAlign>;
using ConstTable = Eigen::Map<const Matrix>;
using Table = Eigen::Map<Matrix>;

/// n, the length of w.
inline Index weight_count(Index features, Index hidden, Index outputs) {
  return hidden * (features + 1) + outputs * (hidden + 1);
}

/// The four blocks of a vector of weights.
template <class Map, class Pointer>
struct Blocks {
  Blocks(Pointer w, Index features, Index hidden, Index outputs)
      : hidden_weights(w, hidden, features),
        hidden_biases(w + hidden * features, 1, hidden),
        output_weights(w + hidden * (features + 1), outputs, hidden),
        output_biases(w + hidden * (features + 1) + outputs * hidden, 1, outputs) {}
  Map hidden_weights;
  Map hidden_biases;
  Map output_weights;
  Map output_biases;
};
using Weights = Blocks<ConstTable, const double*>;
using Gradients = Blocks<Table, double*>;

/// A.
inline Matrix activations_of(const ConstTable& features, const Weights& w) {
  Matrix z = features * w.hidden_weights.transpose();
  z.rowwise() += w.hidden_biases.row(0);
  return z.cwiseMax(0.0);
}

/// O.
inline Matrix outputs_of(const Matrix& activations, const Weights& w) {
  Matrix outputs = activations * w.output_weights.transpose();
  outputs.rowwise() += w.output_biases.row(0);
  return outputs;
}

/// Zero where the unit is off.
inline void mask(const Matrix& activations, Matrix& table) { table = (activations.array() > 0.0).select(table, 0.0); }

/// Adds to `result` the gradient of F, given `back` = B.
template <class Back>
void add_gradient(const ConstTable& features, const Matrix& activations, const Weights& w, const Back& back,
                  Gradients& result) {
  result.output_weights.noalias() += back.transpose() * activations;
  result.output_biases += back.colwise().sum();
  Matrix hidden_back = back * w.output_weights;
  mask(activations, hidden_back);
  result.hidden_weights.noalias() += hidden_back.transpose() * features;
  result.hidden_biases += hidden_back.colwise().sum();
}

/// The change of A along v = `along`.
inline Matrix activation_changes_of(const ConstTable& features, const Matrix& activations, const Weights& along) {
  Matrix changes = features * along.hidden_weights.transpose();
  changes.rowwise() += along.hidden_biases.row(0);
  mask(activations, changes);
  return changes;
}

/// The change of O.
inline Matrix output_changes_of(const Matrix& activations, const Matrix& activation_changes, const Weights& w,
                                const Weights& along) {
  Matrix changes = activations * along.output_weights.transpose() + activation_changes * w.output_weights.transpose();
  changes.rowwise() += along.output_biases.row(0);
  return changes;
}

/// Adds to `result` the change of the gradient of F, given B and its change.
template <class Back, class BackChange>
void add_gradient_change(const ConstTable& features, const Matrix& activations, const Matrix& activation_changes,
                         const Weights& w, const Weights& along, const Back& back, const BackChange& back_change,
                         Gradients& result) {
  result.output_weights += back_change.transpose() * activations + back.transpose() * activation_changes;
  result.output_biases += back_change.colwise().sum();
  Matrix hidden_back = back_change * w.output_weights + back * along.output_weights;
  mask(activations, hidden_back);
  result.hidden_weights.noalias() += hidden_back.transpose() * features;
  result.hidden_biases += hidden_back.colwise().sum();
}

}  // namespace perigee::problems::hidden_layer

#endif
