#include <perigee/diagnostics/online/condenser.hpp>

#include <perigee/lib/state.hpp>

#include <bit>
#include <stdexcept>

namespace perigee {

namespace {

// A number that stands alone is itself, also where it is none.
void take(double& field, const PartialMean& mean) {
  if (mean.count > 0) field = mean.mean;
}

void join_means(double& mean, Index& count, double other_mean, Index other_count) {
  PartialMean joined{mean, count};
  joined.join({other_mean, other_count});
  count = joined.count;
  take(mean, joined);
}

void join_root_mean_squares(double& mean, Index& count, double other_mean, Index other_count) {
  PartialMean joined{mean, count};
  joined.join_root_mean_square({other_mean, other_count});
  count = joined.count;
  take(mean, joined);
}

Index measured(double x) { return std::isfinite(x) ? 1 : 0; }

}  // namespace

Condenser::Condenser(CondenserOptions options, std::size_t columns)
    : most_records_(options.most_records), octave_(static_cast<Index>(options.most_records / 32)), columns_(columns) {
  if (!std::has_single_bit(options.most_records) || options.most_records < 128) {
    throw std::invalid_argument("Condenser: most_records must be a power of two >= 128, got " +
                                std::to_string(options.most_records));
  }
}

// A row in the part of the run that is kept row by row.
void Condenser::keep(const StepRecord& row, std::span<const double> columns) {
  Closed block;
  block.record = row;
  block.values = measured(row.value);
  if (block.values > 0) {
    block.least_value = block.largest_value = row.value;
    block.value_variance = 0.0;
  }
  block.gradient_norms = measured(row.gradient_norm);
  block.step_norms = measured(row.step_norm);
  block.step_sizes = measured(row.step_size);
  block.curvatures = measured(row.curvature);
  closed_.push_back(block);
  for (const double number : columns) closed_columns_.push_back({number, measured(number)});
  ++rows_;
  begin_block();
}

Condenser::Closed Condenser::open_block() const {
  Closed block;
  block.rows = open_rows_;
  block.record.iteration = last_.iteration;
  block.record.batch_size = last_.batch_size;
  block.record.counts = last_.counts;
  block.record.kind = kind_;
  const PartialMoments values = value_.result();
  block.values = values.mean.count;
  block.record.value = values.mean.mean;
  block.least_value = values.least;
  block.largest_value = values.largest;
  block.value_variance = values.variance;
  const auto put = [](double& field, Index& count, const PartialMean& mean) {
    field = mean.mean;
    count = mean.count;
  };
  put(block.record.gradient_norm, block.gradient_norms, gradient_norm_.result());
  put(block.record.step_norm, block.step_norms, step_norm_.result());
  put(block.record.step_size, block.step_sizes, step_size_.result());
  put(block.record.curvature, block.curvatures, curvature_.result());
  return block;
}

void Condenser::close() {
  closed_.push_back(open_block());
  for (RunningMean& column : columns_) {
    closed_columns_.push_back(column.result());
    column.clear();
  }
  rows_ += open_rows_;
  open_rows_ = 0;
  kind_ = StepKind::initial;
  value_.clear();
  gradient_norm_.clear();
  step_norm_.clear();
  step_size_.clear();
  curvature_.clear();
  begin_block();
}

void Condenser::begin_block() {
  if (closed_.size() >= most_records_) make_room();
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
  if (closed_.size() <= first) {  // after e 2^30 rows: nothing is left to be joined, and blocks only lengthen
    if (longest_ <= rows_ / octave_) longest_ *= 2;
    return;
  }
  if ((closed_.size() - first) % 2 != 0) return;  // the odd one out waits until its neighbour is there
  longest_ *= 2;
  const std::size_t width = columns_.size();
  std::size_t to = first;
  for (std::size_t from = first; from < closed_.size(); from += 2, ++to) {
    join(closed_[from], closed_[from + 1]);
    closed_[to] = closed_[from];
    for (std::size_t i = 0; i < width; ++i) {
      PartialMean column = closed_columns_[from * width + i];
      column.join(closed_columns_[(from + 1) * width + i]);
      closed_columns_[to * width + i] = column;
    }
  }
  closed_.resize(to);
  closed_columns_.resize(to * width);
}

void Condenser::join(Closed& block, const Closed& next) {
  PartialMoments values{
      {block.record.value, block.values}, block.value_variance, block.least_value, block.largest_value};
  values.join({{next.record.value, next.values}, next.value_variance, next.least_value, next.largest_value});
  block.values = values.mean.count;
  take(block.record.value, values.mean);
  block.value_variance = values.variance;
  block.least_value = values.least;
  block.largest_value = values.largest;
  join_root_mean_squares(block.record.gradient_norm, block.gradient_norms, next.record.gradient_norm,
                         next.gradient_norms);
  join_root_mean_squares(block.record.step_norm, block.step_norms, next.record.step_norm, next.step_norms);
  join_means(block.record.step_size, block.step_sizes, next.record.step_size, next.step_sizes);
  join_means(block.record.curvature, block.curvatures, next.record.curvature, next.curvatures);
  block.record.iteration = next.record.iteration;
  block.record.batch_size = next.record.batch_size;
  block.record.counts = next.record.counts;
  block.record.kind = std::max(block.record.kind, next.record.kind);
  block.rows += next.rows;
}

void Condenser::write_to(Trajectory& trajectory) const {
  if (trajectory.columns.size() < columns_.size()) {
    throw std::invalid_argument("Condenser: the trajectory must have a column for each number beside a row, got " +
                                std::to_string(trajectory.columns.size()) + " and " + std::to_string(columns_.size()));
  }
  const std::size_t width = columns_.size();
  trajectory.records.clear();
  trajectory.records.reserve(closed_.size() + 1);
  for (std::size_t i = 0; i < width; ++i) {
    trajectory.columns[i].values.clear();
    trajectory.columns[i].values.reserve(closed_.size() + 1);
  }
  Condensation condensation;
  condensation.rows = rows();
  condensation.value = gaps_of_value_;
  condensation.gradient_norm = gaps_of_gradient_norm_;
  condensation.blocks.reserve(closed_.size() + 1);
  const auto put = [&](const Closed& block) {
    trajectory.records.push_back(block.record);
    condensation.blocks.push_back({block.rows, block.least_value, block.largest_value, block.value_variance});
  };
  const auto put_columns = [&](const PartialMean* columns) {
    for (std::size_t i = 0; i < width; ++i) trajectory.columns[i].values.push_back(columns[i].mean);
  };
  const std::size_t whole = closed_.size();
  if (open_rows_ == 0) {
    for (std::size_t b = 0; b < whole; ++b) {
      put(closed_[b]);
      put_columns(closed_columns_.data() + b * width);
    }
  } else {
    // Less than half a block would be noisier than its neighbours: it joins the last one.
    Closed open = open_block();
    std::vector<PartialMean> open_columns;
    for (const RunningMean& column : columns_) open_columns.push_back(column.result());
    const bool joins = 2 * open_rows_ < open_length_;
    for (std::size_t b = 0; b + (joins ? 1 : 0) < whole; ++b) {
      put(closed_[b]);
      put_columns(closed_columns_.data() + b * width);
    }
    if (joins) {
      Closed last = closed_.back();
      join(last, open);
      open = last;
      for (std::size_t i = 0; i < width; ++i) {
        PartialMean column = closed_columns_[(whole - 1) * width + i];
        column.join(open_columns[i]);
        open_columns[i] = column;
      }
    }
    put(open);
    put_columns(open_columns.data());
  }
  trajectory.condensation.reset();
  if (rows() > static_cast<Index>(trajectory.records.size())) trajectory.condensation = std::move(condensation);
}

template <class Exchange>
void Condenser::exchange(Exchange&& with) {
  with(longest_), with(rows_), with(open_length_), with(open_rows_);
  with(last_.iteration);
  value_.exchange(with);
  gradient_norm_.exchange(with);
  step_norm_.exchange(with);
  step_size_.exchange(with);
  curvature_.exchange(with);
  for (RunningMean& column : columns_) column.exchange(with);
  gaps_of_value_.exchange(with);
  gaps_of_gradient_norm_.exchange(with);
  for (Closed& block : closed_) {
    with(block.rows), with(block.least_value), with(block.largest_value), with(block.value_variance);
    with(block.values), with(block.gradient_norms), with(block.step_norms), with(block.step_sizes);
    with(block.curvatures);
  }
  for (PartialMean& column : closed_columns_) with(column.mean), with(column.count);
}

void Condenser::save(StateWriter& writer) const {
  writer.write(std::string_view("condenser 1"));
  writer.write(static_cast<std::uint64_t>(most_records_));
  writer.write(static_cast<std::uint64_t>(columns_.size()));
  writer.write(static_cast<std::uint64_t>(closed_.size()));
  for (const Closed& block : closed_) writer.write(block.record);
  StepRecord open;
  open.kind = kind_;
  open.batch_size = last_.batch_size;
  open.counts = last_.counts;
  writer.write(open);
  Condenser copy(*this);  // reading and writing go through one list of what there is, which must be able to write
  copy.exchange([&writer]<class Number>(Number& number) {
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
  if (most_records != most_records_ || columns != columns_.size()) {
    throw std::invalid_argument("Condenser: the state must be of as many records and columns, got " +
                                std::to_string(most_records) + " and " + std::to_string(columns));
  }
  closed_.clear();
  for (std::uint64_t b = 0; b < blocks; ++b) {
    Closed block;
    reader.read(block.record);  // throws where the bytes run out, before a wrong count takes memory
    closed_.push_back(block);
  }
  closed_columns_.assign(closed_.size() * columns_.size(), {});
  StepRecord open;
  reader.read(open);
  kind_ = open.kind;
  last_.batch_size = open.batch_size;
  last_.counts = open.counts;
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
