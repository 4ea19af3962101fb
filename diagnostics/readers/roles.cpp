#include <perigee/diagnostics/readers/roles.hpp>

#include <perigee/diagnostics/readers/role_names.hpp>

#include <perigee/lib/parameters.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <string_view>
#include <system_error>

namespace perigee::readers {

namespace {

using Role = std::optional<std::size_t> Roles::*;

// Prefixes of families of probabilities, p_class_0, p_class_1, ...; in order of preference.
constexpr std::array<std::string_view, 5> probability_prefixes{"p_class_", "pi_", "prob_", "probability_", "p_"};

// Prefixes of families of coordinates, x_0, x_1, ... or param_0, param_1, ...; likewise.
constexpr std::array<std::string_view, 4> parameter_prefixes{"param_", "parameter_", "theta_", "x_"};

std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const TableColumn& column : table.columns) names.push_back(column.name);
  return names;
}

bool is_number_column(const TableColumn& column) {
  return column.content == Content::numbers || column.content == Content::nothing;
}

[[noreturn]] void fail_as_text(const Table& table, const TableColumn& column) {
  table.fail(column.sample_line, column.name,
             "expected a number, got " + (column.content == Content::lists ? "a list, " : std::string()) +
                 shown(column.sample));
}

Role role_of(std::string_view name) {
  static const std::map<std::string_view, Role> roles{{"iteration", &Roles::iteration},
                                                      {"step", &Roles::iteration},
                                                      {"value", &Roles::value},
                                                      {"loss", &Roles::value},
                                                      {"reward", &Roles::reward},
                                                      {"gradient_norm", &Roles::gradient_norm},
                                                      {"grad_norm", &Roles::gradient_norm},
                                                      {"step_size", &Roles::step_size},
                                                      {"lr", &Roles::step_size},
                                                      {"step_norm", &Roles::step_norm},
                                                      {"batch_size", &Roles::batch_size},
                                                      {"small_batch_gradient_norm", &Roles::small_batch_gradient_norm},
                                                      {"small_batch_size", &Roles::small_batch_size}};
  const auto found = roles.find(name);
  return found != roles.end() ? found->second : nullptr;
}

// Whether there are two different numbers in it.
bool varies(const TableColumn& column) {
  double first = not_measured;
  for (const double value : column.values) {
    if (std::isnan(first)) first = value;
    if (!std::isnan(value) && value != first) return true;
  }
  return false;
}

void map_roles(const Table& table, const std::vector<std::pair<std::string, std::string>>& mapping, Roles& roles) {
  for (const auto& [role_name, column_name] : mapping) {
    const auto fail = [&table](const std::string& message) { throw ReadError(message_at(table.file, 0, {}, message)); };
    const Role role = role_of(role_name);
    if (role == nullptr && role_name != "probability" && role_name != "parameter") {
      fail("role " + shown(role_name) +
           ": expected iteration (step), value (loss), reward, gradient_norm (grad_norm), step_size (lr), step_norm, "
           "batch_size, small_batch_gradient_norm, small_batch_size, probability or parameter");
    }
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&name = column_name](const TableColumn& column) { return column.name == name; });
    if (found == table.columns.end()) {
      const std::string nearest = nearest_name(column_name, names_of(table));
      throw ReadError(message_at(table.file, 0, column_name,
                                 "mapped to " + role_name + ", but there is no such column" +
                                     (nearest.empty() ? "" : " (did you mean " + shown(nearest) + "?)") +
                                     "; there are " + shown_list(names_of(table))));
    }
    if (!is_number_column(*found)) fail_as_text(table, *found);
    const auto position = static_cast<std::size_t>(found - table.columns.begin());
    if (roles.mapped[position]) fail("column " + shown(column_name) + ": expected one role in the mapping, got two");
    roles.mapped[position] = true;
    if (role == nullptr) {
      (role_name == "parameter" ? roles.parameters : roles.probabilities).push_back(position);
      continue;
    }
    if (roles.*role) fail("role " + shown(role_name) + ": expected one column in the mapping, got two");
    roles.*role = position;
    if (role == &Roles::batch_size && !counts_terms(*found)) {
      fail("column " + shown(column_name) + ": expected whole numbers from 0 to 4294967295 as batch_size, got others");
    }
  }
  if (roles.value && roles.reward) {
    throw ReadError(message_at(table.file, 0, {}, "expected value (loss) or reward in the mapping, got both"));
  }
}

