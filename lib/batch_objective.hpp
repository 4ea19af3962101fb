// Many points at once: an optional side of an objective, for ensembles of small problems.
//
// Points are the columns of a matrix that is stored row by row: element i of column `lane` is data[i * stride + lane],
// so that neighbouring lanes are neighbours in memory and one vector instruction serves several runs. Every lane goes
// through the same arithmetic as a point on its own: its bits do not depend on its neighbours, on its position or on
// the number of lanes, and they are those of Objective::value_and_gradient, as long as the target of simd_target.hpp
// stays the same.
#ifndef PERIGEE_LIB_BATCH_OBJECTIVE_HPP
#define PERIGEE_LIB_BATCH_OBJECTIVE_HPP

#include <perigee/lib/vector.hpp>

namespace perigee {

/// A view of columns side by side, one point each. rows * stride doubles, lanes <= stride.
struct Columns {
  double* data = nullptr;
  Index rows = 0;    // n
  Index lanes = 0;   // the columns in use
  Index stride = 0;  // in doubles, from one row to the next
};

/// The same for reading.
struct ConstColumns {
  ConstColumns(const double* data_in, Index rows_in, Index lanes_in, Index stride_in)
      : data(data_in), rows(rows_in), lanes(lanes_in), stride(stride_in) {}
  ConstColumns(const Columns& columns)
      : data(columns.data), rows(columns.rows), lanes(columns.lanes), stride(columns.stride) {}
  const double* data;
  Index rows;
  Index lanes;
  Index stride;
};

/// What ends a lane of a batch descent, as stored in DescentLanes::end.
enum class LaneEnd {
  running = 0,
  gradient_tolerance = 1,  // ||grad f(x_k)||_2 <= gradient_tolerance
  stop_value = 2,          // f(x_k) <= stop_value
  max_iterations = 3,      // k >= max_iterations
  non_finite = 4,          // f or ||grad f||_2^2 at the next iterate is not finite; x_k is the last accepted one
};

/// Gradient descent with a fixed learning rate, x_{k+1} = x_k - learning_rate grad f(x_k), and when it is over. The
/// criteria are asked in the order of LaneEnd.
struct DescentRule {
  double learning_rate;      // eta, finite
  double max_iterations;     // a whole number >= 0
  double squared_tolerance;  // of ||grad f||_2^2; negative: no such criterion
  double escape_value;       // the first k with f(x_k) <= escape_value is noted; NaN: never
  double stop_value;         // NaN: never
  // Where given, length n: an escape also takes sum_i (x_i - escape_from_i)^2 > squared_escape_distance, summed from i
  // = 0.
  const double* escape_from = nullptr;
  double squared_escape_distance = 0.0;
};

/// One run a lane. All arrays have length x.lanes, x and gradient the same shape; `value` and `gradient` are those of
/// x on entry and on return.
struct DescentLanes {
  Columns x;                    // x_k
  Columns gradient;             // grad f(x_k)
  double* value = nullptr;      // f(x_k)
  double* iteration = nullptr;  // k, a whole number
  double* escape = nullptr;     // iterations; NaN: not yet
  double* end = nullptr;        // a LaneEnd; lanes that are not `running` are left alone
};

/// Pure, like Objective, and from any thread.
class BatchObjective {
 public:
  virtual ~BatchObjective() = default;

  /// f of every column of x written to `values` (length x.lanes), and grad f to the columns of `gradients`.
  virtual void batch_value_and_gradient(ConstColumns x, double* values, Columns gradients) const = 0;

  /// At most `steps` steps of every running lane: each step judges x_k and then goes on to x_{k+1}, so that a lane
  /// whose last allowed step was taken ends in the next call. One gradient a step.
  virtual void descend(const DescentRule& rule, Index steps, const DescentLanes& lanes) const = 0;
};

}  // namespace perigee

#endif
