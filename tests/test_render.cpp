#include "support/catch.hpp"
#include "support/sample_report.hpp"

#include <perigee/diagnostics/render_html.hpp>
#include <perigee/diagnostics/render_json.hpp>
#include <perigee/diagnostics/render_text.hpp>

#include <filesystem>
#include <fstream>

using namespace perigee;

// Hidden: writes pages to look at, see tests/browser.
TEST_CASE("sample pages", "[.pages]") {
  const std::filesystem::path folder = std::filesystem::path(PERIGEE_BINARY_DIR) / "sample-report";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "bandit.html") << render_html(samples::bandit());
  std::ofstream(folder / "training-log.html") << render_html(samples::training_log());
  std::ofstream(folder / "saddle.html") << render_html(samples::saddle());
  std::ofstream(folder / "bandit.json") << render_json(samples::bandit());
  std::ofstream(folder / "bandit.txt") << render_text(samples::bandit());
  CHECK(std::filesystem::file_size(folder / "bandit.html") > 10000);
}
