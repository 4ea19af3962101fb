#include <perigee/diagnostics/compare/campaign_jobs.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace perigee {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t runs_in_lanes = 2048;       // a job of vector lanes; otherwise a job is one run
constexpr std::size_t rows_in_group = 4096;       // appended at once, at most
constexpr std::size_t most_rows_waiting = 65536;  // then computing waits for the file
constexpr double seconds_between_groups = 0.25;   // at least as often, so that a kill loses little

}  // namespace

CampaignJobs::CampaignJobs(const Campaign& campaign, std::vector<bool> present, const Shard& shard)
    : campaign_(campaign), present_(std::move(present)), shard_(shard) {
  for (Index run = 0; run < campaign.size(); ++run) {
    if (!is_ours(run)) continue;
    ++progress_.wanted;
    progress_.done += present_[static_cast<std::size_t>(run)] ? 1 : 0;
  }
}

bool CampaignJobs::is_ours(Index run) const {
  const CampaignOptions& options = campaign_.options();
  if (!is_wanted(options, run)) return false;
  // Dealt out by their numbers, the runs of seed 0 would all be of one shard where the count divides the seeds.
  const Index group = run / options.seeds;
  const Index turn = runs_in_group(options, group) == 1 ? group : run;
  return turn % shard_.count == shard_.index - 1;
}

std::vector<Index> CampaignJobs::take() {
  const std::lock_guard lock(mutex_);
  std::vector<Index> job;
  const Index seeds = campaign_.options().seeds;
  for (; next_ < campaign_.size(); ++next_) {
    if (present_[static_cast<std::size_t>(next_)] || !is_ours(next_)) continue;
    if (!job.empty() && (job.front() / seeds != next_ / seeds || job.size() == runs_in_lanes)) return job;
    job.push_back(next_);
    if (campaign_.runs_in_lanes(job.front())) continue;
    ++next_;
    return job;
  }
  return job;
}

RowCollector::RowCollector(RunRows& to, const CampaignProgress& progress, const RunnerOptions& options)
    : to_(to), progress_(progress), options_(options), last_(Clock::now()) {}

void RowCollector::take(std::vector<RunRow>&& rows) {
  std::unique_lock lock(mutex_);
  if (rows.empty()) return;
  written_.wait(lock, [&] { return !writing_ || rows_waiting_ < most_rows_waiting; });
  rows_waiting_ += rows.size();
  waiting_.push_back(std::move(rows));
  const double waited = std::chrono::duration<double>(Clock::now() - last_).count();
  if (!writing_ && (rows_waiting_ >= rows_in_group || waited >= seconds_between_groups)) append_waiting(lock);
}

CampaignProgress RowCollector::finish() {
  std::unique_lock lock(mutex_);
  append_waiting(lock);
  return progress_;
}

void RowCollector::append_waiting(std::unique_lock<std::mutex>& lock) {
  if (waiting_.empty()) return;
  // Whatever throws, others must not wait for rows that nobody writes any more.
  struct Writing {
    RowCollector& collector;
    std::unique_lock<std::mutex>& lock;
    ~Writing() {
      if (!lock.owns_lock()) lock.lock();
      collector.writing_ = false;
      collector.written_.notify_all();
    }
  } const writing{*this, lock};
  writing_ = true;
  std::vector<std::vector<RunRow>> jobs;
  jobs.swap(waiting_);  // a failure must not try the same rows again
  std::vector<RunRow> rows;
  rows.reserve(std::exchange(rows_waiting_, 0));
  lock.unlock();
  // In order they go to the end of a file's table, which is cheaper than into its middle.
  std::sort(jobs.begin(), jobs.end(), [](const auto& a, const auto& b) { return a.front().run < b.front().run; });
  for (std::vector<RunRow>& job : jobs) std::move(job.begin(), job.end(), std::back_inserter(rows));
  to_.append(rows);
  lock.lock();
  progress_.done += static_cast<Index>(rows.size());
  last_ = Clock::now();
  if (options_.progressed) options_.progressed(progress_);
}

}  // namespace perigee
