// A report for a terminal: the verdict first, then what it rests on.
#ifndef PERIGEE_DIAGNOSTICS_RENDER_TEXT_HPP
#define PERIGEE_DIAGNOSTICS_RENDER_TEXT_HPP

#include <perigee/diagnostics/report.hpp>
#include <perigee/diagnostics/together.hpp>

#include <string>
#include <string_view>

namespace perigee {

enum class TextColor {
  none,
  ansi,  // SGR escape sequences, the eight standard colours
};

struct TextOptions {
  TextColor color = TextColor::none;
  Index width = 80;  // columns, >= 40
};

/// Verdict; why, with the numbers that decided; what to do next; what would change the verdict; other findings, phases,
/// judged points, limits, thresholds that differ from their defaults, how the file was read.
/// Ends with a newline. Perigee's own words are ASCII; text from outside stays UTF-8, without control characters.
/// No line is longer than the width except for a single word that is.
/// Throws std::invalid_argument if the width is below 40.
std::string render_text(const Report& report, const TextOptions& options = {});

/// What several runs show together: a heading and its sentences, a paragraph each. Likewise.
std::string render_text(const Together& together, const TextOptions& options = {});

/// `text` alone, wrapped, every line indented by so many columns. Likewise.
std::string render_paragraph(std::string_view text, Index indent = 0, const TextOptions& options = {});

}  // namespace perigee

#endif
