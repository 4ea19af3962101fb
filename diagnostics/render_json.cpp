#include <perigee/diagnostics/render_json.hpp>
#include <perigee/diagnostics/report/markup.hpp>
#include <perigee/lib/version.hpp>

#include <cmath>
#include <nlohmann/json.hpp>

namespace perigee {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0.0 ? "Infinity" : "-Infinity";
  return value;
}

Json text(std::string_view value) { return markup::valid_utf8(value); }

Json text_or_null(std::string_view value) { return value.empty() ? Json(nullptr) : text(value); }

Json object_of(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json object = Json::object();
  for (const auto& [name, value] : pairs) object[markup::valid_utf8(name)] = text(value);
  return object;
}

Json texts(const std::vector<std::string>& values) {
  Json array = Json::array();
  for (const std::string& value : values) array.push_back(text(value));
  return array;
}

Json source_of(const ReportSource& source) {
  Json result;
  result["kind"] = text(source.kind);
  result["path"] = text_or_null(source.path);
  result["columns"] = object_of(source.columns);
  result["notes"] = texts(source.notes);
  return result;
}

Json run_of(const Trajectory& trajectory) {
  Json result;
  const StepRecord* last = trajectory.records.empty() ? nullptr : &trajectory.records.back();
  result["iterations"] = last ? Json(last->iteration) : Json(nullptr);
  result["records"] = trajectory.records.size();
  result["value"] = last ? number(last->value) : Json(nullptr);
  result["gradient_norm"] = last ? number(last->gradient_norm) : Json(nullptr);
  // A log written by someone else has no counts; no run of ours is without any.
  if (last && last->counts != OracleCounts{}) {
    Json& evaluations = result["evaluations"];
    evaluations["values"] = last->counts.values;
    evaluations["gradients"] = last->counts.gradients;
    evaluations["hessian_vector_products"] = last->counts.hessian_vector_products;
  } else {
    result["evaluations"] = nullptr;
  }
  if (trajectory.end) {
    Json& end = result["end"];
    end["class"] = std::string(name_of(trajectory.end->end_class));
    end["id"] = text(trajectory.end->id);
    end["message"] = text(trajectory.end->message);
  } else {
    result["end"] = nullptr;
  }
  return result;
}

Json evidence_of(const std::vector<Evidence>& evidence) {
  Json object = Json::object();
  for (const Evidence& item : evidence) {
    Json entry;
    entry["value"] = number(item.value);
    entry["unit"] = text(item.unit);
    entry["comparison"] = text_or_null(name_of(item.comparison));
    entry["threshold"] = number(item.threshold);
    object[markup::valid_utf8(item.name)] = std::move(entry);
  }
  return object;
}

Json finding_of(const Finding& finding) {
  Json result;
  result["id"] = text(finding.id);
  result["first"] = finding.first;
  result["last"] = finding.last;
  result["severity"] = std::string(name_of(finding.severity));
  result["certainty"] = std::string(name_of(finding.certainty));
  result["evidence"] = evidence_of(finding.evidence);
  result["message"] = text(finding.message);
  result["recommendation"] = text_or_null(finding.recommendation);
  result["counterevidence"] = text_or_null(finding.counterevidence);
  return result;
}

Json phase_of(const Phase& phase) {
  Json result;
  result["kind"] = text(phase.kind);
  result["first"] = phase.first;
  result["last"] = phase.last;
  result["cause"] = text_or_null(phase.cause);
  result["evidence"] = evidence_of(phase.evidence);
  return result;
}

Json decision_of(const Decision& decision) {
  Json result;
  result["iteration"] = decision.iteration;
  result["remedy"] = text(decision.remedy);
  result["reason"] = text(decision.reason);
  return result;
}

