// From a table of numbers to a trajectory.
#include <perigee/diagnostics/readers/restarts.hpp>
#include <perigee/diagnostics/readers/roles.hpp>
#include <perigee/diagnostics/readers/table.hpp>

#include <perigee/diagnostics/noise_scale.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/recorder.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace perigee::readers {

namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void check_iteration(const Table& table, std::uint64_t line, const std::string& name, double iteration) {
  if (iteration >= 0.0 && iteration <= greatest_iteration && iteration == std::floor(iteration)) return;
  table.fail(line, name, "expected a whole number from 0 to 2^53 as iteration, got '" + format_exact(iteration) + "'");
}

// The rows in increasing order of iteration, those without one left out; equal iterations stay in file order.
struct Order {
  std::vector<std::size_t> rows;
  std::vector<Index> iterations;  // of each of them
};

// The column that tells whether a row is one of the training itself: the first there is of these.
const TableColumn* leading_column(const Table& table, const Roles& roles) {
  for (const std::optional<std::size_t>& role : {roles.value, roles.reward, roles.gradient_norm}) {
    if (role) return &table.columns[*role];
  }
  return roles.probabilities.empty() ? nullptr : &table.columns[roles.probabilities.front()];
}

// Takes out of `rows`, which is in the order of the file, what a restart of the program replaced. Rows without the
// leading column, such as those of an evaluation written after the training went on, make no restart.
void leave_out_replaced(const Table& table, const Roles& roles, const TableColumn& iterations,
                        std::vector<std::size_t>& rows, std::vector<std::string>& notes) {
  const TableColumn* const leading = leading_column(table, roles);
  std::vector<std::size_t> positions;  // in `rows`
  std::vector<double> steps;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (leading != nullptr && std::isnan(leading->value(rows[i]))) continue;
    positions.push_back(i);
    steps.push_back(iterations.value(rows[i]));
  }
  const std::vector<Restart> restarts = find_restarts(steps);
  if (restarts.empty()) return;

  std::vector<std::size_t> kept;
  std::vector<std::size_t> replaced_counts(restarts.size(), 0);
  double bound = std::numeric_limits<double>::infinity();  // rows from it on are replaced by a later restart
  std::size_t next = restarts.size(), replacing = 0;       // restarts from `next` on lie behind row i
  for (std::size_t i = rows.size(); i-- > 0;) {
    const double step = iterations.value(rows[i]);
    if (step < bound) {
      kept.push_back(rows[i]);
    } else {
      ++replaced_counts[replacing];
    }
    if (next > 0 && i == positions[restarts[next - 1].position]) {
      --next;
      if (restarts[next].step <= bound) {
        bound = restarts[next].step;
        replacing = next;
      }
    }
  }
  std::reverse(kept.begin(), kept.end());
  constexpr std::size_t greatest_note_count = 5;
  for (std::size_t k = 0; k < std::min(restarts.size(), greatest_note_count); ++k) {
    notes.push_back("The log starts again at '" + iterations.name + "' " + format_exact(restarts[k].step) + " in " +
                    table.place(rows[positions[restarts[k].position]]) + ": from there on the later rows count, and " +
                    counted(replaced_counts[k], "earlier row") + (replaced_counts[k] == 1 ? " is" : " are") +
                    " left out.");
  }
  if (restarts.size() > greatest_note_count) {
    notes.push_back("It starts again " + std::to_string(restarts.size() - greatest_note_count) + " more times.");
  }
  rows = std::move(kept);
}

Order order_of(const Table& table, const Roles& roles, std::vector<std::string>& notes) {
  const std::size_t count = table.lines.size();
  Order order;
  order.rows.reserve(count);
  if (!roles.iteration) {
    order.rows.resize(count);
    std::iota(order.rows.begin(), order.rows.end(), std::size_t{0});
    order.iterations.resize(count);
    std::iota(order.iterations.begin(), order.iterations.end(), Index{0});
    notes.emplace_back("No column for the iteration: the rows are counted from 0.");
    return order;
  }
  const TableColumn& column = table.columns[*roles.iteration];
  for (std::size_t row = 0; row < count; ++row) {
    const double iteration = column.value(row);
    if (std::isnan(iteration)) continue;
    check_iteration(table, table.lines[row], column.name, iteration);
    order.rows.push_back(row);
  }
  if (order.rows.empty()) {
    table.fail(table.lines.front(), column.name, "expected iterations, got none in any row");
  }
  if (order.rows.size() < count) {
    notes.push_back(counted(count - order.rows.size(), "row") + " without '" + column.name + "' left out.");
  }
  const auto comes_before = [&column](std::size_t a, std::size_t b) { return column.value(a) < column.value(b); };
  if (!std::is_sorted(order.rows.begin(), order.rows.end(), comes_before)) {
    leave_out_replaced(table, roles, column, order.rows, notes);
  }
  if (!std::is_sorted(order.rows.begin(), order.rows.end(), comes_before)) {
    std::stable_sort(order.rows.begin(), order.rows.end(), comes_before);
    notes.push_back("The rows were not in order of '" + column.name + "' and have been sorted.");
  }
  order.iterations.reserve(order.rows.size());
  for (const std::size_t row : order.rows) order.iterations.push_back(static_cast<Index>(column.value(row)));
  return order;
}

