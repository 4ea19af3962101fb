#include <perigee/diagnostics/compare/campaign_jobs.hpp>
#include <perigee/diagnostics/compare/campaign_runner.hpp>
#include <perigee/diagnostics/compare/parallel.hpp>

#include <atomic>
#include <charconv>
#include <stdexcept>

namespace perigee {

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto [slash, first_error] = std::from_chars(text.data(), end, shard.index);
  if (first_error == std::errc() && slash != end && *slash == '/') {
    const auto [rest, second_error] = std::from_chars(slash + 1, end, shard.count);
    if (second_error == std::errc() && rest == end && shard.index >= 1 && shard.index <= shard.count) return shard;
  }
  throw std::invalid_argument("shard must be i/n with 1 <= i <= n, got '" + text + "'");
}

CampaignProgress run_campaign(const Campaign& campaign, RunRows& rows, const RunnerOptions& options) {
  if (options.threads < 1) throw std::invalid_argument("run_campaign: threads must be >= 1, got 0");
  CampaignJobs jobs(campaign, rows.present(campaign.size()), options.shard);
  RowCollector collector(rows, jobs.progress(), options);
  std::atomic<bool> stopping{false};
  // What one thread has been told, or has failed at, ends the runs of the others, too.
  const std::function<bool()> ends = [&] {
    if (options.cancelled && options.cancelled()) stopping = true;
    return stopping.load();
  };
  const auto work = [&](std::size_t) {
    try {
      while (!ends()) {
        const std::vector<Index> job = jobs.take();
        if (job.empty()) return;
        collector.take(campaign.run_many(job, ends));
      }
    } catch (...) {
      stopping = true;
      throw;
    }
  };
  try {
    for_each_index(options.threads, options.threads, work);
  } catch (...) {
    collector.finish();
    throw;
  }
  return collector.finish();
}

}  // namespace perigee
