// A report for programs. The names of the fields are an interface: docs/diagnosis.schema.json describes
// them, docs/json-schema.md explains them, and `schema_version` grows when one changes its meaning.
#ifndef PERIGEE_DIAGNOSTICS_RENDER_JSON_HPP
#define PERIGEE_DIAGNOSTICS_RENDER_JSON_HPP

#include <perigee/diagnostics/report.hpp>
#include <perigee/diagnostics/together.hpp>

#include <string>
#include <vector>

namespace perigee {

/// The version of the document's structure.
inline constexpr int json_schema_version = 2;

/// One JSON object, indented by two spaces, fields in a fixed order, ending with a newline. Numbers read back as
/// the same double. JSON has no NaN and no infinities: not measured is null, the infinities are the strings
/// "Infinity" and "-Infinity". Bytes that are not UTF-8 become U+FFFD. The iterates and records themselves are
/// not part of it.
std::string render_json(const Report& report);

/// One object for several runs: `documents`, each of them as render_json wrote it, in "runs", and what they show
/// together, problem by problem.
std::string render_json(const std::vector<std::string>& documents, const std::vector<Together>& together);

}  // namespace perigee

#endif
