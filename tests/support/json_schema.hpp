// Whether documents keep to the schema files in docs.
#ifndef PERIGEE_TESTS_SUPPORT_JSON_SCHEMA_HPP
#define PERIGEE_TESTS_SUPPORT_JSON_SCHEMA_HPP

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace json_schema {

// What is wrong with `value` by the part of JSON Schema 2020-12 that the schema files in docs use; empty: nothing.
inline std::string violation(const nlohmann::json& value, const nlohmann::json& schema, const nlohmann::json& root,
                             const std::string& where) {
  if (schema.is_boolean()) return schema.get<bool>() ? "" : where + ": not allowed";
  for (const auto& [keyword, rule] : schema.items()) {
    static const std::vector<std::string> known{"$schema",  "$id",         "$defs", "$ref",
                                                "title",    "description", "type",  "properties",
                                                "required", "enum",        "const", "additionalProperties",
                                                "items",    "minimum",     "anyOf", "pattern"};
    if (std::find(known.begin(), known.end(), keyword) == known.end()) return where + ": unknown keyword " + keyword;
  }
  if (schema.contains("$ref")) {
    const std::string target = schema["$ref"].get<std::string>().substr(1);
    return violation(value, root.at(nlohmann::json::json_pointer(target)), root, where);
  }
  if (schema.contains("anyOf")) {
    for (const nlohmann::json& option : schema["anyOf"]) {
      if (violation(value, option, root, where).empty()) return "";
    }
    return where + ": none of the alternatives, got " + value.dump();
  }
  if (schema.contains("const") && value != schema["const"]) return where + ": not the constant, got " + value.dump();
  if (schema.contains("enum")) {
    const nlohmann::json& options = schema["enum"];
    if (std::find(options.begin(), options.end(), value) == options.end())
      return where + ": not in enum, got " + value.dump();
  }
  if (schema.contains("type")) {
    const auto is = [&value](const std::string& type) {
      return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
             (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
             (type == "integer" && value.is_number_integer()) || (type == "boolean" && value.is_boolean()) ||
             (type == "null" && value.is_null());
    };
    const nlohmann::json types = schema["type"].is_array() ? schema["type"] : nlohmann::json::array({schema["type"]});
    if (std::none_of(types.begin(), types.end(),
                     [&](const nlohmann::json& type) { return is(type.get<std::string>()); })) {
      return where + ": wrong type, got " + value.dump();
    }
  }
  if (schema.contains("minimum") && value.is_number() && value < schema["minimum"]) return where + ": too small";
  if (schema.contains("pattern") && value.is_string() &&
      !std::regex_search(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>()))) {
    return where + ": does not match the pattern, got " + value.dump();
  }
  if (value.is_object()) {
    for (const nlohmann::json& name : schema.value("required", nlohmann::json::array())) {
      if (!value.contains(name.get<std::string>())) return where + ": lacks " + name.get<std::string>();
    }
    for (const auto& [name, member] : value.items()) {
      const nlohmann::json properties = schema.value("properties", nlohmann::json::object());
      const nlohmann::json rule =
          properties.contains(name) ? properties[name] : schema.value("additionalProperties", nlohmann::json(true));
      if (const std::string found = violation(member, rule, root, where + "/" + name); !found.empty()) return found;
    }
  }
  if (value.is_array() && schema.contains("items")) {
    for (const nlohmann::json& item : value) {
      if (const std::string found = violation(item, schema["items"], root, where + "[]"); !found.empty()) return found;
    }
  }
  return "";
}

/// The schema in docs of that name.
inline nlohmann::json load(const std::string& name) {
  std::ifstream file(std::string(PERIGEE_SOURCE_DIR) + "/docs/" + name);
  if (!file.good()) throw std::runtime_error("docs/" + name + ": cannot be read");
  return nlohmann::json::parse(file);
}

}  // namespace json_schema

#endif
