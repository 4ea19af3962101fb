// Means, variances and extremes of numbers that come one at a time, exact for all of them, and of two sets together.
//
// Sums are taken of x - x_1, the first number of the set: no digits are lost to a large common level, and equal numbers
// have exactly their own mean. Two sets are joined by the identities of Chan, Golub and LeVeque (1983): with n = n_1 +
// n_2 and w = n_2/n, mean = mean_1 + w (mean_2 - mean_1) and
// variance = (1 - w) variance_1 + w variance_2 + w (1 - w) (mean_2 - mean_1)^2.
// Numbers that are not finite are no measurements and do not count; a set without any has mean NaN.
#ifndef PERIGEE_DIAGNOSTICS_ONLINE_RUNNING_STATISTICS_HPP
#define PERIGEE_DIAGNOSTICS_ONLINE_RUNNING_STATISTICS_HPP

#include <perigee/lib/trajectory.hpp>

#include <algorithm>
#include <cmath>

namespace perigee {

/// The mean of some of a block's rows: those in which the quantity was measured.
struct PartialMean {
  double mean = not_measured;
  Index count = 0;

  void join(const PartialMean& other) {
    if (other.count == 0) return;
    if (count == 0) {
      *this = other;
      return;
    }
    count += other.count;
    mean += (other.mean - mean) * (static_cast<double>(other.count) / static_cast<double>(count));
  }

  /// The same of root mean squares, without overflow of the squares.
  void join_root_mean_square(const PartialMean& other) {
    if (other.count == 0) return;
    if (count == 0) {
      *this = other;
      return;
    }
    count += other.count;
    const double scale = std::max(mean, other.mean);
    if (!(scale > 0.0)) return;
    const double weight = static_cast<double>(other.count) / static_cast<double>(count);
    const double a = mean / scale;
    const double b = other.mean / scale;
    mean = scale * std::sqrt((1.0 - weight) * a * a + weight * b * b);
  }
};

/// Of the numbers since the last `clear`. `exchange` writes or reads the complete state, as in Condenser::save and
/// load.
class RunningMean {
 public:
  void clear() { *this = RunningMean(); }
  void add(double x) {
    if (!std::isfinite(x)) return;
    if (count_++ == 0) first_ = x;
    sum_ += x - first_;
  }
  PartialMean result() const {
    if (count_ == 0) return {};
    return {first_ + sum_ / static_cast<double>(count_), count_};
  }
  template <class Exchange>
  void exchange(Exchange&& with) {
    with(first_), with(sum_), with(count_);
  }

 private:
  double first_ = 0.0;
  double sum_ = 0.0;  // of x - first_
  Index count_ = 0;
};

/// The root mean square of numbers that are not negative; their squares may overflow or underflow.
class RunningRootMeanSquare {
 public:
  void clear() { *this = RunningRootMeanSquare(); }
  void add(double x) {
    const double scaled = x * inverse_scale_;
    const double square = scaled * scaled;
    if (!(square < 1e30)) {  // also the first one, and what is not finite
      rescale(x);
      return;
    }
    sum_ += square;
    ++count_;
  }
  PartialMean result() const {
    if (count_ == 0) return {};
    if (count_ == 1) return {scale_, 1};
    return {scale_ * std::sqrt(sum_ / static_cast<double>(count_)), count_};
  }
  template <class Exchange>
  void exchange(Exchange&& with) {
    with(scale_), with(inverse_scale_), with(sum_), with(count_);
  }

 private:
  void rescale(double x) {
    if (!std::isfinite(x)) return;
    ++count_;
    if (x == 0.0) return;
    const double ratio = scale_ / x;
    sum_ = sum_ * ratio * ratio + 1.0;
    scale_ = x;
    inverse_scale_ = 1.0 / x;
  }

  double scale_ = 0.0;
  double inverse_scale_ = std::numeric_limits<double>::infinity();  // the first number sets the scale
  double sum_ = 0.0;                                                // of (x/scale_)^2
  Index count_ = 0;
};

/// Mean, variance and extremes.
struct PartialMoments {
  PartialMean mean;
  double variance = not_measured;
  double least = not_measured;
  double largest = not_measured;

  void join(const PartialMoments& other) {
    if (other.mean.count == 0) return;
    if (mean.count == 0) {
      *this = other;
      return;
    }
    const double difference = other.mean.mean - mean.mean;
    mean.join(other.mean);
    const double weight = static_cast<double>(other.mean.count) / static_cast<double>(mean.count);
    variance = (1.0 - weight) * variance + weight * other.variance + weight * (1.0 - weight) * difference * difference;
    least = std::min(least, other.least);
    largest = std::max(largest, other.largest);
  }
};

class RunningMoments {
 public:
  void clear() { *this = RunningMoments(); }
  void add(double x) {
    if (!std::isfinite(x)) return;
    if (count_++ == 0) first_ = least_ = largest_ = x;
    const double deviation = x - first_;
    sum_ += deviation;
    squares_ += deviation * deviation;
    least_ = std::min(least_, x);
    largest_ = std::max(largest_, x);
  }
  PartialMoments result() const {
    if (count_ == 0) return {};
    const double n = static_cast<double>(count_);
    const double mean = sum_ / n;
    return {{first_ + mean, count_}, std::max(0.0, squares_ / n - mean * mean), least_, largest_};
  }
  template <class Exchange>
  void exchange(Exchange&& with) {
    with(first_), with(sum_), with(squares_), with(least_), with(largest_), with(count_);
  }

 private:
  double first_ = 0.0;
  double sum_ = 0.0;      // of x - first_
  double squares_ = 0.0;  // of (x - first_)^2
  double least_ = 0.0;
  double largest_ = 0.0;
  Index count_ = 0;
};

}  // namespace perigee

#endif
