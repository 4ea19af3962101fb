// The description of a parser of CLI11. Included by main.cpp alone: CLI11 is the slowest header of the project.
#ifndef PERIGEE_DIAGNOSTICS_CLI_DESCRIBE_APP_HPP
#define PERIGEE_DIAGNOSTICS_CLI_DESCRIBE_APP_HPP

#include <perigee/diagnostics/cli/command_description.hpp>

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace perigee::cli {

/// CLI11 writes the values that a check admits behind the type: "TEXT:{auto,csv}".
inline OptionDescription describe_option(const CLI::Option& option) {
  OptionDescription described;
  described.summary = option.get_description();
  described.is_positional = option.get_positional();
  described.is_required = option.get_required();
  described.is_repeatable = option.get_expected_max() > 1;
  if (described.is_positional) {
    described.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
    for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
  }
  if (option.get_type_size() == 0) return described;  // a flag
  described.default_value = option.get_default_str();
  const std::string type = option.get_type_name();
  const std::size_t colon = type.find(':');
  described.value = type.substr(0, colon);
  const std::size_t open = type.find('{');
  const std::size_t close = type.rfind('}');
  if (open != std::string::npos && close != std::string::npos && close > open) {
    described.choices = CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
  }
  return described;
}

inline CommandDescription describe_app(const CLI::App& app) {
  CommandDescription described{app.get_name(), app.get_description(), app.get_footer(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) described.options.push_back(describe_option(*option));
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) described.commands.push_back(describe_app(*command));
  }
  return described;
}

}  // namespace perigee::cli

#endif
