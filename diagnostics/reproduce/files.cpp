#include <perigee/diagnostics/reproduce/files.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/version.hpp>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

namespace perigee::reproduce {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema_version = 1;
constexpr std::size_t text_width = 100;

Json json_of(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
  return value;
}

Json json_of(const Table& table) {
  Json rows = Json::array();
  for (const std::vector<double>& row : table.rows) {
    Json fields = Json::array();
    for (const double value : row) fields.push_back(json_of(value));
    rows.push_back(std::move(fields));
  }
  return {{"name", table.name}, {"columns", table.columns}, {"rows", std::move(rows)}};
}

std::string csv_of(const Table& table) {
  std::string text;
  for (std::size_t i = 0; i < table.columns.size(); ++i) text += (i > 0 ? "," : "") + table.columns[i];
  text += '\n';
  for (const std::vector<double>& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += ',';
      if (!std::isnan(row[i])) text += format_exact(row[i]);
    }
    text += '\n';
  }
  return text;
}

// A paragraph with a hanging label: "  printed   ...".
std::string paragraph(const std::string& label, const std::string& text, std::size_t indent) {
  std::string result = "  " + label + std::string(indent - 2 - label.size(), ' ');
  std::size_t column = indent;
  std::istringstream words(text);
  std::string word;
  while (words >> word) {
    if (column > indent && column + 1 + word.size() > text_width) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result + '\n';
}

}  // namespace

std::vector<File> files_of(const Reproduction& reproduction, const Options& options, const Result& result) {
  Json claims = Json::array();
  for (const Claim& claim : result.claims) {
    claims.push_back({{"id", claim.id},
                      {"printed", claim.printed},
                      {"measured", claim.measured},
                      {"value", json_of(claim.value)},
                      {"lower", json_of(claim.lower)},
                      {"upper", json_of(claim.upper)},
                      {"verdict", name_of(claim.verdict)},
                      {"care", claim.care}});
  }
  Json tables = Json::array();
  std::vector<File> files;
  for (const Table& table : result.tables) {
    files.push_back({reproduction.name + '-' + table.name + ".csv", csv_of(table)});
    tables.push_back(json_of(table));
  }
  for (const Picture& picture : result.pictures) {
    files.push_back({reproduction.name + (picture.name.empty() ? "" : '-' + picture.name) + ".svg", picture.svg});
  }
  const Json document{{"schema_version", schema_version},
                      {"perigee_version", std::string(version())},
                      {"name", reproduction.name},
                      {"source", reproduction.source},
                      {"claim", reproduction.claim},
                      {"sample", options.sample == SampleSize::full ? "full" : "quick"},
                      {"seed", options.seed},
                      {"set_up", result.set_up},
                      {"choices", result.choices},
                      {"verdict", name_of(verdict_of(result))},
                      {"claims", std::move(claims)},
                      {"tables", std::move(tables)}};
  files.push_back({reproduction.name + ".json", document.dump(1) + '\n'});
  return files;
}

std::string text_of(const Reproduction& reproduction, const Result& result) {
  constexpr std::size_t indent = 12;
  std::string text = reproduction.name + ": " + std::string(name_of(verdict_of(result))) + '\n';
  text += paragraph("source", reproduction.source, indent) + paragraph("set-up", result.set_up, indent);
  for (const std::string& choice : result.choices) text += paragraph("unstated", choice, indent);
  for (const Claim& claim : result.claims) {
    text += '\n' + paragraph("claim", claim.id + ": " + std::string(name_of(claim.verdict)), indent);
    text += paragraph("printed", claim.printed, indent) + paragraph("measured", claim.measured, indent);
    if (!claim.care.empty()) text += paragraph("care", claim.care, indent);
  }
  return text;
}

}  // namespace perigee::reproduce
