#include <perigee/diagnostics/compare/run_row.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace perigee {

namespace {

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

}  // namespace

bool is_reproducible(const RunRow& row) { return row.end_id != "max-seconds"; }

bool same_result(const RunRow& a, const RunRow& b) {
  return a.run == b.run && a.end_class == b.end_class && a.end_id == b.end_id && a.iterations == b.iterations &&
         a.counts == b.counts && same_bits(a.cost, b.cost) && same_bits(a.value, b.value) &&
         same_bits(a.gradient_norm, b.gradient_norm) && a.kicks == b.kicks &&
         same_bits(a.escape_iteration, b.escape_iteration) && same_bits(a.escape_cost, b.escape_cost) &&
         a.point == b.point && a.findings == b.findings && same_trace(a.trace, b.trace) &&
         std::equal(a.hits.begin(), a.hits.end(), b.hits.begin(), b.hits.end(), same_bits);
}

statistics::CensoredTime time_to_target(const RunRow& row, std::size_t target, double budget) {
  const double hit = row.hits.at(target);
  if (hit <= budget) return {hit, statistics::Outcome::event};
  return {budget, statistics::Outcome::censored};
}

statistics::CensoredTime spent_to_target(const RunRow& row, std::size_t target, double budget) {
  const double hit = row.hits.at(target);
  if (hit <= budget) return {hit, statistics::Outcome::event};
  return {std::min(row.cost, budget), statistics::Outcome::censored};
}

}  // namespace perigee
