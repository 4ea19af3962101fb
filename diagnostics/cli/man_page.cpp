#include <perigee/diagnostics/cli/man_page.hpp>

#include <sstream>

namespace perigee::cli {

namespace {

// Text as roff takes it literally: hyphens as they are typed, no line that looks like a request.
std::string literal(std::string_view text) {
  std::string out;
  bool at_line_start = true;
  for (const char c : text) {
    if (at_line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    at_line_start = c == '\n';
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + literal(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + literal(text) + "\\fR"; }

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

void write_option(std::ostream& out, const OptionDescription& option) {
  out << ".TP\n";
  if (option.is_positional) {
    out << italic(option.names.front()) << (option.is_repeatable ? " ..." : "");
  } else {
    std::string names;
    for (const std::string& name : option.names) names += (names.empty() ? "" : ", ") + bold(name);
    out << names;
    if (!option.value.empty()) out << ' ' << italic(option.value);
  }
  out << '\n' << literal(option.summary);
  if (option.is_required) out << ". Required";
  if (!option.choices.empty()) out << ". One of: " << literal(joined(option.choices));
  if (!option.default_value.empty()) out << ". Default: " << literal(option.default_value);
  out << '\n';
}

// A line that begins with two blanks is a command to type; other lines are text.
void write_footer(std::ostream& out, const std::string& footer) {
  if (footer.empty()) return;
  std::istringstream lines(footer);
  std::string line;
  out << ".PP\n";
  while (std::getline(lines, line)) {
    if (line.starts_with("  ")) {
      out << ".RS\n.nf\n" << literal(line.substr(2)) << "\n.fi\n.RE\n";
    } else if (!line.empty()) {
      out << literal(line) << '\n';
    }
  }
}

void write_command(std::ostream& out, const CommandDescription& command, const std::string& path) {
  out << ".SS \"" << literal(path) << "\"\n" << literal(command.summary) << ".\n";
  for (const OptionDescription& option : command.options) {
    if (option.names.front() != "--help") write_option(out, option);
  }
  write_footer(out, command.footer);
  for (const CommandDescription& inner : command.commands) write_command(out, inner, path + ' ' + inner.name);
}

}  // namespace

std::string man_page(const CommandDescription& command, std::string_view version) {
  std::ostringstream out;
  out << ".TH PERIGEE 1 \"\" \"perigee " << version << "\" \"User Commands\"\n"
      << ".SH NAME\n"
      << literal(command.name + " - " + command.summary) << '\n'
      << ".SH SYNOPSIS\n"
      << bold(command.name) << ' ' << italic("COMMAND") << " [" << italic("ARGUMENTS") << "]\n"
      << ".br\n"
      << bold(command.name) << ' ' << italic("COMMAND") << ' ' << bold("--help") << '\n'
      << ".SH OPTIONS\n";
  for (const OptionDescription& option : command.options) write_option(out, option);
  out << ".SH COMMANDS\n";
  for (const CommandDescription& inner : command.commands) write_command(out, inner, command.name + ' ' + inner.name);
  out << ".SH \"EXIT STATUS\"\n";
  write_footer(out, command.footer.substr(command.footer.find('\n') + 1));  // without its own heading
  out << ".SH ENVIRONMENT\n"
      << ".TP\n"
      << bold("NO_COLOR") << "\nNo colours on a terminal.\n"
      << ".TP\n"
      << bold("PERIGEE_SIMD_TARGET") << "\n"
      << literal("The vector instructions to use, as shown by perigee --version --verbose.\n");
  return out.str();
}

}  // namespace perigee::cli
