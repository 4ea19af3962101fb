#include <perigee/diagnostics/configuration_difference.hpp>

#include <algorithm>

namespace perigee {

namespace {

std::string quoted(const std::string& text) { return "'" + text + "'"; }

const std::string* value_of(const RunConfiguration& configuration, const std::string& name) {
  for (const auto& [key, value] : configuration.entries) {
    if (key == name) return &value;
  }
  return nullptr;
}

}  // namespace

std::string configuration_difference(const RunConfiguration& stored, const RunConfiguration& wanted,
                                     const std::vector<std::string>& may_change) {
  std::vector<std::string> names;
  for (const RunConfiguration* configuration : {&stored, &wanted}) {
    for (const auto& entry : configuration->entries) {
      if (std::find(names.begin(), names.end(), entry.first) == names.end()) names.push_back(entry.first);
    }
  }
  std::string result;
  for (const std::string& name : names) {
    if (std::find(may_change.begin(), may_change.end(), name) != may_change.end()) continue;
    const std::string* there = value_of(stored, name);
    const std::string* here = value_of(wanted, name);
    if (there != nullptr && here != nullptr && *there == *here) continue;
    result += (result.empty() ? "" : "; ") + name + ": the file has " + (there != nullptr ? quoted(*there) : "none") +
              ", this run " + (here != nullptr ? quoted(*here) : "none");
  }
  return result;
}

}  // namespace perigee
