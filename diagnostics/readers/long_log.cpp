#include <perigee/diagnostics/readers/long_log.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace perigee::readers {

namespace {

constexpr std::size_t most_rows = std::size_t{1} << 17;
constexpr std::size_t most_fields = std::size_t{1} << 24;
constexpr std::size_t rows_of_a_portion = std::size_t{1} << 14;  // after the first: their fields stay in the cache

// A power of two; 0: so many columns that the log is not condensed.
std::size_t greatest_record_count(std::size_t columns) {
  const std::size_t count = std::bit_floor(std::min(most_rows, most_fields / std::max<std::size_t>(1, columns)));
  return count >= 1024 ? count : 0;
}

std::string note_of(const Condenser& condenser, std::size_t records) {
  return std::to_string(condenser.rows()) + " rows in " + std::to_string(records) + " records: the first " +
         std::to_string(2 * condenser.rows_per_octave()) + " one by one, then means over up to " +
         std::to_string(condenser.longest_block()) +
         " rows (of norms, root mean squares). Extremes, and where numbers cease to be finite, are those of single "
         "rows; what else lasts less than a block is not seen.";
}

std::string counted(Index rows) { return std::to_string(rows) + (rows == 1 ? " row" : " rows"); }

std::vector<Content> contents_of(const Table& table) {
  std::vector<Content> contents;
  for (const TableColumn& column : table.columns) contents.push_back(column.content);
  return contents;
}

}  // namespace

bool LongLog::is_full(const Table& table) const {
  const std::size_t greatest = greatest_record_count(table.columns.size());
  if (greatest == 0) return false;
  return table.lines.size() > (condenser_ ? std::min(greatest, rows_of_a_portion) : greatest);
}

void LongLog::begin(const Table& table) {
  contents_ = contents_of(table);
  std::vector<bool> has_role(table.columns.size(), false);
  for (const std::optional<std::size_t>& role : {roles_.iteration, roles_.value, roles_.reward, roles_.gradient_norm,
                                                 roles_.step_size, roles_.step_norm, roles_.batch_size}) {
    if (role) has_role[*role] = true;
  }
  for (const std::size_t position : roles_.parameters)
    has_role[position] = true;  // of a long log only the end's are kept
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& arms = roles_.probabilities;
    const bool is_probability = std::find(arms.begin(), arms.end(), i) != arms.end();
    if (!has_role[i] && (is_probability || contents_[i] == Content::numbers)) kept_columns_.push_back(i);
  }
  if (roles_.batch_size) batch_sizes_.emplace(table.columns[*roles_.batch_size].values);
  condenser_.emplace(CondenserOptions{.most_records = greatest_record_count(table.columns.size())},
                     kept_columns_.size());
  numbers_.resize(kept_columns_.size());
}

// How many rows there are before those of the last step.
std::size_t LongLog::rows_to_take(const Table& table) const {
  std::size_t last = table.lines.size() - 1;
  if (!roles_.iteration) return last;
  const TableColumn& steps = table.columns[*roles_.iteration];
  while (last > 0 && std::isnan(steps.value(last))) --last;
  while (last > 0 && !(steps.value(last - 1) < steps.value(last))) --last;
  return last;
}

