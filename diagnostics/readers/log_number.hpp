// The numbers of a log, in the spellings that programs print: those of parse_number, and what C libraries, Python, R
// and databases write where there is no number. Internal to the readers.
#ifndef PERIGEE_DIAGNOSTICS_READERS_LOG_NUMBER_HPP
#define PERIGEE_DIAGNOSTICS_READERS_LOG_NUMBER_HPP

#include <optional>
#include <string_view>

namespace perigee::readers {

/// A field as a double; nothing if it is no number. Beside parse_number: nan(ind), -nan(ind), nan(snan) of Microsoft's
/// and GNU's printf, and `1.#INF`, `1.#IND`, `1.#QNAN`, `1.#SNAN` of older ones, with any sign and with the zeros that
/// a precision adds (`-1.#IND00`).
std::optional<double> parse_log_number(std::string_view field);

/// Whether the field says that nothing was measured: empty, null, None, NA, N/A, "-", in any case.
bool is_missing(std::string_view field);

}  // namespace perigee::readers

#endif
