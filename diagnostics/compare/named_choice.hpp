// A registered problem or solver with its parameters, as text and back.
#ifndef PERIGEE_DIAGNOSTICS_COMPARE_NAMED_CHOICE_HPP
#define PERIGEE_DIAGNOSTICS_COMPARE_NAMED_CHOICE_HPP

#include <perigee/lib/parameters.hpp>

#include <string>
#include <vector>

namespace perigee {

/// "octopus" or "octopus(dimension=5)" on the command line.
struct NamedChoice {
  std::string name;
  Parameters::Assignments assignments;
};

/// "name" or "name(key=value, ...)"; the name of a certified solver has parentheses of its own. Throws
/// std::invalid_argument on anything else.
NamedChoice parse_choice(const std::string& text);

/// The text that parse_choice reads.
std::string text_of(const NamedChoice& choice);

/// Splits at the commas outside of parentheses: "octopus(dimension=5, tau=1),beale" has two parts. Spaces around a part
/// go. Throws std::invalid_argument on an empty part.
std::vector<std::string> split_choices(const std::string& text);

}  // namespace perigee

#endif
