// What a replay found, as text, as a page and as JSON (docs/how-to/replay.md describes the fields).
#ifndef PERIGEE_DIAGNOSTICS_REPLAY_RENDER_REPLAY_HPP
#define PERIGEE_DIAGNOSTICS_REPLAY_RENDER_REPLAY_HPP

#include <perigee/diagnostics/replay/replay.hpp>

#include <string>

namespace perigee {

/// The answer in a sentence or two, the table, and what its columns mean. Ends with a newline.
std::string render_text(const ReplayResult& result);

/// The same as one web page that needs nothing else, with a picture of the costs of the runs that left, a row a
/// strategy. All text is escaped.
std::string render_html(const ReplayResult& result);

/// One JSON object with every run. Infinite times are the string "Infinity"; what was not measured is null.
std::string render_json(const ReplayResult& result);

}  // namespace perigee

#endif
