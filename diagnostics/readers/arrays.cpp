// A run from NumPy's arrays: an .npz file, or one array in an .npy file.
//
// Arrays with one axis and of the length that the value has are columns, by their names. Of the others, names tell:
// parameters (a row a snapshot), probabilities (a row a step, a column an action), gradients (a row a step; their norms
// are a column where there is none). docs/formats.md has the names.
#include <perigee/diagnostics/readers/role_names.hpp>
#include <perigee/diagnostics/readers/table.hpp>

#include <perigee/lib/data/byte_source.hpp>
#include <perigee/lib/data/npy.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace perigee::readers {

namespace {

using data::Array;

constexpr std::uint64_t greatest_total_size = std::uint64_t{1} << 32;  // bytes of all arrays
constexpr std::array<std::string_view, 9> names_of_parameters{"parameters", "params",   "theta",     "weights",  "x",
                                                              "w",          "iterates", "snapshots", "parameter"};
constexpr std::array<std::string_view, 7> names_of_probabilities{"probabilities", "probs",  "prob", "pi",
                                                                 "probability",   "policy", "p"};
constexpr std::array<std::string_view, 5> names_of_gradients{"gradients", "gradient", "grads", "grad", "g"};

struct NamedArray {
  std::string name;
  Array array;
  bool is_taken = false;
};

// Axes of length 1 behind the first do not count.
bool is_one_axis(const Array& array) { return !array.shape.empty() && array.size() == array.row_count(); }

std::string shape_of(const Array& array) {
  std::string text = "(";
  for (const Index length : array.shape) text += (text.size() > 1 ? ", " : "") + std::to_string(length);
  return text + ")";
}

bool is_name_of(const std::vector<KnownName>& names, const RoleWords& words, const std::string& name) {
  const std::string lower = lower_case(name);
  return doubt_of(name, words) == Doubt::little ||
         std::any_of(names.begin(), names.end(), [&lower](const KnownName& known) { return known.name == lower; });
}

template <std::size_t n>
bool is_among(const std::array<std::string_view, n>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), lower_case(name)) != names.end();
}

class ArrayRun {
 public:
  explicit ArrayRun(std::string file) {
    table_.file = std::move(file);
    table_.unit = RowUnit::row;
  }

  void add(std::string name, Array array) { arrays_.push_back({std::move(name), std::move(array)}); }
  void note(std::string sentence) { table_.notes.push_back(std::move(sentence)); }

  Table take_table() {
    row_count_ = find_row_count();
    for (Index row = 0; row < row_count_; ++row) table_.lines.push_back(static_cast<std::uint64_t>(row));
    take_columns();
    take_probabilities();
    take_gradients();
    take_snapshots();
    std::vector<std::string> others;
    for (const NamedArray& named : arrays_) {
      if (!named.is_taken) others.push_back(named.name + " " + shape_of(named.array));
    }
    if (!others.empty()) {
      note("Left out, because neither their names nor their shapes, beside " + std::to_string(row_count_) +
           " rows, say what they are: " + shown_list(others) + ".");
    }
    return std::move(table_);
  }

 private:
  // The first array of one of these names, in order of the names, that has several axes.
  template <std::size_t n>
  NamedArray* find_matrix(const std::array<std::string_view, n>& names) {
    for (const std::string_view name : names) {
      for (NamedArray& named : arrays_) {
        if (!named.is_taken && lower_case(named.name) == name && named.array.shape.size() >= 2 &&
            named.array.size() > 0) {
          return &named;
        }
      }
    }
    return nullptr;
  }

