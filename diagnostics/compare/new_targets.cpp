#include <perigee/diagnostics/compare/new_targets.hpp>

#include <perigee/diagnostics/compare/start_text.hpp>
#include <perigee/lib/format.hpp>
#include <perigee/lib/problems/registry.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace perigee {

namespace {

void require_traces(const CampaignOptions& made) {
  if (made.traces == Traces::kept) return;
  throw std::invalid_argument(
      "targets: other targets than those of the campaign are read off traces, and its runs have none; run it again "
      "with --traces, or with these --targets, into another file");
}

void require_reached(const CampaignOptions& made, const std::vector<double>& targets) {
  if (made.relative_cases.size() == made.cases.size() || targets.back() >= made.targets.back()) return;
  throw std::invalid_argument("targets: must be >= " + format_number(made.targets.back()) +
                              ", where the runs of this campaign ended, got " + format_number(targets.back()) +
                              "; run it again with that target, into another file");
}

}  // namespace

NewTargets::NewTargets(const CampaignOptions& made, std::vector<double> targets, RunRows& rows)
    : made_(made.targets), options_(made), rows_(rows) {
  require_traces(made);
  options_.targets = std::move(targets);
  check(options_);
  require_reached(made, options_.targets);
  for (const CampaignCase& one : options_.cases) {
    const Problem problem = problems::make(one.problem.name, one.problem.assignments);
    const Vector base = StartText(problem, one.start).base();
    heights_.push_back({.best = problem.optimal_value.value_or(not_measured),
                        .start = base.size() > 0 ? problem.objective->value(base) : not_measured});
  }
}

void NewTargets::append(std::span<const RunRow>) {
  throw std::invalid_argument("targets: rows must be appended to those of the campaign, got another set of targets");
}

void NewTargets::for_each(Index first, Index last, const std::function<void(const RunRow&)>& see, RowDetail) {
  rows_.for_each(
      first, last,
      [&](const RunRow& row) {
        RunRow other = row;
        const Height& height = heights_[static_cast<std::size_t>(place_of(options_, row.run).case_index)];
        const double drawn = row.trace.empty() ? not_measured : row.trace.front().value;
        const double start = std::isnan(height.start) ? drawn : height.start;
        other.hits.assign(options_.targets.size(), not_measured);
        for (std::size_t i = 0; i < options_.targets.size(); ++i) {
          if (std::isnan(height.best)) break;
          const auto known = std::find(made_.begin(), made_.end(), options_.targets[i]);
          other.hits[i] = known != made_.end()
                              ? row.hits[static_cast<std::size_t>(known - made_.begin())]
                              : cost_to_reach(row.trace, height.best + options_.targets[i] * (start - height.best));
        }
        see(other);
      },
      RowDetail::everything);
}

}  // namespace perigee