// One number for each different iteration: the last that was measured. Frees the column's own numbers.
std::vector<double> take_values(TableColumn& column, const Order& order, std::size_t count) {
  const bool in_file_order = count == column.values.size() && count == order.rows.size() &&
                             std::is_sorted(order.rows.begin(), order.rows.end());
  if (in_file_order) return std::move(column.values);
  std::vector<double> values;
  values.reserve(count);
  for (std::size_t i = 0; i < order.rows.size(); ++i) {
    if (i == 0 || order.iterations[i] != order.iterations[i - 1]) values.push_back(not_measured);
    const double value = column.value(order.rows[i]);
    if (!std::isnan(value)) values.back() = value;
  }
  std::vector<double>().swap(column.values);
  return values;
}

// In increasing order of iteration; of several of one iteration the last.
void take_snapshots(const Table& table, const Order& order, std::vector<Snapshot>& snapshots) {
  const SnapshotTable& source = table.snapshots;
  const Index size = source.array.row_size();
  if (size == 0) return;
  std::vector<std::pair<Index, Index>> places;  // iteration, row of the array
  if (source.stride > 0) {
    for (std::size_t i = 0; i < order.rows.size(); ++i) {
      if (order.rows[i] % source.stride != 0) continue;
      places.emplace_back(order.iterations[i], static_cast<Index>(order.rows[i] / source.stride));
    }
  } else {
    for (std::size_t k = 0; k < source.steps.size(); ++k) {
      check_iteration(table, k, source.steps_name, source.steps[k]);
      places.emplace_back(static_cast<Index>(source.steps[k]), static_cast<Index>(k));
    }
    std::stable_sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  for (const auto& [iteration, row] : places) {
    if (snapshots.empty() || snapshots.back().iteration != iteration) {
      snapshots.push_back({iteration, Vector(size)});
    }
    source.array.copy_to(row * size, snapshots.back().x.view());
  }
}

// The points of the rows that a recorder would keep (recorder.hpp), as far as every coordinate was measured; the last
// row's always.
void keep_snapshots(Table& table, const std::vector<std::size_t>& parameters, const Order& order,
                    Trajectory& trajectory) {
  const std::size_t count = trajectory.records.size();
  std::vector<std::vector<double>> coordinates;
  for (const std::size_t position : parameters) {
    coordinates.push_back(take_values(table.columns[position], order, count));
  }
  Index last_kept = -1;
  for (std::size_t row = 0; row < count; ++row) {
    const StepRecord& record = trajectory.records[row];
    if (row + 1 < count && !keeps_snapshot({}, record, last_kept, trajectory.snapshots.size())) continue;
    Vector x(static_cast<Index>(coordinates.size()));
    for (std::size_t i = 0; i < coordinates.size(); ++i) x[static_cast<Index>(i)] = coordinates[i][row];
    if (!std::all_of(x.begin(), x.end(), [](double coordinate) { return std::isfinite(coordinate); })) continue;
    trajectory.snapshots.push_back({record.iteration, std::move(x)});
    last_kept = record.iteration;
  }
}

void note_left_out(const Table& table, std::vector<std::string>& notes) {
  for (const auto& [content, what] : {std::pair(Content::text, "text"), std::pair(Content::lists, "lists"),
                                      std::pair(Content::nothing, "empty in every row")}) {
    std::vector<std::string> names;
    for (const TableColumn& column : table.columns) {
      if (column.content == content) names.push_back(column.name);
    }
    if (!names.empty()) {
      notes.push_back("Left out, because " + std::string(what) + ": " + shown_list(names) + ".");
    }
  }
}

}  // namespace

