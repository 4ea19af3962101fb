#include <perigee/diagnostics/compare/group_records.hpp>

#include <perigee/diagnostics/compare/statistics/cost_table.hpp>

#include <cmath>

namespace perigee {

namespace {

using statistics::CensoredTime;
using statistics::never;
using statistics::Outcome;

CensoredTime time_to_leave(const RunRow& row, double budget) {
  const bool left = row.escape_cost <= budget;  // NaN: never
  return {left ? row.escape_cost : budget, left ? Outcome::event : Outcome::censored};
}

bool is_no_minimum(const std::string& point) {
  return point == "strict-saddle" || point == "maximum" || point == "not-stationary" || point == "degenerate/saddle";
}

void reserve(GroupRecords& records, std::size_t count) {
  records.times.reserve(count);
  records.spent.reserve(count);
  records.escapes.reserve(count);
  records.escape_iterations.reserve(count);
  records.gradients.reserve(count);
  records.products.reserve(count);
  records.seconds.reserve(count);
}

template <class T>
void move_behind(std::vector<T>& to, std::vector<T>&& next) {
  to.insert(to.end(), next.begin(), next.end());
  std::vector<T>().swap(next);  // a group may have a million rows
}

void append(GroupRecords& to, GroupRecords&& next) {
  move_behind(to.times, std::move(next.times));
  move_behind(to.spent, std::move(next.spent));
  move_behind(to.escapes, std::move(next.escapes));
  move_behind(to.escape_iterations, std::move(next.escape_iterations));
  move_behind(to.gradients, std::move(next.gradients));
  move_behind(to.products, std::move(next.products));
  move_behind(to.seconds, std::move(next.seconds));
  move_behind(to.cost_of_seed, std::move(next.cost_of_seed));
  to.successes += next.successes;
  to.escaped += next.escaped;
  to.breakdowns += next.breakdowns;
  to.timed_out += next.timed_out;
  to.claims += next.claims;
  if (next.contradicted) to.contradicted = to.contradicted.value_or(0) + *next.contradicted;
}

}  // namespace

GroupRecords read_records(const CampaignOptions& campaign, RunRows& rows, std::size_t target, Index first, Index last) {
  GroupRecords records;
  const auto count = static_cast<std::size_t>(last - first);
  reserve(records, count);
  records.cost_of_seed.assign(count, not_measured);
  const auto add = [&](const RunRow& row) {
    const CensoredTime time = time_to_target(row, target, campaign.budget);
    const bool arrived = time.outcome == Outcome::event;
    records.times.push_back(time);
    records.spent.push_back(spent_to_target(row, target, campaign.budget));
    records.escapes.push_back(time_to_leave(row, campaign.budget));
    const bool left = records.escapes.back().outcome == Outcome::event;
    records.escape_iterations.push_back(left ? row.escape_iteration : never);
    records.gradients.push_back(static_cast<double>(row.counts.gradients));
    records.products.push_back(static_cast<double>(row.counts.hessian_vector_products));
    if (!std::isnan(row.seconds)) records.seconds.push_back(row.seconds);
    records.cost_of_seed[static_cast<std::size_t>(row.run - first)] = arrived ? time.time : never;
    records.successes += arrived ? 1 : 0;
    records.escaped += std::isnan(row.escape_iteration) ? 0 : 1;
    records.breakdowns += row.end_class == EndClass::breakdown ? 1 : 0;
    records.timed_out += is_reproducible(row) ? 0 : 1;
    const bool claims = row.end_class == EndClass::convergence && row.end_id != "value-target";
    records.claims += claims ? 1 : 0;
    if (row.point.empty()) return;
    records.contradicted = records.contradicted.value_or(0) + (claims && is_no_minimum(row.point) ? 1 : 0);
  };
  rows.for_each(first, last, add, RowDetail::scores);
  return records;
}

GroupRecords join(std::span<GroupRecords> parts) {
  GroupRecords all = std::move(parts.front());
  std::size_t count = 0;
  std::size_t seeds = 0;
  for (const GroupRecords& part : parts) {
    count += part.times.size();
    seeds += part.cost_of_seed.size();
  }
  reserve(all, count + all.times.size());
  all.cost_of_seed.reserve(seeds + all.cost_of_seed.size());
  for (GroupRecords& next : parts.subspan(1)) append(all, std::move(next));
  return all;
}

}  // namespace perigee