  // As long as the value, the reward or the gradient norm; else the length that most arrays of one axis have; else the
  // first axis of gradients or probabilities.
  Index find_row_count() {
    std::map<Index, std::size_t> counts;
    for (const NamedArray& named : arrays_) {
      if (!is_one_axis(named.array) || named.array.size() == 0) continue;
      if (is_name_of(names_of_value(), words_of_value(), named.name) ||
          is_name_of(names_of_reward(), words_of_reward(), named.name) ||
          is_name_of(names_of_gradient_norm(), words_of_gradient_norm(), named.name)) {
        return named.array.row_count();
      }
      ++counts[named.array.row_count()];
    }
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most != counts.end()) return most->first;
    for (const NamedArray* named : {find_matrix(names_of_gradients), find_matrix(names_of_probabilities)}) {
      if (named != nullptr) return named->array.row_count();
    }
    std::vector<std::string> shapes;
    for (const NamedArray& named : arrays_) shapes.push_back(named.name + " " + shape_of(named.array));
    throw ReadError(table_.file + ": expected arrays with one axis by name, such as step and loss, got " +
                    (shapes.empty() ? "none" : shown_list(shapes)));
  }

  TableColumn& add_column(const std::string& name) {
    if (const char* complaint = what_is_wrong_with_name(name)) {
      throw ReadError(table_.file + ": " + complaint + ", got " + shown(name));
    }
    if (static_cast<std::size_t>(row_count_) > greatest_cell_count / (table_.columns.size() + 1)) {
      throw ReadError(table_.file + ": expected at most " + std::to_string(greatest_cell_count) +
                      " fields in a file, got more");
    }
    table_.columns.push_back({.name = name, .content = Content::numbers});
    table_.columns.back().values.reserve(static_cast<std::size_t>(row_count_));
    return table_.columns.back();
  }

  void put_all(TableColumn& column, const Array& array, Index first, Index stride) {
    for (Index row = 0; row < row_count_; ++row) {
      column.put(static_cast<std::size_t>(row), array[first + row * stride], static_cast<std::uint64_t>(row));
    }
  }

  void take_columns() {
    for (NamedArray& named : arrays_) {
      if (!is_one_axis(named.array) || named.array.row_count() != row_count_) continue;
      const bool has_own_meaning =
          is_among(names_of_parameters, named.name) || is_among(names_of_gradients, named.name);
      if (named.array.shape.size() > 1 && has_own_meaning) continue;  // of a problem with one parameter
      put_all(add_column(named.name), named.array, 0, 1);
      named.is_taken = true;
    }
  }

  void take_probabilities() {
    NamedArray* const named = find_matrix(names_of_probabilities);
    if (named == nullptr || named->array.shape.size() != 2 || named->array.row_count() != row_count_) return;
    const Index action_count = named->array.row_size();
    if (action_count > static_cast<Index>(greatest_column_count - table_.columns.size())) return;
    for (Index action = 0; action < action_count; ++action) {
      put_all(add_column("pi_" + std::to_string(action)), named->array, action, action_count);
    }
    named->is_taken = true;
    note("The columns of " + shown(named->name) + " are called 'pi_0', 'pi_1', ...");
  }

  void take_gradients() {
    NamedArray* const named = find_matrix(names_of_gradients);
    if (named == nullptr || named->array.row_count() != row_count_) return;
    const bool is_known = std::any_of(table_.columns.begin(), table_.columns.end(), [](const TableColumn& column) {
      return is_name_of(names_of_gradient_norm(), words_of_gradient_norm(), column.name);
    });
    named->is_taken = true;
    if (is_known) return;
    TableColumn& column = add_column("gradient_norm");
    std::vector<double> gradient(static_cast<std::size_t>(named->array.row_size()));
    for (Index row = 0; row < row_count_; ++row) {
      named->array.copy_to(row * named->array.row_size(), gradient);
      column.put(static_cast<std::size_t>(row), ConstVectorView(gradient).stableNorm(),
                 static_cast<std::uint64_t>(row));
    }
    note("The gradient norm is that of the rows of " + shown(named->name) + ".");
  }

  // A vector of steps for the snapshots: as long as they are many, a word of steps in its name; where there are
  // several, one that speaks of snapshots or parameters.
  NamedArray* find_snapshot_steps(Index count) {
    NamedArray* found = nullptr;
    for (NamedArray& named : arrays_) {
      if (named.is_taken || !is_one_axis(named.array) || named.array.row_count() != count) continue;
      const std::string name = lower_case(named.name);
      const auto has = [&name](const char* word) { return name.find(word) != std::string::npos; };
      if (!has("step") && !has("iter")) continue;
      if (found == nullptr || has("snapshot") || has("param")) found = &named;
    }
    return found;
  }

  void take_snapshots() {
    NamedArray* const named = find_matrix(names_of_parameters);
    if (named == nullptr) return;
    SnapshotTable& snapshots = table_.snapshots;
    const Index count = named->array.row_count();
    if (named->array.size() > static_cast<Index>(greatest_cell_count)) {
      throw ReadError(table_.file + ": expected at most " + std::to_string(greatest_cell_count) +
                      " parameters in all snapshots, got " + std::to_string(named->array.size()));
    }
    if (NamedArray* const steps = find_snapshot_steps(count); steps != nullptr) {
      snapshots.steps = steps->array.values();
      snapshots.steps_name = steps->name;
      steps->is_taken = true;
    } else if (count <= row_count_) {
      // Every s-th row from the first on makes ceil(rows/s) snapshots.
      const Index stride = count == row_count_ ? 1 : (row_count_ - 1) / std::max<Index>(count - 1, 1);
      const auto fits = [&](Index s) { return s > 0 && (row_count_ + s - 1) / s == count; };
      if (count < 2 || !fits(stride) || (stride > 1 && fits(stride - 1))) return;
      snapshots.stride = static_cast<std::size_t>(stride);
      if (stride > 1) {
        note(shown(named->name) + " has " + std::to_string(count) + " rows and no steps of its own: taken for one in " +
             std::to_string(stride) + " of the " + std::to_string(row_count_) + " rows, from the first.");
      }
    } else {
      return;
    }
    snapshots.array = std::move(named->array);
    named->array.shape = snapshots.array.shape;
    named->is_taken = true;
  }

  Table table_;
  std::vector<NamedArray> arrays_;
  Index row_count_ = 0;
};

