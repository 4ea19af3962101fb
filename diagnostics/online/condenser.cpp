#include <perigee/diagnostics/online/condenser.hpp>

#include <perigee/lib/state.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace perigee {

Condenser::Condenser(CondenserOptions options, std::size_t columns)
    : most_records_(options.most_records), width_(columns), octave_(static_cast<Index>(options.most_records / 32)) {
  if (!std::has_single_bit(options.most_records) || options.most_records < 128) {
    throw std::invalid_argument("Condenser: most_records must be a power of two >= 128, got " +
                                std::to_string(options.most_records));
  }
  blocks_.reserve(most_records_ + 1);  // all there will be: a short run would spend its time on growing
  staged_columns_.reserve(columns * staged_.size());
}

// Puts the staged rows where they belong. Where a block ends does not depend on when this is called.
void Condenser::absorb() {
  gather_gaps();
  for (std::size_t row = 0; row < staged_count_;) {
    if (open_rows_ == 0) begin_block();
    const std::size_t count = std::min(static_cast<std::size_t>(open_length_ - open_rows_), staged_count_ - row);
    blocks_.back().add(std::span(staged_).subspan(row, count));
    const auto open_columns = std::span(columns_).last(width_);
    for (std::size_t i = 0; i < width_ * count; ++i) open_columns[i % width_].add(staged_columns_[row * width_ + i]);
    row += count;
    open_rows_ += static_cast<Index>(count);
    if (open_rows_ == open_length_) end_block();
  }
  staged_count_ = 0;
  staged_columns_.clear();
}

void Condenser::gather_gaps() {
  double difference = 0.0;  // of every number with itself: NaN if one of them is not finite
  for (std::size_t row = 0; row < staged_count_; ++row) {
    difference += staged_[row].value - staged_[row].value;
    difference += staged_[row].gradient_norm - staged_[row].gradient_norm;
  }
  // A row with a number closes the gap before it; more of them change nothing.
  const std::size_t count = difference == 0.0 ? std::min<std::size_t>(1, staged_count_) : staged_count_;
  for (std::size_t row = 0; row < count; ++row) {
    gaps_of_value_.observe(staged_[row].iteration, staged_[row].value);
    gaps_of_gradient_norm_.observe(staged_[row].iteration, staged_[row].gradient_norm);
  }
}

void Condenser::begin_block() {
  blocks_.emplace_back();
  columns_.resize(columns_.size() + width_);
}

void Condenser::end_block() {
  rows_ += open_rows_;
  open_rows_ = 0;
  if (blocks_.size() >= most_records_) make_room();
  const auto octaves = static_cast<std::uint64_t>(std::max<Index>(1, rows_ / octave_));
  open_length_ = std::min(longest_, static_cast<Index>(std::bit_floor(octaves)));
}

// The blocks from the one on that begins at row 2 B e are of the greatest length B.
std::size_t Condenser::first_that_may_be_joined() const {
  const auto octaves = static_cast<std::size_t>(std::countr_zero(static_cast<std::uint64_t>(longest_)));
  return static_cast<std::size_t>(octave_) * (2 + octaves);
}

void Condenser::make_room() {
  const std::size_t first = first_that_may_be_joined();
  if (blocks_.size() <= first) {  // after e 2^30 rows: nothing is left to be joined, and blocks only lengthen
    if (longest_ <= rows_ / octave_) longest_ *= 2;
    return;
  }
  if ((blocks_.size() - first) % 2 != 0) return;  // the odd one out waits until its neighbour is there
  longest_ *= 2;
  std::size_t to = first;
  for (std::size_t from = first; from < blocks_.size(); from += 2, ++to) {
    if (to != from) blocks_[to] = blocks_[from];
    blocks_[to].join(blocks_[from + 1]);
    for (std::size_t i = 0; i < width_; ++i) {
      ColumnMean column = columns_[from * width_ + i];
      column.join(columns_[(from + 1) * width_ + i]);
      columns_[to * width_ + i] = column;
    }
  }
  blocks_.resize(to);
  columns_.resize(to * width_);
}

