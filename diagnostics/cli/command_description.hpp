// What the command line offers, as data: the one source of `--help`, of the manual page and of completion. It is taken
// from the parser itself (describe_app.hpp), so that a new option is in all of them.
#ifndef PERIGEE_DIAGNOSTICS_CLI_COMMAND_DESCRIPTION_HPP
#define PERIGEE_DIAGNOSTICS_CLI_COMMAND_DESCRIPTION_HPP

#include <string>
#include <vector>

namespace perigee::cli {

struct OptionDescription {
  std::vector<std::string> names;    // "--set"; of a positional argument one name without dashes
  std::string value;                 // what it takes: "FILE", "SOLVER,..."; empty: a flag
  std::vector<std::string> choices;  // the values there are; empty: not a closed set
  std::string summary;
  std::string default_value;  // empty: none
  bool is_positional = false;
  bool is_required = false;
  bool is_repeatable = false;
};

struct CommandDescription {
  std::string name;
  std::string summary;
  std::string footer;  // an example
  std::vector<OptionDescription> options;
  std::vector<CommandDescription> commands;
};

}  // namespace perigee::cli

#endif
