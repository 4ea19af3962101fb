#include <perigee/lib/call_text.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {
std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}
}  // namespace

CallText::CallText(const std::string& text) {
  const std::string_view whole = trimmed(text);
  const std::size_t open = whole.find('(');
  name_ = trimmed(whole.substr(0, open));
  if (open == std::string_view::npos) return;
  if (whole.back() != ')') {
    throw std::invalid_argument("'" + text + "': expected ')' at the end");
  }
  std::string_view rest = trimmed(whole.substr(open + 1, whole.size() - open - 2));
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view argument = trimmed(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const std::size_t equals = argument.find('=');
    if (equals == std::string_view::npos) {
      throw std::invalid_argument("'" + text + "': expected key=value, got '" + std::string(argument) + "'");
    }
    std::string key(trimmed(argument.substr(0, equals)));
    for (const auto& [known, value] : arguments_) {
      if (known == key) throw std::invalid_argument("'" + text + "': '" + key + "' is given twice");
    }
    arguments_.emplace_back(std::move(key), trimmed(argument.substr(equals + 1)));
  }
}

void CallText::expect(std::initializer_list<std::string_view> keys) const {
  for (const auto& [key, value] : arguments_) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    std::string known;
    for (const std::string_view name : keys) known += (known.empty() ? "" : ", ") + std::string(name);
    throw std::invalid_argument(name_ + ": no parameter '" + key + "'; it takes " + known);
  }
}

double CallText::number(std::string_view key, std::optional<double> fallback) const {
  for (const auto& [name, value] : arguments_) {
    if (name != key) continue;
    if (const std::optional<double> number = parse_number(value)) return *number;
    throw std::invalid_argument(name_ + ": " + name + " must be a number, got '" + value + "'");
  }
  if (fallback) return *fallback;
  throw std::invalid_argument(name_ + ": parameter '" + std::string(key) + "' is missing");
}

Index CallText::count(std::string_view key, std::optional<Index> fallback) const {
  const double value = number(key, fallback ? std::optional<double>(static_cast<double>(*fallback)) : std::nullopt);
  if (value != std::floor(value) || std::abs(value) > 9e15) {
    throw std::invalid_argument(name_ + ": " + std::string(key) + " must be a whole number, got " +
                                format_number(value));
  }
  return static_cast<Index>(value);
}

}  // namespace perigee