void Condenser::write_to(Trajectory& trajectory) const {
  if (trajectory.columns.size() < width_) {
    throw std::invalid_argument("Condenser: the trajectory must have a column for each number beside a row, got " +
                                std::to_string(trajectory.columns.size()) + " and " + std::to_string(width_));
  }
  if (staged_count_ > 0) {
    Condenser complete(*this);
    complete.absorb();
    return complete.write_to(trajectory);
  }
  trajectory.records.clear();
  trajectory.records.reserve(blocks_.size() + 1);
  for (std::size_t i = 0; i < width_; ++i) {
    trajectory.columns[i].values.clear();
    trajectory.columns[i].values.reserve(blocks_.size() + 1);
  }
  Condensation condensation;
  condensation.rows = rows();
  condensation.value = gaps_of_value_;
  condensation.gradient_norm = gaps_of_gradient_norm_;
  condensation.blocks.reserve(blocks_.size() + 1);
  const auto put = [&](const RowBlock& block, std::span<const ColumnMean> columns) {
    trajectory.records.push_back(block.record());
    condensation.blocks.push_back(block.facts());
    for (std::size_t i = 0; i < width_; ++i) trajectory.columns[i].values.push_back(columns[i].mean());
  };
  const auto columns_of = [this](std::size_t b) { return std::span(columns_).subspan(b * width_, width_); };
  // Less than half a block would be noisier than its neighbours: it joins the one before.
  const bool is_short = open_rows_ > 0 && 2 * open_rows_ < open_length_;
  const std::size_t whole = blocks_.size() - (is_short ? 2 : 0);
  for (std::size_t b = 0; b < whole; ++b) put(blocks_[b], columns_of(b));
  if (is_short) {
    RowBlock last = blocks_[whole];
    last.join(blocks_.back());
    std::vector<ColumnMean> columns(columns_of(whole).begin(), columns_of(whole).end());
    for (std::size_t i = 0; i < width_; ++i) columns[i].join(columns_of(whole + 1)[i]);
    put(last, columns);
  }
  trajectory.condensation.reset();
  if (rows() > static_cast<Index>(trajectory.records.size())) trajectory.condensation = std::move(condensation);
}

template <class Exchange>
void Condenser::exchange(Exchange&& with) {
  with(longest_), with(rows_), with(open_length_), with(open_rows_);
  gaps_of_value_.exchange(with);
  gaps_of_gradient_norm_.exchange(with);
  for (RowBlock& block : blocks_) block.exchange(with);
  for (ColumnMean& column : columns_) column.exchange(with);
}

void Condenser::save(StateWriter& writer) const {
  Condenser complete(*this);  // reading and writing go through one list of what there is, which must be able to write
  complete.absorb();
  writer.write(std::string_view("condenser 1"));
  writer.write(static_cast<std::uint64_t>(most_records_));
  writer.write(static_cast<std::uint64_t>(width_));
  writer.write(static_cast<std::uint64_t>(complete.blocks_.size()));
  complete.exchange([&writer]<class Number>(Number& number) {
    if constexpr (std::is_floating_point_v<Number>) {
      writer.write(number);
    } else {
      writer.write(static_cast<std::int64_t>(number));
    }
  });
}

void Condenser::load(StateReader& reader) {
  reader.expect("condenser 1");
  std::uint64_t most_records = 0;
  std::uint64_t columns = 0;
  std::uint64_t blocks = 0;
  reader.read(most_records);
  reader.read(columns);
  reader.read(blocks);
  if (most_records != most_records_ || columns != width_) {
    throw std::invalid_argument("Condenser: the state must be of as many records and columns, got " +
                                std::to_string(most_records) + " and " + std::to_string(columns));
  }
  if (blocks > most_records_ + 64 * static_cast<std::uint64_t>(octave_)) {  // more than any run can make
    throw std::invalid_argument("Condenser: the state must hold a possible number of blocks, got " +
                                std::to_string(blocks));
  }
  blocks_.assign(static_cast<std::size_t>(blocks), RowBlock());
  columns_.assign(blocks_.size() * width_, ColumnMean());
  staged_count_ = 0;
  staged_columns_.clear();
  exchange([&reader]<class Number>(Number& number) {
    if constexpr (std::is_floating_point_v<Number>) {
      reader.read(number);
    } else {
      std::int64_t whole = 0;
      reader.read(whole);
      number = static_cast<Number>(whole);
    }
  });
}

}  // namespace perigee
