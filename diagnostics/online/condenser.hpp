// A run of any length in constant memory, with nothing left out of its statistics: records that are means over blocks.
//
// Row r of the run (0, 1, ...) goes into a block of length
//
//     L(r) = min(B, greatest power of two <= max(1, r/e)),   e = most_records/32
//
// so the first 2e rows are kept as they are, and from there on blocks lengthen with time, as a logarithmic time axis
// wants it. B starts at 1; whenever most_records blocks are full, B is doubled and those that are now too short are
// joined in pairs. What the blocks are thus depends on the number of rows alone, never on how they came.
//
// A record is what its rows are on the average: the arithmetic mean of value, step size, curvature and columns, the
// root mean square of gradient norm and step norm (it is squares that the theory of noise speaks of); iteration, batch
// size and counts of its last row, the most special kind of its rows (jump, perturbation, step, initial). Extremes and
// variance of its values, and every gap, are in the Condensation (lib/trajectory.hpp). The noise of block means and
// their correlations are those of the method of batch means. A record of one row is that row, bit for bit.
#ifndef PERIGEE_DIAGNOSTICS_ONLINE_CONDENSER_HPP
#define PERIGEE_DIAGNOSTICS_ONLINE_CONDENSER_HPP

#include <perigee/diagnostics/online/row_block.hpp>
#include <perigee/lib/trajectory.hpp>

#include <array>
#include <span>
#include <string>
#include <vector>

namespace perigee {

class StateReader;
class StateWriter;

struct CondenserOptions {
  std::size_t most_records = std::size_t{1} << 17;  // a power of two, >= 128
};

class Condenser {
 public:
  /// `columns`: how many numbers come beside each row.
  /// Throws std::invalid_argument if most_records is not as it must be.
  explicit Condenser(CondenserOptions options = {}, std::size_t columns = 0);

  /// The next row, of a greater iteration than the last, and as many numbers beside it as the constructor was told.
  /// A copy; every 64 rows some additions to each. Without columns nothing is allocated after the constructor.
  void add(const StepRecord& row, std::span<const double> columns = {}) {
    staged_[staged_count_++] = row;
    for (std::size_t i = 0; i < columns.size(); ++i) staged_columns_.push_back(columns[i]);
    if (staged_count_ == staged_.size()) absorb();
  }

  Index rows() const { return rows_ + open_rows_ + static_cast<Index>(staged_count_); }
  bool empty() const { return rows() == 0; }
  /// B; 1 as long as every record is a row.
  Index longest_block() const { return longest_; }
  /// e: so many rows and as many again were kept one by one.
  Index rows_per_octave() const { return octave_; }

  /// Puts the records so far into `trajectory`, in place of those it has, and the means of the columns into the first
  /// of its columns, in their order, which must be there. Rows in a block that is not full yet count, too. With
  /// `condensation` unless every record is a row. O(records).
  void write_to(Trajectory& trajectory) const;

  /// The complete state: a loaded one goes on bit for bit. Loading throws std::invalid_argument if the state is of
  /// other options.
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  template <class Exchange>
  void exchange(Exchange&& with);
  void absorb();
  void gather_gaps();
  void begin_block();
  void end_block();
  void make_room();
  std::size_t first_that_may_be_joined() const;

  std::size_t most_records_;
  std::size_t width_;  // columns
  Index octave_;       // e
  Index longest_ = 1;  // B
  Index rows_ = 0;     // in full blocks
  std::vector<RowBlock> blocks_;
  std::vector<ColumnMean> columns_;  // block after block

  Index open_length_ = 1;  // of the last block, or of the next one if that is full
  Index open_rows_ = 0;    // in it; 0: it is full
  MeasurementGaps gaps_of_value_;
  MeasurementGaps gaps_of_gradient_norm_;

  std::size_t staged_count_ = 0;  // rows that are in no block yet
  std::array<StepRecord, 64> staged_;
  std::vector<double> staged_columns_;  // row after row
};

}  // namespace perigee

#endif