// Whether the numbers can be the iterations: whole, in increasing order, one in each row.
bool counts_up(const Table& table, const TableColumn& column) {
  double last = -1.0;
  for (std::size_t row = 0; row < table.lines.size(); ++row) {
    const double value = column.value(row);
    if (!(value > last) || value != std::floor(value)) return false;
    last = value;
  }
  return true;
}

class Guess {
 public:
  Guess(const Table& table, Roles& roles) : table_(table), roles_(roles) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      // The first of several columns whose names differ in case only.
      if (!roles.mapped[i]) positions_.try_emplace(lower_case(table.columns[i].name), i);
    }
  }

  void fill(Role role, const std::vector<KnownName>& names) {
    if (roles_.*role) return;
    for (const KnownName& known : names) {
      const auto found = positions_.find(known.name);
      if (found == positions_.end()) continue;
      const TableColumn& column = table_.columns[found->second];
      if (column.content == Content::nothing) continue;
      if (!is_number_column(column)) {
        if (known.meaning == Meaning::doubtful) continue;
        fail_as_text(table_, column);
      }
      if (role == &Roles::iteration && known.meaning == Meaning::doubtful && !counts_up(table_, column)) continue;
      if (role == &Roles::batch_size && !counts_terms(column)) continue;
      roles_.*role = found->second;
      return;
    }
  }

  // A number that every row repeats is a setting: it does not say that loss and gradients are those of batches.
  void fill_batch_size(std::vector<std::string>& notes) {
    if (roles_.batch_size) return;
    fill(&Roles::batch_size, names_of_batch_size());
    if (!roles_.batch_size || roles_.small_batch_gradient_norm) return;
    const TableColumn& column = table_.columns[*roles_.batch_size];
    if (varies(column)) return;
    roles_.batch_size.reset();
    notes.push_back(shown(column.name) +
                    " is the same in every row, and not taken for the size of the batches that the " +
                    "loss and the gradient norm are of; if it is, say --map batch_size=" + column.name + ".");
  }

  // A column whose name has the words of the role: of the least doubtful ones that measured most often, the first.
  void fill_by_words(Role role, const RoleWords& words, Doubt greatest_doubt) {
    if (roles_.*role) return;
    std::optional<std::size_t> best;
    Doubt least = Doubt::other_role;
    std::size_t most = 0;
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      if (roles_.mapped[i] || table_.columns[i].content != Content::numbers) continue;
      const Doubt doubt = doubt_of(table_.columns[i].name, words);
      if (doubt > greatest_doubt) continue;
      const std::vector<double>& values = table_.columns[i].values;
      const auto count = static_cast<std::size_t>(
          std::count_if(values.begin(), values.end(), [](double value) { return !std::isnan(value); }));
      if (!best || doubt < least || (doubt == least && count > most)) {
        best = i;
        least = doubt;
        most = count;
      }
    }
    roles_.*role = best;
  }

  // Says that there were others, where the choice is not plain.
  void explain_value(std::vector<std::string>& notes) const {
    if (!roles_.value || roles_.mapped[*roles_.value]) return;
    const std::string& name = table_.columns[*roles_.value].name;
    const Doubt doubt = doubt_of(name, words_of_value());
    std::vector<std::string> others;
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      const TableColumn& column = table_.columns[i];
      if (i == *roles_.value || roles_.mapped[i] || column.content != Content::numbers) continue;
      if (doubt_of(column.name, words_of_value()) != Doubt::other_role) others.push_back(column.name);
    }
    const bool is_plain = name.find('/') == std::string::npos && is_known_name_of_value(name);
    if (is_plain || (others.empty() && doubt == Doubt::little)) return;
    notes.push_back("The value is " + shown(name) +
                    (doubt == Doubt::validation ? ", of a validation"
                     : doubt == Doubt::part     ? ", perhaps only a part of the loss"
                                                : "") +
                    (others.empty() ? "" : ", not " + shown_list(others)) + "; --map loss=COLUMN takes another.");
  }

  // The first family of consecutive indices from 0 on.
  void fill_parameters() {
    if (!roles_.parameters.empty() || table_.snapshots.array.row_size() > 0) return;
    for (const std::string_view prefix : parameter_prefixes) {
      for (std::size_t index = 0;; ++index) {
        const auto found = positions_.find(std::string(prefix) + std::to_string(index));
        if (found == positions_.end() || table_.columns[found->second].content != Content::numbers) break;
        roles_.parameters.push_back(found->second);
      }
      if (!roles_.parameters.empty()) return;
    }
  }

  // The first family of at least two consecutive indices whose numbers all lie in [0, 1].
  void fill_probabilities(std::vector<std::string>& notes) {
    if (!roles_.probabilities.empty()) return;
    for (const std::string_view prefix : probability_prefixes) {
      std::map<std::size_t, std::size_t> family;  // index -> position
      for (const auto& [name, position] : positions_) {
        if (const std::optional<std::size_t> index = index_after(prefix, name)) family.emplace(*index, position);
      }
      if (family.size() < 2) continue;
      const std::string shown_name = std::string(prefix) + "*";
      if (family.rbegin()->first - family.begin()->first + 1 != family.size()) {
        notes.push_back("The columns " + shown_name + " are not taken for probabilities: an index is missing.");
        continue;
      }
      if (!std::all_of(family.begin(), family.end(),
                       [this](const auto& member) { return is_probability(table_.columns[member.second]); })) {
        notes.push_back("The columns " + shown_name + " are not taken for probabilities: not all are in [0, 1].");
        continue;
      }
      for (const auto& member : family) roles_.probabilities.push_back(member.second);
      return;
    }
  }

 private:
  static std::optional<std::size_t> index_after(std::string_view prefix, std::string_view name) {
    if (!name.starts_with(prefix)) return std::nullopt;
    name.remove_prefix(prefix.size());
    // "p_007" beside "p_7" would be two columns of one index; so many digits are no index either.
    if (name.empty() || name.size() > 6 || (name.size() > 1 && name.front() == '0')) return std::nullopt;
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
    return index;
  }

  static bool is_probability(const TableColumn& column) {
    constexpr double rounding = 1e-6;  // of logs in single precision
    return column.content == Content::numbers &&
           std::none_of(column.values.begin(), column.values.end(),
                        [](double value) { return value < -rounding || value > 1.0 + rounding; });
  }

  const Table& table_;
  Roles& roles_;
  std::map<std::string, std::size_t, std::less<>> positions_;  // by name in lower case
};

}  // namespace

