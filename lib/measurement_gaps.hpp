// Where a recorded quantity was missing: read row by row, in constant memory, and the same whether the rows are kept.
//
// NaN in a row means "not measured" or "not a number", and which of them only the rest of the run can tell: a gap that
// closes again says nothing, one that lasts to the end and is longer than any before does.
#ifndef PERIGEE_LIB_MEASUREMENT_GAPS_HPP
#define PERIGEE_LIB_MEASUREMENT_GAPS_HPP

#include <perigee/lib/vector.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace perigee {

class MeasurementGaps {
 public:
  /// The next row. O(1); a few comparisons where nothing is missing.
  void observe(Index iteration, double number) {
    if (std::isfinite(number)) {
      if (open_rows_ > 0) close();
      measured_ = 1;
      return;
    }
    if (!std::isnan(number)) infinite_from_ = std::min(infinite_from_, iteration);
    if (measured_ == 0) return;
    if (open_rows_ == 0) open_from_ = iteration;
    ++open_rows_;
    if (std::isnan(number)) {
      ++open_missing_;
      ++stretch_;
    } else {
      longest_open_ = std::max(longest_open_, stretch_);
      stretch_ = 0;
    }
  }

  /// Rows without a number between rows with one.
  Index missing() const { return missing_; }

  /// The iteration of the first row that was infinite.
  std::optional<Index> infinite_from() const {
    if (infinite_from_ == never) return std::nullopt;
    return infinite_from_;
  }

  /// The first iteration from which on nothing finite followed, if that lasted longer than any gap before.
  std::optional<Index> silent_from() const {
    if (open_rows_ <= longest_) return std::nullopt;
    return open_from_;
  }

  /// Hands the complete state to `with`, number by number, to be written or read.
  template <class Exchange>
  void exchange(Exchange&& with) {
    with(measured_), with(missing_), with(longest_), with(open_rows_), with(open_missing_), with(longest_open_),
        with(stretch_), with(open_from_), with(infinite_from_);
  }

 private:
  static constexpr Index never = std::numeric_limits<Index>::max();
  void close() {
    missing_ += open_missing_;
    longest_ = std::max({longest_, longest_open_, stretch_});
    open_rows_ = open_missing_ = longest_open_ = stretch_ = 0;
  }

  Index measured_ = 0;  // 1: some row was finite
  Index missing_ = 0;
  Index longest_ = 0;       // gap that closed, in rows
  Index open_rows_ = 0;     // since the last finite row
  Index open_missing_ = 0;  // of them NaN
  Index longest_open_ = 0;  // stretch of NaN among them, ended by an infinite row
  Index stretch_ = 0;       // of NaN up to now
  Index open_from_ = 0;     // iteration of the first of them
  Index infinite_from_ = never;
};

}  // namespace perigee

#endif
