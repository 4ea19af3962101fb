// A reproduction's result as files and as text.
#ifndef PERIGEE_DIAGNOSTICS_REPRODUCE_FILES_HPP
#define PERIGEE_DIAGNOSTICS_REPRODUCE_FILES_HPP

#include <perigee/diagnostics/reproduce/reproduction.hpp>

namespace perigee::reproduce {

struct File {
  std::string name;  // "mei-2020-figure-2a.svg"
  std::string content;
};

/// One CSV file a table, one SVG file a picture, and NAME.json: {"schema_version", "perigee_version", "name", "source",
/// "claim", "sample", "seed", "set_up", "choices", "verdict", "claims": [{id, printed, measured, value, lower, upper,
/// verdict, care}], "tables": [{name, columns, rows}]}. Numbers are exact; not measured is null in JSON and an empty
/// field in CSV, infinities are the texts "inf" and "-inf".
std::vector<File> files_of(const Reproduction& reproduction, const Options& options, const Result& result);

/// The verdicts for a terminal, 100 columns wide.
std::string text_of(const Reproduction& reproduction, const Result& result);

}  // namespace perigee::reproduce

#endif