ReadResult assemble(Table& table, const std::vector<std::pair<std::string, std::string>>& mapping) {
  std::vector<std::string> notes;
  const Roles roles = assign_roles(table, mapping, notes);
  return assemble(table, roles, std::move(notes));
}

ReadResult assemble(Table& table, const Roles& roles, std::vector<std::string> notes) {
  ReadResult result;
  result.notes = std::move(table.notes);
  result.notes.insert(result.notes.end(), notes.begin(), notes.end());
  note_left_out(table, result.notes);
  const Order order = order_of(table, roles, result.notes);

  Trajectory& trajectory = result.trajectory;
  trajectory.records.reserve(order.rows.size());
  for (const Index iteration : order.iterations) {
    if (!trajectory.records.empty() && trajectory.records.back().iteration == iteration) continue;
    StepRecord record;
    record.iteration = iteration;
    record.kind = iteration == 0 ? StepKind::initial : StepKind::step;
    trajectory.records.push_back(record);
  }
  take_snapshots(table, order, trajectory.snapshots);
  const std::size_t count = trajectory.records.size();
  if (count < order.rows.size()) {
    result.notes.push_back(counted(order.rows.size() - count, "row") + " repeat" +
                           (order.rows.size() - count == 1 ? "s" : "") +
                           " an iteration: of each field the last measured value is kept.");
  }

  std::vector<std::string> role_names(table.columns.size());
  const auto take = [&](std::optional<std::size_t> position, const char* role, double StepRecord::*field, double sign) {
    if (!position) return;
    TableColumn& column = table.columns[*position];
    role_names[*position] = role;
    if (column.nan_count > 0) {
      result.notes.push_back("'" + column.name + "' is NaN in " + counted(column.nan_count, "row") + ", first in " +
                             table.place_of(column.first_nan_line) + ": taken for not measured.");
    }
    const std::vector<double> values = take_values(column, order, count);
    for (std::size_t i = 0; i < count; ++i) trajectory.records[i].*field = sign * values[i];
  };
  take(roles.value, "value", &StepRecord::value, 1.0);
  take(roles.reward, "reward", &StepRecord::value, -1.0);
  take(roles.gradient_norm, "gradient_norm", &StepRecord::gradient_norm, 1.0);
  take(roles.step_size, "step_size", &StepRecord::step_size, 1.0);
  take(roles.step_norm, "step_norm", &StepRecord::step_norm, 1.0);
  if (roles.iteration) role_names[*roles.iteration] = "iteration";
  if (roles.batch_size) {
    role_names[*roles.batch_size] = "batch_size";
    const std::vector<double> sizes = take_values(table.columns[*roles.batch_size], order, count);
    BatchSizes batch_sizes(sizes);
    for (std::size_t i = 0; i < count; ++i) trajectory.records[i].batch_size = batch_sizes.next(sizes[i]);
  }
  if (roles.small_batch_gradient_norm) role_names[*roles.small_batch_gradient_norm] = small_batch_gradient_norm_column;
  if (roles.small_batch_size) role_names[*roles.small_batch_size] = small_batch_size_column;
  if (roles.reward) {
    result.notes.push_back("'" + table.columns[*roles.reward].name +
                           "' is a reward: the value is its negative, so that less is better.");
  } else if (!roles.value) {
    result.notes.emplace_back("No column for the value (loss): what depends on it cannot be decided.");
  }

  if (!roles.probabilities.empty()) {
    trajectory.policy.emplace();
    for (const std::size_t position : roles.probabilities) {
      role_names[position] = "probability";
      trajectory.policy->probability_columns.push_back(table.columns[position].name);
    }
  }
  for (const std::size_t position : roles.parameters) role_names[position] = "parameter";
  if (!roles.parameters.empty()) keep_snapshots(table, roles.parameters, order, trajectory);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    TableColumn& column = table.columns[i];
    const bool is_extra = role_names[i].empty();
    if (is_extra && column.content != Content::numbers) continue;
    result.columns.push_back({is_extra ? "extra" : role_names[i], column.name,
                              is_extra          ? "no other role"
                              : roles.mapped[i] ? "mapped"
                                                : "guessed from its name"});
    const bool is_of_small_batch = roles.small_batch_gradient_norm == i || roles.small_batch_size == i;
    if (is_extra || is_of_small_batch || role_names[i] == "probability") {
      // A detector looks for the small batch by its role.
      const std::string& name = is_of_small_batch ? role_names[i] : column.name;
      trajectory.columns.push_back({name, take_values(column, order, count)});
    }
  }
  return result;
}

}  // namespace perigee::readers
