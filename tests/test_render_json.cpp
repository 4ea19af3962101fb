#include "support/catch.hpp"
#include "support/sample_report.hpp"

#include <perigee/diagnostics/render_json.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

using namespace perigee;
using nlohmann::json;

namespace {

// What is wrong with `value` by the part of JSON Schema 2020-12 that docs/diagnosis.schema.json uses; empty: nothing.
std::string violation(const json& value, const json& schema, const json& root, const std::string& where) {
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
    return violation(value, root.at(json::json_pointer(target)), root, where);
  }
  if (schema.contains("anyOf")) {
    for (const json& option : schema["anyOf"]) {
      if (violation(value, option, root, where).empty()) return "";
    }
    return where + ": none of the alternatives, got " + value.dump();
  }
  if (schema.contains("const") && value != schema["const"]) return where + ": not the constant, got " + value.dump();
  if (schema.contains("enum")) {
    const json& options = schema["enum"];
    if (std::find(options.begin(), options.end(), value) == options.end())
      return where + ": not in enum, got " + value.dump();
  }
  if (schema.contains("type")) {
    const auto is = [&value](const std::string& type) {
      return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
             (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
             (type == "integer" && value.is_number_integer()) || (type == "null" && value.is_null()) ||
             (type == "boolean" && value.is_boolean());
    };
    const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
    if (std::none_of(types.begin(), types.end(), [&](const json& type) { return is(type.get<std::string>()); })) {
      return where + ": wrong type, got " + value.dump();
    }
  }
  if (schema.contains("minimum") && value.is_number() && value < schema["minimum"]) return where + ": too small";
  if (schema.contains("pattern") && value.is_string() &&
      !std::regex_search(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>()))) {
    return where + ": does not match the pattern, got " + value.dump();
  }
  if (value.is_object()) {
    for (const json& name : schema.value("required", json::array())) {
      if (!value.contains(name.get<std::string>())) return where + ": lacks " + name.get<std::string>();
    }
    for (const auto& [name, member] : value.items()) {
      const json properties = schema.value("properties", json::object());
      const json rule = properties.contains(name) ? properties[name] : schema.value("additionalProperties", json(true));
      if (const std::string found = violation(member, rule, root, where + "/" + name); !found.empty()) return found;
    }
  }
  if (value.is_array() && schema.contains("items")) {
    for (const json& item : value) {
      if (const std::string found = violation(item, schema["items"], root, where + "[]"); !found.empty()) return found;
    }
  }
  return "";
}

json schema() {
  std::ifstream file(std::string(PERIGEE_SOURCE_DIR) + "/docs/diagnosis.schema.json");
  REQUIRE(file.good());
  return json::parse(file);
}

}  // namespace

TEST_CASE("JSON: documents keep to the schema") {
  const json rules = schema();
  for (const Report& report : samples::all_reports()) {
    const json document = json::parse(render_json(report));
    CHECK(violation(document, rules, rules, "").empty());
    // The checker must be able to fail: without a required field, and with a field of another type.
    json broken = document;
    broken.erase("summary");
    CHECK(violation(broken, rules, rules, "") == ": lacks summary");
    broken = document;
    broken["run"]["iterations"] = "many";
    CHECK_FALSE(violation(broken, rules, rules, "").empty());
    broken = document;
    broken["unheard_of"] = 1;
    CHECK_FALSE(violation(broken, rules, rules, "").empty());
  }
}

TEST_CASE("JSON: the document of several runs keeps to the schema and holds each run's own") {
  const json rules = schema();
  const json& several = rules["$defs"]["several"];
  std::vector<std::string> documents;
  for (const Report& report : samples::all_reports()) documents.push_back(render_json(report));
  const json document = json::parse(render_json(documents, {samples::two_levels(), Together{}}));
  CHECK(violation(document, several, rules, "").empty());
  REQUIRE(document["runs"].size() == documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i) CHECK(document["runs"][i] == json::parse(documents[i]));
  const json& together = document["together"][0];
  CHECK(together["levels"][1]["ends"] == json({4, 6}));
  CHECK(together["levels"][1]["rate"]["upper"] == 0.0058);
  CHECK(together["levels"][1]["advice"] == "restart");
  CHECK(together["levels"][0]["rate"]["value"].is_null());
  CHECK(together["restart_cost"]["upper"] == "Infinity");
  CHECK(document["together"][1]["problem"].is_null());
  json broken = document;
  broken["together"][0]["levels"][0].erase("share");
  CHECK(violation(broken, several, rules, "") == "/together[]/levels[]: lacks share");
  broken = document;
  broken["runs"][0].erase("summary");
  CHECK(violation(broken, several, rules, "") == "/runs[]: lacks summary");
}

