#include <perigee/diagnostics/report/deciding_numbers.hpp>

#include <perigee/lib/format.hpp>

#include <algorithm>

namespace perigee {

namespace {

std::string readable(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string number(double value) { return value == value ? format_number(value, 4) : "not measured"; }

std::string held_against(const Evidence& item) {
  if (item.comparison == Comparison::none) return "";
  return ", " + std::string(name_of(item.comparison)) + " " + format_number(item.threshold, 3);
}

// Other units follow from the name, and would only lengthen the line.
std::string counted(const std::string& unit) {
  return unit == "iterations" || unit == "records" || unit == "standard deviations" ? " " + unit : "";
}

const Evidence* upper_end(const std::vector<Evidence>& evidence, const std::string& stem) {
  for (const Evidence& item : evidence) {
    if (item.name == stem + "_upper") return &item;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> deciding_numbers(const std::vector<Evidence>& evidence) {
  std::vector<std::string> lines;
  std::vector<const Evidence*> told;
  for (const Evidence& item : evidence) {
    if (std::find(told.begin(), told.end(), &item) != told.end()) continue;
    const std::string stem = item.name.ends_with("_lower") ? item.name.substr(0, item.name.size() - 6) : "";
    const Evidence* upper = stem.empty() ? nullptr : upper_end(evidence, stem);
    if (upper != nullptr) {
      told.push_back(upper);
      const std::string bounds = held_against(item) + held_against(*upper);
      if (bounds.empty()) continue;
      lines.push_back(readable(stem) + " in [" + number(item.value) + ", " + number(upper->value) + "]" + bounds);
    } else if (item.comparison != Comparison::none) {
      lines.push_back(readable(item.name) + " " + number(item.value) + counted(item.unit) + held_against(item));
    }
  }
  return lines;
}

}  // namespace perigee