Table read_archive(const std::filesystem::path& path) {
  ArrayRun run(path.string());
  const data::NpzFile file(path);
  if (file.names().size() > greatest_column_count) {
    throw ReadError(path.string() + ": expected at most " + std::to_string(greatest_column_count) + " arrays, got " +
                    std::to_string(file.names().size()));
  }
  std::uint64_t total = 0;
  std::vector<std::string> unreadable;
  for (const std::string& name : file.names()) {
    try {
      Array array = file.read(name);
      total += array.bytes.size();
      if (total > greatest_total_size) {
        throw ReadError(path.string() + ": expected arrays of at most 4 GiB in all, got more");
      }
      run.add(name, std::move(array));
    } catch (const data::ElementError&) {
      unreadable.push_back(name);
    }
  }
  if (!unreadable.empty()) run.note("Left out, because no array of numbers: " + shown_list(unreadable) + ".");
  return run.take_table();
}

Table read_single(const std::filesystem::path& path) {
  ArrayRun run(path.string());
  Array array = data::read_npy(path);
  if (!is_one_axis(array) || array.size() == 0) {
    throw ReadError(path.string() +
                    ": expected an array with one axis, the values of the run; several arrays go into an .npz file, by "
                    "name; got one of shape " +
                    shape_of(array));
  }
  run.note("A single array: taken for the values.");
  run.add("value", std::move(array));
  return run.take_table();
}

}  // namespace

Table read_arrays(const std::filesystem::path& path) {
  std::uint8_t first = 0;
  data::open_file(path)->read({&first, 1});
  return first == 0x93 ? read_single(path) : read_archive(path);
}

}  // namespace perigee::readers