bool counts_terms(const TableColumn& column) {
  return std::all_of(column.values.begin(), column.values.end(), [](double value) {
    return std::isnan(value) ||
           (value >= 0.0 && value <= std::numeric_limits<std::uint32_t>::max() && value == std::floor(value));
  });
}

BatchSizes::BatchSizes(const std::vector<double>& values) {
  const auto first = std::find_if(values.begin(), values.end(), [](double value) { return !std::isnan(value); });
  if (first != values.end()) last_ = static_cast<std::uint32_t>(*first);
}

std::uint32_t BatchSizes::next(double value) {
  if (!std::isnan(value)) last_ = static_cast<std::uint32_t>(value);
  return last_;
}

Roles assign_roles(const Table& table, const std::vector<std::pair<std::string, std::string>>& mapping,
                   std::vector<std::string>& notes) {
  Roles roles;
  roles.mapped.resize(table.columns.size(), false);
  map_roles(table, mapping, roles);
  Guess guess(table, roles);
  guess.fill(&Roles::iteration, names_of_iteration());
  const auto is_open = [&roles] { return !roles.value && !roles.reward; };
  if (is_open()) guess.fill(&Roles::value, names_of_value());
  if (is_open()) guess.fill(&Roles::reward, names_of_reward());
  if (is_open()) guess.fill_by_words(&Roles::value, words_of_value(), Doubt::little);
  if (is_open()) guess.fill_by_words(&Roles::reward, words_of_reward(), Doubt::little);
  if (is_open()) guess.fill_by_words(&Roles::value, words_of_value(), Doubt::validation);
  guess.explain_value(notes);
  guess.fill(&Roles::gradient_norm, names_of_gradient_norm());
  guess.fill_by_words(&Roles::gradient_norm, words_of_gradient_norm(), Doubt::little);
  guess.fill(&Roles::step_size, names_of_step_size());
  guess.fill_by_words(&Roles::step_size, words_of_step_size(), Doubt::little);
  guess.fill(&Roles::step_norm, names_of_step_norm());
  guess.fill_by_words(&Roles::step_norm, words_of_step_norm(), Doubt::little);
  guess.fill(&Roles::small_batch_gradient_norm, {{"small_batch_gradient_norm", Meaning::doubtful}});
  guess.fill(&Roles::small_batch_size, {{"small_batch_size", Meaning::doubtful}});
  guess.fill_batch_size(notes);
  guess.fill_probabilities(notes);
  guess.fill_parameters();
  if (!roles.value && !roles.reward && !roles.gradient_norm && roles.probabilities.empty()) {
    throw ReadError(message_at(table.file, 0, "loss",
                               "expected a column of this or a like name, or one mapped to loss, reward, grad_norm or "
                               "probability; there are " +
                                   shown_list(names_of(table))));
  }
  return roles;
}

}  // namespace perigee::readers
