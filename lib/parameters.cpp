#include <perigee/lib/parameters.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace perigee {

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

void check(const std::string& owner, const ParameterDescription& parameter, const std::string& value) {
  if (parameter.kind == ParameterKind::text) return;
  const std::optional<double> number = parse_number(value);
  const bool whole = number && *number == std::floor(*number) && std::abs(*number) <= 9e15;
  if (!number || std::isnan(*number) || (parameter.kind == ParameterKind::integer && !whole)) {
    const char* kind = parameter.kind == ParameterKind::integer ? "a whole number" : "a number";
    throw std::invalid_argument(owner + ": " + parameter.name + " must be " + kind + ", got '" + value + "'");
  }
  if (*number < parameter.least || *number > parameter.greatest) {
    throw std::invalid_argument(owner + ": " + parameter.name + " must be in " + range_text(parameter) + ", got " +
                                value);
  }
}

}  // namespace

std::string range_text(const ParameterDescription& parameter) {
  if (parameter.kind == ParameterKind::text) return "text";
  const bool bounded_below = std::isfinite(parameter.least);
  const bool bounded_above = std::isfinite(parameter.greatest);
  return (bounded_below ? "[" : "(") + format_number(parameter.least) + ", " + format_number(parameter.greatest) +
         (bounded_above ? "]" : ")");
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  if (!best.empty() || name.size() < 3) return best;
  // A word of a longer name: "gap" for "reward_gap". The shortest of these, if there are several.
  for (const std::string& candidate : candidates) {
    if (candidate.find(name) != std::string::npos && (best.empty() || candidate.size() < best.size())) best = candidate;
  }
  return best;
}

std::pair<std::string, std::string> parse_assignment(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw std::invalid_argument("expected key=value, got '" + text + "'");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Parameters::Parameters(std::string owner, std::vector<ParameterDescription> descriptions,
                       const Assignments& assignments)
    : owner_(std::move(owner)), descriptions_(std::move(descriptions)) {
  for (const ParameterDescription& parameter : descriptions_) values_.push_back(parameter.default_value);
  std::vector<std::string> seen;
  for (const auto& [name, value] : assignments) {
    const auto found = std::find_if(descriptions_.begin(), descriptions_.end(),
                                    [&name = name](const ParameterDescription& p) { return p.name == name; });
    if (found == descriptions_.end()) {
      std::vector<std::string> names;
      std::string known;
      for (const ParameterDescription& p : descriptions_) {
        names.push_back(p.name);
        known += (known.empty() ? "" : ", ") + p.name;
      }
      const std::string nearest = nearest_name(name, names);
      throw std::invalid_argument(owner_ + ": no parameter '" + name + "'" +
                                  (nearest.empty() ? "" : "; did you mean '" + nearest + "'?") +
                                  (known.empty() ? " (it takes none)" : " (it takes " + known + ")"));
    }
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      throw std::invalid_argument(owner_ + ": " + name + " is given twice");
    }
    seen.push_back(name);
    check(owner_, *found, value);
    values_[static_cast<std::size_t>(found - descriptions_.begin())] = value;
  }
}

const std::string& Parameters::text(std::string_view name) const {
  for (std::size_t i = 0; i < descriptions_.size(); ++i) {
    if (descriptions_[i].name == name) return values_[i];
  }
  throw std::invalid_argument(owner_ + ": no parameter '" + std::string(name) + "'");
}

bool Parameters::has(std::string_view name) const { return !text(name).empty(); }

bool Parameters::is_changed(std::string_view name) const {
  for (const ParameterDescription& parameter : descriptions_) {
    if (parameter.name == name) return text(name) != parameter.default_value;
  }
  return false;
}

double Parameters::real(std::string_view name) const {
  const std::optional<double> number = parse_number(text(name));
  if (!number) throw std::invalid_argument(owner_ + ": " + std::string(name) + " has no value");
  return *number;
}

Index Parameters::integer(std::string_view name) const { return static_cast<Index>(real(name)); }

}  // namespace perigee
