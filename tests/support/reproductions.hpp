// What a test asserts of a quick reproduction: the verdict of each of its claims.
#ifndef PERIGEE_TESTS_SUPPORT_REPRODUCTIONS_HPP
#define PERIGEE_TESTS_SUPPORT_REPRODUCTIONS_HPP

#include "support/catch.hpp"

#include <perigee/diagnostics/reproduce/registry.hpp>

#include <map>
#include <string>

namespace perigee::test {

using Verdicts = std::map<std::string, reproduce::Verdict>;  // by claim id

/// Runs the reproduction quickly and checks that it makes just these claims with just these verdicts, and that its
/// tables are rectangular, its pictures whole and its figures inside their intervals.
inline reproduce::Result check_reproduction(const std::string& name, const Verdicts& expected) {
  const reproduce::Reproduction& reproduction = reproduce::reproduction_named(name);
  reproduce::Result result = reproduction.run({.sample = reproduce::SampleSize::quick, .threads = 2});
  Verdicts found;
  for (const reproduce::Claim& claim : result.claims) {
    INFO(claim.id << ": " << claim.measured);
    CHECK(found.emplace(claim.id, claim.verdict).second);
    REQUIRE(expected.count(claim.id) == 1);
    CHECK(claim.verdict == expected.at(claim.id));
    CHECK(!(claim.value < claim.lower));
    CHECK(!(claim.value > claim.upper));
    CHECK(claim.care.empty() == (claim.verdict == reproduce::Verdict::holds));
  }
  CHECK(found.size() == expected.size());
  for (const reproduce::Table& table : result.tables) {
    CHECK(!table.rows.empty());
    for (const auto& row : table.rows) CHECK(row.size() == table.columns.size());
  }
  CHECK(!result.pictures.empty());
  for (const reproduce::Picture& picture : result.pictures) {
    CHECK(picture.svg.starts_with("<svg xmlns="));
    CHECK(picture.svg.ends_with("</svg>\n"));
    CHECK(picture.svg.find("nan") == std::string::npos);
  }
  return result;
}

}  // namespace perigee::test

#endif
