// What holds of every finding, whatever detector it comes from.
#ifndef PERIGEE_TESTS_SUPPORT_FINDING_CONTRACT_HPP
#define PERIGEE_TESTS_SUPPORT_FINDING_CONTRACT_HPP

#include "catch.hpp"

#include <perigee/diagnostics/finding.hpp>

#include <cmath>
#include <vector>

namespace perigee::test {

/// A number that is said to have decided lies on the side of its threshold that is named; one without a comparison has
/// no threshold.
inline void check_evidence(const std::vector<Evidence>& evidence) {
  for (const Evidence& item : evidence) {
    CAPTURE(item.name, item.value, item.threshold);
    CHECK(!item.unit.empty());
    CHECK(item.name.find("threshold") == std::string::npos);
    if (item.comparison == Comparison::none) CHECK(std::isnan(item.threshold));
    if (item.comparison == Comparison::at_most) CHECK(item.value <= item.threshold);
    if (item.comparison == Comparison::at_least) CHECK(item.value >= item.threshold);
  }
}

inline void check_contract(const Finding& finding) {
  CAPTURE(finding.id, finding.message);
  CHECK(finding.first <= finding.last);
  CHECK(!finding.message.empty());
  CHECK(finding.message.back() == '.');
  CHECK(!finding.evidence.empty());
  CHECK(!finding.counterevidence.empty());
  CHECK((finding.counterevidence.empty() || finding.counterevidence.back() == '.'));
  CHECK((finding.recommendation.empty() || finding.recommendation.back() == '.'));
  check_evidence(finding.evidence);
}

}  // namespace perigee::test

#endif
