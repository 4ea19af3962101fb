#include <perigee/diagnostics/compare/named_choice.hpp>

#include <perigee/lib/call_text.hpp>

#include <stdexcept>

namespace perigee {

NamedChoice parse_choice(const std::string& text) {
  // A certified solver has parentheses in its name: certified(NAME) or certified(NAME)(key=value).
  std::string name;
  std::string rest = text;
  if (text.starts_with("certified(")) {
    const std::size_t end = text.find(')') + 1;
    name = text.substr(0, end);
    rest = "certified" + text.substr(end);
  }
  const CallText call(rest);
  return {name.empty() ? call.name() : name, call.arguments()};
}

std::string text_of(const NamedChoice& choice) {
  if (choice.assignments.empty()) return choice.name;
  std::string arguments;
  for (const auto& [key, value] : choice.assignments) {
    arguments += (arguments.empty() ? "" : ", ") + key + "=" + value;
  }
  return choice.name + "(" + arguments + ")";
}

std::vector<std::string> split_choices(const std::string& text) {
  std::vector<std::string> parts;
  int depth = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') ++depth;
    if (i < text.size() && text[i] == ')') --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    std::string part = text.substr(first, i - first);
    const std::size_t begin = part.find_first_not_of(' ');
    if (begin == std::string::npos) {
      throw std::invalid_argument("a list of names must not have empty parts, got '" + text + "'");
    }
    parts.push_back(part.substr(begin, part.find_last_not_of(' ') - begin + 1));
    first = i + 1;
  }
  return parts;
}

}  // namespace perigee