void LongLog::take(Table& table) {
  std::vector<std::string> notes;
  Roles roles;
  try {
    roles = assign_roles(table, mapping_, notes);
  } catch (const ReadError&) {
    throw NotInOnePass{"because its first rows do not show what its columns are"};
  }
  // The size of a batch that varied in the first portion may stand still in this one.
  if (condenser_ && roles_.batch_size && counts_terms(table.columns[*roles_.batch_size])) {
    roles.batch_size = roles_.batch_size;
  }
  if (!roles.parameters.empty()) throw NotInOnePass{"because some of its columns are parameters"};
  if (!condenser_) {
    roles_ = roles;
    notes_ = notes;
    begin(table);
  } else if (roles != roles_ || contents_of(table) != contents_) {
    throw NotInOnePass{"because its later rows show other columns than its first ones"};
  }
  const std::size_t count = rows_to_take(table);
  if (count == 0) throw NotInOnePass{"because too many of its rows are of one step"};

  const auto number = [&table](const std::optional<std::size_t>& position, std::size_t row) {
    return position ? table.columns[*position].value(row) : not_measured;
  };
  for (std::size_t row = 0; row < count; ++row, ++rows_taken_) {
    const double step = roles_.iteration ? number(roles_.iteration, row) : static_cast<double>(rows_taken_);
    if (std::isnan(step)) {
      ++rows_without_step_;
      continue;
    }
    if (step < last_step_) throw NotInOnePass{"because its steps are not in increasing order"};
    if (step < 0.0 || step > greatest_iteration || step != std::floor(step)) {
      throw NotInOnePass{"because a step is not a whole number"};
    }
    if (step > last_step_) {
      pass_on();
      last_step_ = step;
      pending_ = StepRecord();
      pending_.iteration = static_cast<Index>(step);
      pending_.kind = step == 0.0 ? StepKind::initial : StepKind::step;
      std::fill(numbers_.begin(), numbers_.end(), not_measured);
    } else {
      ++rows_repeating_;
    }
    const auto put = [](double& field, double measured) {
      if (!std::isnan(measured)) field = measured;
    };
    put(pending_.value, roles_.reward ? -number(roles_.reward, row) : number(roles_.value, row));
    put(pending_.gradient_norm, number(roles_.gradient_norm, row));
    put(pending_.step_size, number(roles_.step_size, row));
    put(pending_.step_norm, number(roles_.step_norm, row));
    if (batch_sizes_) pending_.batch_size = batch_sizes_->next(number(roles_.batch_size, row));
    for (std::size_t i = 0; i < kept_columns_.size(); ++i) put(numbers_[i], table.columns[kept_columns_[i]].value(row));
  }
  pass_on();  // the rows left are of a greater step
  for (TableColumn& column : table.columns) {
    const auto begin = column.values.begin();
    column.values.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(count, column.values.size())));
  }
  table.lines.erase(table.lines.begin(), table.lines.begin() + static_cast<std::ptrdiff_t>(count));
}

void LongLog::pass_on() {
  if (last_step_ < 0.0 || pending_.iteration == last_passed_) return;
  condenser_->add(pending_, numbers_);
  last_passed_ = pending_.iteration;
}

ReadResult LongLog::finish(Table& table) {
  while (rows_to_take(table) > 0) take(table);
  const bool has_step = roles_.iteration.has_value();
  if (has_step && table.columns[*roles_.iteration].value(0) < last_step_) {
    throw NotInOnePass{"because its steps are not in increasing order"};
  }
  if (contents_of(table) != contents_) {
    throw NotInOnePass{"because its last row shows other columns than its first ones"};
  }
  ReadResult result = assemble(table, roles_, std::move(notes_));
  Trajectory& trajectory = result.trajectory;
  for (Snapshot& snapshot : trajectory.snapshots) snapshot.iteration += has_step ? 0 : rows_taken_;
  std::vector<double> numbers(kept_columns_.size());
  for (std::size_t k = 0; k < trajectory.records.size(); ++k) {
    if (!has_step) trajectory.records[k].iteration += rows_taken_;
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = trajectory.columns[i].values[k];
    condenser_->add(trajectory.records[k], numbers);
  }
  condenser_->write_to(trajectory);
  if (rows_without_step_ > 0) {
    result.notes.push_back(counted(rows_without_step_) + " without '" + table.columns[*roles_.iteration].name +
                           "' left out.");
  }
  if (rows_repeating_ > 0) {
    result.notes.push_back(counted(rows_repeating_) + (rows_repeating_ == 1 ? " repeats" : " repeat") +
                           " an iteration: of each field the last measured value is kept.");
  }
  result.notes.push_back(note_of(*condenser_, trajectory.records.size()));
  return result;
}

void condense(ReadResult& result) {
  Trajectory& trajectory = result.trajectory;
  const std::size_t columns = trajectory.columns.size();
  const std::size_t greatest = greatest_record_count(columns + 1);
  if (greatest == 0 || trajectory.records.size() <= greatest) return;
  Condenser condenser({.most_records = greatest}, columns);
  std::vector<double> numbers(columns);
  for (std::size_t k = 0; k < trajectory.records.size(); ++k) {
    for (std::size_t i = 0; i < columns; ++i) numbers[i] = trajectory.columns[i].values[k];
    condenser.add(trajectory.records[k], numbers);
  }
  condenser.write_to(trajectory);
  result.notes.push_back(note_of(condenser, trajectory.records.size()));
}

}  // namespace perigee::readers
