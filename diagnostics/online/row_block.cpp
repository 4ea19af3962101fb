#include <perigee/diagnostics/online/row_block.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace perigee {

namespace {

using Field = double StepRecord::*;
constexpr std::array<Field, 5> fields{&StepRecord::value, &StepRecord::gradient_norm, &StepRecord::step_norm,
                                      &StepRecord::step_size, &StepRecord::curvature};

// The power of two that brings |x| into [1, 2); 1 for what has none, or would leave the range of doubles. Made of the
// exponent bits: a block of few rows would take longer for ilogb and ldexp than for its rows.
double scale_of(double x) {
  constexpr int mantissa_bits = 52;
  constexpr std::uint64_t twice_bias = 2046;
  constexpr std::uint64_t margin = 24;
  const std::uint64_t exponent = (std::bit_cast<std::uint64_t>(x) >> mantissa_bits) & 0x7ff;
  if (exponent < margin || exponent > twice_bias - margin) return 1.0;
  return std::bit_cast<double>((twice_bias - exponent) << mantissa_bits);
}

}  // namespace

// x is the first finite number of the quantity.
void RowBlock::begin(std::size_t quantity, double x) {
  first_[quantity] = x;
  if (quantity == gradient_norm || quantity == step_norm) scale_[quantity] = scale_of(x);
  if (quantity == value) least_ = largest_ = x;
}

void RowBlock::add(std::span<const StepRecord> rows) {
  if (rows.empty()) return;
  for (std::size_t q = 0; q < fields.size(); ++q) {
    const double x = rows.front().*fields[q];
    if (measured_[q] == 0 && std::isfinite(x)) begin(q, x);
  }
  // All at once, as if everything were measured; what was not shows in the sum of its squares.
  std::array<double, lanes> sum = sum_;
  std::array<double, lanes> squares = squares_;
  double least = least_;
  double largest = largest_;
  StepKind kind = kind_;
  for (const StepRecord& row : rows) {
    const std::array<double, lanes> x{row.value, row.gradient_norm, row.step_norm, row.step_size, row.curvature, 0.0};
    for (std::size_t q = 0; q < lanes; ++q) {
      const double d = scale_[q] * (x[q] - first_[q]);
      sum[q] += d;
      squares[q] += d * d;
    }
    least = std::min(least, row.value);
    largest = std::max(largest, row.value);
    kind = std::max(kind, row.kind);
  }
  const auto count = static_cast<Index>(rows.size());
  for (std::size_t q = 0; q < fields.size(); ++q) {
    if (std::isfinite(squares[q])) {
      sum_[q] = sum[q];
      squares_[q] = squares[q];
      measured_[q] += count;
      if (q == value) {
        least_ = least;
        largest_ = largest;
      }
    } else {
      add_carefully(q, rows);
    }
  }
  rows_ += count;
  iteration_ = rows.back().iteration;
  batch_size_ = rows.back().batch_size;
  counts_ = rows.back().counts;
  kind_ = kind;
}

// Row by row, without those that were not measured.
void RowBlock::add_carefully(std::size_t quantity, std::span<const StepRecord> rows) {
  for (const StepRecord& row : rows) {
    const double x = row.*fields[quantity];
    if (!std::isfinite(x)) {
      // What a row says that is no measurement stands until there is one; an infinity before NaN.
      if (measured_[quantity] == 0 && !std::isinf(first_[quantity])) first_[quantity] = x;
      continue;
    }
    if (measured_[quantity]++ == 0) begin(quantity, x);
    const double d = scale_[quantity] * (x - first_[quantity]);
    sum_[quantity] += d;
    squares_[quantity] += d * d;
    if (quantity != value) continue;
    least_ = std::min(least_, x);
    largest_ = std::max(largest_, x);
  }
}

void RowBlock::join(const RowBlock& next) {
  for (std::size_t q = 0; q < fields.size(); ++q) {
    if (next.measured_[q] == 0) {
      if (measured_[q] == 0 && !std::isinf(first_[q])) first_[q] = next.first_[q];
      continue;
    }
    if (measured_[q] == 0) {
      first_[q] = next.first_[q];
      scale_[q] = next.scale_[q];
      sum_[q] = next.sum_[q];
      squares_[q] = next.squares_[q];
    } else {
      const double ratio = scale_[q] / next.scale_[q];
      const double shift = scale_[q] * (next.first_[q] - first_[q]);
      const auto n = static_cast<double>(next.measured_[q]);
      squares_[q] += ratio * ratio * next.squares_[q] + shift * (2.0 * ratio * next.sum_[q] + n * shift);
      sum_[q] += ratio * next.sum_[q] + n * shift;
    }
    measured_[q] += next.measured_[q];
  }
  least_ = std::fmin(least_, next.least_);
  largest_ = std::fmax(largest_, next.largest_);
  rows_ += next.rows_;
  iteration_ = next.iteration_;
  batch_size_ = next.batch_size_;
  counts_ = next.counts_;
  kind_ = std::max(kind_, next.kind_);
}

double RowBlock::mean(std::size_t quantity) const {
  if (measured_[quantity] < 2) return first_[quantity];
  return first_[quantity] + sum_[quantity] / static_cast<double>(measured_[quantity]) / scale_[quantity];
}

// Times the square of the scale.
double RowBlock::variance(std::size_t quantity) const {
  if (measured_[quantity] == 0) return not_measured;
  const auto n = static_cast<double>(measured_[quantity]);
  const double mean_deviation = sum_[quantity] / n;
  return std::max(0.0, squares_[quantity] / n - mean_deviation * mean_deviation);
}

double RowBlock::root_mean_square(std::size_t quantity) const {
  if (measured_[quantity] < 2 || !std::isfinite(squares_[quantity])) return mean(quantity);
  const double scaled = scale_[quantity] * mean(quantity);
  return std::sqrt(scaled * scaled + variance(quantity)) / scale_[quantity];
}

StepRecord RowBlock::record() const {
  StepRecord record;
  record.iteration = iteration_;
  record.kind = kind_;
  record.batch_size = batch_size_;
  record.value = mean(value);
  record.gradient_norm = root_mean_square(gradient_norm);
  record.step_norm = root_mean_square(step_norm);
  record.step_size = mean(step_size);
  record.curvature = mean(curvature);
  record.counts = counts_;
  return record;
}

Block RowBlock::facts() const { return {rows_, least_, largest_, variance(value)}; }

void ColumnMean::add(double x) {
  if (!std::isfinite(x)) {
    if (measured_ == 0 && !std::isinf(first_)) first_ = x;
    return;
  }
  if (measured_++ == 0) first_ = x;
  sum_ += x - first_;
}

void ColumnMean::join(const ColumnMean& next) {
  if (next.measured_ == 0) {
    if (measured_ == 0 && !std::isinf(first_)) first_ = next.first_;
    return;
  }
  if (measured_ == 0) {
    *this = next;
    return;
  }
  sum_ += next.sum_ + static_cast<double>(next.measured_) * (next.first_ - first_);
  measured_ += next.measured_;
}

double ColumnMean::mean() const { return measured_ < 2 ? first_ : first_ + sum_ / static_cast<double>(measured_); }

}  // namespace perigee
