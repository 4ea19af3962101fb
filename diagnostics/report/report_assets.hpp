// The static parts of an HTML report, built into the library (diagnostics/report/embed.cmake writes the definitions).
#ifndef PERIGEE_DIAGNOSTICS_REPORT_REPORT_ASSETS_HPP
#define PERIGEE_DIAGNOSTICS_REPORT_REPORT_ASSETS_HPP

#include <string_view>

namespace perigee::report_assets {

/// A style sheet or a script with the hash by which a content security policy admits it. Holds no "</".
struct Asset {
  std::string_view text;
  std::string_view hash;  // "sha256-" and base64 of the SHA-256 of `text`
};

Asset style();                     // the page's style sheet
Asset script();                    // the page's script: draws the charts again with uPlot
Asset chart_style();               // uPlot's style sheet; empty text: built without it
Asset chart_script();              // uPlot; empty text: built without it
std::string_view chart_license();  // uPlot's licence notice

}  // namespace perigee::report_assets

#endif
