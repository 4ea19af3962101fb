// Text from outside made safe for the place it goes to: a page, a data block in a page, a terminal.
// Names and messages of a report come from files and from users; nothing of them may act as markup,
// as script or as a terminal's control sequence.
#ifndef PERIGEE_DIAGNOSTICS_REPORT_MARKUP_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_MARKUP_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace perigee::markup {

/// The text as valid UTF-8: every byte that is not part of a well-formed sequence (Unicode 15, table 3-7)
/// becomes U+FFFD. Linear time.
std::string valid_utf8(std::string_view text);

/// One line for a terminal: valid UTF-8 in which line breaks and tabs are spaces and every other control
/// character (C0, DEL, C1) is U+FFFD.
std::string terminal_line(std::string_view text);

/// For element content and for double- or single-quoted attributes of HTML and SVG: & < > " ' become references.
std::string escape(std::string_view text);

/// A JSON string literal, with quotes, that is inert inside a script element of type application/json: <, >, &
/// and U+2028/2029 are written as escapes, so that neither the end of the element nor a comment can begin in it.
std::string json_literal(std::string_view text);

/// Code points in valid UTF-8: the width on a terminal for the text Perigee itself writes.
std::size_t code_points(std::string_view text);

/// A number for a page: "0.25", "1.2×10<sup>−8</sup>", "∞"; a dash with the title "not measured" for NaN.
/// The result is markup.
std::string number(double value, int digits = 6);

}  // namespace perigee::markup

#endif
