#include <perigee/diagnostics/recorded_policies.hpp>

#include <cmath>
#include <string>
#include <utility>

namespace perigee {

RecordedPolicies recorded_policies(const Trajectory& trajectory) {
  RecordedPolicies policies;
  if (!trajectory.policy) return policies;
  std::vector<const Column*> columns;
  for (const std::string& name : trajectory.policy->probability_columns) {
    columns.push_back(trajectory.column(name));
    if (columns.back() == nullptr) return policies;
  }
  for (std::size_t i = 0; i < trajectory.records.size(); ++i) {
    std::vector<double> row;
    for (const Column* column : columns) {
      if (i < column->values.size() && std::isfinite(column->values[i])) row.push_back(column->values[i]);
    }
    if (row.size() != columns.size()) continue;
    policies.record.push_back(i);
    policies.probabilities.push_back(std::move(row));
  }
  return policies;
}

}  // namespace perigee
