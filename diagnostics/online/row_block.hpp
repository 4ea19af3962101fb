// The rows of one block as sums from which their means, root mean squares, variance and extremes follow.
//
// Of each of the five quantities of a row the sums of d = s (x - x_1) and of d^2 are kept, with x_1 the first measured
// number of the block, so that a large common level costs no digits and equal numbers have exactly their own mean; s =
// 1, but for the norms the power of two that brings x_1 near 1, so that squares of very large or small norms stay in
// range. Then, over n numbers, mean = x_1 + sum d/(s n), variance = sum d^2/n - (sum d/n)^2 (times 1/s^2), and (root
// mean square)^2 = mean^2 + variance. Blocks are joined by moving the sums of one to the x_1 of the other: with r =
// s_1/s_2 and D = s_1 (x_1' - x_1), d becomes r d + D. Numbers that are not finite are no measurements and do not
// count. Where squares overflow even so (norms that grow by 1e150 within a block), the root mean square is the mean.
#ifndef PERIGEE_DIAGNOSTICS_ONLINE_ROW_BLOCK_HPP
#define PERIGEE_DIAGNOSTICS_ONLINE_ROW_BLOCK_HPP

#include <perigee/lib/trajectory.hpp>

#include <array>
#include <span>

namespace perigee {

class RowBlock {
 public:
  Index rows() const { return rows_; }
  /// Takes rows that follow those there are.
  void add(std::span<const StepRecord> rows);
  /// Takes the rows of a block that follows this one.
  void join(const RowBlock& next);

  /// What the rows are on the average; of one row that row, bit for bit. At least one row.
  StepRecord record() const;
  /// What they are beside.
  Block facts() const;

  /// Hands the complete state to `with`, number by number, to be written or read.
  template <class Exchange>
  void exchange(Exchange&& with);

 private:
  static constexpr std::size_t value = 0;
  static constexpr std::size_t gradient_norm = 1;
  static constexpr std::size_t step_norm = 2;
  static constexpr std::size_t step_size = 3;
  static constexpr std::size_t curvature = 4;
  static constexpr std::size_t lanes = 6;  // one is idle, so that pairs of doubles come out even

  void begin(std::size_t quantity, double x);
  void add_carefully(std::size_t quantity, std::span<const StepRecord> rows);
  double mean(std::size_t quantity) const;
  double variance(std::size_t quantity) const;
  double root_mean_square(std::size_t quantity) const;

  Index rows_ = 0;
  Index iteration_ = 0;  // of the last row
  StepKind kind_ = StepKind::initial;
  std::uint32_t batch_size_ = 0;
  OracleCounts counts_;
  std::array<Index, lanes> measured_{};  // how many rows
  std::array<double, lanes> first_{not_measured, not_measured, not_measured, not_measured, not_measured, 0.0};
  std::array<double, lanes> scale_{1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
  std::array<double, lanes> sum_{};
  std::array<double, lanes> squares_{};
  double least_ = not_measured;  // value
  double largest_ = not_measured;
};

template <class Exchange>
void RowBlock::exchange(Exchange&& with) {
  with(rows_), with(iteration_), with(kind_), with(batch_size_);
  with(counts_.values), with(counts_.gradients), with(counts_.hessian_vector_products);
  for (std::size_t q = 0; q < lanes; ++q)
    with(measured_[q]), with(first_[q]), with(scale_[q]), with(sum_[q]), with(squares_[q]);
  with(least_), with(largest_);
}

/// The mean of a column over the rows of a block in which it was measured, likewise.
class ColumnMean {
 public:
  void add(double x);
  void join(const ColumnMean& next);
  double mean() const;  // NaN: of none
  template <class Exchange>
  void exchange(Exchange&& with) {
    with(first_), with(sum_), with(measured_);
  }

 private:
  double first_ = not_measured;  // of an unmeasured one what its first row says, NaN or an infinity
  double sum_ = 0.0;
  Index measured_ = 0;
};

}  // namespace perigee

#endif
