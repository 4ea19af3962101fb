// Named numbers and texts with defaults and ranges: how problems and solvers are set by name.
#ifndef PERIGEE_LIB_PARAMETERS_HPP
#define PERIGEE_LIB_PARAMETERS_HPP

#include <perigee/lib/vector.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace perigee {

enum class ParameterKind { real, integer, text };

/// One parameter of a registered problem or solver.
struct ParameterDescription {
  std::string name{};  // snake_case
  ParameterKind kind = ParameterKind::real;
  std::string default_value{};                              // as text; empty: chosen by a rule that the summary states
  double least = -std::numeric_limits<double>::infinity();  // inclusive
  double greatest = std::numeric_limits<double>::infinity();  // inclusive
  std::string summary{};
};

/// For example "[1, inf)", or "text".
std::string range_text(const ParameterDescription& parameter);

/// The values of one use: checked against the descriptions when made.
class Parameters {
 public:
  using Assignments = std::vector<std::pair<std::string, std::string>>;

  /// Takes the defaults and then the assignments. Throws std::invalid_argument on an unknown name (with the
  /// nearest right one), a repeated name, a value that is not of the kind, or one outside its range.
  /// `owner` is named in the messages.
  Parameters(std::string owner, std::vector<ParameterDescription> descriptions, const Assignments& assignments);

  bool has(std::string_view name) const;         // false where the value is left to a rule
  bool is_changed(std::string_view name) const;  // whether an assignment gave another value than the default
  double real(std::string_view name) const;
  Index integer(std::string_view name) const;
  const std::string& text(std::string_view name) const;

 private:
  std::string owner_;
  std::vector<ParameterDescription> descriptions_;
  std::vector<std::string> values_;
};

/// The candidate nearest to `name` in edit distance, for "did you mean" messages; empty if none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// Splits "key=value". Throws std::invalid_argument if there is no '=' or no key.
std::pair<std::string, std::string> parse_assignment(const std::string& text);

}  // namespace perigee

#endif