Json point_of(const JudgedPoint& point) {
  Json result;
  result["iteration"] = point.iteration;
  result["value"] = number(point.value);
  result["gradient_norm"] = number(point.gradient_norm);
  result["lambda_min"] = number(point.lambda_min);
  result["lambda_min_residual"] = number(point.lambda_min_residual);
  result["lambda_min_lower_bound"] = number(point.lambda_min_lower_bound);
  result["lambda_max"] = number(point.lambda_max);
  result["index"] = point.index < 0 ? Json(nullptr) : Json(point.index);
  result["classification"] = text(point.classification);
  result["certainty"] = std::string(name_of(point.certainty));
  result["products"] = point.products;
  return result;
}

Json bounded(const BoundedNumber& number_with_interval) {
  Json result;
  result["value"] = number(number_with_interval.value);
  result["lower"] = number(number_with_interval.lower);
  result["upper"] = number(number_with_interval.upper);
  return result;
}

Json level_of(const TogetherLevel& level) {
  Json result;
  result["value"] = number(level.value);
  result["lowest"] = number(level.lowest);
  result["highest"] = number(level.highest);
  result["ends"] = level.ends;
  result["share"] = bounded(level.share);
  result["at_rest"] = level.at_rest;
  result["stays"] = level.stays;
  result["left"] = level.left;
  result["shortest_stay"] = number(level.shortest_stay);
  result["total_time"] = number(level.total_time);
  result["rate"] = bounded(level.rate);
  result["remaining"] = bounded(level.remaining);
  result["exponential_p"] = number(level.exponential_p);
  result["leaving"] = std::string(name_of(level.leaving));
  result["advice"] = std::string(name_of(level.advice));
  return result;
}

template <class Element>
Json array_of(const std::vector<Element>& elements, Json (*convert)(const Element&)) {
  Json array = Json::array();
  for (const Element& element : elements) array.push_back(convert(element));
  return array;
}

Json together_of(const Together& together) {
  Json result;
  result["problem"] = text_or_null(together.problem);
  result["runs"] = together.runs;
  result["broken"] = together.broken;
  result["moving"] = together.moving;
  result["is_one_method"] = together.is_one_method;
  result["levels"] = array_of(together.levels, level_of);
  result["restart_cost"] = bounded(together.restart_cost);
  result["restart_cutoff"] = number(together.restart_cutoff);
  result["sentences"] = texts(together.sentences);
  return result;
}

}  // namespace

std::string render_json(const std::vector<std::string>& documents, const std::vector<Together>& together) {
  Json document;
  document["schema_version"] = json_schema_version;
  document["perigee_version"] = std::string(version());
  document["together"] = array_of(together, together_of);
  document["runs"] = Json::array();
  for (const std::string& run : documents) document["runs"].push_back(Json::parse(run));
  return document.dump(2) + '\n';
}

std::string render_json(const Report& report) {
  const Diagnosis& diagnosis = report.diagnosis;
  Json document;
  document["schema_version"] = json_schema_version;
  document["perigee_version"] = std::string(version());
  document["source"] = source_of(report.source);
  document["problem"] = text_or_null(report.trajectory.problem);
  document["solver"] = text_or_null(report.trajectory.solver);
  document["settings"] = object_of(report.trajectory.settings);
  document["run"] = run_of(report.trajectory);
  document["summary"] = text(diagnosis.summary);
  document["principal"] = principal_finding(diagnosis) == nullptr ? Json(nullptr) : Json(diagnosis.principal);
  document["findings"] = array_of(diagnosis.findings, finding_of);
  document["decisions"] = array_of(report.trajectory.decisions, decision_of);
  document["phases"] = array_of(diagnosis.phases, phase_of);
  document["stationary_points"] = array_of(diagnosis.judged_points, point_of);
  document["limits"] = texts(diagnosis.limits);
  document["thresholds"] = Json::object();
  for (const ThresholdValue& threshold : diagnosis.thresholds) {
    document["thresholds"][threshold.name] = number(threshold.value);
  }
  return document.dump(2) + '\n';
}

}  // namespace perigee
