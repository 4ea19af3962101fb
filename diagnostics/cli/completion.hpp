// Completion in shells. The scripts ask the command itself what could come next, so they know nothing of its options.
#ifndef PERIGEE_DIAGNOSTICS_CLI_COMPLETION_HPP
#define PERIGEE_DIAGNOSTICS_CLI_COMPLETION_HPP

#include <perigee/diagnostics/cli/command_description.hpp>

#include <string>
#include <vector>

namespace perigee::cli {

struct Candidate {
  std::string text;     // the whole word
  std::string summary;  // for shells that show one; may be empty
};

struct Completion {
  std::vector<Candidate> candidates;
  bool wants_files = false;  // then the shell completes names of files
};

/// What the last of `words` could become, after the others; the name of the command is not among them.
Completion complete(const CommandDescription& command, const std::vector<std::string>& words);

/// What the scripts read: a line a candidate, with a tab before its summary; then ":files" if files are wanted.
std::string text_of(const Completion& completion);

/// The script for "bash", "zsh" or "fish".
std::string completion_script(const std::string& shell);

}  // namespace perigee::cli

#endif
