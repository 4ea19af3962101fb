// The manual page perigee(1), written from the command's own description.
#ifndef PERIGEE_DIAGNOSTICS_CLI_MAN_PAGE_HPP
#define PERIGEE_DIAGNOSTICS_CLI_MAN_PAGE_HPP

#include <perigee/diagnostics/cli/command_description.hpp>

#include <string>
#include <string_view>

namespace perigee::cli {

/// In the man macros of roff, the same bytes for the same description: no date. Every command and option is on it.
std::string man_page(const CommandDescription& command, std::string_view version);

}  // namespace perigee::cli

#endif
