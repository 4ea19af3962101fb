#include "support/catch.hpp"
#include "support/json_schema.hpp"
#include "support/sample_report.hpp"

#include <perigee/diagnostics/render_json.hpp>
#include <perigee/lib/version.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace perigee;
using nlohmann::json;

namespace {

json schema() { return json_schema::load("diagnosis.schema.json"); }

}  // namespace

TEST_CASE("JSON: documents keep to the schema") {
  const json rules = schema();
  for (const Report& report : samples::all_reports()) {
    const json document = json::parse(render_json(report));
    CHECK(json_schema::violation(document, rules, rules, "").empty());
    // The checker must be able to fail: without a required field, and with a field of another type.
    json broken = document;
    broken.erase("summary");
    CHECK(json_schema::violation(broken, rules, rules, "") == ": lacks summary");
    broken = document;
    broken["run"]["iterations"] = "many";
    CHECK_FALSE(json_schema::violation(broken, rules, rules, "").empty());
    broken = document;
    broken["unheard_of"] = 1;
    CHECK_FALSE(json_schema::violation(broken, rules, rules, "").empty());
  }
}

TEST_CASE("JSON: the document of several runs keeps to the schema and holds each run's own") {
  const json rules = schema();
  const json& several = rules["$defs"]["several"];
  std::vector<std::string> documents;
  for (const Report& report : samples::all_reports()) documents.push_back(render_json(report));
  const json document = json::parse(render_json(documents, {samples::two_levels(), Together{}}));
  CHECK(json_schema::violation(document, several, rules, "").empty());
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
  CHECK(json_schema::violation(broken, several, rules, "") == "/together[]/levels[]: lacks share");
  broken = document;
  broken["runs"][0].erase("summary");
  CHECK(json_schema::violation(broken, several, rules, "") == "/runs[]: lacks summary");
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