TEST_CASE("JSON: the fields say what the report says") {
  const json document = json::parse(render_json(samples::bandit(400)));
  CHECK(document["schema_version"] == json_schema_version);
  CHECK(document["perigee_version"] == std::string(version()));
  CHECK(document["source"]["kind"] == "run");
  CHECK(document["source"]["path"].is_null());
  CHECK(document["settings"]["seed"] == "7");
  CHECK(document["run"]["iterations"] == 400);
  CHECK(document["run"]["evaluations"]["gradients"] == 401);
  CHECK(document["run"]["end"]["class"] == "budget");
  CHECK(document["findings"][0]["id"] == "gravity-well");
  CHECK(document["findings"][0]["severity"] == "problem");
  CHECK(document["findings"][0]["evidence"]["gap"]["value"] == 0.2);
  CHECK(document["findings"][0]["evidence"]["gap"]["unit"] == "reward");
  CHECK(document["findings"][0]["evidence"]["measured_escape_time"]["value"].is_null());
  CHECK(document["findings"][2]["recommendation"].is_null());
  CHECK(document["principal"] == 0);
  CHECK(document["findings"][0]["evidence"]["gap"]["comparison"].is_null());
  CHECK(document["findings"][0]["evidence"]["gap"]["threshold"].is_null());
  CHECK(document["findings"][0]["evidence"]["lowest_probability_of_best_action"]["comparison"] == "at most");
  CHECK(document["findings"][0]["evidence"]["lowest_probability_of_best_action"]["threshold"] == 0.0125);
  CHECK(document["findings"][0]["counterevidence"] == "A reward of action 1 that is not below that of action 0.");
  CHECK(document["findings"][1]["counterevidence"].is_null());
  CHECK(document["phases"][1]["kind"] == "plateau");
  CHECK(document["phases"][1]["cause"] == "gravity-well");
  CHECK(document["phases"][1]["evidence"]["value_first"]["value"] == -0.8);
  CHECK(document["thresholds"]["plateau.exponent"] == 0.05);
  CHECK(document["stationary_points"][0]["lambda_min_lower_bound"] == "-Infinity");
  CHECK(document["stationary_points"][0]["index"].is_null());
  CHECK(document["limits"].size() == 1);
  CHECK(document["decisions"][0]["iteration"] == 3);
  CHECK(document["decisions"][0]["remedy"] == "long-step");
  // The order of the top level is part of the documentation.
  std::vector<std::string> names;
  const auto ordered = nlohmann::ordered_json::parse(render_json(samples::bandit(400)));
  for (const auto& [name, value] : ordered.items()) {
    names.push_back(name);
  }
  CHECK(names == std::vector<std::string>{"schema_version", "perigee_version", "source", "problem", "solver",
                                          "settings", "run", "summary", "principal", "findings", "decisions", "phases",
                                          "stationary_points", "limits", "thresholds"});
}

TEST_CASE("JSON: numbers read back exactly, logs without counts have no evaluations, bad bytes are replaced") {
  Report report = samples::one_record();
  report.trajectory.records[0].value = 0.1 + 0.2;
  report.trajectory.problem = "bad\xFF";
  const json document = json::parse(render_json(report));
  CHECK(document["run"]["value"].get<double>() == 0.1 + 0.2);
  CHECK(document["run"]["evaluations"].is_null());
  CHECK(document["run"]["gradient_norm"].is_null());
  CHECK(document["run"]["end"].is_null());
  CHECK(document["problem"] == "bad\xEF\xBF\xBD");
  CHECK(json::parse(render_json(samples::empty_report()))["run"]["iterations"].is_null());
}
