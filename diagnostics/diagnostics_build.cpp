#include <perigee/diagnostics/diagnostics_build.hpp>

#include <perigee/diagnostics/report/report_assets.hpp>

#include <sqlite3.h>
#include <nlohmann/json.hpp>

namespace perigee {

std::vector<BuildFact> diagnostics_build_facts() {
  const bool has_charts = !report_assets::chart_script().text.empty();
  return {{"SQLite", sqlite3_libversion()},
          {"nlohmann-json", std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + '.' +
                                std::to_string(NLOHMANN_JSON_VERSION_MINOR) + '.' +
                                std::to_string(NLOHMANN_JSON_VERSION_PATCH)},
          {"report charts", has_charts ? "interactive" : "not built in: reports have static pictures only"}};
}

}  // namespace perigee
