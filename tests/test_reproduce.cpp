// The machinery of `perigee reproduce`: names, files, and the verdict of each quick run that does not have a test file
// of its paper.
#include "support/catch.hpp"

#include <perigee/diagnostics/reproduce/files.hpp>
#include <perigee/diagnostics/reproduce/registry.hpp>

#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

using namespace perigee;
using namespace perigee::reproduce;

TEST_CASE("reproductions have names of their own, and a wrong one is refused with the nearest") {
  std::set<std::string> names;
  for (const Reproduction& reproduction : registry()) {
    CHECK(names.insert(reproduction.name).second);
    CHECK(!reproduction.source.empty());
    CHECK(!reproduction.claim.empty());
  }
  try {
    reproduction_named("mei-2020-figure-2x");
    FAIL("an unknown name was accepted");
  } catch (const std::invalid_argument& error) {
    CHECK(std::string(error.what()) == "no reproduction 'mei-2020-figure-2x'; did you mean 'mei-2020-figure-2a'?");
  }
}

TEST_CASE("the verdict of a result is the worst of its claims") {
  Result result{.set_up = "none"};
  CHECK(verdict_of(result) == Verdict::holds);
  result.claims = {{.id = "a", .printed = "", .measured = "", .verdict = Verdict::holds_with_care},
                   {.id = "b", .printed = "", .measured = "", .verdict = Verdict::holds}};
  CHECK(verdict_of(result) == Verdict::holds_with_care);
  result.claims.push_back({.id = "c", .printed = "", .measured = ""});
  CHECK(verdict_of(result) == Verdict::does_not_hold);
}

TEST_CASE("files carry every number exactly, and say what was not measured") {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const Reproduction reproduction{.name = "test", .source = "nobody", .claim = "none", .run = {}};
  Result result{.set_up = "none"};
  result.claims = {{.id = "c", .printed = "p", .measured = "m", .value = 0.1, .verdict = Verdict::holds}};
  result.tables = {{.name = "t", .columns = {"x", "y"}, .rows = {{0.1, not_measured}, {infinite, -2.0}}}};
  result.pictures = {{.name = "", .svg = "<svg/>"}, {.name = "second", .svg = "<svg/>"}};
  const std::vector<File> files = files_of(reproduction, {.seed = 7}, result);
  REQUIRE(files.size() == 4);
  CHECK(files[0].name == "test-t.csv");
  CHECK(files[0].content == "x,y\n0.1,\ninf,-2\n");
  CHECK(files[1].name == "test.svg");
  CHECK(files[2].name == "test-second.svg");
  CHECK(files[3].name == "test.json");
  const nlohmann::json document = nlohmann::json::parse(files[3].content);
  CHECK(document["verdict"] == "holds");
  CHECK(document["seed"] == 7);
  CHECK(document["claims"][0]["value"] == 0.1);
  CHECK(document["claims"][0]["lower"].is_null());
  CHECK(document["tables"][0]["rows"][0][1].is_null());
  CHECK(document["tables"][0]["rows"][1][0] == "inf");
}
